package sqldb

import (
	"context"
	"database/sql"
	"strings"
	"sync"
)

// prepared keeps the statements that a file is asked again and again: to prepare one takes SQLite longer than to run it, when it looks at a row by its key. They are
// learned between transactions: inside one, a statement that is not known would have to wait for another connection, which all that wait for one hold.
type prepared struct {
	mu    sync.Mutex
	known map[string]*sql.Stmt
	seen  map[string]int // how often those were run that are not known
}

// Limits of what is kept: a statement takes some kilobytes on each connection, and many files are open.
const (
	preparedMost  = 32
	preparedAfter = 3   // it was run that often
	seenMost      = 256 // texts; then it is counted anew
)

// get is the statement, when it is known. Of one that is not, that it was run is noted.
func (p *prepared) get(query string) (s *sql.Stmt, learn bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.known[query]; s != nil {
		return s, false
	}
	if len(p.known) >= preparedMost || strings.HasPrefix(query, "PRAGMA") {
		return nil, false
	}
	if p.seen == nil || len(p.seen) >= seenMost {
		p.seen = map[string]int{}
	}
	p.seen[query]++
	return nil, p.seen[query] == preparedAfter
}

// learn prepares. What cannot be prepared now is run as before.
func (p *prepared) learn(ctx context.Context, db *sql.DB, queries []string) {
	for _, query := range queries {
		s, err := db.PrepareContext(context.WithoutCancel(ctx), numbered(query))
		if err != nil {
			continue
		}
		p.mu.Lock()
		delete(p.seen, query)
		if p.known == nil {
			p.known = map[string]*sql.Stmt{}
		}
		if p.known[query] != nil || len(p.known) >= preparedMost {
			_ = s.Close()
		} else {
			p.known[query] = s
		}
		p.mu.Unlock()
	}
}

// close lets the statements go.
func (p *prepared) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.known {
		_ = s.Close()
	}
	p.known = nil
}
