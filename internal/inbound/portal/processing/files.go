package processing

import (
	"encoding/json"
	"strconv"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/processing"
	values "c4arch/internal/trust/processing"
)

func (d desk) recordJSON(c *web.Call) error {
	r, err := d.Record(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return d.save(c, "record-of-processing.json", "application/json", append(b, '\n'))
}

func (d desk) recordText(c *web.Call) error {
	r, err := d.Record(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return d.save(c, "record-of-processing.md", "text/markdown; charset=utf-8", []byte(values.Markdown(r)))
}

func (d desk) dataCSV(c *web.Call) error {
	all, err := d.Data(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	return d.save(c, "data-map.csv", "text/csv; charset=utf-8", []byte(processing.DataCSV(all)))
}

// save hands a file over, after its digest is written down.
func (d desk) save(c *web.Call, name, kind string, body []byte) error {
	if err := d.Taken(c.Context(), c.Asker(), name, string(canon.Sum(body))); err != nil {
		return err
	}
	_, err := c.Save(name, kind).Write(body)
	return err
}

func (d desk) pack(c *web.Call) error {
	p, err := d.Pack(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	_, err = c.Save(p.Name, "application/zip").Write(p.Data)
	return err
}

// annexView is the page of an annex.
type annexView struct {
	Kind     string
	Base     string
	All      []processing.Version
	One      processing.Version
	Changes  []values.Change
	Baseline []values.Baseline
}

// annex is the page of an annex in its newest version, or in the one that is asked for.
func (d desk) annex(base string) web.Handler {
	return func(c *web.Call) error {
		ctx, kind := c.Context(), c.Path("annex")
		v := annexView{Kind: kind, Base: base}
		var err error
		if v.All, err = d.Annexes(ctx, c.Asker(), kind); err != nil {
			return err
		}
		if len(v.All) > 0 {
			n, err := version(c, v.All[0].N)
			if err != nil {
				return err
			}
			var before processing.Version
			if v.One, before, err = d.Annex(ctx, c.Asker(), kind, n); err != nil {
				return err
			}
			if before.N > 0 {
				v.Changes = values.Diff(before.Body, v.One.Body)
			}
		}
		if kind == processing.AnnexB {
			if v.Baseline, err = d.Baseline(ctx, c.Asker()); err != nil {
				return err
			}
		}
		title := say.T(ctx, "Annex A: description of the processing")
		if kind == processing.AnnexB {
			title = say.T(ctx, "Annex B: measures")
		}
		return c.Show(web.View{Title: title, Section: base, Crumbs: []web.Crumb{{Path: base, Name: say.T(ctx, "Processing")}}, Actions: annexActions(v)}, annexPage(v))
	}
}

func version(c *web.Call, newest int) (int, error) {
	text := c.Query("version")
	if text == "" {
		return newest, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "there is no such version of the annex")
	}
	return n, nil
}

func (d desk) annexText(c *web.Call) error {
	ctx, kind := c.Context(), c.Path("annex")
	all, err := d.Annexes(ctx, c.Asker(), kind)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "there is no version of the annex yet").WithHelp("the first one is made within an hour after the service has begun")
	}
	n, err := version(c, all[0].N)
	if err != nil {
		return err
	}
	v, _, err := d.Annex(ctx, c.Asker(), kind, n)
	if err != nil {
		return err
	}
	_, err = c.Save("annex-"+kind+"-"+strconv.Itoa(v.N)+".md", "text/markdown; charset=utf-8").Write([]byte(v.Body))
	return err
}
