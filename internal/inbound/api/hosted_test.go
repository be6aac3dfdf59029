package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/discover"
	"c4arch/internal/service/history"
	"c4arch/internal/service/task"
)

func (w *world) state(run string) string {
	w.t.Helper()
	return w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200).text("state")
}

// objects are how many objects there are, and how many uploads refer to one.
func (w *world) objects() (uploads, condemned int) {
	w.t.Helper()
	return len(w.rows(w.org, `SELECT object FROM upload`)), len(w.rows(w.org, `SELECT u.id FROM upload u LEFT JOIN object o ON o.org_id = u.org_id AND o.name = u.object WHERE o.name IS NULL`))
}

func TestScanLife(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.upload(w.owner, w.project, packed("0/graph.json", string(estate(false, "a"))))
		if w.state(run) != "queued" {
			t.Error("it is not queued")
		}
		uploads, lost := w.objects()
		object := w.rows(w.org, `SELECT object FROM upload`)
		if uploads != 1 || lost != 0 || len(w.rows(w.org, `SELECT name FROM object WHERE name = '`+object[0]+`'`)) != 1 {
			t.Errorf("%d uploads, %d without their object", uploads, lost)
		}
		// While it is read it runs.
		unpack := w.unpack
		w.unpack = func(data []byte) (discover.Place, error) {
			if got := w.state(run); got != "running" {
				t.Errorf("while it is read it is %s", got)
			}
			return unpack(data)
		}
		w.work()
		w.unpack = unpack
		r := w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
		if r.text("state") != "done" || r.text("resources") != "2" || r.text("snapshot") == "" || r.text("endedAt") == "" || r.text("error") != "" {
			t.Errorf("%s", r.body)
		}
		if uploads, _ := w.objects(); uploads != 0 || len(w.rows(w.org, `SELECT name FROM object WHERE name = '`+object[0]+`'`)) != 0 {
			t.Error("the upload or its object is still there")
		}
		if n := len(w.rows(w.org, `SELECT id FROM job WHERE kind IN ('scan.run', 'drift.compare')`)); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
		got := w.entries(w.org)
		for _, kind := range []string{"scan.queued", "scan.finished", "job.finished"} {
			if !slices.Contains(got, kind) {
				t.Errorf("the ledger lacks %s: %q", kind, got)
			}
		}
		// The same at the same time is the same snapshot.
		at := "?at=2026-11-01T00:00:00Z"
		var names []string
		for range 2 {
			again := w.send(w.owner, "POST", "/projects/"+w.project+"/uploads"+at, packed("0/graph.json", string(estate(false, "a"))), "Content-Type", "application/zip").must(201).text("id")
			w.work()
			names = append(names, w.get(w.owner, "/projects/"+w.project+"/scans/"+again).must(200).text("snapshot"))
		}
		if names[0] != names[1] || len(w.get(w.owner, "/projects/"+w.project+"/snapshots").items()) != 2 {
			t.Errorf("%q are two", names)
		}
		// In another project it is another thing.
		w.get(w.owner, "/projects/"+w.other+"/snapshots/"+names[0]+"/snapshot.json").must(404)
		w.get(w.foreign, "/projects/"+w.theirs+"/snapshots/"+names[0]+"/snapshot.json").must(404)
		w.get(w.owner, "/projects/"+w.other+"/scans/"+run).must(404)
	})
}

