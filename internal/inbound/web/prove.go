package web

import (
	"maps"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
)

// filled is a field with what somebody has filled in.
type filled struct{ Name, Value string }

// Prove is the answer to a form that is critical, of somebody who has not proven to be there: the passkey is asked for, and then the same form is sent again. What was filled in stands in
// the page and in no address, and nobody types it twice. back is where to go for whoever leaves it.
func (c *Call) Prove(back string) error {
	var fields []filled
	for _, name := range slices.Sorted(maps.Keys(c.r.PostForm)) {
		for _, value := range c.r.PostForm[name] {
			fields = append(fields, filled{name, value})
		}
	}
	v := View{Title: say.T(c.Context(), "Prove that it is you"), Narrow: true, Scripts: []string{"passkey.js"}}
	return c.showAs(http.StatusForbidden, v, provePage(c.stepUpPath(), c.r.URL.Path, ownPath(back), fields))
}

// ShowAs writes a page with a status: what somebody filled in and has to look at again.
func (c *Call) ShowAs(status int, v View, body templ.Component) error {
	return c.showAs(status, v, body)
}

// decisions are actions whose forms are decisions with their reasons and hold no secret.
var decisions = []access.Action{
	access.BaselineApprove, access.ControlAttest, access.DecisionApprove, access.LegalPublish, access.AcceptanceGive, access.TermsChange, access.SubprocessorChange,
	access.TransferChange, access.TrustChange, access.EngagementAgree,
}

// resendable reports whether what was sent is shown again, to be sent after the proof: a decision with its reason. Of other forms a page carries nothing on, since some hold
// secrets, and of one with files nothing can be.
func (c *Call) resendable() bool {
	return c.r.Method == http.MethodPost && c.route.Page && !c.route.Large && slices.Contains(decisions, c.route.Action)
}
