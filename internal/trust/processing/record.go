package processing

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Datum is a column of the data map: what is kept, of which class, whether of people, and for whom.
type Datum struct {
	Table    string `json:"table"`
	Column   string `json:"column"`
	Class    string `json:"class"`
	Personal bool   `json:"personal"`
	Role     string `json:"role"` // processor, controller or none
}

// Category is what an organisation is told of data: those of annex A.
type Category string

// The categories.
const (
	Identity  Category = "identity and role"
	Signing   Category = "authentication"
	Usage     Category = "usage and audit"
	Helping   Category = "support"
	Billing   Category = "billing contact"
	Metadata  Category = "connected metadata"
	Content   Category = "content, comments and files"
	Reports   Category = "reports and evidence"
	Logs      Category = "logs"
	Technical Category = "operation, of nobody"
)

// Categories are all, in the order of the record.
func Categories() []Category {
	return []Category{Identity, Signing, Usage, Helping, Billing, Metadata, Content, Reports, Logs, Technical}
}

// byTable are tables whose category is not that of their class.
var byTable = map[string]Category{
	"passkey": Signing, "passkey_trust": Signing, "session": Signing, "ceremony": Signing, "token": Signing, "operator_token": Signing, "secret": Signing, "recovery": Signing, "setup": Signing,
	"provider": Signing, "subject": Signing, "sign_in_policy": Signing, "staff_sign_in": Signing, "break_glass": Signing, "domain": Signing, "verified_domain": Signing,
	"ledger_entry": Usage, "ledger_subject": Usage, "ledger_head": Usage, "ledger_tile": Usage, "checkpoint": Usage, "log_head": Usage, "log_epoch": Usage, "idem": Usage,
	"access_log": Logs, "delivery": Logs, "stream": Logs, "stream_position": Logs,
	"comparison": Reports, "finding": Reports, "evidence_pack": Reports, "baseline": Reports,
	"snapshot": Metadata, "pack": Metadata, "manifest": Metadata, "seen": Metadata, "overlay": Content, "scan": Metadata, "connection": Metadata, "live_connection": Metadata,
}

// CategoryOf is the category of a column. Every class has one, so none is left over.
func CategoryOf(d Datum) Category {
	if d.Role == "none" {
		return Technical
	}
	if c, known := byTable[d.Table]; known {
		return c
	}
	switch d.Class {
	case "identity":
		return Identity
	case "support":
		return Helping
	case "billing":
		return Billing
	case "customer-controlled-content":
		return Content
	case "architecture-evidence":
		return Reports
	}
	return Metadata
}

// Places are the ten places in which people of an organisation can be, and the tables in which they are. A place without a table is one that the service does not have.
var places = []Place{
	{Name: "users", Tables: []string{"member", "scim_user", "session"}},
	{Name: "administrators", Tables: []string{"member"}},
	{Name: "invitees", Tables: []string{"invitation"}},
	{Name: "support contacts", Tables: []string{"support_grant", "grant_request"}},
	{Name: "people in metadata", Tables: []string{"pack", "snapshot", "finding"}},
	{Name: "comments", Tables: []string{"comment", "mention", "exception", "proposal"}},
	{Name: "reports", Tables: []string{"comparison", "evidence_pack"}},
	{Name: "prompts", Note: "no language model is connected: there are none"},
	{Name: "files", Tables: []string{"upload", "object"}},
	{Name: "evidence", Tables: []string{"pack", "manifest"}},
}

