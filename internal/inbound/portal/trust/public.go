package trust

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/trustcentre"
)

const (
	trustPath    = "/trust"
	controlsPath = "/trust/controls"
	statusPath   = "/trust/status"
	badgesPath   = "/trust/certifications"
	newsPath     = "/trust/advisories"
	contactPath  = "/trust/contact"
	itemsPath    = "/trust/documents"
)

// brief is for how many seconds a browser may show a page again without asking. What a check found is on a page at most that much later than in the register, and the register's own
// memory later.
const brief = 20

func (d desk) public(s *web.Site) {
	s.Open(http.MethodGet, trustPath, "trust", d.trust)
	s.Open(http.MethodGet, "/trust/statements.json", "trust-statements", d.statements)
	s.Open(http.MethodGet, controlsPath, "trust-controls", d.controls)
	s.Open(http.MethodGet, "/trust/matrix.csv", "trust-matrix-csv", d.matrixCSV)
	s.Open(http.MethodGet, "/trust/matrix.json", "trust-matrix-json", d.matrixJSON)
	s.Open(http.MethodGet, statusPath, "trust-status", d.status)
	s.Open(http.MethodGet, newsPath, "trust-advisories", d.advisories)
	s.Open(http.MethodGet, badgesPath, "trust-certifications", d.badges)
	s.Open(http.MethodGet, itemsPath+"/{item}", "trust-document", d.openItem)
	s.Open(http.MethodGet, contactPath, "trust-contact", d.contact)
	s.Open(http.MethodPost, contactPath, "trust-ask", d.receive)
	s.Open(http.MethodGet, contactPath+"/{code}", "trust-answer", d.follow)
	s.Open(http.MethodGet, trustcentre.SecurityPath, "security-txt", d.securityText)
	s.Open(http.MethodGet, trustcentre.KeyPath, "security-key", d.securityKey)
}

func (d desk) trust(c *web.Call) error {
	p, err := d.Public.Public(c.Context())
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Public: true, Brief: brief, Section: trustPath, Title: say.T(c.Context(), "What we do"),
		Lead: say.T(c.Context(), "Each sentence here is bound to checks that run in this very service, or to what somebody of us attested until a day. Where a check fails or is too old, the sentence says so."),
	}, trustPage(p))
}

func (d desk) statements(c *web.Call) error {
	p, err := d.Public.Public(c.Context())
	if err != nil {
		return err
	}
	return open(c, "application/json", p)
}

// open answers a program with what everybody may see.
func open(c *web.Call, kind string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return raw(c, kind, append(b, '\n'))
}

func raw(c *web.Call, kind string, b []byte) error {
	w, _ := c.HTTP()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=20")
	_, err := w.Write(b)
	return ignored(err)
}

// ignored is of whoever asked and went away.
func ignored(error) error { return nil }

func (d desk) controls(c *web.Call) error {
	m, err := d.Public.Matrix(c.Context())
	if err != nil {
		return err
	}
	frameworks := trustcentre.Frameworks()
	if i := slices.IndexFunc(frameworks, func(f trustcentre.Framework) bool { return f.Key == c.Query("framework") }); i >= 0 {
		frameworks = frameworks[i : i+1]
	}
	return c.Show(web.View{
		Public: true, Brief: brief, Section: controlsPath, Title: say.T(c.Context(), "Controls"), Actions: matrixFiles(),
		Lead: say.T(c.Context(), "Our own controls, each with how it stands now, and the requirements of known frameworks that it supports. The mapping is ours: it says what supports what, and nothing about anybody's compliance."),
	}, controlsPage(m, frameworks))
}

func (d desk) matrixCSV(c *web.Call) error {
	m, err := d.Public.Matrix(c.Context())
	if err != nil {
		return err
	}
	b, err := m.CSV()
	if err != nil {
		return err
	}
	w := c.Save("controls.csv", "text/csv; charset=utf-8")
	_, err = w.Write(b)
	return ignored(err)
}