func TestScansThatFail(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for what, x := range map[string]struct {
			data []byte
			says string
		}{
			"no zip":    {[]byte("hello"), "what was handed over cannot be read"},
			"nothing":   {packed(), "no resources were found in what was handed over"},
			"no estate": {packed("0/a.json", "{}"), "no resources were found"},
			"overlay":   {packed("0/c4arch.yaml", "nonsense: [", "0/g.json", string(estate(false, "a"))), "c4arch.yaml"},
			"too deep":  {packed("0/"+strings.Repeat("d/", 300)+"a.json", "{}"), "what was handed over cannot be read"},
		} {
			run := w.upload(w.owner, w.project, x.data)
			kinds := w.work()
			r := w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
			if r.text("state") != "failed" || !strings.Contains(r.text("error"), x.says) || slices.Contains(kinds, task.Compare) {
				t.Errorf("%s: %s, %q", what, r.body, kinds)
			}
			if n := slices.Index(kinds, task.RunScan); n < 0 || slices.Contains(kinds[n+1:], task.RunScan) {
				t.Errorf("%s: what cannot be read was tried again: %q", what, kinds)
			}
		}
		if uploads, _ := w.objects(); uploads != 0 {
			t.Errorf("%d uploads are left", uploads)
		}
		// What may be better later is tried again, and the last attempt ends it, without a word of the cause.
		tries := 0
		unpack := w.unpack
		w.unpack = func([]byte) (discover.Place, error) {
			tries++
			return nil, fault.Wrap(fault.Unavailable, fault.New(fault.Internal, "/var/lib/hidden"), "not now")
		}
		run := w.upload(w.owner, w.project, packed("0/graph.json", string(estate(false, "a"))))
		w.work()
		r := w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
		if tries != 4 || r.text("state") != "failed" || r.text("error") != "not now" {
			t.Errorf("%d tries: %s", tries, r.body)
		}
		// Once is not enough to fail.
		w.unpack = func(data []byte) (discover.Place, error) {
			w.unpack = unpack
			return nil, fault.New(fault.Unavailable, "not now")
		}
		w.scan(estate(false, "a"))
		// A worker that dies each time leaves no scan that runs for ever; put back, it is done.
		run = w.upload(w.owner, w.project, packed("0/graph.json", string(estate(false, "b"))))
		for range 4 {
			c := w.claim(task.RunScan)
			w.check(w.homes.Queue().Fail(t.Context(), c.Lease, "killed", time.Microsecond))
		}
		r = w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
		if r.text("state") != "failed" || !strings.Contains(r.text("error"), "given up") {
			t.Errorf("a scan whose job died: %s", r.body)
		}
		dead := w.get(w.owner, "/jobs?state=dead").items()
		if len(dead) != 1 {
			t.Fatalf("%v", dead)
		}
		w.post(w.second, "/jobs/"+dead[0]["id"].(string)+"/retry", nil).must(403)
		w.post(w.foreign, "/jobs/"+dead[0]["id"].(string)+"/retry", nil).must(404)
		w.post(w.owner, "/jobs/"+dead[0]["id"].(string)+"/retry", nil).must(204)
		if got := w.state(run); got != "queued" {
			t.Errorf("put back it is %s", got)
		}
		w.work()
		if got := w.state(run); got != "done" {
			t.Errorf("done again it is %s", got)
		}
	})
}

