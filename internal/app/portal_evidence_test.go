package app

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/trust/ledger"
)

// formed posts a form as a browser does.
func (s *stage) formed(c credential, path string, form url.Values) *answerOf {
	return s.send(s.handler, c, request{method: "POST", path: path, page: true, kind: "application/x-www-form-urlencoded", body: []byte(form.Encode())})
}

func (s *stage) page(c credential, path string) *answerOf {
	path, query, _ := strings.Cut(path, "?")
	return s.send(s.handler, c, request{method: "GET", path: path, query: query, page: true})
}

// A pack is asked for on a page, made by a job, downloaded, and verified with the key of the ledger; any change of it is found. It is removed by a person, or when its time is over.
func TestEvidencePack(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, engine)
			c, _ := s.browser(s.ours, s.ours.members[access.Owner])
			at := "/projects/" + s.ours.thing("project") + "/evidence"
			day := s.in.now().UTC()
			a := s.formed(c, at, url.Values{"kind": {"period"}, "from": {day.AddDate(0, 0, -4000).Format("2006-01-02")}, "to": {day.Format("2006-01-02")}})
			if a.status != 303 || a.header.Get("Location") != at+"?done=pack-asked" {
				t.Fatalf("%d %v %s", a.status, a.header, a.body)
			}
			if a := s.page(c, at); !bytes.Contains(a.body, []byte("<progress")) {
				t.Errorf("what is being made is not told: %s", a.body)
			}
			s.work(t.Context())
			list := s.page(c, at)
			found := regexp.MustCompile(`/evidence/(ep_[0-9a-z]+)/pack`).FindSubmatch(list.body)
			if found == nil {
				t.Fatalf("there is no pack: %s", list.body)
			}
			name := string(found[1])
			pack := s.page(c, at+"/"+name+"/pack")
			if pack.status != 200 || pack.header.Get("Content-Type") != "application/zip" {
				t.Fatalf("%d %s", pack.status, pack.body[:min(len(pack.body), 300)])
			}
			if dir := os.Getenv("EV_LOOK"); dir != "" {
				_ = os.WriteFile(filepath.Join(dir, engine+".zip"), pack.body, 0o600)
			}
			key := s.page(c, "/organisation/ledger/key")
			checkPack(t, pack.body, string(key.body))
			shown := s.page(c, at+"/"+name)
			entry := regexp.MustCompile(`href="(/organisation/ledger/\d+)"`).FindSubmatch(shown.body)
			if entry == nil {
				t.Fatalf("the pack names no entry: %s", shown.body)
			}
			if a := s.page(c, string(entry[1])); a.status != 200 || !bytes.Contains(a.body, []byte("Proven:")) {
				t.Errorf("the entry of the pack: %d %s", a.status, a.body)
			}
			single := s.page(c, string(entry[1])+"/bundle")
			if r, err := ledger.Verify(bytes.NewReader(single.body), int64(len(single.body)), trusted(t, string(key.body))); err != nil || r.Verdict != ledger.Proven || r.Entries != 1 || r.Proofs != 1 {
				t.Errorf("the bundle of the entry: %v\n%s", err, r.Text())
			}
			if a := s.formed(c, at+"/"+name+"/remove", url.Values{"reason": {"no longer needed"}}); a.status != 303 {
				t.Errorf("removing: %d %s", a.status, a.body)
			}
			if a := s.page(c, at+"/"+name+"/pack"); a.status != 404 {
				t.Errorf("a pack that was removed: %d", a.status)
			}
		})
	}
}

func trusted(t *testing.T, line string) (trust ledger.Trust) {
	t.Helper()
	keys, err := ledger.ParseKeys([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	trust.Add(keys...)
	return trust
}

// checkPack verifies a pack, flips bytes all over it, and looks for what it has to hold.
func checkPack(t *testing.T, data []byte, key string) {
	t.Helper()
	trust := trusted(t, key)
	o, err := ledger.VerifyPack(bytes.NewReader(data), int64(len(data)), trust)
	if err != nil || o.Verdict != ledger.Proven || !o.Signed || o.Cited == 0 {
		t.Fatalf("%v\n%s", err, o.Text())
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		there[f.Name] = string(b)
		if len(b) == 0 {
			continue
		}
		at := bytes.Index(data, b[:min(len(b), 200)]) // as it stands: members are stored
		for _, i := range []int{0, len(b) / 2, len(b) - 1} {
			flipped := bytes.Clone(data)
			flipped[at+i] ^= 1
			if o, err := ledger.VerifyPack(bytes.NewReader(flipped), int64(len(flipped)), trust); err == nil && o.Verdict != ledger.Broken {
				t.Fatalf("byte %d of %s is another, and the pack is %s", i, f.Name, o.Verdict)
			}
		}
	}
	for _, name := range []string{"README.txt", "model.json", "snapshot.json", "snapshots.csv", "population.csv", "approvals.csv", "approvals.json", "exceptions.csv", "unknowns.csv", "drift/findings.csv", "drift/comparisons.json", "ledger.csv"} {
		if _, ok := there[name]; !ok {
			t.Errorf("the pack has no %s", name)
		}
	}
	if !strings.Contains(there["manifest.json"], `"observed"`) || !strings.HasPrefix(there["report.pdf"], "%PDF-1.7") || strings.Count(there["approvals.csv"], "\r\n") < 2 || !strings.Contains(there["approvals.csv"], "ledger entry ") {
		t.Errorf("%s\n%s", there["manifest.json"], there["approvals.csv"])
	}
	for name, text := range there {
		if strings.HasSuffix(name, ".csv") && strings.Contains(text, `""`+",") && !strings.Contains(text, `""""`) {
			for line := range strings.Lines(text) {
				if strings.Contains(line, `,"",`) {
					t.Errorf("%s has a cell that says nothing: %s", name, line)
				}
			}
		}
	}
}
