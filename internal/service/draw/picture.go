package draw

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"c4arch/internal/account/access"
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

type writer = io.Writer

// Picture is a view as it is drawn.
type Picture struct {
	// Compressed is what the viewer takes, JSON in gzip: the picture, and the view as it was drawn where boundaries of it are folded.
	Compressed []byte
	// Plain is the picture as a file of its own.
	Plain []byte

	at placement.View
}

// Request is which picture is asked for.
type Request struct {
	View string
	Folds
	// Plain asks for a file of its own.
	Plain bool
}

func (r *Request) check() error {
	if len(r.View) > mostText || len(r.Open) > mostFolds {
		return fault.New(fault.Limited, "the address asks for too much")
	}
	for _, n := range r.Open {
		if len(n) > mostText {
			return fault.New(fault.Limited, "the address asks for too much")
		}
	}
	return nil
}

// Picture draws a view of a snapshot.
func (d *Service) Picture(ctx context.Context, a access.Actor, project id.Project, ref string, r Request) (*Picture, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	sc, err := d.Scene(ctx, a, project, ref)
	if err != nil {
		return nil, err
	}
	return d.picture(ctx, sc, r)
}

func (d *Service) picture(ctx context.Context, sc *Scene, r Request) (*Picture, error) {
	v, err := sc.View(r.View)
	if err != nil {
		return nil, err
	}
	shown, folds := folded(sc.Model, v, r.Folds)
	after := ""
	if sc.anchor != nil {
		after = sc.anchor.Moment.ID
	}
	key := fmt.Sprintf("picture %s %q %q %d %s %t", sc.key, v.Key, folds, sc.Versions[v.Key], after, r.Plain)
	return taken(ctx, d.shelf, key, false, func(ctx context.Context) (*Picture, int64, error) {
		last, err := d.last(ctx, sc, v, folds)
		if err != nil {
			return nil, 0, err
		}
		p, err := paint(sc.canvas, v, shown, last, r.Plain)
		if err != nil {
			return nil, 0, err
		}
		return p, int64(len(p.Compressed)+len(p.Plain)) + 64*int64(len(p.at.Nodes)), nil
	})
}

// last is where things stood: as the newest snapshot is drawn, with what people placed. An opened boundary is drawn after the picture in which it was closed, so that nothing jumps.
func (d *Service) last(ctx context.Context, sc *Scene, v *c4.View, folds string) (*placement.View, error) {
	hand := sc.layouts[v.Key]
	var before *Picture
	var err error
	switch {
	case folds != "":
		before, err = d.nested(ctx, sc, v.Key)
	case sc.anchor != nil:
		if _, none := sc.anchor.View(v.Key); none == nil {
			before, err = d.nested(ctx, sc.anchor, v.Key)
		}
	}
	if err != nil {
		return nil, err
	}
	if before != nil {
		return over(before.at, hand), nil
	}
	if hand != nil {
		return &hand.View, nil
	}
	return nil, nil //nolint:nilnil // it is drawn for the first time
}

// nested is the usual picture of a view, which is drawn on the way to another one.
func (d *Service) nested(ctx context.Context, sc *Scene, key string) (*Picture, error) {
	v, err := sc.View(key)
	if err != nil {
		return nil, err
	}
	shown, _ := folded(sc.Model, v, Folds{})
	after := ""
	if sc.anchor != nil {
		after = sc.anchor.Moment.ID
	}
	name := fmt.Sprintf("picture %s %q %q %d %s %t", sc.key, v.Key, "", sc.Versions[v.Key], after, false)
	return taken(ctx, d.shelf, name, true, func(ctx context.Context) (*Picture, int64, error) {
		last, err := d.last(ctx, sc, v, "")
		if err != nil {
			return nil, 0, err
		}
		p, err := paint(sc.canvas, v, shown, last, false)
		if err != nil {
			return nil, 0, err
		}
		return p, int64(len(p.Compressed)) + 64*int64(len(p.at.Nodes)), nil
	})
}

// paint draws a view.
func paint(c Canvas, v, shown *c4.View, last *placement.View, plain bool) (*Picture, error) {
	svg, at, err := c.Draw(shown, last, plain)
	if err != nil {
		return nil, err
	}
	if plain {
		return &Picture{Plain: svg, at: at}, nil
	}
	told := struct {
		SVG  string   `json:"svg"`
		View *c4.View `json:"view,omitempty"`
	}{SVG: string(svg)}
	if shown != v {
		told.View = shown
	}
	packed, err := pack(func(w writer) error { return json.NewEncoder(w).Encode(told) })
	return &Picture{Compressed: packed, at: at}, err
}

// pack compresses what is written.
func pack(write func(w writer) error) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := write(z); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "gzip")
	}
	return b.Bytes(), nil
}
