//go:build e2e && linux

package service

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestProgramme is the programme of trust as people live it, in real browsers and on both engines: a new version of the data-processing addendum is published by two people, the owner
// of an organisation is stopped and accepts, and the receipt verifies without the service; a subprocessor is proposed, one organisation objects, and only that one stays on the old path
// when the thirty days are over; a customer downloads the pack of the trust centre and verifies it; and a control that breaks turns its statements on the public page.
func TestProgramme(t *testing.T) {
	// The files of the embedded engine are under keys, and nothing can be broken in them from outside that leaves them readable: TestPublicStatements breaks a control there.
	t.Run("embedded", func(t *testing.T) { throughTheProgramme(t, live.Options{}, nil) })
	t.Run("postgresql", func(t *testing.T) {
		d := pg.Empty(t)
		throughTheProgramme(t, live.OnPostgreSQL(d), func(p *programme) {
			db, err := sql.Open("pgx", d.URL(pg.Owner))
			if err == nil {
				_, err = db.ExecContext(p.Context(), "ALTER TABLE c4arch.project DISABLE ROW LEVEL SECURITY")
				err = errors.Join(err, db.Close())
			}
			if err != nil {
				p.Fatal(err)
			}
		})
	})
}

func throughTheProgramme(t *testing.T, o live.Options, broken func(*programme)) {
	p := &programme{journey: journey{T: t, engine: filepath.Base(t.Name()), axe: axeCore(t), program: live.Build(t)}, late: serveLate(t, o)}
	p.base = p.late.base
	p.begins()
	p.joins()
	p.publishes()
	p.isStopped()
	p.takesThePack()
	p.proposes()
	p.objects()
	p.waits()
	if broken != nil {
		p.breaks(broken)
	} else {
		p.seesTheRest()
	}
}

// seesTheRest looks at the pages of the programme on which nothing was done above: each in light, dark and on a phone, with axe.
func (p *programme) seesTheRest() {
	for _, path := range []string{"owners", "risks", "decisions", "attestations", "register", "audits", "terms", "processing", "trust"} {
		p.owner.open(p.base + "/staff/" + path)
		p.owner.until(`location.pathname === '/staff/` + path + `' && document.querySelector('main h1')`)
		p.looks(p.owner, "71-staff-"+path)
	}
	for _, path := range []string{"processing", "processing/data", "subprocessors", "audits", "duties"} {
		p.chief.open(p.base + "/organisation/" + path) // its session is over by now, and the passkey is shown again
		p.chief.until(`location.pathname === '/organisation/` + path + `' && document.querySelector('main h1')`)
		p.looks(p.chief, "72-organisation-"+strings.ReplaceAll(path, "/", "-"))
	}
	for _, path := range []string{"trust/controls", "trust/status", "trust/advisories", "trust/certifications", "trust/contact", "consent"} {
		p.chief.open(p.base + "/" + path)
		p.chief.until(`location.pathname === '/` + path + `' && document.querySelector('main h1')`)
		p.looks(p.chief, "73-"+strings.ReplaceAll(path, "/", "-"))
	}
}

// programme is the journey with a clock that can be put ahead.
type programme struct {
	journey
	late *late

	change string // path of the change of subprocessors, without its realm

	legal *somebody // of the platform, who approves what the first one proposes
	chief *somebody // of another organisation
}

