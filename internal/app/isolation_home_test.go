package app

var homeSamples = map[string]sample{
	"home": {as: "a session of owner"},
	// A second time leads to the one that there is.
	"example-make": {as: "a session of owner", body: empty},
}
