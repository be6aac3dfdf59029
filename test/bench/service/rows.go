//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/api"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/upkeep"
)

// projects is how many an organisation has.
const projects = 50

// block is how many calls are made of one kind before the next has its turn.
const block = 20

// dropped takes row security off every table, as the superuser. What the platform has in the tables that both kinds of homes have would be seen too, and is removed: without
// policies a statement sees the rows of all.
const dropped = `DO $$ DECLARE r record; BEGIN
	FOR r IN SELECT schemaname, tablename, policyname FROM pg_policies WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LOOP
		EXECUTE format('DROP POLICY %I ON %I.%I', r.policyname, r.schemaname, r.tablename);
	END LOOP;
	FOR r IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relrowsecurity LOOP
		EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', r.name);
	END LOOP;
	DELETE FROM c4arch.home WHERE org_id = 'platform';
	DELETE FROM c4arch.ledger_subject WHERE org_id = 'platform';
	DELETE FROM c4arch.ledger_entry WHERE org_id = 'platform';
	DELETE FROM c4arch.ledger_tile WHERE org_id = 'platform';
	DELETE FROM c4arch.ledger_head WHERE org_id = 'platform';
END $$`

// side is one of those that are compared.
type side struct {
	name        string
	w           *world
	base, token string
	project     id.Project
	stop        func()
	took        map[string][]float64 // by call, ms
	blocks      map[string][]float64 // by call, the median of each block
	answers     map[string]string    // by call, with what differs by chance taken out
	varies      *strings.Replacer    // ids of this side
	settle      func() error         // what is done to the database once it is filled; nil for files
}

// call is one request. body is made anew for each.
type call struct {
	name, method string
	path         func(s *side) string
	body         func(n int) string
}

var calls = []call{
	{name: "GET /organisation", method: http.MethodGet, path: func(*side) string { return "/organisation" }},
	{name: "GET /projects (50)", method: http.MethodGet, path: func(*side) string { return "/projects" }},
	{name: "GET /projects/ID", method: http.MethodGet, path: func(s *side) string { return "/projects/" + string(s.project) }},
	{
		name: "PATCH /projects/ID", method: http.MethodPatch, path: func(s *side) string { return "/projects/" + string(s.project) },
		body: func(n int) string { return fmt.Sprintf(`{"name":"Project named %d times"}`, n) },
	},
}

// rows measures calls over HTTP: with row security, and without its policies but with the same transactions. One organisation has the database to itself: with others in it a
// statement without policies would answer something else. The embedded engine, which has a file for each organisation, goes along.
func rows(ctx context.Context, o options) error {
	defer stopServer()
	sides, err := newSides(ctx)
	for _, s := range sides {
		defer s.end()
	}
	if err != nil {
		return err
	}
	for _, c := range calls {
		for _, s := range sides { // so that statements are prepared, and plans made
			for n := range 50 {
				if _, err := s.do(ctx, c, n); err != nil {
					return err
				}
			}
			if c.body == nil {
				if s.answers[c.name] != sides[0].answers[c.name] {
					return fmt.Errorf("%s answers %s: %s, and %s: %s", s.name, c.name, s.answers[c.name], sides[0].name, sides[0].answers[c.name])
				}
			}
		}
	}
	for turn := range o.runs * 40 {
		for _, c := range calls {
			for i := range sides {
				if err := sides[(i+turn)%len(sides)].block(ctx, c, turn); err != nil {
					return err
				}
			}
		}
	}
	table(fmt.Sprintf("An API call over HTTP on loopback, %d times each in turns of %d", o.runs*40*block, block),
		"Call", "PostgreSQL with row security, ms p50 / p95", "without policies, ms p50 / p95", "row security costs, p50", "of turns: median (quartiles)", "SQLite, ms p50 / p95")
	for _, c := range calls {
		with, without, file := sides[0], sides[1], sides[2]
		var ratio []float64
		for i := range with.blocks[c.name] {
			ratio = append(ratio, 100*(with.blocks[c.name][i]/without.blocks[c.name][i]-1))
		}
		p := func(s *side) string {
			return fmt.Sprintf("%.2f / %.2f", at(s.took[c.name], 0.5), at(s.took[c.name], 0.95))
		}
		row(c.name, p(with), p(without), fmt.Sprintf("%+.1f %%", 100*(at(with.took[c.name], 0.5)/at(without.took[c.name], 0.5)-1)),
			fmt.Sprintf("%+.1f %% (%+.1f to %+.1f)", median(ratio), at(ratio, 0.25), at(ratio, 0.75)), p(file))
	}
	return nil
}

