// Package processing is the pages of what is done with an organisation's data and why: instructions, the record of processing, the data map, the annexes of the addendum, and for the
// platform's own people the register of transfers and flags on instructions.
//
// It promises: everything that is shown can be taken along as a file; what holds work is said first, with what can be done about it; why something is held is said where it may be told,
// and nothing is made up where it may not. It leaves out every decision, which the service makes.
package processing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/processing"
	values "c4arch/internal/trust/processing"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Service is the port to the use cases.
type Service interface {
	Instructions(ctx context.Context, a access.Actor) ([]values.Instruction, error)
	Give(ctx context.Context, a access.Actor, g processing.Given) (string, error)
	Withdraw(ctx context.Context, a access.Actor, name string) error
	Confirm(ctx context.Context, a access.Actor, name string) error
	Record(ctx context.Context, a access.Actor) (values.Record, error)
	Complete(ctx context.Context, a access.Actor, o values.Own) error
	Data(ctx context.Context, a access.Actor) ([]values.Datum, error)
	Annexes(ctx context.Context, a access.Actor, kind string) ([]processing.Version, error)
	Annex(ctx context.Context, a access.Actor, kind string, n int) (v, before processing.Version, err error)
	Baseline(ctx context.Context, a access.Actor) ([]values.Baseline, error)
	Taken(ctx context.Context, a access.Actor, what, sum string) error
	Pack(ctx context.Context, a access.Actor) (processing.Pack, error)

	Of(ctx context.Context, a access.Actor, org id.Org) ([]values.Instruction, error)
	Flags(ctx context.Context, a access.Actor) ([]processing.Flag, error)
	Flag(ctx context.Context, a access.Actor, org id.Org, name, reason string, barred bool) error
	Unflag(ctx context.Context, a access.Actor, org id.Org, name, reason string) error
	CompletePlatform(ctx context.Context, a access.Actor, p values.Processor) error
	Transfers(ctx context.Context, a access.Actor) ([]values.Transfer, error)
	Register(ctx context.Context, a access.Actor, t values.Transfer) (string, error)
	End(ctx context.Context, a access.Actor, name, reason string) error
}

// Parts are what the desk needs.
type Parts struct {
	Service
	// Find is the organisation of that short name or id; Names are the short names of some.
	Find  func(ctx context.Context, a access.Actor, text string) (id.Org, error)
	Names func(ctx context.Context, a access.Actor, orgs []id.Org) (map[id.Org]string, error)
	Now   func() time.Time
}

// Path and StaffPath are where the pages are.
const (
	Path      = "/organisation/processing"
	StaffPath = "/staff/processing"
)

type desk struct{ Parts }

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		one := web.InPath("instruction", "instruction")
		for word, text := range map[string]string{
			"instruction-given": "The instruction is in force. What waited for it goes on.", "instruction-withdrawn": "The instruction is withdrawn. What rests on it is held from now on; give it again to undo that.",
			"instruction-confirmed": "You have confirmed the instruction. The operator decides whether its flag goes.", "record-completed": "Your part of the record is kept, as a new version.",
			"transfer-registered": "The transfer is registered.", "transfer-ended": "The mechanism is not relied on any more.", "instruction-flagged": "The instruction is flagged. Work that rests on it is held.",
			"instruction-unflagged": "The flag is taken away. What was held goes on.", "processor-completed": "The platform's part of every record is kept, as a new version.",
		} {
			s.Says(word, text)
		}
		s.Page(Path, "processing", access.InstructionRead, d.list)
		s.Form(Path+"/instructions", "instruction-give", access.InstructionGive, d.give)
		s.Form(Path+"/instructions/{instruction}/withdraw", "instruction-withdraw", access.InstructionGive, d.withdraw, one)
		s.Form(Path+"/instructions/{instruction}/confirm", "instruction-confirm", access.InstructionGive, d.confirm, one)
		s.Form(Path+"/instructions/{instruction}/again", "instruction-again", access.InstructionGive, d.again, one)
		s.Page(Path+"/record", "processing-record", access.RecordRead, d.record)
		s.Form(Path+"/record", "processing-complete", access.RecordChange, d.complete)
		s.Download(Path+"/record.json", "processing-record-json", access.RecordRead, d.recordJSON)
		s.Download(Path+"/record.md", "processing-record-md", access.RecordRead, d.recordText)
		s.Page(Path+"/data", "processing-data", access.RecordRead, d.data)
		s.Download(Path+"/data.csv", "processing-data-csv", access.RecordRead, d.dataCSV)
		s.Page(Path+"/annexes/{annex}", "processing-annex", access.RecordRead, d.annex(Path))
		s.Download(Path+"/annexes/{annex}/text.md", "processing-annex-md", access.RecordRead, d.annexText)
		s.Download(Path+"/pack.zip", "processing-pack", access.RecordRead, d.pack)
		d.staff(s)
	}
}

