package architecture

import (
	"strconv"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
)

// forget lets the layout of a view go.
func (d *Desk) forget(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.Form("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "the form names no version of the layout").WithHelp("load the page again")
	}
	if err := d.Pictures.Forget(c.Context(), c.Asker(), project, c.Form("view"), version); err != nil {
		return err
	}
	return c.Done(at(project, ""), "forgotten")
}

// notes are what is known of an element or a line besides its evidence: a piece of the panel.
func (d *Desk) notes(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	thing := c.Query("of")
	if thing == "" || len(thing) > 4096 {
		return fault.New(fault.Invalid, "the address names nothing")
	}
	sc, err := d.Pictures.Scene(c.Context(), c.Asker(), project, c.Path("snapshot"))
	if err != nil {
		return err
	}
	n := panelNotes{Path: at(project, sc.Moment.ID), Project: project, Thing: thing}
	if d.Findings != nil && c.May(access.FindingRead, project) {
		if n.Findings, err = d.Findings(c.Context(), c.Asker(), project, thing); err != nil {
			return err
		}
	}
	if d.Comments != nil {
		if n.Comments, err = d.Comments(c.Context(), c.Asker(), project, thing); err != nil {
			return err
		}
	}
	return c.Part(notesPart(n))
}