func TestScansThatAreRefused(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		zip := packed("0/graph.json", string(estate(false, "a")))
		send := func(token, project, query string, data []byte, heads ...string) *reply {
			return w.send(token, "POST", "/projects/"+project+"/uploads"+query, data, append([]string{"Content-Type", "application/zip"}, heads...)...)
		}
		before := len(w.entries(w.org))
		send(w.reader, w.project, "", zip).must(403)
		send(w.foreign, w.project, "", zip).must(404)
		send(w.operator, w.project, "", zip).must(403)
		send("", w.project, "", zip).must(401)
		send(w.owner, w.project, "?at=9999-12-31T00:00:00Z", zip).must(400)
		send(w.owner, w.project, "?at=yesterday", zip).must(400)
		send(w.owner, w.project, "?name="+strings.Repeat("a", 201), zip).must(400)
		send(w.owner, w.project, "?name=%00", zip).must(400)
		send(w.owner, w.project, "?name=%ff", zip).must(400)
		send(w.owner, w.project, "", make([]byte, 1<<20+1)).must(413)
		send(w.owner, w.project, "", zip, "Content-Type", "text/plain").must(400)
		send(w.owner, w.project, "", zip, "Idempotency-Key", strings.Repeat("k", 201)).must(400)
		if n := len(w.entries(w.org)); n != before {
			t.Errorf("%d entries of what was refused", n-before)
		}
		// The same request is one scan; with other content, or by another person, it is not.
		first := send(w.owner, w.project, "", zip, "Idempotency-Key", "k").must(201)
		if again := send(w.owner, w.project, "", zip, "Idempotency-Key", "k").must(201); string(again.body) != string(first.body) {
			t.Errorf("answered\n%s and then\n%s", first.body, again.body)
		}
		send(w.owner, w.project, "", packed("0/x.json", "1"), "Idempotency-Key", "k").must(409)
		send(w.owner, w.other, "", zip, "Idempotency-Key", "k").must(409)
		if by := send(w.second, w.project, "", zip, "Idempotency-Key", "k").must(201); by.text("id") == first.text("id") {
			t.Error("another person got the answer of the first")
		}
		w.work()
		w.call(w.owner, "PATCH", "/projects/"+w.project, dict{"archived": true}).must(200)
		send(w.owner, w.project, "", zip).must(409)
		// What was taken before is answered as it was.
		if again := send(w.owner, w.project, "", zip, "Idempotency-Key", "k").must(201); string(again.body) != string(first.body) {
			t.Errorf("answered\n%s and in the archive\n%s", first.body, again.body)
		}
		send(w.owner, w.project, "", zip, "Idempotency-Key", "new").must(409)
		w.post(w.owner, "/projects/"+w.project+"/baselines", dict{"snapshot": "latest", "reason": "x"}).must(409)
		w.post(w.owner, "/projects/"+w.project+"/exceptions", exceptionOf(w)).must(409)
		w.get(w.reader, "/projects/"+w.project+"/snapshots/latest/snapshot.json").must(200)
		// One project does not fill the queue.
		first = send(w.owner, w.other, "", zip, "Idempotency-Key", "one of fifty").must(201)
		for range 49 {
			send(w.owner, w.other, "", zip).must(201)
		}
		send(w.owner, w.other, "", zip).must(413)
		send(w.owner, w.other, "", zip, "Idempotency-Key", "one of fifty-one").must(413)
		if again := send(w.owner, w.other, "", zip, "Idempotency-Key", "one of fifty").must(201); string(again.body) != string(first.body) {
			t.Errorf("answered\n%s and in a full queue\n%s", first.body, again.body)
		}
		w.work()
		send(w.owner, w.other, "", zip).must(201)
	})
}

func TestConnections(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.check(os.MkdirAll(filepath.Join(w.root, "shop"), 0o700))
		w.check(os.WriteFile(filepath.Join(w.root, "shop", "graph.json"), estate(false, "a"), 0o600))
		outside := filepath.Join(t.TempDir(), "outside")
		w.check(os.MkdirAll(outside, 0o700))
		w.check(os.WriteFile(filepath.Join(outside, "graph.json"), estate(true, "hidden-from-them"), 0o600))
		w.check(os.Symlink(outside, filepath.Join(w.root, "out")))
		make := func(path string) *reply {
			return w.post(w.owner, "/projects/"+w.project+"/connections", dict{"kind": "directory", "name": "files", "path": path})
		}
		for _, path := range []string{"..", "../x", "/etc", "shop/../..", "shop//x", "./shop", "shop\\x", "C:/x", "shop/\x00", strings.Repeat("a", 900), outside} {
			make(path).must(400)
		}
		scan := func(con string) *reply {
			run := w.post(w.owner, "/projects/"+w.project+"/scans", dict{"connection": con}).must(201).text("id")
			w.work()
			return w.get(w.owner, "/projects/"+w.project+"/scans/"+run).must(200)
		}
		good := make("shop").must(201).text("id")
		if r := scan(good); r.text("state") != "done" {
			t.Errorf("%s", r.body)
		}
		for _, path := range []string{"out", "none", "shop/graph.json", "out/graph.json"} {
			if r := scan(make(path).must(201).text("id")); r.text("state") != "failed" || !strings.Contains(r.text("error"), "no such directory") || strings.Contains(string(r.body), w.root) || strings.Contains(string(r.body), outside) {
				t.Errorf("%s: %s", path, r.body)
			}
		}
		text := w.get(w.owner, "/projects/"+w.project+"/snapshots/latest/snapshot.json").must(200)
		if got := text.head.Get("Content-Disposition"); got != `attachment; filename="snapshot.json"` || text.head.Get("Content-Type") != "application/json" {
			t.Errorf("the file is called %q, and is %q", got, text.head.Get("Content-Type"))
		}
		if strings.Contains(string(text.body), "hidden-from-them") || strings.Contains(string(text.body), w.root) {
			t.Errorf("it tells what lies outside, or where it lies: %s", text.body)
		}
		// A connection is of its project and organisation, and one for uploads is not scanned.
		w.post(w.owner, "/projects/"+w.other+"/scans", dict{"connection": good}).must(404)
		w.post(w.foreign, "/projects/"+w.theirs+"/scans", dict{"connection": good}).must(404)
		w.post(w.foreign, "/projects/"+w.project+"/scans", dict{"connection": good}).must(404)
		by := w.post(w.owner, "/projects/"+w.project+"/connections", dict{"kind": "upload", "name": "by hand"}).must(201).text("id")
		w.post(w.owner, "/projects/"+w.project+"/scans", dict{"connection": by}).must(400)
		w.post(w.owner, "/projects/"+w.project+"/scans", dict{"connection": ""}).must(400)
		// A connection that is removed while its scan waits fails the scan.
		run := w.post(w.owner, "/projects/"+w.project+"/scans", dict{"connection": make("shop").must(201).text("id")}).must(201)
		w.call(w.owner, "DELETE", "/projects/"+w.project+"/connections/"+run.text("connection"), nil)
		w.work()
		if got := w.state(run.text("id")); got != "failed" && got != "done" {
			t.Errorf("the scan of a connection that is gone is %s", got)
		}
	})
}

