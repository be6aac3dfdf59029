package stream_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/service/auditing"
	"c4arch/internal/service/stream"
)

func (w *world) hook(a access.Actor, r *receiver, kinds ...string) stream.Made {
	w.t.Helper()
	m, err := w.Create(w.t.Context(), a, stream.New{Kind: stream.Webhook, Name: "events", Settings: stream.Settings{Address: r.URL + "/hook?key=x", Kinds: kinds}})
	w.check(err)
	return m
}

// verified checks a webhook as Standard Webhooks tells a receiver to, by code of its own, and returns its id and body.
func verified(t *testing.T, text string, got received, now time.Time) (string, map[string]any) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || len(key) < 24 || !strings.HasPrefix(text, "whsec_") {
		t.Fatalf("the secret is none: %v", err)
	}
	name, stamp := got.header.Get("webhook-id"), got.header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", name, stamp, got.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if !slices.Contains(strings.Split(got.header.Get("webhook-signature"), " "), want) {
		t.Errorf("the signature %q is not that of the message", got.header.Get("webhook-signature"))
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || math.Abs(float64(seconds-now.Unix())) > 300 {
		t.Errorf("it was sent at %q", stamp)
	}
	var body map[string]any
	if err := json.Unmarshal(got.body, &body); err != nil || strings.Contains(name, ".") || name == "" {
		t.Errorf("%q with %s", name, got.body)
	}
	return name, body
}

// TestWebhook sends chosen events alone, in order, signed, without personal data.
func TestWebhook(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		r := w.receiver(nil)
		m := w.hook(a, r, "scan.failed", "member.*")
		text := string(m.Signing.Expose())
		w.note(a.Org, failedScan("first"), added("Alexandra Example"), failedScan("second"))
		w.note(a.Org, auditingDraft())
		if failed := w.work(); failed != nil {
			t.Fatal(failed)
		}
		got := r.all()
		if len(got) != 3 {
			t.Fatalf("%d requests", len(got))
		}
		var types, names []string
		for _, g := range got {
			name, body := verified(t, text, g, w.clock.now())
			names, types = append(names, name), append(types, body["type"].(string))
			data := body["data"].(map[string]any)
			if data["organisation"] != string(a.Org) || len(data["leafHash"].(string)) != 64 || g.header.Get("Authorization") != "" {
				t.Errorf("%s", g.body)
			}
		}
		if !slices.Equal(types, []string{"scan.failed", "member.added", "scan.failed"}) || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 3 {
			t.Errorf("%v %v", types, names)
		}
		if strings.Contains(string(got[1].body), "Alexandra") || !strings.Contains(string(got[1].body), `"withheld":["name"]`) || !strings.Contains(string(got[1].body), "pn_01jq8z6y5x4w3v2t1s0r9q8p7m") {
			t.Errorf("%s", got[1].body)
		}
		w.minutes(3)
		if n := len(r.all()); n != 3 {
			t.Errorf("%d requests after a while", n)
		}
		// What delivering does is no entry: the ledger would never end.
		if k := w.kinds(a.Org); slices.Contains(k, "job.finished") || len(k) != 6 {
			t.Errorf("%v", k)
		}
	})
}

