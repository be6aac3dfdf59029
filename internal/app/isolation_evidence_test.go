package app

// aPack asks for a pack of all that there is.
func aPack(s *stage, _ *party) any {
	return dict{"kind": "period", "from": s.start.AddDate(-20, 0, 0).Format("2006-01-02T15:04:05Z"), "to": s.start.Format("2006-01-02T15:04:05Z")}
}

// packed makes a pack, which is ready when it is told.
func (s *stage) packed(p *party) string {
	name := s.must(p.owner, "POST", "/projects/"+p.thing("project")+"/evidence", aPack(s, p)).text("id")
	s.work(s.t.Context())
	return name
}

// furnishEvidence makes a pack. Every log has the first entries, by whose number the others have nothing of ours.
func (s *stage) furnishEvidence(p *party) {
	p.ids["pack"], p.ids["entry"] = []string{s.packed(p)}, []string{"9999990"}
	if p.slug == "contoso" {
		p.ids["entry"] = []string{"0"}
	}
}

func removable(s *stage, p *party, values map[string]string) { values["pack"] = s.packed(p) }

// evidenceSamples are how the pages about packs, and the routes of the API, are asked rightly.
var evidenceSamples = map[string]sample{
	"evidence": {as: "a session of owner"}, "evidence-pack": {as: "a session of owner"}, "evidence-download": {as: "a session of owner"},
	"evidence-make":   {as: "a session of owner", tame: says(dict{"kind": "period", "from": "none"}), body: says(dict{"kind": "period", "from": "2006-01-02", "to": "2026-01-02"})},
	"evidence-remove": {as: "a session of owner", body: because, fresh: removable},
	"list-packs":      {}, "get-pack": {}, "download-pack": {},
	"make-pack": {tame: says(dict{"kind": "snapshot", "subject": "none"}), body: func(_ *stage, p *party) any { return dict{"kind": "snapshot", "subject": p.thing("snapshot")} }},
}