func exceptionOf(w *world) dict {
	return dict{"scope": "*", "rule": "*", "owner": "platform-team", "reason": "until the bastion is in place", "expires": w.clock.now().AddDate(0, 0, 30).Format(time.DateOnly)}
}

func (w *world) approve(token, snapshot, expect string) *reply {
	w.t.Helper()
	return w.post(token, "/projects/"+w.project+"/baselines", dict{"snapshot": snapshot, "reason": "as built", "expect": expect})
}

func (w *world) findings(state string) []map[string]any {
	w.t.Helper()
	return w.get(w.reader, "/projects/"+w.project+"/findings?state="+state).items()
}

func TestApprovals(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.scan(estate(false, "a"))
		for _, token := range []string{w.program, w.reader, w.operator} {
			w.approve(token, "latest", "").must(403)
		}
		w.approve(w.foreign, "latest", "").must(404)
		w.approve(w.owner, "latest", "b123456789ab").must(409)
		w.approve(w.owner, "latest~7", "").must(404)
		once := func() *reply {
			return w.post(w.owner, "/projects/"+w.project+"/baselines", dict{"snapshot": "latest", "reason": "as built"}, "Idempotency-Key", "approve once")
		}
		approved := once().must(201)
		first := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		w.approve(w.owner, "latest", "").must(409) // what the person saw is not current any more
		if again := once().must(201); string(again.body) != string(approved.body) || again.text("baseline.id") != first {
			t.Errorf("answered\n%s and then\n%s", approved.body, again.body)
		}
		// By two people.
		w.call(w.owner, "PATCH", "/organisation", dict{"approvals": 2}).must(200)
		w.scan(estate(true, "a"))
		w.approve(w.second, "latest", "").must(409)
		prop := w.approve(w.second, "latest", first).must(201).text("proposal.id")
		at := "/projects/" + w.project + "/proposals/" + prop
		w.post(w.second, at+"/approval", nil).must(403)
		w.post(w.program, at+"/approval", nil).must(403)
		w.post(w.reader, at+"/approval", nil).must(403)
		w.post(w.foreign, at+"/approval", nil).must(404)
		w.post(w.foreign, "/projects/"+w.theirs+"/proposals/"+prop+"/approval", nil).must(404)
		w.post(w.owner, "/projects/"+w.other+"/proposals/"+prop+"/approval", nil).must(404)
		// A second token of the same person is the same person.
		twin := w.signIn(w.people[0])
		w.post(twin, at+"/approval", nil).must(403)
		if n := len(w.get(w.owner, "/projects/"+w.project+"/baselines").items()); n != 1 {
			t.Fatalf("%d baselines before the second person", n)
		}
		// Two approve at once: one wins.
		answers := atOnce(2, func(i int) int {
			r := httptest.NewRequest(http.MethodPost, "http://service.example"+Prefix+at+"/approval", nil).WithContext(t.Context())
			r.Header.Set("Authorization", "Bearer "+[]string{w.owner, w.third}[i])
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			return rec.Code
		})
		if slices.Sort(answers); !slices.Equal(answers, []int{201, 409}) {
			t.Errorf("two who approve at once: %v", answers)
		}
		if n := len(w.get(w.owner, "/projects/"+w.project+"/baselines").items()); n != 2 {
			t.Errorf("%d baselines", n)
		}
		w.post(w.owner, at+"/approval", nil).must(409)
		w.post(w.owner, at+"/withdrawal", dict{"reason": "too late"}).must(409)
		// What was proposed against an older baseline is stale, and can be withdrawn.
		second := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		a := w.approve(w.second, "latest", second).must(201).text("proposal.id")
		b := w.approve(w.third, "latest~1", second).must(201).text("proposal.id")
		w.post(w.owner, "/projects/"+w.project+"/proposals/"+b+"/approval", nil).must(201)
		w.post(w.owner, "/projects/"+w.project+"/proposals/"+a+"/approval", nil).must(409)
		w.post(w.owner, "/projects/"+w.project+"/proposals/"+a+"/withdrawal", dict{"reason": ""}).must(422)
		w.post(w.owner, "/projects/"+w.project+"/proposals/"+a+"/withdrawal", dict{"reason": "overtaken"}).must(204)
		// What somebody else proposed is rejected with a reason, and by nobody of their own.
		third := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		refused := "/projects/" + w.project + "/proposals/" + w.approve(w.second, "latest", third).must(201).text("proposal.id")
		w.post(w.second, refused+"/rejection", dict{"reason": "no"}).must(403)
		w.post(w.owner, refused+"/rejection", dict{"reason": ""}).must(422)
		w.post(w.owner, refused+"/rejection", dict{"reason": "the port is open"}).must(204)
		w.post(w.third, refused+"/approval", nil).must(409)
		for _, p := range w.get(w.owner, "/projects/"+w.project+"/proposals").items() {
			if strings.HasSuffix(refused, p["id"].(string)) && (p["state"] != "rejected" || p["answer"] != "the port is open" || p["decider"] == p["actor"]) {
				t.Errorf("a rejected proposal: %v", p)
			}
		}
		for _, kind := range []string{"baseline.proposed", "baseline.approved", "proposal.withdrawn", "proposal.rejected"} {
			if !slices.Contains(w.entries(w.org), kind) {
				t.Errorf("the ledger lacks %s", kind)
			}
		}
	})
}