// Place is where people can be in what an organisation hands over.
type Place struct {
	Name   string   `json:"name"`
	Tables []string `json:"tables,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// Places are the ten.
func Places() []Place { return slices.Clone(places) }

// Basis is why the platform keeps something for itself, and until when (GDPR articles 6(1) and 5(1)(e)).
type Basis struct {
	Category Category `json:"category"`
	Basis    string   `json:"basis"`
	Expiry   string   `json:"expiry"`
	Tables   []string `json:"tables"`
}

// bases are those of the categories, of what the platform holds as a controller.
var bases = map[Category][2]string{
	Identity:  {"contract with the organisation (GDPR article 6(1)(b)), and the interest of both in knowing who acts (6(1)(f))", "until the membership ends and the person is erased, or the organisation's key is destroyed"},
	Signing:   {"security of processing (GDPR articles 6(1)(f) and 32)", "sessions end after a day at most, tokens on their last day; passkeys with the person"},
	Usage:     {"accountability and proof (GDPR articles 5(2), 6(1)(c) and 6(1)(f))", "values until they are erased or the organisation's key is destroyed; commitments, which tell nothing of anybody, stay"},
	Helping:   {"contract with the organisation (GDPR article 6(1)(b))", "grants end on their day; that there was one stays with the ledger"},
	Billing:   {"duty to keep accounts (GDPR article 6(1)(c))", "as long as the law of accounts demands"},
	Metadata:  {"contract with the organisation (GDPR article 6(1)(b))", "with the organisation's key"},
	Content:   {"contract with the organisation (GDPR article 6(1)(b)); who decided what is kept as proof (6(1)(f))", "with the organisation's key"},
	Reports:   {"contract with the organisation (GDPR article 6(1)(b))", "packs a set time after they were made; the rest with the organisation's key"},
	Logs:      {"security of processing (GDPR articles 6(1)(f) and 32)", "by the retention of the log"},
	Technical: {"nobody is concerned", "with what it belongs to"},
}

// Line is a category of the record.
type Line struct {
	Category Category `json:"category"`
	Columns  int      `json:"columns"`
	Personal int      `json:"personal"`
	Tables   []string `json:"tables"`
	Role     string   `json:"role"` // processor or controller; none for what is of nobody
	Basis    string   `json:"basis,omitempty"`
	Expiry   string   `json:"expiry,omitempty"`
}

// Party is who is named in a record.
type Party struct {
	Name           string `json:"name"`
	Contact        string `json:"contact,omitempty"`
	Representative string `json:"representative,omitempty"`
	Officer        string `json:"dataProtectionOfficer,omitempty"`
}

// Own is the part of a record that the organisation completes.
type Own struct {
	Party
	Role      string `json:"role"` // controller, or processor on behalf of others
	OnBehalf  string `json:"onBehalf,omitempty"`
	Contract  string `json:"contract,omitempty"`  // its reference
	Sensitive string `json:"sensitive,omitempty"` // what was agreed about special categories, with its reference; "" is that they are not meant to be submitted
	Version   int    `json:"version"`
}

// Site is a place where the deployment keeps data.
type Site struct {
	Name     string `json:"name"`
	Region   string `json:"region"`
	Decision string `json:"decision"` // of the architecture that chose it
}

// Processor is the part that the platform completes.
type Processor struct {
	Party
	Sites   []Site `json:"sites"`
	Version int64  `json:"version"`
}

// Measure is a control with where it stands.
type Measure struct {
	Control string `json:"control"`
	Family  string `json:"family"`
	Words   string `json:"words"`
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"`
}

// Recipient is a subprocessor as the record names it.
type Recipient struct {
	Name     string   `json:"name"`
	Entity   string   `json:"entity"`
	Purpose  string   `json:"purpose"`
	Data     []string `json:"data"`
	Regions  []string `json:"regions"`
	Status   string   `json:"status"`
	Evidence string   `json:"evidence"`
}

// Record is the record of processing of one organisation (GDPR article 30(2)).
type Record struct {
	Organisation string        `json:"organisation"`
	Name         string        `json:"name"`
	AsOf         time.Time     `json:"asOf"`
	Processor    Processor     `json:"processor"`
	Own          Own           `json:"own"`
	Instructions []Instruction `json:"instructions"`
	Lines        []Line        `json:"categories"`
	Places       []Place       `json:"places"`
	Transfers    []Transfer    `json:"transfers"`
	Recipients   []Recipient   `json:"recipients"`
	Measures     []Measure     `json:"measures"`
	Residency    []string      `json:"residency,omitempty"`
	Models       string        `json:"languageModels"`
}

// NoModels is what is said of language models while the order says off.
const NoModels = "off: no language model gets anything of the organisation"

// Lines sums a data map up by category and role, so that every column is in one line.
func Lines(all []Datum) []Line {
	type key struct {
		c    Category
		role string
	}
	found := map[key]*Line{}
	for _, d := range all {
		k := key{CategoryOf(d), d.Role}
		l := found[k]
		if l == nil {
			l = &Line{Category: k.c, Role: d.Role}
			if d.Role == "controller" {
				l.Basis, l.Expiry = bases[k.c][0], bases[k.c][1]
			}
			found[k] = l
		}
		l.Columns++
		if d.Personal {
			l.Personal++
		}
		if !slices.Contains(l.Tables, d.Table) {
			l.Tables = append(l.Tables, d.Table)
		}
	}
	list := make([]Line, 0, len(found))
	for _, l := range found {
		slices.Sort(l.Tables)
		list = append(list, *l)
	}
	order := Categories()
	slices.SortFunc(list, func(a, b Line) int {
		return cmp.Or(slices.Index(order, a.Category)-slices.Index(order, b.Category), -strings.Compare(a.Role, b.Role))
	})
	return list
}

// Bases are what the platform keeps as a controller, each with a basis and an end.
func Bases(all []Datum) (list []Basis) {
	for _, l := range Lines(all) {
		if l.Role == "controller" {
			list = append(list, Basis{Category: l.Category, Basis: l.Basis, Expiry: l.Expiry, Tables: l.Tables})
		}
	}
	return list
}
