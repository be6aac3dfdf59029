package consent_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	desk "c4arch/internal/inbound/portal/consent"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/trust/consent"
)

func site(t *testing.T) *webtest.Site {
	return webtest.New(t, webtest.Options{Desks: []web.Desk{desk.Desk(func() time.Time { return webtest.Noon })}})
}

func TestPage(t *testing.T) {
	s := site(t)
	p := s.Check("/consent")
	for _, i := range consent.Items() {
		if !strings.Contains(p.Body, i.Name) {
			t.Errorf("the page does not list %s", i.Name)
		}
	}
	if strings.Contains(p.Body, `checked`) || p.Header.Get("Set-Cookie") != "" || !strings.Contains(p.Body, `name="c4arch-storage" content=""`) {
		t.Error("something is allowed before anybody chose, or looking at the page keeps something")
	}
}

// What is given is taken back on the same page, and what was kept on its ground is removed.
func TestChoose(t *testing.T) {
	s := site(t)
	given := s.Post("/consent", url.Values{"allow": {"preferences", "marketing"}})
	cookie, _, _ := strings.Cut(given.Header.Get("Set-Cookie"), ";")
	if given.Status != http.StatusSeeOther || !strings.HasSuffix(cookie, ".preferences") || given.Header.Get("Clear-Site-Data") != "" {
		t.Fatalf("%d %v", given.Status, given.Header)
	}
	if p := s.Get("/consent", "Cookie", cookie); !strings.Contains(p.Body, `name="c4arch-storage" content="preferences"`) || !strings.Contains(p.Body, "checked") {
		t.Error("the choice does not count")
	}
	back := s.Post("/consent", url.Values{}, "Cookie", cookie)
	if back.Header.Get("Clear-Site-Data") != `"storage"` || strings.Contains(back.Header.Get("Set-Cookie"), "preferences") {
		t.Errorf("it is not taken back: %v", back.Header)
	}
}

var (
	cookies = regexp.MustCompile(`"(__Host-[a-z0-9-]+)"`)
	keys    = regexp.MustCompile(`(?:localStorage\.setItem\(|key = )'([a-z0-9:-]+)'`)
)

// unlisted are the names that sources keep in a browser and that the list does not have.
func unlisted(files fs.FS) (wrong []string, seen int, err error) {
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		script, code := strings.HasSuffix(path, ".js"), strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
		if err != nil || d.IsDir() || !script && !code {
			return err
		}
		b, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		find, where := cookies, consent.Cookie
		if script {
			find, where = keys, consent.Local
			if !strings.Contains(string(b), "localStorage") {
				return nil
			}
		}
		for _, m := range find.FindAllStringSubmatch(string(b), -1) {
			seen++
			if !slices.ContainsFunc(consent.Items(), func(i consent.Item) bool {
				name, open := strings.CutSuffix(i.Name, "*")
				return i.Where == where && (m[1] == name || open && strings.HasPrefix(m[1], name))
			}) {
				wrong = append(wrong, path+": "+m[1])
			}
		}
		for _, other := range []string{"sessionStorage.setItem", "indexedDB.open", "document.cookie"} {
			if script && strings.Contains(string(b), other) {
				wrong = append(wrong, path+": "+other)
			}
		}
		return nil
	})
	return wrong, seen, err
}

// TestEverythingIsListed holds what the sources keep against the list.
func TestEverythingIsListed(t *testing.T) {
	for dir, least := range map[string]int{"../..": 4, "../../../render/viewer": 2} {
		wrong, seen, err := unlisted(os.DirFS(dir))
		if err != nil || len(wrong) > 0 || seen < least {
			t.Errorf("%s: of %d names these are not in the list: %v, %v", dir, seen, wrong, err)
		}
	}
}

// TestUnlistedIsSeen plants a key and a cookie that nobody listed.
func TestUnlistedIsSeen(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.js": "localStorage.setItem('c4arch-zone', 'x'); document.cookie = 'a'", "b.go": `const x = "__Host-other"`} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if wrong, _, err := unlisted(os.DirFS(dir)); err != nil || len(wrong) != 3 {
		t.Errorf("seen: %v, %v", wrong, err)
	}
}