// atOnce asks n times at once.
func atOnce(n int, ask func(i int) int) []int {
	to := make([]int, n)
	var wait sync.WaitGroup
	for i := range to {
		wait.Go(func() { to[i] = ask(i) })
	}
	wait.Wait()
	return to
}

// Findings are open, accepted and gone, and keep their dates.
func TestFindings(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		if got := w.findings("open"); len(got) != 0 {
			t.Fatalf("%v before anything", got)
		}
		w.scan(estate(false, "a"))
		if got := w.findings("open"); len(got) != 0 {
			t.Fatalf("%v without a baseline", got)
		}
		w.approve(w.owner, "latest", "").must(201)
		w.work()
		w.clock.add(24 * time.Hour)
		w.scan(estate(true, "a"))
		open := w.findings("open")
		if len(open) == 0 {
			t.Fatal("a port that was opened is no finding")
		}
		first := open[0]["firstSeen"]
		w.clock.add(24 * time.Hour)
		w.scan(estate(true, "b"))
		again := w.findings("open")
		i := slices.IndexFunc(again, func(f map[string]any) bool { return f["id"] == open[0]["id"] })
		if i < 0 || again[i]["firstSeen"] != first || again[i]["lastSeen"] == first {
			t.Errorf("first %v, then %v", open[0], again)
		}
		// An exception takes a second person, and a third one where it is critical.
		e := exceptionOf(w)
		w.post(w.program, "/projects/"+w.project+"/exceptions", e).must(403)
		w.post(w.reader, "/projects/"+w.project+"/exceptions", e).must(403)
		w.post(w.foreign, "/projects/"+w.project+"/exceptions", e).must(404)
		late := exceptionOf(w)
		late["expires"] = w.clock.now().AddDate(2, 0, 0).Format(time.DateOnly)
		w.post(w.second, "/projects/"+w.project+"/exceptions", late).must(400)
		one := w.post(w.second, "/projects/"+w.project+"/exceptions", e, "Idempotency-Key", "x").must(201)
		if two := w.post(w.second, "/projects/"+w.project+"/exceptions", e, "Idempotency-Key", "x").must(201); string(one.body) != string(two.body) {
			t.Errorf("%s\nand then\n%s", one.body, two.body)
		}
		prop := "/projects/" + w.project + "/proposals/" + one.text("id") + "/approval"
		w.post(w.second, prop, nil).must(403)
		w.work()
		if len(w.findings("accepted")) != 0 {
			t.Error("a proposal accepts already")
		}
		w.post(w.third, prop, nil).must(201)
		w.work()
		ex := w.get(w.reader, "/projects/"+w.project+"/exceptions").items()
		if len(ex) != 1 {
			t.Fatalf("%v", ex)
		}
		xat := "/projects/" + w.project + "/exceptions/" + ex[0]["id"].(string)
		for _, f := range w.findings("open") {
			if f["severity"] != "critical" {
				t.Errorf("is still open: %v", f)
			}
		}
		accepted := len(w.findings("accepted"))
		critical := len(w.findings("open"))
		w.post(w.second, xat+"/approval", nil).must(403) // its author
		w.post(w.third, xat+"/approval", nil).must(403)  // has approved it
		w.post(w.program, xat+"/approval", nil).must(403)
		w.post(w.foreign, xat+"/approval", nil).must(404)
		w.post(w.owner, xat+"/approval", nil).must(204)
		w.work()
		if n, m := len(w.findings("open")), len(w.findings("accepted")); n != 0 || m != accepted+critical {
			t.Errorf("after the third person %d are open and %d accepted of %d and %d", n, m, critical, accepted)
		}
		// It ends.
		w.post(w.owner, xat+"/revocation", dict{"reason": "the bastion is there"}).must(204)
		w.work()
		if len(w.findings("open")) != accepted+critical {
			t.Error("what was revoked is still accepted")
		}
		w.post(w.owner, xat+"/revocation", dict{"reason": "again"}).must(404)
		w.post(w.owner, xat+"/approval", nil).must(404)
		// What is put right is gone, and what comes back is as new as it is.
		w.clock.add(24 * time.Hour)
		w.scan(estate(false, "a"))
		if len(w.findings("open")) != 0 || len(w.findings("gone")) == 0 {
			t.Errorf("open %v, gone %v", w.findings("open"), w.findings("gone"))
		}
		w.clock.add(24 * time.Hour)
		w.scan(estate(true, "a"))
		back := w.findings("open")
		if i := slices.IndexFunc(back, func(f map[string]any) bool { return f["id"] == open[0]["id"] }); i < 0 || back[i]["firstSeen"] == first {
			t.Errorf("what came back: %v", back)
		}
		// Approving what is live ends it.
		current := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		w.approve(w.owner, "latest", current).must(201)
		w.work()
		if len(w.findings("open")) != 0 {
			t.Errorf("after the approval: %v", w.findings("open"))
		}
	})
}