func newSides(ctx context.Context) ([]*side, error) {
	var sides []*side
	for _, name := range []string{"with row security", "without policies", "SQLite"} {
		s := &side{name: name, took: map[string][]float64{}, blocks: map[string][]float64{}, answers: map[string]string{}, stop: func() {}}
		sides = append(sides, s)
		var err error
		if name == "SQLite" {
			s.w, err = embedded(ctx, 64)
		} else {
			s.w, err = servedFor(ctx, s)
		}
		if err != nil {
			return sides, err
		}
		if err := s.fill(ctx); err != nil {
			return sides, err
		}
		s.listen(ctx)
	}
	return sides, nil
}

// servedFor is a world in a database of its own.
func servedFor(ctx context.Context, s *side) (*world, error) {
	w, d, err := served(ctx, 64)
	if err != nil {
		return nil, err
	}
	s.settle = func() error {
		texts := []string{"ANALYZE"}
		if s.name == "without policies" {
			texts = []string{"SET session_replication_role = replica", dropped, "ANALYZE"} // triggers keep the ledger otherwise
		}
		return d.Server.Exec(ctx, d.Name, texts...)
	}
	return w, nil
}

// fill makes the organisation and its projects.
func (s *side) fill(ctx context.Context) error {
	made, err := s.w.organisation(ctx, 0)
	if err != nil {
		return err
	}
	s.token = string(made.Token.Text.Expose())
	replace := []string{string(made.Organisation.ID), "ORG", made.Owner.Person, "PERSON"}
	a := owner(made.Organisation.ID)
	for n := range projects {
		p, err := s.w.accounts.CreateProject(ctx, a, accounts.NewProject{Slug: fmt.Sprintf("project-%02d", n), Name: fmt.Sprintf("Project %d", n)})
		if err != nil {
			return err
		}
		s.project = p.ID
		replace = append(replace, string(p.ID), fmt.Sprintf("PROJECT%d", n))
	}
	s.varies = strings.NewReplacer(replace...)
	if s.settle != nil {
		err = s.settle()
	}
	return err
}

// listen serves the API as the program does.
func (s *side) listen(ctx context.Context) {
	request := func(context.Context) string { return "rq_bench" }
	handler := api.New(api.Services{
		Accounts: s.w.accounts, Scans: &discover.Hosted{}, Drift: &detect.Hosted{}, History: &history.Hosted{}, Audit: &auditing.Service{}, Assure: &assure.Service{}, Jobs: &upkeep.Service{},
		LedgerKey: func(context.Context, access.Actor) ([]byte, error) { return nil, errors.New("not here") },
		Request:   request, Actor: func(context.Context, access.Actor) {}, Route: func(context.Context, string) {}, Version: "bench",
	})
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // there is no loopback
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(l) //nolint:errcheck // it ends with Close
	s.base = "http://" + l.Addr().String() + api.Prefix
	s.stop = func() { _ = server.Close() }
}

func (s *side) end() {
	s.stop()
	if s.w != nil {
		s.w.close()
	}
}

// do makes a call and returns how long it took.
func (s *side) do(ctx context.Context, c call, n int) (time.Duration, error) {
	var body io.Reader
	if c.body != nil {
		body = strings.NewReader(c.body(n))
	}
	r, err := http.NewRequestWithContext(ctx, c.method, s.base+c.path(s), body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if c.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	from := time.Now()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	took := time.Since(from)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s: %s", s.name, c.name, res.Status, text)
	}
	if s.answers[c.name] == "" {
		s.answers[c.name] = plain(s.varies.Replace(string(bytes.TrimSpace(text))))
	}
	return took, err
}

// plain takes the instants out of an answer, and the order of its items: of two that were made in one millisecond either may be the first.
func plain(text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(text, `"`) {
		if _, err := time.Parse(time.RFC3339Nano, part); err == nil {
			part = "TIME"
		}
		b.WriteString(part + `"`)
	}
	items := strings.FieldsFunc(b.String(), func(r rune) bool { return strings.ContainsRune("{}[]", r) })
	slices.Sort(items)
	return strings.Join(items, "\n")
}

func (s *side) block(ctx context.Context, c call, turn int) error {
	var list []float64
	for n := range block {
		took, err := s.do(ctx, c, 1000+turn*block+n)
		if err != nil {
			return err
		}
		list = append(list, ms(took))
	}
	s.took[c.name] = append(s.took[c.name], list...)
	s.blocks[c.name] = append(s.blocks[c.name], median(list))
	return nil
}
