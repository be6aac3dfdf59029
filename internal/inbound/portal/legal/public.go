package legal

import (
	"context"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/render/markdown"
	values "c4arch/internal/trust/legal"
)

// indexView is what is in force.
type indexView struct {
	Now        time.Time
	Public     []values.Version
	Enterprise []values.Version
	Coming     []values.Version
	Levels     []level
	Any        bool
}

// level is a step of the order of precedence with the documents in force that stand on it.
type level struct {
	Name      string
	Documents []values.Version
}

func (d desk) index(c *web.Call) error {
	ctx := c.Context()
	all, err := d.Registry.Published(ctx)
	if err != nil {
		return err
	}
	now := d.Now()
	v := indexView{Now: now, Coming: values.Coming(all, now), Any: len(all) > 0}
	inForce := values.InForce(all, now)
	for _, x := range inForce {
		if x.Audience == values.Public {
			v.Public = append(v.Public, x)
		} else {
			v.Enterprise = append(v.Enterprise, x)
		}
	}
	for _, l := range values.Precedence() {
		shown := level{Name: levelName(ctx, l.Rank)}
		for _, x := range inForce {
			if x.Rank == l.Rank {
				shown.Documents = append(shown.Documents, x)
			}
		}
		v.Levels = append(v.Levels, shown)
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Legal documents"), Public: true, Section: publicPath,
		Lead: say.T(ctx, "Every document in force, each version that came before it, and the digest by which you can prove which text it was."),
	}, indexPage(v))
}

func levelName(ctx context.Context, rank int) string {
	switch rank {
	case values.RankOrder:
		return say.T(ctx, "The signed order form")
	case values.RankExhibit:
		return say.T(ctx, "Signed exhibits and addenda")
	case values.RankAgreement:
		return say.T(ctx, "The master services agreement")
	case values.RankPolicy:
		return say.T(ctx, "Policies of the product")
	}
	return say.T(ctx, "Outside of the order: it informs, and binds nobody")
}

// documentView is one version of a document.
type documentView struct {
	values.Version
	Now     time.Time
	Doc     markdown.Document
	History []values.Version // the newest first
	InForce string           // the version that is in force, "" none
	Intact  bool
	Names   map[string]string // titles of documents by their slugs
	Compare *compared
	Base    string // how people reach the service
}

// compared is what a version changed.
type compared struct {
	Before         values.Version
	Lines          []values.Line
	Removed, Added int
	Terms          []string // what else than the text changed
}

func (v documentView) path(suffix string) string { return pathOf(v.Version) + suffix }

func pathOf(v values.Version) string { return publicPath + "/" + v.Slug + "/" + v.Version }

// before is the version before one of the history, or nil.
func (v documentView) before(version string) *values.Version {
	for i := range v.History {
		if v.History[i].Version == version && i+1 < len(v.History) {
			return &v.History[i+1]
		}
	}
	return nil
}

// document shows the version that is in force, or the first to come.
func (d desk) document(c *web.Call) error {
	history, err := d.Registry.Of(c.Context(), c.Path("slug"))
	if err != nil {
		return err
	}
	shown := history[len(history)-1]
	if list := values.InForce(history, d.Now()); len(list) == 1 {
		shown = list[0]
	}
	return d.show(c, shown, history)
}

func (d desk) version(c *web.Call) error {
	ctx, slug, name := c.Context(), c.Path("slug"), c.Path("version")
	for suffix, write := range map[string]func(*web.Call, values.Version) error{".json": saveCanonical, ".md": saveText} {
		if version, ok := strings.CutSuffix(name, suffix); ok {
			v, err := d.Registry.Version(ctx, slug, version)
			if err != nil {
				return err
			}
			return write(c, v)
		}
	}
	history, err := d.Registry.Of(ctx, slug)
	if err != nil {
		return err
	}
	for _, v := range history {
		if v.Version == name {
			return d.show(c, v, history)
		}
	}
	return fault.New(fault.NotFound, "there is no such version of the document")
}

// saveCanonical answers with the bytes that the digest is of.
func saveCanonical(c *web.Call, v values.Version) error {
	b, err := v.Canonical()
	if err != nil {
		return err
	}
	return save(c, v, ".json", "application/json", b)
}

func saveText(c *web.Call, v values.Version) error {
	return save(c, v, ".md", "text/markdown; charset=utf-8", []byte(v.Body))
}

func save(c *web.Call, v values.Version, suffix, kind string, b []byte) error {
	w := c.Save(v.Slug+"-"+v.Version+suffix, kind)
	w.Header().Set("ETag", `"`+strings.TrimPrefix(string(canon.Sum(b)), "sha256:")+`"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b)
	return nil
}

func (d desk) show(c *web.Call, x values.Version, history []values.Version) error {
	ctx := c.Context()
	all, err := d.Registry.Published(ctx)
	if err != nil {
		return err
	}
	v := documentView{Version: x, Now: d.Now(), Doc: markdown.Render(x.Body, "s-"), History: history, Intact: x.Intact(), Names: titles(all), Base: c.Base()}
	if list := values.InForce(history, v.Now); len(list) == 1 {
		v.InForce = list[0].Version
	}
	if from := c.Query("from"); from != "" {
		for _, h := range history {
			if h.Version == from {
				v.Compare = compare(ctx, h, x)
			}
		}
		if v.Compare == nil {
			return fault.New(fault.NotFound, "there is no such version of the document")
		}
	}
	return c.Show(web.View{
		Title: x.Title, Lead: x.Summary, Public: true, Section: publicPath, Crumbs: []web.Crumb{{Path: publicPath, Name: say.T(ctx, "Legal documents")}},
	}, documentPage(v))
}

func titles(all []values.Version) map[string]string {
	names := map[string]string{}
	for _, v := range all { // the newest is last
		names[v.Slug] = v.Title
	}
	return names
}

// around is how many lines are shown beside what changed.
const around = 3

func compare(ctx context.Context, before, after values.Version) *compared {
	lines := values.Diff(before.Body, after.Body)
	k := &compared{Before: before, Lines: values.Around(lines, around)}
	k.Removed, k.Added = values.Counts(lines)
	for _, t := range []struct {
		name string
		same bool
	}{
		{say.T(ctx, "title"), before.Title == after.Title},
		{say.T(ctx, "whether it has to be accepted"), before.Accept == after.Accept},
		{say.T(ctx, "place in the order of precedence"), before.Rank == after.Rank},
		{say.T(ctx, "documents that it is part of"), strings.Join(before.Supports, " ") == strings.Join(after.Supports, " ")},
		{say.T(ctx, "whether it is a template"), before.Template == after.Template},
	} {
		if !t.same {
			k.Terms = append(k.Terms, t.name)
		}
	}
	return k
}
