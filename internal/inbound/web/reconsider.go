package web

import (
	"net/http"
	"slices"

	"c4arch/internal/content/freetext"
	"c4arch/internal/content/say"
)

// confirmField is the field by which a form says that a text, of which its writer was warned, is meant as it is. Its value is the digest of that very text.
const confirmField = "freetext-confirmed"

// reconsidered is a form that came back: what was found in one of its texts, and all else that was sent, to be sent again.
type reconsidered struct {
	Path   string
	Field  string // of the form
	Text   string
	Held   *freetext.Held
	Others []resent
	Back   string
}

// resent is a field as it was sent.
type resent struct{ Name, Value string }

// reconsider shows the text that was not taken, marked, to whoever wrote it, and says whether it could: whatever form it was, it is sent again with the text changed, or with the
// word that it is meant. Nothing of it is kept here.
func (c *Call) reconsider(status int, err error) bool {
	held := freetext.HeldIn(err)
	if held == nil || c.r.Method != http.MethodPost || !c.route.Page || c.route.Large {
		return false
	}
	v := reconsidered{Path: c.r.URL.Path, Held: held, Back: c.here()}
	names := make([]string, 0, len(c.r.PostForm))
	for name := range c.r.PostForm {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range c.r.PostForm[name] {
			switch {
			case v.Field == "" && name != confirmField && freetext.Digest(value) == held.Digest:
				v.Field, v.Text = name, value
			default:
				v.Others = append(v.Others, resent{name, value})
			}
		}
	}
	if v.Field == "" {
		return false
	}
	ctx := c.Context()
	title := say.T(ctx, "Look at this text again")
	if held.Blocked {
		title = say.T(ctx, "This text is not kept as it is")
	}
	return c.showAs(status, View{Title: title}, reconsiderPage(v)) == nil
}