// TestRotation: both secrets sign for a day; the one before signs nothing when it is given up at once.
func TestRotation(t *testing.T) {
	w := newWorld(t, "SQLite")
	a := w.organisation("contoso")
	r := w.receiver(nil)
	first := w.hook(a, r, "scan.failed")
	second, err := w.Rotate(t.Context(), a, first.Stream.ID, false)
	w.check(err)
	w.note(a.Org, failedScan("x"))
	w.work()
	got := r.all()
	verified(t, string(first.Signing.Expose()), got[0], w.clock.now())
	verified(t, string(second.Signing.Expose()), got[0], w.clock.now())
	third, err := w.Rotate(t.Context(), a, first.Stream.ID, true)
	w.check(err)
	w.note(a.Org, failedScan("y"))
	w.minutes(1)
	got = r.all()
	verified(t, string(third.Signing.Expose()), got[1], w.clock.now())
	if strings.Contains(got[1].header.Get("webhook-signature"), " ") {
		t.Error("the secret that was given up still signs")
	}
	w.clock.add(25 * time.Hour)
	fourth, err := w.Rotate(t.Context(), a, first.Stream.ID, false)
	w.check(err)
	w.clock.add(25 * time.Hour)
	w.note(a.Org, failedScan("z"))
	w.work()
	got = r.all()
	verified(t, string(fourth.Signing.Expose()), got[2], w.clock.now())
	if strings.Contains(got[2].header.Get("webhook-signature"), " ") {
		t.Error("the secret before signs after a day")
	}
	text, err := json.Marshal(fourth)
	w.check(err)
	v, err := w.Stream(t.Context(), a, first.Stream.ID)
	w.check(err)
	shown, err := json.Marshal(v)
	w.check(err)
	if strings.Contains(string(text)+string(shown), "whsec_") {
		t.Error("a secret is shown again")
	}
}

// TestKilledBetweenSendAndAcknowledgement: what was sent and not noted is sent again, under the same id, and nothing is missing.
func TestKilledBetweenSendAndAcknowledgement(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		r := w.receiver(nil)
		m := w.hook(a, r, "scan.failed")
		w.note(a.Org, failedScan("1"), failedScan("2"), failedScan("3"))
		ctx, kill := context.WithCancel(t.Context())
		defer kill()
		w.posted = func(stream.Request, int, error) {
			if len(r.all()) == 2 {
				kill()
			}
		}
		c, err := w.homes.Queue().Claim(t.Context(), "worker that dies", time.Minute)
		w.check(err)
		if err := w.HandleDeliver(ctx, c); err == nil {
			t.Fatal("it did not die")
		}
		w.posted = nil
		w.minutes(2) // the lease ends, and another worker takes over
		seen := map[string]int{}
		var bodies []string
		for _, g := range r.all() {
			name, body := verified(t, string(m.Signing.Expose()), g, w.clock.now())
			if seen[name]++; seen[name] == 1 {
				bodies = append(bodies, fmt.Sprint(body["data"].(map[string]any)["fields"].(map[string]any)["error"]))
			}
		}
		if !slices.Equal(bodies, []string{"1", "2", "3"}) || len(seen) != 3 || len(r.all()) != 5 {
			t.Errorf("%v, %v, in %d requests", bodies, seen, len(r.all()))
		}
	})
}

