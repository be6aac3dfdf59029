package app

import (
	"archive/zip"
	"bytes"
	"io"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/content/trustterms"
	"c4arch/internal/keys/pgp"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/trustcentre"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// stated is the word of a statement on the public page.
func (s *stage) stated(statement string) string {
	s.t.Helper()
	a := s.page(credential{}, "/trust")
	if a.status != 200 || len(a.header["Set-Cookie"]) > 0 {
		s.t.Fatalf("the public page: %d %v", a.status, a.header)
	}
	found := regexp.MustCompile(`(?s)id="` + statement + `".*?<span class="tag[^"]*">([^<]*)<`).FindSubmatch(a.body)
	if found == nil {
		s.t.Fatalf("%s is not on the page", statement)
	}
	return string(found[1])
}

func (s *stage) ran(checks ...string) map[string]control.Outcome {
	s.t.Helper()
	round, _ := s.in.assure.Run(s.t.Context(), access.System(id.Platform, "test", access.Actor{}), checks...)
	if round == nil {
		s.t.Fatal("nothing ran")
	}
	out := map[string]control.Outcome{}
	for _, r := range round.Runs {
		out[r.Check] = r.Outcome
		if r.Outcome == control.Fail {
			s.t.Logf("%s: %+v", r.Check, r.Observations)
		}
	}
	return out
}

// A statement is true while its check passes and is fresh. It goes stale by time alone, and says that it is not true once its check, which runs each hour, has failed.
func TestPublicStatements(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, engine)
			const told = "S-PRI-1" // every column has a class of data
			if w := s.stated(told); w != "Stale" {
				t.Errorf("before anything ran: %q", w)
			}
			s.ran(assure.DataMap, assure.RecordWhole, assure.ActivitiesTold)
			if w := s.stated(told); w != "True now" {
				t.Errorf("after a run that passed: %q", w)
			}
			if out := s.ran(assure.StatementsBound); out[assure.StatementsBound] != control.Pass {
				t.Errorf("the page, looked at: %v", out)
			}
			s.ahead += 4 * time.Hour
			if w := s.stated(told); w != "Stale" {
				t.Errorf("after four hours without a run: %q", w)
			}
			s.ran(assure.DataMap, assure.RecordWhole, assure.ActivitiesTold)
			if s.in.server != nil {
				return // the role that serves makes no table there
			}
			s.stray()
			s.ahead += assure.Every
			s.ran(assure.DataMap, assure.RecordWhole, assure.ActivitiesTold)
			if w := s.stated(told); w != "Not true now" {
				t.Errorf("a table that has no class is there, and an hour later the page says %q", w)
			}
			if out := s.ran(assure.StatementsBound); out[assure.StatementsBound] != control.Pass {
				t.Errorf("the page says so, and its check fails: %v", out)
			}
		})
	}
}

// stray makes a table of which nothing is declared.
func (s *stage) stray() {
	s.t.Helper()
	s.within(s.ours.org, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), `CREATE TABLE stray (org_id TEXT NOT NULL, x TEXT)`)
		return err
	})
}

// What is asked, documents, packs and security.txt on a whole service.
func TestTrustCentre(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, engine)
			s.documentOnTerms() // first, since what comes after it ends the session of staff
			s.askedAndAnswered()
			s.trustPack()
			signed := s.page(credential{}, trustcentre.SecurityPath)
			key := s.page(credential{}, trustcentre.KeyPath)
			text, _, err := pgp.Verify(key.body, signed.body, s.in.now())
			if err != nil || !strings.Contains(string(text), "Expires: ") || signed.header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("%v %s", err, signed.body)
			}
			if out := s.ran(assure.SecurityTxt, assure.BadgesRecorded); out[assure.BadgesRecorded] != control.Empty {
				t.Errorf("%v", out)
			}
		})
	}
}

func (s *stage) askedAndAnswered() {
	s.t.Helper()
	form := url.Values{"about": {"question"}, "email": {"somebody@fabrikam.example"}, "text": {"How are <b>keys</b> kept?"}}
	a := s.formed(credential{}, "/trust/contact", form)
	at, _, _ := strings.Cut(a.header.Get("Location"), "?")
	if a.status != 303 || !strings.HasPrefix(at, "/trust/contact/") {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	if b := s.page(credential{}, at); b.status != 200 || !bytes.Contains(b.body, []byte("&lt;b&gt;keys")) {
		s.t.Errorf("%d %s", b.status, b.body)
	}
	if b := s.page(credential{}, at[:len(at)-1]+"a"); b.status != 404 {
		s.t.Errorf("another code finds something: %d", b.status)
	}
	for _, bad := range []url.Values{
		{"about": {"weather"}, "email": {"a@b.example"}, "text": {"x"}},
		{"about": {"question"}, "email": {"no address"}, "text": {"x"}},
		{"about": {"question"}, "email": {"a@b.example"}},
		{"about": {"question"}, "email": {"a@b.example"}, "text": {strings.Repeat("x", trustcentre.MaxText+1)}},
	} {
		if b := s.formed(credential{}, "/trust/contact", bad); b.status < 400 {
			s.t.Errorf("%v is taken: %d", bad, b.status)
		}
	}
	if out := s.ran(assure.RequestsClocked); out[assure.RequestsClocked] != control.Pass {
		s.t.Errorf("%v", out)
	}
	all, err := s.in.centre.Requests(s.t.Context(), s.trustee())
	s.check(err)
	s.ahead += 30 * 24 * time.Hour
	if out := s.ran(assure.RequestsClocked); out[assure.RequestsClocked] != control.Fail {
		s.t.Errorf("nobody answers for a month: %v", out)
	}
	for _, r := range all {
		s.check(s.in.centre.Acknowledge(s.t.Context(), s.trustee(), r.ID))
		s.check(s.in.centre.Answer(s.t.Context(), s.trustee(), r.ID, "They are wrapped."))
	}
	if b := s.page(credential{}, at); !bytes.Contains(b.body, []byte("They are wrapped.")) {
		s.t.Errorf("the answer is not told: %s", b.body)
	}
}

// uploaded is a document as the form of staff sends it.
func (s *stage) uploaded(fields map[string]string, name string, data []byte) *answerOf {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		s.check(w.WriteField(k, v))
	}
	part, err := w.CreateFormFile("file", name)
	s.check(err)
	_, err = part.Write(data)
	s.check(err)
	s.check(w.Close())
	return s.send(s.handler, s.staff[access.Administrator], request{method: "POST", path: "/staff/trust/documents/uploads", page: true, kind: w.FormDataContentType(), body: b.Bytes()})
}

