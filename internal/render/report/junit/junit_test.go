package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report"
	"c4arch/internal/render/report/junit"
	"c4arch/internal/render/report/reporttest"
	"c4arch/test/golden"
)

func render(tb testing.TB, r *drift.Report) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := junit.Render(&b, r, junit.Options{}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]*drift.Report{"sample": reporttest.Sample(), "empty": reporttest.Empty()} {
		t.Run(name, func(t *testing.T) {
			got := render(t, r)
			golden.Check(t, name+".xml", got)
		})
	}
}

// element is what junit-10.xsd of the xUnit plugin of Jenkins says of an element: the children that it may have, the
// attributes that it must and may have, and whether there may be text in it.
type element struct {
	children, must, may []string
	text                bool
}

var xsd = map[string]element{
	"testsuites": {children: []string{"testsuite"}, may: []string{"name", "time", "tests", "failures", "errors"}},
	"testsuite": {
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"}, must: []string{"name", "tests", "failures", "errors"},
		may: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
	},
	"properties": {children: []string{"property"}},
	"property":   {must: []string{"name", "value"}},
	"testcase": {
		children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		must:     []string{"name"}, may: []string{"time", "classname", "group"},
	},
	"failure":    {may: []string{"type", "message"}, text: true},
	"error":      {may: []string{"type", "message"}, text: true},
	"skipped":    {may: []string{"type", "message"}, text: true},
	"system-out": {text: true},
}

// valid checks a document against the table.
func valid(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = true
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			e, ok := xsd[name]
			switch {
			case !ok:
				return fmt.Errorf("there is no element %s", name)
			case len(open) == 0 && name != "testsuites":
				return fmt.Errorf("the root is %s", name)
			case len(open) > 0 && !slices.Contains(xsd[open[len(open)-1]].children, name):
				return fmt.Errorf("%s in %s", name, open[len(open)-1])
			}
			var has []string
			for _, a := range x.Attr {
				if !slices.Contains(e.must, a.Name.Local) && !slices.Contains(e.may, a.Name.Local) {
					return fmt.Errorf("%s has an attribute %s", name, a.Name.Local)
				}
				has = append(has, a.Name.Local)
			}
			for _, m := range e.must {
				if !slices.Contains(has, m) {
					return fmt.Errorf("%s has no attribute %s", name, m)
				}
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && !xsd[open[len(open)-1]].text && len(bytes.TrimSpace(x)) > 0 {
				return fmt.Errorf("text in %s", open[len(open)-1])
			}
		}
	}
}

func TestValidAgainstTheSchema(t *testing.T) {
	for name, r := range reporttest.Reports() {
		if err := valid(render(t, r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"<testsuite name='a' tests='1' failures='0' errors='0'/>", "<testsuites><testcase name='a'/></testsuites>", "<testsuites/><x>"} {
		if valid([]byte(bad)) == nil {
			t.Errorf("the check accepts %s", bad)
		}
	}
}

type document struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// TestCounts: what a CI system counts is what the report says.
func TestCounts(t *testing.T) {
	for name, r := range reporttest.Reports() {
		var doc document
		if err := xml.Unmarshal(render(t, r), &doc); err != nil {
			t.Fatal(name, err)
		}
		tests, failures, errs := 0, 0, 0
		names := map[string]bool{}
		for _, s := range doc.Suites {
			f, e, sk := 0, 0, 0
			for _, c := range s.Cases {
				if id := c.Class + "\x00" + c.Name; names[id] {
					t.Errorf("%s: two cases are called %q", name, c.Name)
				} else {
					names[id] = true
				}
				outcomes := 0
				if c.Failure != nil {
					f++
					outcomes++
				}
				if c.Error != nil {
					e++
					outcomes++
				}
				if c.Skipped != nil {
					sk++
					outcomes++
				}
				if outcomes > 1 {
					t.Errorf("%s: %q has %d outcomes", name, c.Name, outcomes)
				}
			}
			if s.Tests != len(s.Cases) || s.Failures != f || s.Errors != e || s.Skipped != sk {
				t.Errorf("%s: suite %s counts %d %d %d %d", name, s.Name, s.Tests, s.Failures, s.Errors, s.Skipped)
			}
			tests, failures, errs = tests+s.Tests, failures+f, errs+e
		}
		if doc.Tests != tests || doc.Failures != failures || doc.Errors != errs {
			t.Errorf("%s: the whole counts %d %d %d", name, doc.Tests, doc.Failures, doc.Errors)
		}
		if doc.Tests == 0 {
			t.Errorf("%s: nothing for a CI system to show", name)
		}
		if failures != report.Failing(r) {
			t.Errorf("%s: %d failures of %d findings that fail", name, failures, report.Failing(r))
		}
		if (errs > 0) != slices.ContainsFunc(r.Unknown, func(u drift.Unknown) bool { return u.WasKnown }) {
			t.Errorf("%s: %d errors", name, errs)
		}
	}
}

// TestManyUnknown: the list is cut, and an error that falls behind the cut is one all the same.
func TestManyUnknown(t *testing.T) {
	for _, known := range []bool{true, false} {
		r := reporttest.Empty()
		for i := range 3000 {
			r.Unknown = append(r.Unknown, drift.Unknown{Resource: "r" + strconv.Itoa(i), Reason: "no right to read it", WasKnown: known, Count: 1})
		}
		var doc document
		if err := xml.Unmarshal(render(t, r), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Tests > 600 || (doc.Errors > 0) != known {
			t.Errorf("%d tests, %d errors", doc.Tests, doc.Errors)
		}
	}
}

// FuzzValid: whatever the input holds, the XML is well-formed and as the schema says.
func FuzzValid(f *testing.F) {
	for _, bad := range reporttest.Nasty {
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := reporttest.Sample()
		for i := range r.Findings {
			x := &r.Findings[i]
			x.Name, x.Reason, x.Title, x.Path, x.Labels, x.Resource, x.Rule = s, s, s, diff.Path(s), []string{s}, s, s
			if x.Exception != nil {
				x.Exception.Reason = s
			}
		}
		r.Name, r.At, r.Summary.FailOn, r.Notes, r.Unknown[0].Resource, r.Unknown[0].Reason = s, s, s, []string{s}, s, s
		if err := valid(render(t, r)); err != nil {
			t.Fatal(err)
		}
	})
}