// TestHostileReceivers: what is no acknowledgement is tried again, nothing of the answer is told, and no redirect is followed.
func TestHostileReceivers(t *testing.T) {
	w := newWorld(t, "SQLite")
	inside := 0
	hidden := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside++ }))
	defer hidden.Close()
	for name, x := range map[string]struct {
		answer func(http.ResponseWriter)
		says   string
	}{
		"500":        {func(rw http.ResponseWriter) { http.Error(rw, "secret words of the receiver", 500) }, "status 500"},
		"a redirect": {func(rw http.ResponseWriter) { rw.Header().Set("Location", hidden.URL); rw.WriteHeader(307) }, "status 307"},
		"nothing":    {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "cannot be reached"},
		"too much": {func(rw http.ResponseWriter) {
			rw.WriteHeader(400)
			for range 64 {
				if _, err := rw.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, "status 400"},
		"an endless header": {func(rw http.ResponseWriter) { rw.Header().Set("X", strings.Repeat("x", 1<<20)) }, "cannot be reached"},
	} {
		a := w.organisation(strings.ReplaceAll(name, " ", "-"))
		r := w.receiver(func(_ int, rw http.ResponseWriter, _ *http.Request) { x.answer(rw) })
		m := w.hook(a, r, "scan.failed")
		w.note(a.Org, failedScan("x"))
		w.work()
		v, err := w.Stream(t.Context(), a, m.Stream.ID)
		w.check(err)
		p := v.Positions[0]
		if p.Attempts != 1 || !strings.Contains(p.Error, x.says) || strings.Contains(p.Error, "secret words") || strings.Contains(p.Error, "127.0.0.1") || p.Behind == 0 || p.RetryAt == nil || !p.RetryAt.After(w.clock.now()) {
			t.Errorf("%s: %+v", name, p)
		}
		w.check(w.Remove(t.Context(), a, m.Stream.ID))
	}
	if inside != 0 {
		t.Error("a redirect was followed")
	}
}

// TestSlowReceiver is given up by the rule of the way out.
func TestSlowReceiver(t *testing.T) {
	w := newWorld(t, "SQLite")
	a := w.organisation("contoso")
	free := make(chan struct{})
	r := w.receiver(func(_ int, _ http.ResponseWriter, req *http.Request) {
		select {
		case <-free:
		case <-req.Context().Done():
		}
	})
	defer close(free)
	w.goOut(r.Server, 0, func(rule *egress.Rule) { rule.Wait = 50 * time.Millisecond })
	m := w.hook(a, r, "scan.failed")
	w.note(a.Org, failedScan("x"))
	w.work()
	v, err := w.Stream(t.Context(), a, m.Stream.ID)
	w.check(err)
	if p := v.Positions[0]; p.Attempts != 1 || !strings.Contains(p.Error, "in time") {
		t.Errorf("%+v", p)
	}
}

// TestPrivateAddresses: what is not public is not dialled, by name or by number, whatever the port.
func TestPrivateAddresses(t *testing.T) {
	w := newWorld(t, "SQLite")
	a := w.organisation("contoso")
	r := w.receiver(nil)
	_, port, _ := strings.Cut(r.Listener.Addr().String(), ":")
	n, err := strconv.ParseUint(port, 10, 16)
	w.check(err)
	w.goOut(r.Server, 0, func(rule *egress.Rule) {
		rule.Hosts, rule.Nets, rule.Ports = []string{"*"}, nil, []uint16{uint16(n), 443}
	})
	for _, at := range []string{"https://127.0.0.1:" + port, "https://localhost:" + port, "https://[::1]:" + port, "https://[::ffff:127.0.0.1]:" + port, "https://2130706433:" + port, "https://169.254.169.254/latest/meta-data", "https://10.0.0.1", "https://localhost.:" + port, "https://127.1:" + port} {
		m, err := w.Create(t.Context(), a, stream.New{Kind: stream.Webhook, Name: "x", Settings: stream.Settings{Address: at}})
		w.check(err)
		got, err := w.Test(t.Context(), a, m.Stream.ID)
		w.check(err)
		if got.Delivered || got.Error == "" {
			t.Errorf("%s was reached", at)
		}
		w.check(w.Remove(t.Context(), a, m.Stream.ID))
	}
	for _, at := range []string{"http://siem.contoso.example", "https://user:password@siem.contoso.example", "ftp://x", "https://", "https://x#y", "https://x\r\nHost: y", "//x", "", "https:siem.example", "gopher://127.0.0.1"} {
		_, err := w.Create(t.Context(), a, stream.New{Kind: stream.Webhook, Name: "x", Settings: stream.Settings{Address: at}})
		w.refused(err, fault.Invalid)
	}
	for _, at := range []string{"siem.contoso.example", "siem.contoso.example:0", "siem.contoso.example:70000", "tcp://x:6514", "x:6514/y", "a b:6514", "::1:6514"} {
		_, err := w.Create(t.Context(), a, stream.New{Kind: stream.Syslog, Name: "x", Settings: stream.Settings{Address: at}})
		w.refused(err, fault.Invalid)
	}
	if len(r.all()) != 0 {
		t.Errorf("%d requests arrived", len(r.all()))
	}
}

// TestDeadLetters: after ten attempts an event is put aside, the ones after it go on, and it is delivered when a person says so.
func TestDeadLetters(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		bad := true
		r := w.receiver(func(_ int, rw http.ResponseWriter, _ *http.Request) {})
		r.answer = func(n int, rw http.ResponseWriter, _ *http.Request) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if bad && strings.Contains(string(r.got[n-1].body), "poison") {
				rw.WriteHeader(422)
			}
		}
		m := w.hook(a, r, "scan.failed")
		w.note(a.Org, failedScan("1"), failedScan("poison"), failedScan("3"))
		w.work()
		if n := len(r.all()); n != 2 {
			t.Fatalf("%d requests: what comes behind is not sent before", n)
		}
		w.minutes(10 * 60)
		dead, err := w.Deliveries(t.Context(), a, m.Stream.ID, stream.Dead, "", 10)
		w.check(err)
		if len(dead) != 1 || dead[0].First != dead[0].Last || dead[0].Attempts != stream.MaxAttempts || dead[0].Source != stream.FromLedger || !strings.Contains(dead[0].Error, "422") {
			t.Fatalf("%+v", dead)
		}
		got := r.all()
		if len(got) != 1+stream.MaxAttempts+1 || !strings.Contains(string(got[len(got)-1].body), `"error":"3"`) || !slices.Contains(w.kinds(a.Org), "stream.dead") {
			t.Fatalf("%d requests, %v", len(got), w.kinds(a.Org))
		}
		n, err := w.Redeliver(t.Context(), a, m.Stream.ID, "")
		w.check(err)
		if failed := w.work(); n != 1 || len(failed) != 1 {
			t.Fatalf("%d, %v", n, failed)
		}
		r.mu.Lock()
		bad = false
		r.mu.Unlock()
		w.minutes(5)
		dead, err = w.Deliveries(t.Context(), a, m.Stream.ID, stream.Dead, "", 10)
		w.check(err)
		done, err := w.Deliveries(t.Context(), a, m.Stream.ID, stream.Replayed, "", 10)
		w.check(err)
		last := r.all()[len(r.all())-1]
		name, _ := verified(t, string(m.Signing.Expose()), last, w.clock.now())
		if len(dead) != 0 || len(done) != 1 || name != got[1].header.Get("webhook-id") || !strings.Contains(string(last.body), "poison") {
			t.Errorf("%v, %v, %q", dead, done, name)
		}
		_, err = w.Redeliver(t.Context(), a, m.Stream.ID, done[0].ID)
		w.refused(err, fault.Conflict)
		// From the beginning again.
		before := len(r.all())
		w.check(w.Rewind(t.Context(), a, m.Stream.ID, stream.FromLedger, 0))
		w.minutes(2)
		if n := len(r.all()) - before; n != 3 {
			t.Errorf("%d requests after it was set back", n)
		}
		w.refused(w.Rewind(t.Context(), a, m.Stream.ID, stream.FromLedger, 1<<40), fault.Invalid)
		w.refused(w.Rewind(t.Context(), a, m.Stream.ID, stream.FromLedger, -1), fault.Invalid)
		w.refused(w.Rewind(t.Context(), a, m.Stream.ID, stream.FromAccess, 0), fault.Invalid)
	})
}