// begins: an instance is set up, and its first person is an administrator of the platform too.
func (p *programme) begins() {
	p.owner = newSomebody(p.T)
	s := p.owner
	s.open(p.late.setupLink())
	s.until(`location.hash === '' && document.activeElement.id === 'name'`)
	s.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	s.text(`document.querySelector('[name=agree]').click()`)
	s.press("Create a passkey and begin")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('Contoso')`)
	p.asStaff(s)
}

// asStaff signs somebody in as one of the platform's people, in a session beside that of the organisation.
func (p *programme) asStaff(s *somebody) {
	p.Helper()
	s.open(p.base + "/staff/sign-in")
	s.press("Sign in with a security key")
	s.until(`location.pathname.startsWith('/staff') && location.pathname !== '/staff/sign-in'`)
}

// joins: a second person of the platform, who registers a key with a code and signs the undertaking; and a second organisation.
func (p *programme) joins() {
	s := p.owner
	s.open(p.base + "/staff/personnel")
	s.fill("name", "Legal counsel", "email", "legal@platform.example")
	s.text(`document.querySelector('form[action="/staff/personnel"] input[value=legal]').click()`)
	s.press("Add the record")
	s.until(`document.body.innerText.includes('legal@platform.example')`)
	s.text(`(() => { window.confirm = () => true; const f = [...document.querySelectorAll('form[action$="/key"]')].at(-1); f.closest('details')?.setAttribute('open', ''); f.requestSubmit(); })()`)
	s.until(`document.getElementById('link')`)
	code := s.text(`document.getElementById('link').textContent`)
	p.legal = newSomebody(p.T)
	n := p.legal
	n.open(p.base + "/staff/sign-in/key")
	n.fill("code", code)
	n.press("Register a key")
	n.until(`location.pathname === '/staff/keys'`)
	n.open(p.base + "/staff/undertaking")
	n.text(`document.querySelector('[name=agree]').click()`)
	n.press("Sign")
	n.until(`location.search.includes('done=')`)
	p.asStaff(n)

	s.open(p.base + "/staff/organisations")
	s.fill("name", "Fabrikam", "slug", "fabrikam", "owner", "Chief of Fabrikam", "email", "chief@fabrikam.example")
	s.press("Take it on")
	s.until(`document.getElementById('link')`)
	p.chief = newSomebody(p.T)
	p.chief.open(s.text(`document.getElementById('link').textContent`))
	p.chief.press("Create a passkey and join")
	p.chief.until(`location.pathname === '/home'`)
}

// signs presses a button and shows the passkey once more where that is asked for, and waits until js is true.
func (p *programme) signs(s *somebody, words, js string) {
	p.Helper()
	s.text(`window.confirm = () => true`)
	s.press(words)
	s.until(`(` + js + `) || ` + buttons + `Show the passkey and sign')`)
	if s.text(`!!`+buttons+`Show the passkey and sign')`) == "true" {
		s.press("Show the passkey and sign")
		s.until(js)
	}
}

const done = `document.readyState === 'complete' && location.search.includes('done=') && document.querySelector('.note.good')`

// publishes: the starter text of the addendum becomes a version that has to be accepted; one person asks for it, another one publishes it.
func (p *programme) publishes() {
	s := p.owner
	s.open(p.base + "/staff/legal")
	p.looks(s, "21-registry-empty")
	s.press("Import the starter texts")
	s.until(done)
	p.looks(s, "22-registry")
	draft := s.text(`[...document.querySelectorAll('main a')].find(a => a.innerText.includes('Data processing addendum') || a.innerText.includes('Data Processing Addendum')).href`)
	s.open(draft + "/edit")
	s.text(`['accept', 'material'].forEach(n => { document.querySelector('[name=' + n + ']').checked = true; })`)
	s.text(`document.querySelector('[name=template]').checked = false`)
	p.looks(s, "23-draft")
	s.press("Keep, and show it")
	s.until(`document.readyState === 'complete' && !location.pathname.endsWith('/edit')`)
	p.signs(s, "Ask for publication", done)
	p.looks(s, "24-asked")
	n := p.legal
	n.open(draft)
	p.looks(n, "25-to-approve")
	p.signs(n, "Approve and publish", done)
	n.open(p.base + "/legal")
	p.looks(n, "26-legal")
	n.open(p.base + "/legal/data-processing-addendum")
	n.until(`document.querySelector('main').innerText.includes('sha256')`)
	p.looks(n, "27-addendum")
}

// isStopped: the owner is led to the page that asks, whatever page was wanted; takes the receipt, which is verified by the command line without the service.
func (p *programme) isStopped() {
	s := p.chief
	live.Until(p, "the owner is stopped", func() bool {
		s.open(p.base + "/projects")
		return s.text(`location.pathname === '/organisation/agreements/accept'`) == "true"
	})
	p.looks(s, "31-stopped")
	s.text(`document.querySelector('[name=authorised]').checked = true`)
	s.text(`(() => { const a = document.querySelector('[name=authority]'); if (a) a.value = 'director'; })()`)
	p.signs(s, "Accept this document", `document.readyState === 'complete' && !document.querySelector('[name=authorised]') && document.querySelector('main h1')`)
	p.looks(s, "32-accepted")
	s.open(p.base + "/projects")
	s.until(`location.pathname === '/projects'`)
	s.open(p.base + "/organisation/agreements")
	s.until(`document.querySelector('main a[download]')`)
	p.looks(s, "33-agreements")
	p.verifies(s, "receipt.json", s.bytes(s.text(`new URL(document.querySelector('main a[download]').href).pathname`)))
}

// verifies holds a file to the verifier, as it is and with one byte changed.
func (p *programme) verifies(s *somebody, name string, b []byte) {
	p.Helper()
	dir := p.TempDir()
	file, key := filepath.Join(dir, name), filepath.Join(dir, "operator.key")
	p.write(file, b)
	p.write(key, s.bytes("/api/v1/ledger/key"))
	if code, out, errs := live.Command(p, "", nil, p.program.C4arch, "audit", "verify", "--key", key, file); code != 0 || !strings.Contains(out, "PROVEN") {
		p.Errorf("%s does not verify (%d): %s%s", name, code, out, errs)
	}
	if code, out, errs := live.Command(p, "", nil, p.program.Verify, "--key", key, file); code != 0 {
		p.Errorf("c4arch-verify does not take %s (%d): %s%s", name, code, out, errs)
	}
	b[len(b)/2] ^= 1
	p.write(file, b)
	if code, out, _ := live.Command(p, "", nil, p.program.C4arch, "audit", "verify", "--key", key, file); code == 0 {
		p.Errorf("%s verifies with a byte changed: %s", name, out)
	}
}

