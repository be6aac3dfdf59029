// Package streams is what an organisation sends to other systems, in the portal: its ledger, its access log and its checkpoints, to a collector of syslog, as OCSF, as webhooks, or
// pulled from here.
//
// It promises: a secret is told once and stands in no address; what takes a proof of being there asks for it before a form is filled in; how far each stream is, and why it is not
// further, is shown as it is. It leaves out sending (package stream of the services).
package streams

import (
	"context"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/stream"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Streams is the port to the use cases.
type Streams interface {
	Streams(ctx context.Context, a access.Actor, kinds ...stream.Kind) ([]stream.View, error)
	Stream(ctx context.Context, a access.Actor, name string) (stream.View, error)
	Create(ctx context.Context, a access.Actor, in stream.New) (stream.Made, error)
	Change(ctx context.Context, a access.Actor, name string, e stream.Edit) (stream.Stream, error)
	Rotate(ctx context.Context, a access.Actor, name string, atOnce bool) (stream.Made, error)
	Remove(ctx context.Context, a access.Actor, name string) error
	Test(ctx context.Context, a access.Actor, name string) (stream.Tested, error)
	Rewind(ctx context.Context, a access.Actor, name string, source stream.Source, next int64) error
	Deliveries(ctx context.Context, a access.Actor, name string, state stream.State, after string, limit int) ([]stream.Delivery, error)
	Redeliver(ctx context.Context, a access.Actor, name, delivery string) (int, error)
}

// Parts are what the desk needs.
type Parts struct {
	Streams Streams
	Now     func() time.Time
}

const path = "/organisation/streams"

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		one, put := web.InPath("stream", "stream"), web.InPath("delivery", "delivery")
		for word, text := range map[string]string{
			"stream-added": "The stream is there, and is sent from now on.", "stream-changed": "The stream is changed.", "stream-paused": "The stream is paused. It keeps its place, and goes on from there.",
			"stream-resumed": "The stream goes on, from where it was paused.", "stream-removed": "The stream is removed.", "stream-placed": "The stream is set to that place, and is sent from there.",
			"stream-tested": "The test message was delivered.", "stream-again": "What was put aside is sent again.",
		} {
			s.Says(word, text)
		}
		s.Page(path, "streams", access.StreamRead, d.list)
		s.Form(path, "streams-add", access.StreamChange, d.add)
		s.Page(path+"/{stream}", "stream", access.StreamRead, d.show, one)
		s.Form(path+"/{stream}", "stream-change", access.StreamChange, d.change, one)
		s.Form(path+"/{stream}/state", "stream-state", access.StreamChange, d.state, one)
		s.Form(path+"/{stream}/test", "stream-test", access.StreamChange, d.test, one)
		s.Form(path+"/{stream}/place", "stream-place", access.StreamChange, d.place, one)
		s.Form(path+"/{stream}/secret", "stream-secret", access.StreamChange, d.rotate, one)
		s.Form(path+"/{stream}/removal", "stream-remove", access.StreamChange, d.remove, one)
		s.Form(path+"/{stream}/again", "stream-again", access.StreamChange, d.againAll, one)
		s.Form(path+"/{stream}/deliveries/{delivery}/again", "stream-delivery-again", access.StreamChange, d.again, one, put)
	}
}

type desk struct{ Parts }

// may is what whoever looks can do.
type may struct {
	Change bool // has the right
	Fresh  bool // and has proven to be there of late
	Prove  string
}

func (d desk) may(c *web.Call, back string) may {
	return may{Change: c.May(access.StreamChange, ""), Fresh: c.Asker().Fresh, Prove: c.Proven(back)}
}

// listView is the page of all streams.
type listView struct {
	may
	All  []stream.View
	Kind stream.Kind // of the form
	Now  time.Time
}

func (d desk) list(c *web.Call) error {
	ctx := c.Context()
	v := listView{may: d.may(c, path), Now: d.Now(), Kind: stream.Kind(c.Query("kind"))}
	if _, known := kindWords(ctx, v.Kind); v.Kind != "" && !known {
		return fault.New(fault.Invalid, "there is no such kind of stream").WithHelp("choose one of the page")
	}
	var err error
	if v.All, err = d.Streams.Streams(ctx, c.Asker()); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Streams"), Section: path,
		Lead: say.T(ctx, "What happens here, sent to the systems in which you watch: the ledger, the access log and the signed checkpoints, each once and in order."),
	}, listPage(v))
}

func (d desk) add(c *web.Call) error {
	ctx := c.Context()
	in := stream.New{Kind: stream.Kind(c.Form("kind")), Name: c.Form("name"), Settings: settings(c), Authorization: secret.New([]byte(c.Form("authorization"))), Start: c.Form("start")}
	made, err := d.Streams.Create(ctx, c.Asker(), in)
	if err != nil {
		return err
	}
	if made.Stream.Kind == stream.Webhook {
		return d.told(c, made)
	}
	return c.Done(path+"/"+made.Stream.ID, "stream-added")
}