func (s *stage) documentOnTerms() {
	s.t.Helper()
	now := s.in.now()
	fields := map[string]string{"kind": "pen-test", "title": "Test of the year", "edition": "2026", "level": "terms", "from": now.Format(time.DateOnly), "to": now.AddDate(1, 0, 0).Format(time.DateOnly)}
	if a := s.uploaded(fields, "summary.md", []byte("# All is well\n")); a.status != 303 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	if a := s.uploaded(map[string]string{"kind": "pen-test"}, "../x", nil); a.status < 400 {
		s.t.Errorf("what is no document is taken: %d", a.status)
	}
	c, _ := s.browser(s.ours, s.ours.members[access.Admin])
	body := s.page(c, "/organisation/trust").body
	if !bytes.Contains(body, []byte("Accept the terms first")) {
		s.t.Errorf("the terms do not stand before the document: %s", body)
	}
	items, _, err := s.in.centre.Readable(s.t.Context(), s.ownerOf(s.ours))
	s.check(err)
	var item string
	for _, i := range items {
		if i.Title == "Test of the year" {
			item = i.ID
		}
	}
	take := "/organisation/trust/documents/" + item
	if a := s.formed(c, take, nil); a.status != 403 {
		s.t.Errorf("it is handed out without the terms: %d", a.status)
	}
	if a := s.formed(c, "/organisation/trust/terms", url.Values{"digest": {trustterms.Current().Digest}}); a.status != 303 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	a := s.formed(c, take, nil)
	z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	if err != nil {
		s.t.Fatalf("%d %v %s", a.status, err, a.body)
	}
	read := func(name string) []byte {
		f, err := z.Open(name)
		s.check(err)
		data, err := io.ReadAll(f)
		s.check(err)
		return data
	}
	notice, _, err := pgp.Verify(s.page(credential{}, trustcentre.KeyPath).body, read("NOTICE.txt"), s.in.now())
	if err != nil || !bytes.Contains(notice, []byte(s.ours.org)) || !bytes.Contains(notice, []byte(s.ours.members[access.Admin])) {
		s.t.Errorf("%v %s", err, notice)
	}
	if text := read("document/summary.md"); bytes.Count(text, []byte(s.ours.org)) != 2 || !bytes.Contains(text, []byte("# All is well")) {
		s.t.Errorf("the words carry no mark: %s", text)
	}
	s.ahead += trustcentre.TermsFor
	if a := s.formed(c, take, nil); a.status < 400 {
		s.t.Errorf("the acceptance has ended: %d", a.status)
	}
}

func (s *stage) trustPack() {
	s.t.Helper()
	c, _ := s.browser(s.ours, s.ours.members[access.Owner])
	if a := s.formed(c, "/organisation/trust/packs", nil); a.status != 303 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	s.work(s.t.Context())
	found := regexp.MustCompile(`/organisation/trust/packs/(tp_[0-9a-z]+)"`).FindSubmatch(s.page(c, "/organisation/trust").body)
	if found == nil {
		s.t.Fatalf("there is no pack: %s", s.page(c, "/organisation/trust").body)
	}
	pack := s.formed(c, "/organisation/trust/packs/"+string(found[1]), nil)
	key := string(s.page(c, "/organisation/ledger/key").body)
	trust := trusted(s.t, key)
	r, err := ledger.VerifyPack(bytes.NewReader(pack.body), int64(len(pack.body)), trust)
	if err != nil || r.Verdict != ledger.Proven || !r.Signed || r.Kind != "trust-pack" || r.Organisation == "" {
		s.t.Fatalf("%v\n%s", err, r.Text())
	}
	for i := 0; i < len(pack.body); i += 211 {
		other := bytes.Clone(pack.body)
		other[i] ^= 1 << (i % 8)
		if r, err := ledger.VerifyPack(bytes.NewReader(other), int64(len(other)), trust); err == nil && r.Verdict != ledger.Broken {
			s.t.Fatalf("byte %d is another, and the verdict is %s", i, r.Verdict)
		}
	}
	if out := s.ran(assure.PacksVerify); out[assure.PacksVerify] != control.Pass {
		s.t.Errorf("%v", out)
	}
	s.within(s.ours.org, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(s.t.Context(), `UPDATE trust_pack SET manifest = $1 WHERE id = $2`, "sha256:"+strings.Repeat("0", 64), string(found[1]))
		return err
	})
	if out := s.ran(assure.PacksVerify); out[assure.PacksVerify] != control.Fail {
		s.t.Errorf("the record of a pack is another: %v", out)
	}
	s.ahead += (trustcentre.PackDays + 2) * 24 * time.Hour
	if a := s.formed(c, "/organisation/trust/packs/"+string(found[1]), nil); a.status < 400 {
		s.t.Errorf("a pack whose time is over is handed out: %d", a.status)
	}
}