// An exception that has expired accepts nothing.
func TestExceptionsExpire(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.scan(estate(false, "a"))
		w.approve(w.owner, "latest", "").must(201)
		w.scan(estate(true, "a"))
		n := len(w.findings("open"))
		p := w.post(w.second, "/projects/"+w.project+"/exceptions", exceptionOf(w)).must(201).text("id")
		w.post(w.third, "/projects/"+w.project+"/proposals/"+p+"/approval", nil).must(201)
		ex := w.get(w.reader, "/projects/"+w.project+"/exceptions").items()[0]["id"].(string)
		w.post(w.owner, "/projects/"+w.project+"/exceptions/"+ex+"/approval", nil).must(204)
		w.work()
		if len(w.findings("accepted")) != n {
			t.Fatalf("%d of %d are accepted", len(w.findings("accepted")), n)
		}
		w.clock.add(32 * 24 * time.Hour)
		w.scan(estate(true, "a"))
		if len(w.findings("open")) != n {
			t.Errorf("%d of %d are open after the end", len(w.findings("open")), n)
		}
	})
}

// What changes while a comparison runs is not lost: the job that would compare again is the one that runs.
func TestComparisonsAreOfWhatIs(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.scan(estate(false, "a"))
		w.approve(w.owner, "latest", "").must(201)
		w.work()
		first := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		w.upload(w.owner, w.project, packed("0/graph.json", string(estate(true, "a"))))
		c := w.claim(task.Compare)
		// It was claimed; now the same snapshot is approved, and the comparison with it asked for.
		w.approve(w.owner, "latest", first).must(201)
		w.check(w.Drift.RunCompare(t.Context(), c))
		w.work()
		second := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		if got := w.get(w.owner, "/projects/"+w.project+"/comparisons?limit=1").items()[0]["baseline"]; got != second || len(w.findings("open")) != 0 {
			t.Errorf("compared with %v, and the current one is %s: %v", got, second, w.findings("open"))
		}
	})
}

