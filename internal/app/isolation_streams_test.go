package app

import (
	"fmt"
	"slices"

	"c4arch/internal/base/id"
)

// streamsSamples are how the pages of streams are asked rightly. What is sent goes nowhere: there is no such host.
var streamsSamples = map[string]sample{
	"streams":     {as: "a session of owner"},
	"streams-add": {as: "a session of owner", tame: empty, body: func(s *stage, _ *party) any { return dict{"kind": "pull", "name": fmt.Sprintf("stream %d", s.next())} }},
	"stream":      {as: "a session of owner"},
	"stream-change": {as: "a session of owner", tame: says(dict{"version": "99"}), fresh: spareStream("/streams", aStream), body: func(s *stage, _ *party) any {
		return dict{"version": "1", "name": fmt.Sprintf("stream %d", s.next()), "source": "ledger"}
	}},
	"stream-state":  {as: "a session of owner", body: says(dict{"off": "yes"}), fresh: spareStream("/streams", aStream)},
	"stream-test":   {as: "a session of owner", fresh: spareStream("/webhooks", aHook)},
	"stream-place":  {as: "a session of owner", kinds: hooks, body: says(dict{"source": "ledger", "next": "0"})},
	"stream-secret": {as: "a session of owner", body: empty, fresh: spareStream("/webhooks", aHook)},
	"stream-remove": {as: "a session of owner", fresh: spareStream("/streams", aStream)},
	"stream-again":  {as: "a session of owner", kinds: hooks},
	"stream-delivery-again": {as: "a session of owner", kinds: hooks, fresh: func(s *stage, p *party, values map[string]string) {
		values["stream"] = p.thing("webhook")
		values["delivery"] = s.stored(p, id.PrefixDelivery, `INSERT INTO delivery (id, stream, source, first, last, state, attempts, error, at, version) VALUES ($1, $2, 'ledger', 0, 1, 'dead', 9, 'it does not answer', $3, 1)`, values["stream"], s.in.now().UnixMicro())
	}},
}

// spareStream makes a stream, in the place of those that were made so before: an organisation has a few at most.
func spareStream(path string, body func(*stage, *party) any) func(*stage, *party, map[string]string) {
	return func(s *stage, p *party, values map[string]string) {
		for _, name := range s.rows(p.org, `SELECT id FROM stream WHERE name LIKE 'stream %' OR name LIKE 'hook %' ORDER BY id`) {
			if !slices.Contains(p.ids["stream"], name) && !slices.Contains(p.ids["webhook"], name) {
				s.must(p.owner, "POST", "/streams/"+name+"/removal", nil)
			}
		}
		one("stream", path, body, "stream.id")(s, p, values)
	}
}
