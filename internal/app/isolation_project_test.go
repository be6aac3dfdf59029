package app

import (
	"encoding/json"
	"fmt"
)

// aProject is a form of a new project.
func aProject(s *stage, _ *party) any {
	n := s.next()
	return dict{"name": fmt.Sprintf("Page %d", n), "slug": fmt.Sprintf("page-%d", n)}
}

var projectSamples = map[string]sample{
	"projects": {as: "a session of owner"}, "project-new": {as: "a session of owner"},
	"project-make": {as: "a session of owner", tame: says(dict{"name": "Nothing", "slug": "?"}), body: aProject},
	"project":      {as: "a session of owner"}, "project-settings": {as: "a session of owner"},
	"project-change": {as: "a session of owner", tame: empty, body: func(s *stage, p *party) any {
		v := s.must(p.owner, "GET", "/projects/"+p.thing("project"), nil)
		return dict{"name": "The shop", "slug": v.text("slug"), "version": v.number("version")}
	}},
	"project-archive": {as: "a session of owner", body: says(dict{"away": "no"})},
	"history":         {as: "a session of owner"}, "history-snapshot": {as: "a session of owner"},
	"organisation-settings": {as: "a session of owner"},
	"organisation-change": {as: "a session of owner", tame: empty, body: func(s *stage, p *party) any {
		v := s.must(p.owner, "GET", "/organisation", nil)
		return dict{"name": "Contoso and others", "version": v.number("version")}
	}},
	"job-again": {as: "a session of owner", fresh: func(s *stage, p *party, values map[string]string) {
		s.deadJob(p)
		all := s.rows(p.org, harvested["job"])
		values["job"] = all[len(all)-1]
	}},
}

// number is a whole number of an answer, by its name.
func (a *answerOf) number(name string) string {
	var v map[string]any
	if json.Unmarshal(a.body, &v) != nil {
		return ""
	}
	return fmt.Sprint(v[name])
}
