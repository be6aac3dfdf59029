package app

import "fmt"

// aRepository is a connection that leads to nobody: its address is none of the public internet, which is refused before anything is dialled.
func aRepository(s *stage, _ *party) any {
	return dict{"kind": "repository", "name": fmt.Sprintf("code %d", s.next()), "target": dict{"address": "https://127.0.0.1/contoso/shop"}, "credential": "a token"}
}

var liveConnection = one("connection", "/projects/{project}/connections", aRepository, "id")

// connectionSamples are how the pages of connections are asked rightly.
var connectionSamples = map[string]sample{
	"connections": {as: "a session of owner"},
	"connections-add": {as: "a session of owner", tame: empty, body: func(s *stage, _ *party) any {
		return dict{"kind": "repository", "name": fmt.Sprintf("code %d", s.next()), "address": "https://127.0.0.1/contoso/shop"}
	}},
	"connections-new":        {as: "a session of owner"},
	"connections-one":        {as: "a session of owner"},
	"connections-verify":     {as: "a session of owner", fresh: liveConnection},
	"connections-scan":       {as: "a session of owner", fresh: liveConnection},
	"connections-credential": {as: "a session of owner", body: says(dict{"credential": "another one"}), fresh: liveConnection},
	"connections-remove":     {as: "a session of owner", fresh: liveConnection},
}