func (d desk) matrixJSON(c *web.Call) error {
	m, err := d.Public.Matrix(c.Context())
	if err != nil {
		return err
	}
	return open(c, "application/json", m)
}

func (d desk) status(c *web.Call) error {
	return c.Show(web.View{
		Public: true, Brief: 5, Section: statusPath, Title: say.T(c.Context(), "Status"),
		Lead: say.T(c.Context(), "What this instance finds of itself at this moment. It keeps no history of being there yet, and so shows none."),
	}, statusPage(d.Ready(c.Context()), d.Now(), d.Version))
}

func (d desk) advisories(c *web.Call) error {
	return c.Show(web.View{
		Public: true, Brief: brief, Section: newsPath, Title: say.T(c.Context(), "Advisories"),
		Lead: say.T(c.Context(), "Vulnerabilities that concern customers, and what to do about them."),
	}, advisoriesPage(d.Public.SecurityContacts()))
}

func (d desk) badges(c *web.Call) error {
	all, err := d.Public.Badges(c.Context())
	if err != nil {
		return err
	}
	items, err := d.Public.Shown(c.Context())
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Public: true, Brief: brief, Section: badgesPath, Title: say.T(c.Context(), "Certifications"),
		Lead: say.T(c.Context(), "A certification counts when it is finished and published. It stands here only while its record is valid."),
	}, badgesPage(all, items))
}

func (d desk) openItem(c *web.Call) error {
	i, data, err := d.Public.Open(c.Context(), c.Path("item"))
	if err != nil {
		return err
	}
	_, err = c.Save(i.Name, "application/octet-stream").Write(data)
	return ignored(err)
}

func (d desk) contact(c *web.Call) error {
	_, fingerprint, err := d.Public.PublicKey(c.Context())
	if err != nil {
		return err
	}
	about := trustcentre.About(c.Query("about"))
	if !slices.Contains(trustcentre.Abouts(), about) {
		about = trustcentre.Question
	}
	return c.Show(web.View{
		Public: true, Brief: brief, Section: contactPath, Title: say.T(c.Context(), "Contact"),
		Lead: say.T(c.Context(), "One place for questions about security, for reviews of contracts, for questionnaires, and about personal data. We acknowledge within one working day and answer within five; that is our own target."),
	}, contactPage(contactView{About: about, Contact: d.Contact, Security: d.Public.SecurityContacts(), Fingerprint: fingerprint}))
}

// contactView is what the page of the contact shows.
type contactView struct {
	About       trustcentre.About
	Contact     trustcentre.Contact
	Security    []string
	Fingerprint string
}

func (d desk) receive(c *web.Call) error {
	_, code, err := d.Public.Receive(c.Context(), trustcentre.Asked{
		About: trustcentre.About(c.Form("about")), Name: c.Form("name"), Email: c.Form("email"), Organisation: c.Form("organisation"), Text: c.Form("text"),
	})
	if err != nil {
		return err
	}
	return c.To(contactPath + "/" + code + "?done=received")
}

func (d desk) follow(c *web.Call) error {
	r, err := d.Public.Follow(c.Context(), c.Path("code"))
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Section: contactPath, Title: say.T(c.Context(), "Your request"),
		Lead: say.T(c.Context(), "Keep the address of this page: it is the only way back to it, and whoever has it can read what you asked."),
	}, followPage(r, d.Now()))
}

func (d desk) securityText(c *web.Call) error {
	b, err := d.Public.SecurityText(c.Context())
	if err != nil {
		return err
	}
	return raw(c, "text/plain; charset=utf-8", b) // RFC 9116 section 3
}

func (d desk) securityKey(c *web.Call) error {
	b, _, err := d.Public.PublicKey(c.Context())
	if err != nil {
		return err
	}
	return raw(c, "application/pgp-keys", b) // RFC 3156 section 7
}

// nameOf is what a way to reach us is called: the address of a link of mail, our form, or else the link.
func nameOf(ctx context.Context, link string) string {
	if strings.Contains(link, contactPath) {
		return say.T(ctx, "the contact form")
	}
	return strings.TrimPrefix(link, "mailto:")
}