// The project changes while a comparison is about to commit.
func TestComparisonsThatAreOutrun(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.scan(estate(false, "a"))
		w.approve(w.owner, "latest", "").must(201)
		w.work()
		w.upload(w.owner, w.project, packed("0/graph.json", string(estate(true, "a"))))
		c := w.claim(task.Compare)
		rules, asked := w.Drift.Rules, 0
		current := w.get(w.owner, "/projects/"+w.project+"/baselines").items()[0]["id"].(string)
		w.Drift.Rules = func() (*severity.Table, error) { // it is asked between reading and writing
			if asked++; asked == 1 {
				w.approve(w.owner, "latest", current).must(201)
			}
			return rules()
		}
		w.check(w.Drift.RunCompare(t.Context(), c))
		if asked != 2 || len(w.findings("open")) != 0 {
			t.Errorf("compared %d times, open: %v", asked, w.findings("open"))
		}
		w.Drift.Rules = rules
		w.work()
		// An older snapshot does not take the place of a newer one.
		old := w.waiting("old")
		w.scan(estate(true, "a"))
		n := len(w.findings("open"))
		w.check(w.Drift.RunCompare(t.Context(), old))
		if got := len(w.findings("open")); got != n {
			t.Errorf("%d findings became %d", n, got)
		}
		// A snapshot that was let go while it waits ends the job.
		late := w.waiting("gone")
		w.scan(estate(true, "b"))
		w.clock.add(time.Hour)
		s, err := w.Accounts.Authenticate(t.Context(), accounts.Attempt{Token: w.owner, Surface: access.API, Purpose: "test"})
		w.check(err)
		_, err = w.History.Collect(t.Context(), s, id.Project(w.project), history.Retention{Newest: 1}, false)
		w.check(err)
		w.check(w.Drift.RunCompare(t.Context(), late))
		if n := len(w.rows(w.org, `SELECT id FROM job WHERE kind = 'drift.compare'`)); n != 0 {
			t.Errorf("%d comparisons are left", n)
		}
	})
}

// waiting scans an estate and claims its comparison.
func (w *world) waiting(tag string) *task.Claimed {
	w.t.Helper()
	w.upload(w.owner, w.project, packed("0/graph.json", string(estate(false, tag))))
	return w.claim(task.Compare)
}

// A worker whose lease was lost changes nothing.
func TestLostLease(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		run := w.upload(w.owner, w.project, packed("0/graph.json", string(estate(false, "a"))))
		c := w.claim(task.RunScan)
		w.clock.add(2 * time.Minute)
		w.work() // another one has done it
		before := len(w.entries(w.org))
		if err := w.Scans.RunScan(context.WithoutCancel(t.Context()), c); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a lease that was lost: %v", err)
		}
		if n := len(w.entries(w.org)); n != before || w.state(run) != "done" {
			t.Errorf("it has left %d entries, and the scan is %s", n-before, w.state(run))
		}
	})
}
