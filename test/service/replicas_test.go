//go:build e2e && unix

package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"c4arch/internal/source/files"
	"c4arch/test/gen/estate"
	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestReplicas: two processes serve one database side by side. Both take requests, every job is done once, and what one has in hand when it is killed the other does.
func TestReplicas(t *testing.T) {
	program := live.Build(t)
	o := live.OnPostgreSQL(pg.Empty(t))
	o.Data = filepath.Join(t.TempDir(), "shared")
	o.Args = append(o.Args, "--log-level", "debug")
	a, b := live.New(t, program, o), live.New(t, program, o)
	a.Begin() // both at once, on a database and a directory in which nothing is yet
	b.Begin()
	a.Wait()
	b.Wait()
	r := &replicas{T: t, a: a, b: b}
	r.setUp()
	r.oneChange()
	r.jobsAreDoneOnce()
	r.takenOver()
	for _, s := range []*live.Server{a, b} {
		s.Ready()
		live.Done(t, r.owner.At(s), "contoso")
	}
	r.verifies(b)
	a.Stop()
	r.verifies(b)
}

type replicas struct {
	*testing.T
	a, b    *live.Server
	owner   *live.User
	project struct{ ID string }
	scans   []string
	exports int
}

// setUp: the link of the replica that was the last to start is good, and what one has made the other knows at once.
func (r *replicas) setUp() {
	operator := ""
	for _, s := range []*live.Server{r.a, r.b} {
		if code, out, _ := s.Nobody().Try("", "login", "--setup", s.SetupLink()); code == 0 {
			if operator != "" {
				r.Fatal("both links were good")
			}
			operator = strings.Split(out, "\n")[1]
		}
	}
	if operator == "" {
		r.Fatal("neither link was good")
	}
	var org organisation
	r.a.User(operator).JSON(&org, "organisation", "create", "contoso", "--name", "Contoso", "--owner-name", "Platform team", "--owner-email", "platform@contoso.example")
	r.owner = r.b.User(org.Token)
	r.owner.JSON(&r.project, "project", "create", "shop", "--name", "Shop")
	r.owner.At(r.a).Get("/projects/"+r.project.ID, nil)
}

// oneChange: the same request at both at once, with one key, is one change with one answer.
func (r *replicas) oneChange() {
	for n := range 10 {
		request := live.Request{
			Method: http.MethodPost, Path: "/projects", Body: map[string]string{"slug": fmt.Sprint("p", n), "name": "P"}, Header: http.Header{"Idempotency-Key": {fmt.Sprint("key ", n)}},
		}
		var all sync.WaitGroup
		answers := make([]*live.Answer, 2)
		for i, s := range []*live.Server{r.a, r.b} {
			all.Go(func() {
				for answers[i] == nil || answers[i].Status == http.StatusConflict { // "is being answered at this moment": to be sent again
					a, err := r.owner.At(s).Send(context.Background(), request)
					if err != nil {
						r.Error(err)
						return
					}
					answers[i] = a
				}
			})
		}
		all.Wait()
		if r.Failed() {
			return
		}
		if !answers[0].OK() || !bytes.Equal(answers[0].Body, answers[1].Body) {
			r.Fatalf("%s\n%s", answers[0].Fault(), answers[1].Fault())
		}
	}
	var list struct{ Items []struct{ ID string } }
	if r.owner.Get("/projects", &list); len(list.Items) != 11 {
		r.Errorf("there are %d projects", len(list.Items))
	}
}

// upload hands over resources of an estate to be scanned.
func (r *replicas) upload(s *live.Server, resources int, seed uint64) scan {
	dir := r.TempDir()
	var text, pack bytes.Buffer
	if err := estate.Graph(&text, estate.Exported(resources, seed)); err != nil {
		r.Fatal(err)
	}
	path := filepath.Join(dir, "resource-graph.json")
	write(r, path, text.String())
	if err := files.Pack(&pack, []string{path}, files.Limits{}); err != nil {
		r.Fatal(err)
	}
	a, err := r.owner.At(s).Send(r.Context(), live.Request{Method: http.MethodPost, Path: "/projects/" + r.project.ID + "/uploads", Type: "application/zip", Body: pack.Bytes()})
	if err != nil || !a.OK() {
		r.Fatalf("an upload: %v %v", err, a)
	}
	var x scan
	if err := json.Unmarshal(a.Body, &x); err != nil {
		r.Fatal(err)
	}
	r.scans = append(r.scans, x.ID)
	return x
}