// told shows the secret of a webhook: once, in an answer that nobody keeps.
func (d desk) told(c *web.Call, made stream.Made) error {
	ctx := c.Context()
	return c.Show(web.View{
		Title: say.T(ctx, "Secret of the webhook"), Section: path, Crumbs: []web.Crumb{{Path: path, Name: say.T(ctx, "Streams")}, {Path: path + "/" + made.Stream.ID, Name: made.Stream.Name}},
		Lead: say.T(ctx, "It is told now and never again. Put it where the receiver checks the signature of each message (Standard Webhooks)."),
	}, secretPage(made))
}

// settings are those of a form.
func settings(c *web.Call) stream.Settings {
	x := stream.Settings{Address: c.Form("address"), Personal: c.Form("personal") == "yes"}
	for _, s := range c.Forms("source") {
		x.Sources = append(x.Sources, stream.Source(s))
	}
	x.Kinds = strings.FieldsFunc(c.Form("kinds"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
	return x
}

// shownDeliveries is how many of what was put aside one page shows.
const shownDeliveries = 50

// oneView is the page of one stream.
type oneView struct {
	may
	stream.View
	Dead   []stream.Delivery
	Next   string // after which the next page begins
	After  string
	Tested *stream.Tested
	Now    time.Time
}

func (d desk) show(c *web.Call) error { return d.showWith(c, nil) }

func (d desk) showWith(c *web.Call, tested *stream.Tested) error {
	ctx, a, name := c.Context(), c.Asker(), c.Path("stream")
	v := oneView{may: d.may(c, path+"/"+name), Tested: tested, Now: d.Now(), After: c.Query("after")}
	var err error
	if v.View, err = d.Streams.Stream(ctx, a, name); err != nil {
		return err
	}
	if v.Kind != stream.Pull {
		if v.Dead, err = d.Streams.Deliveries(ctx, a, name, stream.Dead, v.After, shownDeliveries+1); err != nil {
			return err
		}
	}
	if len(v.Dead) > shownDeliveries {
		v.Dead = v.Dead[:shownDeliveries]
		v.Next = v.Dead[shownDeliveries-1].ID
	}
	word, _ := kindWords(ctx, v.Kind)
	return c.Show(web.View{Title: say.T(ctx, "Stream %s", v.Name), Lead: word, Section: path, Crumbs: []web.Crumb{{Path: path, Name: say.T(ctx, "Streams")}}, Actions: oneActions(v)}, onePage(v))
}

func (d desk) change(c *web.Call) error {
	name := c.Path("stream")
	version, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil || version < 1 {
		return fault.New(fault.Invalid, "the form is not whole").WithHelp("open the page anew")
	}
	title, x := c.Form("name"), settings(c)
	e := stream.Edit{Name: &title, Settings: &x, Version: version}
	if text := c.Form("authorization"); text != "" {
		v := secret.New([]byte(text))
		e.Authorization = &v
	}
	if _, err := d.Streams.Change(c.Context(), c.Asker(), name, e); err != nil {
		return err
	}
	return c.Done(path+"/"+name, "stream-changed")
}

func (d desk) state(c *web.Call) error {
	name, off := c.Path("stream"), c.Form("off") == "yes"
	if _, err := d.Streams.Change(c.Context(), c.Asker(), name, stream.Edit{Off: &off}); err != nil {
		return err
	}
	word := "stream-resumed"
	if off {
		word = "stream-paused"
	}
	return c.Done(path+"/"+name, word)
}

// test sends a message. That it did not arrive is the answer, and not a failure of the page.
func (d desk) test(c *web.Call) error {
	name := c.Path("stream")
	done, err := d.Streams.Test(c.Context(), c.Asker(), name)
	if err != nil {
		return err
	}
	if done.Delivered {
		return c.Done(path+"/"+name, "stream-tested")
	}
	return d.showWith(c, &done)
}

func (d desk) place(c *web.Call) error {
	next, err := strconv.ParseInt(c.Form("next"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "that is no number of an entry").WithHelp("0 is the beginning")
	}
	name := c.Path("stream")
	if err := d.Streams.Rewind(c.Context(), c.Asker(), name, stream.Source(c.Form("source")), next); err != nil {
		return err
	}
	return c.Done(path+"/"+name, "stream-placed")
}

func (d desk) rotate(c *web.Call) error {
	made, err := d.Streams.Rotate(c.Context(), c.Asker(), c.Path("stream"), c.Form("at-once") == "yes")
	if err != nil {
		return err
	}
	return d.told(c, made)
}

func (d desk) remove(c *web.Call) error {
	if err := d.Streams.Remove(c.Context(), c.Asker(), c.Path("stream")); err != nil {
		return err
	}
	return c.Done(path, "stream-removed")
}

func (d desk) againAll(c *web.Call) error { return d.redeliver(c, "") }

func (d desk) again(c *web.Call) error { return d.redeliver(c, c.Path("delivery")) }

func (d desk) redeliver(c *web.Call, delivery string) error {
	name := c.Path("stream")
	if _, err := d.Streams.Redeliver(c.Context(), c.Asker(), name, delivery); err != nil {
		return err
	}
	return c.Done(path+"/"+name, "stream-again")
}