// takesThePack: it is made in the background, downloaded, and verified without the service.
func (p *programme) takesThePack() {
	s := p.chief
	s.open(p.base + "/organisation/trust")
	p.looks(s, "41-trust")
	s.press("Make a pack")
	s.until(done)
	live.Until(p, "the pack is made", func() bool {
		s.open(p.base + "/organisation/trust")
		return s.text(`!!document.querySelector('main form[action*="/organisation/trust/packs/"]')`) == "true"
	})
	p.looks(s, "42-pack")
	at := s.text(`new URL(document.querySelector('main form[action*="/organisation/trust/packs/"]').action).pathname`)
	p.verifies(s, "trust-pack.zip", s.posted(at))
}

// posted are what this service answers to an empty form of a browser.
func (s *somebody) posted(path string) []byte {
	s.Helper()
	return s.fetched(path, `{method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: ''}`)
}

// proposes: one person of the platform proposes a subprocessor, another one approves it. Whom it concerns is told.
func (p *programme) proposes() {
	s := p.owner
	s.open(p.base + "/staff/subprocessors")
	p.looks(s, "51-subprocessors")
	s.open(p.base + "/staff/subprocessors/propose")
	s.fill("name", "Northwind Hosting", "entity", "Northwind Hosting BV, Belgium", "purpose", "Computers on which the service runs", "data", "identity; content", "regions", "EU",
		"hosts", "hosting.northwind.example", "evidence", "DPA-2026-11", "contracted", "2026-11-01", "reviewer", "Legal counsel", "verified", "2026-11-01",
		"reason", "Computers nearer to our customers.", "why", "It comes to personal data of customers.", "status", "core")
	s.text(`document.querySelector('[name=feature][value=portal]').checked = true`)
	p.looks(s, "52-propose")
	p.signs(s, "Propose", `document.readyState === 'complete' && location.pathname.includes('/changes/')`)
	p.change = s.text(`location.pathname.split('/').at(-1)`)
	n := p.legal
	n.open(p.base + "/staff/subprocessors/changes/" + p.change)
	p.looks(n, "53-change")
	p.signs(n, "Approve and publish", done)
	p.looks(n, "54-noticed")
	n.open(p.base + "/trust/subprocessors")
	n.until(`document.querySelector('main').innerText.includes('Northwind Hosting')`)
	p.looks(n, "55-public")
}

// objects: one of the two organisations does.
func (p *programme) objects() {
	s := p.chief
	live.Until(p, "the organisation is told", func() bool {
		s.open(p.base + "/organisation/subprocessors/" + p.change)
		return s.text(`!!document.getElementById('grounds')`) == "true"
	})
	p.looks(s, "56-notice")
	s.fill("grounds", "Our regulator has not agreed to another place.")
	s.press("Object")
	s.until(done)
	p.looks(s, "57-objected")
}

// waits: five weeks later the one that did not object is on the new path, and the one that did is not.
func (p *programme) waits() {
	p.late.passes(36 * 24 * time.Hour)
	s := p.owner
	p.asStaff(s)
	live.Until(p, "the window is over", func() bool {
		s.open(p.base + "/staff/subprocessors/changes/" + p.change)
		return s.text(`[...document.querySelectorAll('main tr')].some(r => r.innerText.includes('contoso') && r.innerText.includes('in force'))`) == "true"
	})
	p.looks(s, "58-later")
	if s.text(`[...document.querySelectorAll('main tr')].some(r => r.innerText.includes('fabrikam') && r.innerText.includes('in force'))`) == "true" {
		p.Error("who objected is on the new path")
	}
}

// breaks: a control that holds is broken behind the back of the service, and an hour later the public page says of its statement that it is not true now.
func (p *programme) breaks(broken func(*programme)) {
	s := p.legal
	says := func(what string) func() bool {
		return func() bool {
			s.open(p.base + "/trust")
			return s.text(`document.getElementById('S-ISO-1').querySelector('.tag').innerText`) == what
		}
	}
	live.Until(p, "the statement is true", says("True now"))
	p.looks(s, "61-trust")
	broken(p)
	p.late.passes(time.Hour)
	live.Until(p, "the statement is not true any more", says("Not true now"))
	p.looks(s, "62-broken")
}
