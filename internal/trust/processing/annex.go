package processing

import (
	"fmt"
	"slices"
	"strings"
)

// Baseline is a measure that annex B promises, with the controls that make it true.
type Baseline struct {
	Clause   string   `json:"clause"`
	Words    string   `json:"words"`
	Controls []string `json:"controls"`
	Checked  bool     `json:"checked"` // something looks at it
	State    string   `json:"state"`   // where it stands now; in no annex, which stays the same while a measure does
}

// AnnexA describes the processing of an organisation: subject, duration, nature and purpose, people, categories, operations. It holds no time, so that it changes when the processing does.
func AnnexA(r Record) string {
	var b text
	b.line("# Annex A: description of the processing")
	b.line("")
	if r.Name != "" {
		b.line("Organisation: %s.", r.Name)
		b.line("")
	}
	b.part("Subject matter", "provide, support, secure, administer and improve the product. To improve it with what an organisation submits is off, unless an instruction covers it.")
	b.part("Duration", "the term of the contract, and after it the periods of deletion, backup, audit, security, accounts and law that the addendum names.")
	b.part("Role of the organisation", "%s", says(r.Own.Role, "controller")+also(", on behalf of ", r.Own.OnBehalf)+also(", under ", r.Own.Contract))
	b.line("## Nature and purposes")
	b.line("")
	for _, p := range Purposes() {
		b.line("- %s: %s", p, p.Words())
	}
	b.line("")
	b.line("## Operations")
	b.line("")
	b.line("%s.", sentence(join(Operations())))
	b.line("")
	b.line("## Whose data")
	b.line("")
	for _, p := range r.Places {
		b.line("- %s%s", p.Name, also(": ", p.Note))
	}
	b.line("")
	b.line("## Categories of personal data")
	b.line("")
	b.line("| category | as | columns | of people | in |")
	b.line("|---|---|---|---|---|")
	for _, l := range r.Lines {
		if l.Personal > 0 || l.Role == "processor" {
			b.line("| %s | %s | %d | %d | %s |", l.Category, l.Role, l.Columns, l.Personal, strings.Join(l.Tables, ", "))
		}
	}
	b.line("")
	b.part("Sensitive data", "%s", says(r.Own.Sensitive, "not meant to be submitted; nothing else was agreed"))
	b.part("Language models", "%s", says(r.Models, NoModels))
	if len(r.Residency) > 0 {
		b.part("Where it may be stored", "%s", strings.Join(r.Residency, ", "))
	}
	b.line("## What the operator keeps for itself")
	b.line("")
	b.line("| category | basis | until | in |")
	b.line("|---|---|---|---|")
	for _, l := range r.Lines {
		if l.Role == "controller" {
			b.line("| %s | %s | %s | %s |", l.Category, l.Basis, l.Expiry, strings.Join(l.Tables, ", "))
		}
	}
	return b.String()
}

// AnnexB is the measures, each with what makes it true. A measure that nothing checks is said to be one.
func AnnexB(all []Baseline, measures []Measure) string {
	var b text
	b.line("# Annex B: technical and organisational measures")
	b.line("")
	b.line("Each measure is bound to controls of the product; where they stand at this moment is shown live, and is no part of this text.")
	b.line("")
	for _, m := range all {
		b.line("## %s", m.Clause)
		b.line("")
		b.line("%s.", sentence(strings.TrimSuffix(m.Words, ".")))
		b.line("")
		for _, id := range m.Controls {
			i := slices.IndexFunc(measures, func(x Measure) bool { return x.Control == id })
			if i >= 0 {
				b.line("- `%s` %s", id, measures[i].Words)
			}
		}
		if !m.Checked {
			b.line("- No check looks at this measure by itself yet.")
		}
		b.line("")
	}
	return b.String()
}

