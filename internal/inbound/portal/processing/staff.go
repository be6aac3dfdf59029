package processing

import (
	"fmt"
	"strconv"
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

// staff adds the pages of the platform's own people.
func (d desk) staff(s *web.Site) {
	s.StaffPage(StaffPath, "staff-processing", access.RecordRead, d.platform)
	s.StaffForm(StaffPath+"/transfers", "staff-transfer-register", access.TransferChange, d.register)
	s.StaffForm(StaffPath+"/transfers/{transfer}/end", "staff-transfer-end", access.TransferChange, d.end)
	s.StaffForm(StaffPath+"/record", "staff-processing-complete", access.TransferChange, d.completePlatform)
	s.StaffPage(StaffPath+"/annexes/{annex}", "staff-processing-annex", access.RecordRead, d.annex(StaffPath))
	s.StaffPage(StaffPath+"/annexes/{annex}/text.md", "staff-processing-annex-md", access.RecordRead, d.annexText)
	s.StaffPage(StaffPath+"/instructions", "staff-instructions", access.InstructionFlag, d.instructions)
	s.StaffForm(StaffPath+"/instructions/flag", "staff-instruction-flag", access.InstructionFlag, d.flag)
	s.StaffForm(StaffPath+"/instructions/unflag", "staff-instruction-unflag", access.InstructionFlag, d.unflag)
}

// platformView is the page of transfers and of the platform's part of every record.
type platformView struct {
	values.Record
	Register []values.Transfer
	Change   bool
	Fresh    bool
	Prove    string
	Flag     bool
	Now      time.Time
}

func (d desk) platform(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := platformView{Change: c.May(access.TransferChange, ""), Fresh: a.Fresh, Prove: c.Proven(StaffPath), Flag: c.May(access.InstructionFlag, ""), Now: d.Now()}
	var err error
	if v.Record, err = d.Record(ctx, a); err != nil {
		return err
	}
	if v.Register, err = d.Transfers(ctx, a); err != nil {
		return err
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Processing"), Section: StaffPath,
		Lead: say.T(ctx, "Who the processor is, where data are kept, and on which mechanism anything leaves the European Economic Area. A destination without one is refused."),
	}, platformPage(v))
}

func (d desk) register(c *web.Call) error {
	t := values.Transfer{Country: strings.ToUpper(c.Form("country")), Recipient: c.Form("recipient"), Mechanism: values.Mechanism(c.Form("mechanism")), Evidence: c.Form("evidence")}
	if t.Mechanism == values.ByClauses {
		t.Module, _ = strconv.Atoi(c.Form("module"))
	}
	day, err := time.Parse(time.DateOnly, c.Form("until"))
	if err != nil {
		return fault.New(fault.Invalid, "the last day is no day").WithHelp("write it as 2027-12-31")
	}
	t.Until = day.AddDate(0, 0, 1)
	if _, err := d.Register(c.Context(), c.Asker(), t); err != nil {
		return err
	}
	return c.Done(StaffPath, "transfer-registered")
}

func (d desk) end(c *web.Call) error {
	if err := d.End(c.Context(), c.Asker(), c.Path("transfer"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(StaffPath, "transfer-ended")
}

// completePlatform reads places as lines of name, region and decision, with semicolons between them.
func (d desk) completePlatform(c *web.Call) error {
	p := values.Processor{Party: party(c)}
	if _, err := fmt.Sscanf(c.Form("version"), "%d", &p.Version); err != nil || p.Version < 0 {
		return fault.New(fault.Invalid, "the form is not whole").WithHelp("open the page anew")
	}
	for line := range strings.Lines(c.Form("sites")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f := strings.Split(line, ";")
		if len(f) != 3 {
			return fault.New(fault.Invalid, "a place is a name, a region and a decision").WithHelp("write each on its own line, as: database; BE; ADR 12")
		}
		p.Sites = append(p.Sites, values.Site{Name: strings.TrimSpace(f[0]), Region: strings.ToUpper(strings.TrimSpace(f[1])), Decision: strings.TrimSpace(f[2])})
	}
	if err := d.CompletePlatform(c.Context(), c.Asker(), p); err != nil {
		return err
	}
	return c.Done(StaffPath, "processor-completed")
}

func siteLines(all []values.Site) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.Name + "; " + s.Region + "; " + s.Decision + "\n")
	}
	return b.String()
}

// flagsView is the page of flags, and of the instructions of an organisation that was asked for.
type flagsView struct {
	Flags []processing.Flag
	Names map[id.Org]string
	Asked string
	Org   id.Org
	All   []values.Instruction
	Now   time.Time
}

func (d desk) instructions(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := flagsView{Asked: c.Query("organisation"), Now: d.Now()}
	var err error
	if v.Flags, err = d.Flags(ctx, a); err != nil {
		return err
	}
	orgs := make([]id.Org, 0, len(v.Flags))
	for _, f := range v.Flags {
		orgs = append(orgs, f.Organisation)
	}
	if v.Names, err = d.Names(ctx, a, orgs); err != nil {
		return err
	}
	if v.Asked != "" {
		if v.Org, err = d.Find(ctx, a, v.Asked); err != nil {
			return err
		}
		if v.All, err = d.Of(ctx, a, v.Org); err != nil {
			return err
		}
	}
	return c.Show(web.View{
		Title: say.T(ctx, "Instructions"), Section: StaffPath, Crumbs: []web.Crumb{{Path: StaffPath, Name: say.T(ctx, "Processing")}},
		Lead: say.T(ctx, "An instruction that seems to break data-protection law is flagged: the work that rests on it is held, and the organisation is told, unless the law forbids it."),
	}, flagsPage(v))
}

func (d desk) flag(c *web.Call) error {
	org := id.Org(c.Form("organisation"))
	if !org.Valid() || org == id.Platform {
		return fault.New(fault.NotFound, "there is no such organisation")
	}
	if err := d.Flag(c.Context(), c.Asker(), org, c.Form("instruction"), c.Form("reason"), c.Form("barred") == "yes"); err != nil {
		return err
	}
	return c.Done(StaffPath+"/instructions", "instruction-flagged")
}

func (d desk) unflag(c *web.Call) error {
	org := id.Org(c.Form("organisation"))
	if !org.Valid() || org == id.Platform {
		return fault.New(fault.NotFound, "there is no such organisation")
	}
	if err := d.Unflag(c.Context(), c.Asker(), org, c.Form("instruction"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(StaffPath+"/instructions", "instruction-unflagged")
}