func (r *replicas) jobsAreDoneOnce() {
	for n := range 12 {
		r.upload([]*live.Server{r.a, r.b}[n%2], 60, uint64(n))
	}
	live.Done(r, r.owner, "contoso")
	for name, s := range map[string]*live.Server{"the first": r.a, "the second": r.b} {
		r.Logf("%s did %d scans of 12", name, strings.Count(s.Log(), `"job":"scan.run","attempt":1,"outcome":"done"`))
	}
	r.once()
}

// once: every scan that was asked for ended once, and made one snapshot.
func (r *replicas) once() {
	r.Helper()
	ended := map[string]int{}
	for from := int64(0); ; {
		var page struct {
			Entries []struct {
				Kind   string
				Fields map[string]json.RawMessage
			}
			Next int64
		}
		r.owner.Get(fmt.Sprintf("/ledger/entries?kinds=scan.finished,scan.failed&limit=256&from=%d", from), &page)
		for _, e := range page.Entries {
			ended[e.Kind+" "+strings.Trim(string(e.Fields["scan"]), `"`)]++
		}
		if from = page.Next; from == 0 {
			break
		}
	}
	for _, id := range r.scans {
		if ended["scan.finished "+id] != 1 {
			r.Errorf("the scan %s has ended %d times", id, ended["scan.finished "+id])
		}
	}
	if len(ended) != len(r.scans) {
		r.Errorf("%d scans have ended, of %d: %v", len(ended), len(r.scans), ended)
	}
}

// begun is the replica that has begun to scan, by its log.
func (r *replicas) begun(s *live.Server, scans int) bool {
	return strings.Count(s.Log(), `"msg":"job begins"`) > 0 && strings.Count(s.Log(), `"job":"scan.run"`) > scans
}

// takenOver kills the replica that scans, and the other ends the scan when the lease is over. A scan that was faster than the kill is tried again.
func (r *replicas) takenOver() {
	for seed := range uint64(8) {
		var before [2]int
		for i, s := range []*live.Server{r.a, r.b} {
			before[i] = strings.Count(s.Log(), `"job":"scan.run"`)
		}
		x := r.upload(r.a, 6000, 100+seed)
		var at, other *live.Server
		live.Until(r, "one of the two scans", func() bool {
			switch {
			case r.begun(r.a, before[0]):
				at, other = r.a, r.b
			case r.begun(r.b, before[1]):
				at, other = r.b, r.a
			}
			return at != nil
		})
		at.Kill()
		r.owner = r.owner.At(other)
		done := r.state(x.ID) == "done"
		r.Logf("the scan %s was cut off: %v", x.ID, !done)
		live.Until(r, "the other one ends the scan", func() bool { return slices.Contains([]string{"done", "failed"}, r.state(x.ID)) })
		if state := r.state(x.ID); state != "done" {
			r.Errorf("the scan is %s", state)
		}
		live.Done(r, r.owner, "contoso")
		at.Start()
		r.once()
		if !done {
			if !strings.Contains(other.Logs(), `"job":"scan.run","attempt":2,"outcome":"done"`) {
				r.Error("the other replica did not take the job over")
			}
			return
		}
	}
	r.Error("no scan was cut off")
}

func (r *replicas) state(id string) string {
	var x scan
	r.owner.Get("/projects/"+r.project.ID+"/scans/"+id, &x)
	return x.State
}

func (r *replicas) verifies(s *live.Server) {
	r.Helper()
	r.exports++
	u := r.owner.At(s)
	key := filepath.Join(r.TempDir(), "operator.key")
	write(r, key, u.Run("audit", "key", "--server"))
	bundle := filepath.Join(r.TempDir(), fmt.Sprintf("bundle-%d.zip", r.exports))
	u.Run("audit", "export", "--server", "--values", bundle)
	u.Run("audit", "verify", "--key", key, bundle)
}
