package app

import (
	"net/url"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/id"
	"c4arch/internal/content/trustterms"
	"c4arch/internal/service/trustcentre"
)

func (s *stage) ownerOf(p *party) access.Actor {
	return access.Actor{ID: id.Actor("person:" + p.members[access.Owner]), Kind: access.Person, Org: p.org, Roles: []access.Role{access.Owner}, Surface: access.Portal, Purpose: "portal", Session: "-", Request: "rq_test", Fresh: true}
}

// furnishTrust gives an organisation a written answer that is for it alone, on terms that its owner has accepted, and a pack.
func (s *stage) furnishTrust(p *party) {
	now := s.in.now()
	i, err := s.in.centre.Add(s.t.Context(), s.trustee(), trustcentre.Item{
		Sort: trustcentre.Response, Title: "An answer to " + p.slug, Edition: "1", Level: trustcentre.OnTerms, Org: p.org, From: now.AddDate(0, 0, -1), To: now.AddDate(1, 0, 0), Name: "answer.md",
	}, []byte("Words for "+p.slug+" alone.\n"))
	s.check(err)
	s.check(s.in.centre.Accept(s.t.Context(), s.ownerOf(p), trustterms.Current().Digest))
	k, err := s.in.centre.Ask(s.t.Context(), s.ownerOf(p))
	s.check(err)
	s.work(s.t.Context())
	p.ids["trust-item"], p.ids["trust-pack"] = []string{i.ID}, []string{k.ID}
	p.words = append(p.words, i.ID, k.ID, "An answer to "+p.slug)
}

// trustee keeps the trust centre before there is anybody of the platform.
func (s *stage) trustee() access.Actor {
	return access.Actor{ID: "person:pn_01jq8z6y5x4w3v2t1s0r9q8p7n", Kind: access.Staff, Org: id.Platform, Roles: []access.Role{access.Security}, Surface: access.Portal, Purpose: "portal", Session: "-", Request: "rq_test", Fresh: true}
}

// aRequest is what somebody asked, and the code of its link.
func (s *stage) aRequest() (string, string) {
	r, code, err := s.in.centre.Receive(s.t.Context(), trustcentre.Asked{About: trustcentre.Question, Email: "somebody@contoso.example", Text: "How are keys kept?"})
	s.check(err)
	return r.ID, code
}

func someRequest(s *stage, _ *party, values map[string]string) { values["request"], _ = s.aRequest() }

func someCertificate(s *stage, _ *party, values map[string]string) {
	now := s.in.now()
	c, err := s.in.centre.Record(s.t.Context(), s.trustee(), trustcentre.Certificate{
		Name: "A certification", Issuer: "An issuer", Scope: "The service", From: now.AddDate(0, -1, 0), To: now.AddDate(1, 0, 0), Digest: canon.Sum([]byte("a document")),
	})
	s.check(err)
	values["certificate"] = c.ID
}

func (s *stage) aDocument(level trustcentre.Level) string {
	now := s.in.now()
	i, err := s.in.centre.Add(s.t.Context(), s.trustee(), trustcentre.Item{
		Sort: trustcentre.Material, Title: "A paper", Edition: "1", Level: level, From: now.AddDate(0, 0, -1), To: now.AddDate(1, 0, 0), Name: "paper.txt",
	}, []byte("A paper.\n"))
	s.check(err)
	return i.ID
}

func someDocument(s *stage, _ *party, values map[string]string) {
	values["item"] = s.aDocument(trustcentre.ForCustomers)
}

// trustSamples are how the pages of the trust centre are asked rightly.
var trustSamples = map[string]sample{
	"trust": {whole: plainly("GET", "/trust", nil)}, "trust-statements": {whole: plainly("GET", "/trust/statements.json", nil)},
	"trust-controls": {whole: plainly("GET", "/trust/controls", nil)}, "trust-matrix-csv": {whole: plainly("GET", "/trust/matrix.csv", nil)}, "trust-matrix-json": {whole: plainly("GET", "/trust/matrix.json", nil)},
	"trust-status": {whole: plainly("GET", "/trust/status", nil)}, "trust-advisories": {whole: plainly("GET", "/trust/advisories", nil)},
	"trust-certifications": {whole: plainly("GET", "/trust/certifications", nil)}, "trust-contact": {whole: plainly("GET", "/trust/contact", nil)},
	"trust-document": {whole: func(s *stage) (credential, request) {
		return plainly("GET", "/trust/documents/"+s.aDocument(trustcentre.ForAll), nil)(s)
	}},
	"trust-ask": {whole: plainly("POST", "/trust/contact", func(*stage) url.Values {
		return url.Values{"about": {"contract"}, "email": {"somebody@contoso.example"}, "text": {"Who reads our contract?"}}
	})},
	"trust-answer": {whole: func(s *stage) (credential, request) {
		_, code := s.aRequest()
		return plainly("GET", "/trust/contact/"+code, nil)(s)
	}},
	"security-txt": {whole: plainly("GET", "/.well-known/security.txt", nil)}, "security-key": {whole: plainly("GET", "/.well-known/security-key.asc", nil)},

	"organisation-trust": {as: "a session of owner"},
	"trust-accept":       {as: "a session of owner", tame: says(dict{"digest": "none"}), body: func(*stage, *party) any { return dict{"digest": trustterms.Current().Digest} }},
	"trust-take":         {as: "a session of owner", kinds: map[string]string{"item": "trust-item"}},
	"trust-pack-ask":     {as: "a session of owner"},
	"trust-pack-take":    {as: "a session of owner", kinds: map[string]string{"pack": "trust-pack"}},

	"staff-trust":               {as: "staff administrator"},
	"staff-request":             {as: "staff administrator", fresh: someRequest},
	"staff-request-acknowledge": {as: "staff administrator", fresh: someRequest},
	"staff-request-answer":      {as: "staff administrator", fresh: someRequest, body: says(dict{"text": "They are wrapped by a root key."})},
	"staff-request-close":       {as: "staff administrator", fresh: someRequest},
	"staff-certify": {as: "staff administrator", tame: says(dict{"name": ""}), body: func(s *stage, _ *party) any {
		return dict{"name": "A certification", "issuer": "An issuer", "scope": "The service", "from": s.in.now().Format(time.DateOnly), "to": s.in.now().AddDate(1, 0, 0).Format(time.DateOnly), "digest": strings.Repeat("0", 64)}
	}},
	"staff-uncertify":         {as: "staff administrator", fresh: someCertificate, body: because},
	"staff-document":          {elsewhere: "internal/app TestTrustCentre"},
	"staff-document-withdraw": {as: "staff administrator", fresh: someDocument, body: because},
}
