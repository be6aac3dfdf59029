package architecture

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

// model is the whole of a snapshot for the viewer, as model.json has it.
func (d *Desk) model(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	sc, err := d.Pictures.Scene(c.Context(), c.Asker(), project, c.Path("snapshot"))
	if err != nil {
		return err
	}
	return packed(c, "application/json", sc.Compressed)
}

func request(c *web.Call) draw.Request {
	_, r := c.HTTP()
	return draw.Request{View: c.Query("view"), Folds: draw.Folds{Open: r.URL.Query()["open"]}}
}

// picture is one picture for the viewer.
func (d *Desk) picture(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	p, err := d.Pictures.Picture(c.Context(), c.Asker(), project, c.Path("snapshot"), request(c))
	if err != nil {
		return err
	}
	return packed(c, "application/json", p.Compressed)
}

// alone is the policy of a picture that is opened as a page of its own: it holds its style, and loads nothing.
const alone = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// plain is a picture as a file of its own, for a page without scripts.
func (d *Desk) plain(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	of, err := d.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	q := request(c)
	q.Plain = true
	p, err := d.Pictures.Picture(c.Context(), c.Asker(), project, c.Path("snapshot"), q)
	if err != nil {
		return err
	}
	w, _ := c.HTTP()
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", alone)
	h.Set("Cache-Control", "no-store")
	svg := p.Plain
	if of.Example {
		svg = stamped(svg)
	}
	_, _ = w.Write(svg)
	return nil
}

// stamp lies over a picture of the example, which is seen apart from the page that says so.
const stamp = `<text x="50%" y="55%" text-anchor="middle" font-family="sans-serif" font-weight="800" font-size="120" letter-spacing="12" fill="#8a5300" fill-opacity=".16" pointer-events="none">EXAMPLE</text>`

// stamped is a picture with the stamp over everything else.
func stamped(svg []byte) []byte {
	end := bytes.LastIndex(svg, []byte("</svg>"))
	if end < 0 {
		return svg
	}
	return slices.Concat(svg[:end], []byte(stamp), svg[end:])
}

// mostLayout bounds what is saved at once, in bytes.
const mostLayout = 4 << 20

// saved is what the viewer sends: a layout file, and the versions that it began with.
type saved struct {
	Layout json.RawMessage  `json:"layout"`
	Base   map[string]int64 `json:"base"`
}

// save keeps where boxes were put.
func (d *Desk) save(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	w, r := c.HTTP()
	r.Body = http.MaxBytesReader(w, io.NopCloser(r.Body), mostLayout)
	var in saved
	if err := c.Body(&in); err != nil {
		return err
	}
	if len(in.Layout) == 0 {
		return fault.New(fault.Invalid, "the request has no layout")
	}
	f, err := placement.Decode(in.Layout)
	if err != nil {
		return err
	}
	var placed []draw.Placed
	for _, v := range f.Views {
		placed = append(placed, draw.Placed{View: v, Base: in.Base[v.Key]})
	}
	now, err := d.Pictures.Save(c.Context(), c.Asker(), project, placed)
	if err != nil {
		return err
	}
	return c.Answer(map[string]any{"base": now})
}

// versions are those of layouts, as an attribute has them.
func versions(all map[string]int64) string {
	b, err := json.Marshal(all)
	if err != nil {
		return "{}" // texts and numbers can always be written
	}
	return string(b)
}