// TestSwitchedOff: a stream to which nothing can be delivered for three days is switched off, loses nothing, and goes on when it is switched on. One that says it is gone is switched off at once.
func TestSwitchedOff(t *testing.T) {
	w := newWorld(t, "SQLite")
	a := w.organisation("contoso")
	status := 503
	r := w.receiver(nil)
	r.answer = func(_ int, rw http.ResponseWriter, _ *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		rw.WriteHeader(status)
	}
	m := w.hook(a, r, "scan.failed")
	for i := range 30 {
		w.note(a.Org, failedScan(strconv.Itoa(i)))
	}
	for range 75 {
		w.clock.add(59 * time.Minute)
		w.minutes(1)
	}
	v, err := w.Stream(t.Context(), a, m.Stream.ID)
	w.check(err)
	if !v.Off || w.kinds(a.Org)[len(w.kinds(a.Org))-1] != "stream.disabled" {
		t.Fatalf("%+v", v)
	}
	before := len(r.all())
	w.minutes(90)
	if len(r.all()) != before {
		t.Error("it is still tried")
	}
	r.mu.Lock()
	status = 200
	r.mu.Unlock()
	on := false
	_, err = w.Change(t.Context(), a, m.Stream.ID, stream.Edit{Off: &on})
	w.check(err)
	w.minutes(2)
	_, err = w.Redeliver(t.Context(), a, m.Stream.ID, "")
	w.check(err)
	w.minutes(2)
	taken := map[string]bool{}
	for _, g := range r.all()[before:] {
		taken[g.header.Get("webhook-id")] = true
	}
	if len(taken) != 30 {
		t.Errorf("%d of 30 events arrived", len(taken))
	}
	r.mu.Lock()
	status = 410
	r.mu.Unlock()
	w.note(a.Org, failedScan("last"))
	w.minutes(1)
	if v, err = w.Stream(t.Context(), a, m.Stream.ID); err != nil || !v.Off {
		t.Errorf("%+v %v", v, err)
	}
}

