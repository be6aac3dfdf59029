// Package consent is the page that lists what this service keeps in a browser, and on which somebody allows what is not necessary, or takes that back.
//
// It promises: nothing asks before somebody looks; nothing is allowed by default; what was given is taken back on the same page with the same number of clicks. It leaves out what
// keeps the choice, which is the site's.
package consent

import (
	"context"
	"net/http"
	"slices"
	"time"

	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/trust/consent"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Path is the page.
const Path = "/consent"

// Desk adds the page.
func Desk(now func() time.Time) web.Desk {
	return func(s *web.Site) {
		s.Says("consent", "Your choice is kept.")
		s.Open(http.MethodGet, Path, "consent", show)
		s.Open(http.MethodPost, Path, "consent-choose", func(c *web.Call) error {
			x := consent.Chosen{At: now()}
			for _, name := range c.Forms("allow") {
				if slices.Contains(consent.Configured(), consent.Category(name)) && !slices.Contains(x.Allowed, consent.Category(name)) {
					x.Allowed = append(x.Allowed, consent.Category(name))
				}
			}
			c.Choose(x)
			return c.Done(Path, "consent")
		})
	}
}

// view is what is kept, by category.
type view struct {
	Chosen consent.Chosen
	Made   bool
}

func show(c *web.Call) error {
	ctx := c.Context()
	x, made := c.Chosen()
	return c.Show(web.View{
		Title: say.T(ctx, "What your browser stores"), Section: Path, Public: true,
		Lead: say.T(ctx, "Everything that this service keeps in your browser, and why. Only what is strictly necessary is kept unless you allow more here."),
	}, page(view{x, made}))
}

func itemsOf(c consent.Category) []consent.Item {
	return slices.DeleteFunc(consent.Items(), func(i consent.Item) bool { return i.Category != c })
}

func configured(c consent.Category) bool { return slices.Contains(consent.Configured(), c) }

func categoryName(ctx context.Context, c consent.Category) string {
	switch c {
	case consent.Necessary:
		return say.T(ctx, "Strictly necessary")
	case consent.Preferences:
		return say.T(ctx, "Preferences")
	case consent.Analytics:
		return say.T(ctx, "Analytics")
	case consent.Personalisation:
		return say.T(ctx, "Personalisation")
	case consent.Marketing:
		return say.T(ctx, "Marketing")
	case consent.Embeds:
	}
	return say.T(ctx, "Content of third parties")
}

func whereName(ctx context.Context, where string) string {
	if where == consent.Cookie {
		return say.T(ctx, "cookie")
	}
	return say.T(ctx, "local storage")
}
