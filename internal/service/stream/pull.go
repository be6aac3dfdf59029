package stream

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// Page is what was pulled: events, one a line, and the cursor of what comes after them.
type Page struct {
	Lines  []byte
	Count  int
	Cursor string
}

// maxPull is how many events are pulled at once.
const maxPull = 500

// Fetch gives the events behind a cursor, oldest first, at most limit of them: first what is left of the ledger, then of the access log, then checkpoints. Without a cursor they
// begin where the last one was acknowledged. A cursor acknowledges what is in front of it.
func (s *Service) Fetch(ctx context.Context, a access.Actor, stream, cursor string, limit int) (Page, error) {
	scope, err := decide(a, access.StreamPull)
	if err != nil {
		return Page{}, err
	}
	if limit < 1 || limit > maxPull {
		return Page{}, fault.New(fault.Invalid, "at most %d events are fetched at once", maxPull)
	}
	st, err := s.Store.Stream(ctx, scope, stream)
	if err != nil {
		return Page{}, err
	}
	if st.Kind != Pull || st.Off {
		return Page{}, fault.New(fault.Conflict, "the stream is not one that is pulled, or is off")
	}
	at, err := s.acknowledged(ctx, scope, st, cursor)
	if err != nil {
		return Page{}, err
	}
	return s.pull(ctx, scope, st, at, limit)
}

// acknowledged takes the positions of a stream on to a cursor, and gives where it stands.
func (s *Service) acknowledged(ctx context.Context, scope access.Scope, st Stream, cursor string) (marks, error) {
	positions, err := s.Store.Positions(ctx, scope, st.ID)
	if err != nil {
		return nil, err
	}
	at := marks{}
	for _, p := range positions {
		at[p.Source] = p.Next
	}
	if cursor == "" {
		return at, nil
	}
	to, err := parseCursor(cursor)
	if err != nil {
		return nil, err
	}
	ends, err := s.ends(ctx, scope)
	if err != nil {
		return nil, err
	}
	for _, p := range positions {
		next, ok := to[p.Source]
		if !ok || next > ends[p.Source] {
			return nil, errCursor()
		}
		if next > p.Next { // an older cursor reads again and takes nothing back
			moved := p
			moved.Next, moved.At = next, s.now()
			if err := s.Store.Move(ctx, scope, Move{p, moved}); err != nil && fault.KindOf(err) != fault.Conflict {
				return nil, err
			}
		}
	}
	return to, nil
}

func (s *Service) pull(ctx context.Context, scope access.Scope, st Stream, at marks, limit int) (out Page, err error) {
	var lines bytes.Buffer
	for _, source := range st.Sources {
		for out.Count < limit {
			b, err := s.read(ctx, scope, st, source, at[source], min(page, limit-out.Count))
			if err != nil {
				return Page{}, err
			}
			if b.next == at[source] {
				break
			}
			for _, e := range b.events {
				text, err := e.Encode()
				if err != nil {
					return Page{}, err
				}
				lines.Write(text)
				lines.WriteByte('\n')
			}
			out.Count += len(b.events)
			at[source] = b.next
		}
	}
	out.Lines, out.Cursor = lines.Bytes(), at.cursor()
	return out, nil
}

// marks are positions by source.
type marks map[Source]int64

const cursorVersion = "1"

// cursor writes marks as clients get them. It holds nothing but numbers, and whoever makes one up gets what there is of their own organisation.
func (m marks) cursor() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s.%d.%d.%d", cursorVersion, m[FromLedger], m[FromAccess], m[FromCheckpoint]))
}

func errCursor() error {
	return fault.New(fault.Invalid, "that is not a cursor of this stream").WithHelp("leave it out to begin where the last one was acknowledged")
}

func parseCursor(text string) (marks, error) {
	if len(text) > 100 {
		return nil, errCursor()
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errCursor()
	}
	parts := strings.Split(string(b), ".")
	if len(parts) != 1+len(sources) || parts[0] != cursorVersion {
		return nil, errCursor()
	}
	m := marks{}
	for i, source := range sources {
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n < 0 {
			return nil, errCursor()
		}
		m[source] = n
	}
	if m.cursor() != text { // one way to write it
		return nil, errCursor()
	}
	return m, nil
}

// Records are the access log of the actor's organisation from a number on.
func (s *Service) Records(ctx context.Context, a access.Actor, from int64, limit int) ([]Record, error) {
	scope, err := decide(a, access.StreamRead)
	if err != nil {
		return nil, err
	}
	if err := mayHave(a); err != nil {
		return nil, err
	}
	if from < 0 || limit < 1 || limit > maxPull {
		return nil, fault.New(fault.Invalid, "at most %d records are read at once, from 0 on", maxPull)
	}
	return s.Store.Records(ctx, scope, from, limit)
}

// Kept is how long the access log is kept.
const Kept = 90 * 24 * time.Hour