// listView is the page of instructions.
type listView struct {
	All    []values.Instruction
	Change bool
	Reads  bool // may read the record
	Now    time.Time
}

func (d desk) list(c *web.Call) error {
	ctx := c.Context()
	v := listView{Change: c.May(access.InstructionGive, ""), Reads: c.May(access.RecordRead, ""), Now: d.Now()}
	var err error
	if v.All, err = d.Instructions(ctx, c.Asker()); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Processing"), Section: Path,
		Lead: say.T(ctx, "What this service may do with your data, and on which instruction of yours. What no instruction covers is held, and said here."),
	}, listPage(v))
}

func (d desk) give(c *web.Call) error {
	g := processing.Given{Title: c.Form("title")}
	for _, p := range c.Forms("purpose") {
		g.Purposes = append(g.Purposes, values.Purpose(p))
	}
	if text := c.Form("until"); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return fault.New(fault.Invalid, "the last day is no day").WithHelp("write it as 2027-12-31, or leave it empty")
		}
		g.Until = day.AddDate(0, 0, 1)
	}
	if _, err := d.Give(c.Context(), c.Asker(), g); err != nil {
		return err
	}
	return c.Done(Path, "instruction-given")
}

func (d desk) withdraw(c *web.Call) error {
	if err := d.Withdraw(c.Context(), c.Asker(), c.Path("instruction")); err != nil {
		return err
	}
	return c.Done(Path, "instruction-withdrawn")
}

func (d desk) confirm(c *web.Call) error {
	if err := d.Confirm(c.Context(), c.Asker(), c.Path("instruction")); err != nil {
		return err
	}
	return c.Done(Path, "instruction-confirmed")
}

// again gives what was withdrawn, waits, or is to be replaced.
func (d desk) again(c *web.Call) error {
	g := processing.Given{Instead: c.Path("instruction"), Title: c.Form("title")}
	if _, err := d.Give(c.Context(), c.Asker(), g); err != nil {
		return err
	}
	return c.Done(Path, "instruction-given")
}

// recordView is the page of the record.
type recordView struct {
	values.Record
	Change bool
}

func (d desk) record(c *web.Call) error {
	ctx := c.Context()
	r, err := d.Record(ctx, c.Asker())
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Record of processing"), Section: Path, Crumbs: above(ctx), Actions: recordActions(),
		Lead: say.T(ctx, "What a processor keeps under GDPR article 30(2), made of the data map and of what is in force now."),
	}, recordPage(recordView{r, c.May(access.RecordChange, "")}))
}

func above(ctx context.Context) []web.Crumb {
	return []web.Crumb{{Path: Path, Name: say.T(ctx, "Processing")}}
}

func (d desk) complete(c *web.Call) error {
	o := values.Own{
		Party: party(c), Role: c.Form("role"), OnBehalf: c.Form("on-behalf"), Contract: c.Form("contract"), Sensitive: c.Form("sensitive"),
	}
	if _, err := fmt.Sscanf(c.Form("version"), "%d", &o.Version); err != nil || o.Version < 0 {
		return fault.New(fault.Invalid, "the form is not whole").WithHelp("open the page anew")
	}
	if err := d.Complete(c.Context(), c.Asker(), o); err != nil {
		return err
	}
	return c.Done(Path+"/record", "record-completed")
}

func party(c *web.Call) values.Party {
	return values.Party{Name: c.Form("name"), Contact: c.Form("contact"), Representative: c.Form("representative"), Officer: c.Form("officer")}
}

// dataView is the page of the data map.
type dataView struct {
	Lines []values.Line
	All   []values.Datum
	Find  string
}

// shownData is how many columns a page shows; the file has all.
const shownData = 100

func (d desk) data(c *web.Call) error {
	ctx := c.Context()
	all, err := d.Data(ctx, c.Asker())
	if err != nil {
		return err
	}
	v := dataView{Lines: values.Lines(all), Find: strings.ToLower(c.Query("find"))}
	for _, x := range all {
		if v.Find != "" && strings.Contains(x.Table+"."+x.Column+" "+x.Class+" "+string(values.CategoryOf(x)), v.Find) {
			v.All = append(v.All, x)
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Data map"), Section: Path, Crumbs: above(ctx), Actions: dataActions(),
		Lead: say.T(ctx, "Every column that this service has in its database, with its category, whether it is of people, and for whom it is held."),
	}, dataPage(v))
}
