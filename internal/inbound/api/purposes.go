package api

import (
	"context"
	"net/http"

	"c4arch/internal/account/access"
)

// AskAs is how routes that read are asked in this process, in the name of an actor for whom there is no token, as the checks of the controls do: by the name of a route it says the
// status of the answer. What changes something or goes on answering is not asked, which is 0: were it broken, the check would do the damage.
func AskAs(s Services) func(ctx context.Context, actor access.Actor, name string) int {
	a := build(s)
	reads := map[string]operation{}
	for _, r := range a.table.All() {
		if r.Method == http.MethodGet && !r.Stream {
			reads[r.Name] = operation{r.Method, r.Path}
		}
	}
	return func(ctx context.Context, actor access.Actor, name string) int {
		o, ok := reads[name]
		if !ok {
			return 0
		}
		return ask(context.WithValue(ctx, gateKey{}, &entered{actor: actor}), a.mux, o, "", nobodys).status
	}
}