var rfc5424 = regexp.MustCompile(`^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) c4arch - ([!-~]{1,32}) (\[c4arch@32473(?: [!-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) (\{.*\})$`)

// TestSyslog: every message is a frame of its own, whatever is in it; a connection that is broken off acknowledges nothing.
func TestSyslog(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		c := w.collector()
		m, err := w.Create(t.Context(), a, stream.New{Kind: stream.Syslog, Name: "SIEM", Settings: stream.Settings{Address: c.address}})
		w.check(err)
		nasty := "a\n<13>1 - - - - - forged\r\n12 \"]\\[x y=\"z\"]\x00\x1b é 💥"
		w.note(a.Org, failedScan(nasty))
		w.Log(t.Context(), stream.Record{Org: a.Org, Actor: a.ID, Surface: access.API, Method: "GET", Route: "/api/v1/x\n<13>1", Status: 403, Request: "rq_\"]\n1", Policy: "p"})
		w.Access.Flush(t.Context())
		w.work()
		got := c.all()
		if len(c.broken) != 0 || len(got) != 4 { // stream.created and scan.failed, of the access log one, and no checkpoint: secrets there are none
			if len(got) != 3 || len(c.broken) != 0 {
				t.Fatalf("%q %q", got, c.broken)
			}
		}
		var kinds []string
		for _, text := range got {
			p := rfc5424.FindStringSubmatch(text)
			if p == nil {
				t.Fatalf("not a message of RFC 5424: %q", text)
			}
			var e map[string]any
			if err := json.Unmarshal([]byte(p[6]), &e); err != nil || e["kind"] != p[4] || p[3] != "arch.contoso.example" {
				t.Errorf("%v: %q", err, text)
			}
			kinds = append(kinds, p[1]+" "+p[4])
			if p[4] == "scan.failed" && e["fields"].(map[string]any)["error"] != nasty {
				t.Errorf("%q", e)
			}
		}
		if !slices.Equal(kinds, []string{"110 stream.created", "108 scan.failed", "108 access.denied"}) {
			t.Errorf("%v", kinds)
		}
		c.mu.Lock()
		c.cut = 1
		c.mu.Unlock()
		w.note(a.Org, failedScan("x"), failedScan("y"))
		w.minutes(1)
		v, err := w.Stream(t.Context(), a, m.Stream.ID)
		w.check(err)
		if p := v.Positions[0]; p.Attempts != 1 || p.Behind != 2 || !strings.Contains(p.Error, "broke") {
			t.Errorf("%+v", p)
		}
		c.mu.Lock()
		c.cut = 0
		c.mu.Unlock()
		w.minutes(2)
		if v, err = w.Stream(t.Context(), a, m.Stream.ID); err != nil || v.Positions[0].Behind != 0 || v.Positions[0].Attempts != 0 {
			t.Errorf("%+v %v", v, err)
		}
		all := strings.Join(c.all(), "\n")
		if !strings.Contains(all, `"error":"x"`) || !strings.Contains(all, `"error":"y"`) {
			t.Error("what was broken off was not sent again")
		}
	})
}

