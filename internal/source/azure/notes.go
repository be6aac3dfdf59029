package azure

import (
	"fmt"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// notes are the facts about what an input cannot show, counted while its rows go by
// and reported once each: ten thousand rows without properties are one fact.
type notes struct {
	rowCount  int
	total     int   // records that the answer speaks of; 0 where it does not
	totalLine int32 // where
	moreLine  int32 // where a token or link to the next page stands
	link      bool  // it is a link of Resource Manager
	truncated int32 // where the answer says that it was cut

	noID, notARM, bare tally
	siteConfig         [len(siteTypes)]tally
	appSettings        [len(siteTypes)]tally
}

// tally counts things and keeps the line of the first.
type tally struct {
	count int
	line  int32
}

func (t *tally) add(line int32) {
	if t.count++; t.count == 1 {
		t.line = line
	}
}

// siteTypes are the types of App Service that have site configuration and settings.
var siteTypes = [...]string{"microsoft.web/sites", "microsoft.web/sites/slots"}

// page notes a member of the root that tells of pages.
func (n *notes) page(name string, v *tree.Value) {
	switch name {
	case "totalrecords", "total_records":
		if total, err := strconv.Atoi(v.Text); err == nil && v.Kind == tree.Number {
			n.total, n.totalLine = total, v.Line
		}
	case "resulttruncated":
		// The REST API writes a string, the SDKs a boolean.
		if v.True() || strings.EqualFold(v.Str(), "true") {
			n.truncated = v.Line
		}
	default:
		if v.Str() != "" {
			n.moreLine, n.link = v.Line, name == "nextlink"
		}
	}
}

func (n *notes) noteAnonymous(v *tree.Value, hasID bool) {
	if hasID {
		n.notARM.add(v.Line)
	} else {
		n.noID.add(v.Line)
	}
}

// envelope are the members that say which resource a row is and not what it is like.
var envelope = strings.Fields(`id name type location kind tags sku plan zones identity managedBy resourceGroup subscriptionId
	tenantId extendedLocation systemData etag changedTime createdTime provisioningState displayName`)

// noteHidden notes what the row should have and has not.
func (n *notes) noteHidden(v *tree.Value, d *evidence.Draft) {
	if !hasContent(v) && !strings.HasPrefix(d.Type, "microsoft.resources/") {
		n.bare.add(v.Line)
	}
	for i, t := range siteTypes {
		if d.Type != t {
			continue
		}
		props := v.GetFold("properties")
		if props == nil {
			props = v // az webapp show lifts the properties to the root
		}
		site := props.GetFold("siteConfig")
		if withheld(site) {
			n.siteConfig[i].add(v.Line)
		}
		if s := site.GetFold("appSettings"); s == nil || s.Kind == tree.Null {
			n.appSettings[i].add(v.Line)
		}
	}
}

func hasContent(v *tree.Value) bool {
	for _, m := range v.Members {
		known := false
		for _, e := range envelope {
			known = known || strings.EqualFold(e, m.Name)
		}
		if !known && m.Value.Kind != tree.Null {
			return true
		}
	}
	return false
}

// withheld reports whether a siteConfig is missing or has values blanked out: Resource
// Graph and the list call of App Service answer null for them, whatever they are.
func withheld(site *tree.Value) bool {
	if site == nil || site.Kind == tree.Null {
		return true
	}
	for _, m := range site.Fields() {
		if m.Value.Kind == tree.Null {
			return true
		}
	}
	return false
}

// report says everything that was noted, in a fixed order.
func (r *run) report() {
	r.reportPages()
	r.note(evidence.ResourceNotRead, r.noID, "", "a row without an id says nothing that can be told from other rows",
		"project the id: add `| project id, name, type, ...` to the query, or leave project out")
	r.note(evidence.ResourceNotRead, r.notARM, "", "the id of a row is not the id of an Azure resource",
		"query a table of resources, and project the resource's own id as id")
	r.note(evidence.PropertyWithheld, r.bare, "properties", "the answer has rows without their properties, which hold what refers to what",
		"`az graph query -q \"resources\"` answers with properties; `az resource list` and a narrow project do not")
	for i, t := range siteTypes {
		r.note(evidence.PropertyWithheld, r.siteConfig[i], t,
			"properties.siteConfig: withheld by Resource Graph and by lists of sites, which answer null for it",
			"read one site with `az webapp config show --ids ID`; until then its configuration is unknown")
		r.note(evidence.PropertyWithheld, r.appSettings[i], t,
			"app settings and connection strings: no export holds them; reading them needs Microsoft.Web/sites/config/list/action, which Reader does not have",
			"scan the Terraform state or the code that sets them beside this export, or grant a role with */read and that one action")
	}
}

func (r *run) reportPages() {
	n := evidence.NotRead{
		Kind: evidence.ResourceNotRead, Input: r.in.Name, Count: max(r.total-r.rowCount, 0),
		Help: "get the rest page by page (az graph query, options --first and --skip-token), or query per subscription, and scan all answers together",
	}
	switch {
	case r.moreLine > 0 && r.link:
		n.Line, n.Help = int(r.moreLine), "follow nextLink (`az rest --url`) until there is none, and scan all answers together"
	case r.moreLine > 0:
		n.Line = int(r.moreLine)
	case r.truncated > 0:
		n.Line = int(r.truncated)
	case n.Count > 0:
		n.Line = int(r.totalLine)
	default:
		return
	}
	n.Reason = "the answer is one page, and there are more"
	if r.moreLine == 0 {
		n.Reason = "Resource Graph cut the answer off"
	}
	if n.Count > 0 {
		n.Reason += fmt.Sprintf(": %d of %d records are here", r.rowCount, r.total)
	}
	r.out.NotRead(n)
}

func (r *run) note(kind evidence.NotReadKind, t tally, thing, reason, help string) {
	if t.count == 0 {
		return
	}
	n := evidence.NotRead{Kind: kind, Input: r.in.Name, Line: int(t.line), Thing: thing, Reason: reason, Help: help}
	if t.count > 1 {
		n.Count = t.count
	}
	r.out.NotRead(n)
}
