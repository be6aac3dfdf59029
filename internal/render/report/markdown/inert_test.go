package markdown_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report/markdown"
	"c4arch/internal/render/report/reporttest"
)

var active = regexp.MustCompile(`@[\pL\pN_]|[#!$%~&]\d|(?i:\bgh-\d|://|www\.)|:[A-Za-z_+-]+:`)

// inert says what in a comment could do something that the report did not mean, by the rules of CommonMark and GFM as this test knows
// them: it shares nothing with what writes the comment.
func inert(comment string) error {
	lines := strings.Split(comment, "\n")
	if lines[0] != markdown.Marker {
		return fmt.Errorf("the first line is %q", lines[0])
	}
	fence, open := "", 0
	for i, line := range lines[1:] {
		bad := func(format string, args ...any) error {
			return fmt.Errorf("line %d: %s: %.300s", i+2, fmt.Sprintf(format, args...), line)
		}
		switch {
		case fence != "":
			if strings.TrimRight(line, " ") == fence {
				fence = ""
			} else if run := strings.TrimLeft(line, " "); strings.HasPrefix(run, fence) && strings.Trim(run, "` ") == "" {
				return bad("something else ends the block of code")
			}
		case strings.HasPrefix(line, "```"):
			fence = line[:len(line)-len(strings.TrimLeft(line, "`"))]
		case line == "" || strings.HasPrefix(line, "|---|"):
		case line == "</details>":
			open--
		case strings.HasPrefix(line, "<details><summary>"):
			open++
			if lines[i+2] != "" {
				return bad("no empty line behind it, so that what follows is HTML")
			}
			inner, ok := strings.CutSuffix(strings.TrimPrefix(line, "<details><summary>"), "</summary>")
			if !ok {
				return bad("it does not end")
			}
			if err := inHTML(inner); err != nil {
				return bad("%v", err)
			}
		case strings.HasPrefix(line, "<sub>"):
			if err := inHTML(strings.TrimSuffix(strings.TrimPrefix(line, "<sub>"), "</sub>")); err != nil {
				return bad("%v", err)
			}
		default:
			if err := inline(line); err != nil {
				return bad("%v", err)
			}
		}
	}
	if fence != "" || open != 0 {
		return fmt.Errorf("%d details and block %q are open at the end", open, fence)
	}
	return nil
}

func inHTML(text string) error {
	rest := regexp.MustCompile(`<code>[^<>]*</code>`).ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "<>") {
		return fmt.Errorf("a tag")
	}
	if m := active.FindString(html.UnescapeString(rest)); m != "" {
		return fmt.Errorf("%q does something", m)
	}
	return nil
}

// spans takes the code spans out, as section 6.1 of CommonMark finds them.
func spans(line string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(line); {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			b.WriteString(line[i : i+2])
			i += 2
		case line[i] == '`':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			end := -1
			for j := i + n; j < len(line); {
				if line[j] != '`' {
					j++
					continue
				}
				m := len(line[j:]) - len(strings.TrimLeft(line[j:], "`"))
				if m == n {
					end = j + m
					break
				}
				j += m
			}
			if end < 0 {
				return "", fmt.Errorf("a backtick without another")
			}
			b.WriteString("code")
			i = end
		default:
			b.WriteByte(line[i])
			i++
		}
	}
	return b.String(), nil
}

func inline(line string) error {
	table := strings.HasPrefix(line, "| ")
	switch {
	case table:
		// GFM splits a row before it looks for code: any bar without a backslash before it counts, in code as well.
		if n := len(regexp.MustCompile(`(?:[^\\|]|\\.)*\|`).FindAllString(line, -1)); n != 5 {
			return fmt.Errorf("%d cells", n-1)
		}
	case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "### "), strings.HasPrefix(line, "**"), strings.HasPrefix(line, "and "),
		strings.HasPrefix(line, "Of "):
	default:
		return fmt.Errorf("begins like nothing that is written")
	}
	rest, err := spans(line)
	if err != nil {
		return err
	}
	rest = strings.TrimPrefix(strings.ReplaceAll(rest, "<br>", " "), "### ")
	rest = regexp.MustCompile("\\\\[!-/:-@\\[-`{-~]").ReplaceAllString(rest, "\u2400") // what is escaped is a letter like any other
	if strings.ContainsAny(rest, "<>[]_~$`") || strings.Contains(strings.ReplaceAll(rest, "**", ""), "*") || strings.Count(rest, "**")%2 != 0 {
		return fmt.Errorf("a sign that is not escaped")
	}
	if m := active.FindString(html.UnescapeString(rest)); m != "" {
		return fmt.Errorf("%q does something", m)
	}
	return nil
}