// TestOCSF looks at the records as the schema has them, with checkpoints among them.
func TestOCSF(t *testing.T) {
	w := newWorld(t, "SQLite")
	a := w.organisation("contoso")
	r := w.receiver(nil)
	m, err := w.Create(t.Context(), a, stream.New{
		Kind: stream.OCSF, Name: "lake", Settings: stream.Settings{Address: r.URL, Personal: true}, Authorization: secret.New([]byte("Splunk 0123-4567")),
	})
	w.check(err)
	w.note(a.Org, failedScan("x"), added("Alexandra Example"))
	w.check(w.trust.Keep(t.Context(), w.inside(a.Org, access.LedgerSign), auditing.Kept{Tree: treeOf(w, a), Note: []byte("a note\nwith lines\n"), At: w.clock.now()}))
	w.Log(t.Context(), stream.Record{Org: a.Org, Actor: a.ID, Surface: access.API, Method: "DELETE", Route: "/api/v1/tokens/{token}", Status: 204, Request: "rq_1"})
	w.Access.Flush(t.Context())
	w.work()
	var classes []string
	for _, g := range r.all() {
		if g.header.Get("Authorization") != "Splunk 0123-4567" || g.header.Get("webhook-signature") != "" {
			t.Errorf("%v", g.header)
		}
		var records []map[string]any
		w.check(json.Unmarshal(g.body, &records))
		for _, rec := range records {
			class, activity := rec["class_uid"].(float64), rec["activity_id"].(float64)
			if rec["type_uid"] != class*100+activity || rec["category_uid"] != math.Floor(class/1000) || rec["metadata"].(map[string]any)["version"] != "1.3.0" || rec["time"].(float64) != float64(w.clock.now().UnixMilli()) {
				t.Errorf("%v", rec)
			}
			classes = append(classes, fmt.Sprintf("%v/%v %v", class, activity, rec["unmapped"].(map[string]any)["kind"]))
			needed := map[float64][]string{3001: {"user", "actor"}, 3004: {"entity", "actor"}, 6003: {"api", "src_endpoint", "actor"}}[class]
			for _, name := range needed {
				if rec[name] == nil {
					t.Errorf("%v has no %s", classes, name)
				}
			}
		}
	}
	if !slices.Equal(classes, []string{"3004/1 secret.created", "3004/1 stream.created", "3004/99 scan.failed", "3001/1 member.added", "6003/4 access.allowed", "3004/99 checkpoint.signed"}) {
		t.Errorf("%q", classes)
	}
	if !strings.Contains(string(r.all()[0].body), "Alexandra Example") {
		t.Error("personal data was asked for and is not there")
	}
	// The credential is of the address, and does not go along with it to another.
	to := m.Stream.Settings
	to.Address = "https://elsewhere.contoso.example"
	_, err = w.Change(t.Context(), a, m.Stream.ID, stream.Edit{Settings: &to})
	w.refused(err, fault.Invalid)
	for _, bad := range []string{"Bearer x\r\nHost: y", "é", strings.Repeat("x", 5000)} {
		v := secret.New([]byte(bad))
		if _, err := w.Change(t.Context(), a, m.Stream.ID, stream.Edit{Authorization: &v}); err == nil {
			t.Errorf("%.20q is taken", bad)
		}
	}
}

