package app

import "net/url"

var scanSamples = map[string]sample{
	"scans": {as: "a session of owner"}, "scan": {as: "a session of owner"}, "scan-events": {as: "a session of owner"},
	"scan-upload": {as: "a session of owner", body: func(_ *stage, p *party) any { return handing("graph.json", inputsOf(p.slug, true)) }},
	"scan-start": {body: func(_ *stage, p *party) any { return dict{"connection": p.thing("connection")} }, whole: func(s *stage) (credential, request) {
		_, q := plainly("POST", "/projects/"+s.ours.thing("project")+"/scans", func(s *stage) url.Values { return url.Values{"connection": {s.directory(s.ours)}} })(s)
		return s.ours.callers["a session of owner"], q
	}},
}