func TestNothingOfTheInputDoesAnything(t *testing.T) {
	for name, r := range reporttest.Reports() {
		for _, size := range []int{0, 8000, 20_000} {
			if err := inert(render(t, r, markdown.Options{MaxBytes: size})); err != nil {
				t.Errorf("%s, %d: %v", name, size, err)
			}
		}
	}
}

// TestTheCheckFindsWhatIsActive: a check that lets everything through would show nothing.
func TestTheCheckFindsWhatIsActive(t *testing.T) {
	for _, line := range []string{
		"- why: @octocat", "- why: me@example.org", "- why: #12", "- why: <b>", "- why: [a](b)", "- why: `a", "- why: *a*", "- why: https://x", "- why: www.x",
		"| a | b | c |", "| a | b | c | d | e |", "| a | `b|c` | d | e |", "<details><summary>a<b></summary>\n", "<details><summary>@a</summary>\n", "# heading", "    code",
		"<script>", "</details>", "```\n````", "- why: :bomb:", "- why: GH-1", "- why: $x$", "- why: ~~x~~", "- why: &lt;b&gt; &#64;octocat",
	} {
		if inert(markdown.Marker+"\n"+line+"\n") == nil {
			t.Errorf("%q passes", line)
		}
	}
}

// TestGravestFirst: what is left out is the least grave, and the comment says how many.
func TestGravestFirst(t *testing.T) {
	r := reporttest.Large(2000)
	got := render(t, r, markdown.Options{})
	rows := strings.Count(got, "\n| ") - 1
	want := fmt.Sprintf("**%s findings are left out here", strings.Replace(fmt.Sprint(2000-rows), "1", "1,", 1))
	if rows < 50 || !strings.Contains(got, want) {
		t.Errorf("%d rows; no sentence %q", rows, want)
	}
	last := 0
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "| **") && !strings.HasPrefix(line, "| 🟦") {
			continue
		}
		at := 0
		for i, s := range []string{"critical", "high", "medium", "low"} {
			if strings.HasPrefix(strings.TrimLeft(line, "|* 🟥🟧🟨🟦"), s) {
				at = i
			}
		}
		if at < last {
			t.Fatalf("a graver row behind: %s", line)
		}
		last = at
	}
	if !strings.Contains(got, "only the row is shown") {
		t.Error("nothing says that details are left out")
	}
}

func TestTellsWhatMatters(t *testing.T) {
	got := render(t, reporttest.Sample(), markdown.Options{})
	for _, want := range []string{
		"6 findings at or above medium", "`infra/network.tf:27`", "`\"10.0.0.0/8\"` → `\"*\"`", "secret (fingerprint ab12cd34…)", "5 things could not be compared",
		"(claimed: nobody checked who it was)", "1 improvement", "second approver", "exit code 2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(got, "ab12cd34ef567890ab12cd34ef567890") {
		t.Error("a whole fingerprint")
	}
}

func FuzzInert(f *testing.F) {
	for _, bad := range reporttest.Nasty {
		f.Add(bad)
	}
	f.Add("a\\|b")
	f.Add("@@x##1")
	f.Add("`\\`")
	f.Add("**")
	f.Add("https&colon;//x")
	f.Fuzz(func(t *testing.T, text string) {
		r := reporttest.Sample()
		for i := range r.Findings {
			x := &r.Findings[i]
			x.Name, x.Type, x.Reason, x.Title, x.Rule, x.Remediation, x.Path, x.Resource = text, text, text, text, text, text, diff.Path(text), text
			x.Labels, x.Controls = []string{text, "x" + text}, []string{text, text}
			x.Places = []drift.Place{{Input: text, Line: i, Side: "new"}}
		}
		r.Name, r.Old.Label, r.Old.Baseline.Reason, r.Unknown[0].Reason, r.Unknown[0].Resource = text, text, text, text, text
		r.Summary.FailOn = text
		if err := inert(render(t, r, markdown.Options{})); err != nil {
			t.Fatal(err)
		}
	})
}