// Markdown is a record as a text.
func Markdown(r Record) string {
	var b text
	b.line("# Record of processing (GDPR article 30(2))")
	b.line("")
	b.line("As of %s.", r.AsOf.UTC().Format("2006-01-02 15:04 UTC"))
	b.line("")
	b.party("Processor", r.Processor.Party)
	b.party("On whose behalf", r.Own.Party)
	b.part("Role of the organisation", "%s", says(r.Own.Role, "controller")+also(", on behalf of ", r.Own.OnBehalf)+also(", under ", r.Own.Contract))
	b.line("## Instructions")
	b.line("")
	b.line("| instruction | source | covers | state | from | until |")
	b.line("|---|---|---|---|---|---|")
	for _, i := range r.Instructions {
		until := ""
		if !i.Until.IsZero() {
			until = i.Until.UTC().Format("2006-01-02")
		}
		b.line("| %s | %s | %s | %s | %s | %s |", cell(i.Title), i.Source, join(i.Purposes), i.State, i.From.UTC().Format("2006-01-02"), until)
	}
	b.line("")
	b.line("## Recipients")
	b.line("")
	for _, x := range r.Recipients {
		b.line("- %s (%s): %s; in %s", cell(x.Name), cell(x.Entity), cell(x.Purpose), strings.Join(x.Regions, ", "))
	}
	if len(r.Recipients) == 0 {
		b.line("None is listed.")
	}
	b.line("")
	b.line("## Where data are kept")
	b.line("")
	for _, s := range r.Processor.Sites {
		b.line("- %s: %s (%s)", cell(s.Name), s.Region, cell(s.Decision))
	}
	if len(r.Processor.Sites) == 0 {
		b.line("The operator has not completed this.")
	}
	b.line("")
	b.line("## Transfers outside of the European Economic Area")
	b.line("")
	for _, t := range r.Transfers {
		b.line("- %s, %s: %s%s; %s; until %s", t.Country, cell(t.Recipient), t.Mechanism, module(t), cell(t.Evidence), t.Until.UTC().Format("2006-01-02"))
	}
	if len(r.Transfers) == 0 {
		b.line("None is registered.")
	}
	b.line("")
	b.WriteString(strings.ReplaceAll(strings.ReplaceAll(AnnexA(r), "\n## ", "\n### "), "# Annex A: description", "## Description"))
	b.line("")
	b.line("## Measures, and where they stand")
	b.line("")
	b.line("| control | what | state |")
	b.line("|---|---|---|")
	for _, m := range r.Measures {
		b.line("| %s | %s | %s |", m.Control, cell(m.Words), m.State)
	}
	return b.String()
}

func module(t Transfer) string {
	if t.Module == 0 {
		return ""
	}
	return fmt.Sprintf(", module %d", t.Module)
}

// text is Markdown that is being written. What people wrote stands in it on one line and without marks.
type text struct{ strings.Builder }

func (b *text) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

func (b *text) part(head, format string, args ...any) {
	b.line("## %s\n", head)
	b.line("%s.\n", sentence(strings.TrimSuffix(cell(fmt.Sprintf(format, args...)), ".")))
}

func (b *text) party(head string, p Party) {
	b.line("## %s\n", head)
	for _, x := range [][2]string{{"Name", p.Name}, {"Contact", p.Contact}, {"Representative", p.Representative}, {"Data protection officer", p.Officer}} {
		b.line("- %s: %s", x[0], says(cell(x[1]), "not given"))
	}
	b.line("")
}

func says(s, or string) string {
	if strings.TrimSpace(s) == "" {
		return or
	}
	return s
}

func also(before, s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return before + s
}

func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var marks = strings.NewReplacer("|", "\\|", "`", "'", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ", "\t", " ", "[", "\\[", "]", "\\]", "*", "\\*", "#", "\\#")

// cell is a text of somebody within a line or a table.
func cell(s string) string { return marks.Replace(strings.ToValidUTF8(s, "?")) }

// Change is a line that one version has and the other has not.
type Change struct {
	Added bool
	Line  string
}

// maxDiff bounds what two texts are compared by: lines of each.
const maxDiff = 2000

// Diff says which lines came and went between two texts, in order: the longest common subsequence stays.
func Diff(old, next string) (list []Change) {
	a, b := lines(old), lines(next)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	width := len(b) + 1
	same := make([]int, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				same[i*width+j] = same[(i+1)*width+j+1] + 1
			} else {
				same[i*width+j] = max(same[(i+1)*width+j], same[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && same[(i+1)*width+j] >= same[i*width+j+1]:
			list, i = append(list, Change{Line: a[i]}), i+1
		default:
			list, j = append(list, Change{Added: true, Line: b[j]}), j+1
		}
	}
	return list
}

func lines(s string) []string {
	all := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	return all[:min(len(all), maxDiff)]
}
