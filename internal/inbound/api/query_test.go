package api

import "testing"

// TestParametersAreThereOnce: which of two is meant cannot be told, so neither is taken. Whoever is nobody is told so first.
func TestParametersAreThereOnce(t *testing.T) {
	w := newWorld(t, "SQLite")
	w.get(w.owner, "/jobs?limit=1&state=ready").must(200)
	for _, query := range []string{"limit=1&limit=2", "state=ready&limit=1&state=dead", "limit=1&%6cimit=1", "limit=1;state=dead", "limit=%zz", "x&x"} {
		w.get(w.owner, "/jobs?"+query).must(400)
		w.get("", "/jobs?"+query).must(401)
	}
	w.post(w.owner, "/projects?slug=a&slug=b", dict{"slug": "shop", "name": "Shop"}).must(400)
	w.get(w.owner, "/ledger/entries?kinds=project.created,member.added").must(200)
}