// TestForeign: what one organisation has is sent to none of the other's streams, and is not there for it.
func TestForeign(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, b := w.organisation("contoso"), w.organisation("fabrikam")
		r := w.receiver(nil)
		mine := w.hook(a, r, "scan.failed")
		pull, err := w.Create(t.Context(), a, stream.New{Kind: stream.Pull, Name: "pull"})
		w.check(err)
		w.note(b.Org, failedScan("of fabrikam"))
		w.note(a.Org, failedScan("of contoso"))
		w.Log(t.Context(), stream.Record{Org: b.Org, Actor: "token:of-fabrikam", Status: 200})
		w.Access.Flush(t.Context())
		w.work()
		page, err := w.Fetch(t.Context(), a, pull.Stream.ID, "", 500)
		w.check(err)
		for _, text := range append([]string{string(page.Lines)}, bodies(r)...) {
			if strings.Contains(text, "fabrikam") || strings.Contains(text, string(b.Org)) || !strings.Contains(text, "of contoso") {
				t.Errorf("%s", text)
			}
		}
		for _, name := range []string{mine.Stream.ID, pull.Stream.ID, "wh_00000000000000000000000000", ""} {
			_, err := w.Stream(t.Context(), b, name)
			w.refused(err, fault.NotFound)
			_, err = w.Fetch(t.Context(), b, name, page.Cursor, 10)
			w.refused(err, fault.NotFound)
			_, err = w.Test(t.Context(), b, name)
			w.refused(err, fault.NotFound)
			_, err = w.Rotate(t.Context(), b, name, true)
			w.refused(err, fault.NotFound)
			_, err = w.Redeliver(t.Context(), b, name, "")
			w.refused(err, fault.NotFound)
			_, err = w.Deliveries(t.Context(), b, name, "", "", 10)
			w.refused(err, fault.NotFound)
			_, err = w.Change(t.Context(), b, name, stream.Edit{})
			w.refused(err, fault.NotFound)
			w.refused(w.Remove(t.Context(), b, name), fault.NotFound)
			w.refused(w.Rewind(t.Context(), b, name, stream.FromLedger, 0), fault.NotFound)
		}
		viewer := a
		viewer.Roles = []access.Role{access.Viewer}
		_, err = w.Streams(t.Context(), viewer)
		w.refused(err, fault.Denied)
		_, err = w.Create(t.Context(), viewer, stream.New{Kind: stream.Pull, Name: "x"})
		w.refused(err, fault.Denied)
		_, err = w.Records(t.Context(), viewer, 0, 10)
		w.refused(err, fault.Denied)
	})
}

func bodies(r *receiver) (all []string) {
	for _, g := range r.all() {
		all = append(all, string(g.body))
	}
	return all
}

// TestPull goes through everything by cursor, once, and from any cursor again.
func TestPull(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a := w.organisation("contoso")
		m, err := w.Create(t.Context(), a, stream.New{Kind: stream.Pull, Name: "pull", Start: "start"})
		w.check(err)
		for i := range 12 {
			w.note(a.Org, failedScan(strconv.Itoa(i)))
			w.Log(t.Context(), stream.Record{Org: a.Org, Actor: a.ID, Status: 200, Request: "rq_" + strconv.Itoa(i)})
		}
		w.Access.Flush(t.Context())
		var lines, cursors []string
		cursor := ""
		for range 20 {
			p, err := w.Fetch(t.Context(), a, m.Stream.ID, cursor, 5)
			w.check(err)
			if p.Count == 0 {
				break
			}
			lines = append(lines, strings.Split(strings.TrimSuffix(string(p.Lines), "\n"), "\n")...)
			cursor = p.Cursor
			cursors = append(cursors, cursor)
		}
		var seen []string
		for _, l := range lines {
			var e stream.Event
			w.check(json.Unmarshal([]byte(l), &e))
			seen = append(seen, fmt.Sprintf("%s %d", e.Source, e.Position))
		}
		if len(seen) != 25 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 25 {
			t.Errorf("%v", seen)
		}
		v, err := w.Stream(t.Context(), a, m.Stream.ID)
		w.check(err)
		if v.Positions[0].Behind != 0 || v.Positions[1].Behind != 0 {
			t.Errorf("%+v", v.Positions)
		}
		again, err := w.Fetch(t.Context(), a, m.Stream.ID, cursors[0], 5)
		w.check(err)
		if !strings.HasPrefix(string(again.Lines), lines[5]) {
			t.Error("an older cursor does not read the same again")
		}
		if p, err := w.Fetch(t.Context(), a, m.Stream.ID, "", 5); err != nil || p.Count != 0 {
			t.Errorf("%+v %v: without a cursor it goes on from what was acknowledged", p, err)
		}
		for _, bad := range []string{"x", "MS4xLjE", base64.RawURLEncoding.EncodeToString([]byte("1.999999.0.0")), base64.RawURLEncoding.EncodeToString([]byte("1.-1.0.0")), base64.RawURLEncoding.EncodeToString([]byte("1.01.0.0")), strings.Repeat("a", 200)} {
			_, err := w.Fetch(t.Context(), a, m.Stream.ID, bad, 5)
			w.refused(err, fault.Invalid)
		}
	})
}
