package exception

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/severity"
	"c4arch/internal/base/fault"
)

const nsg = "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/rg-shop/providers/microsoft.network/networksecuritygroups/nsg-jump"

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

var today = day("2026-03-01")

// one returns the YAML of an exception with some members in another form; "" takes one away.
func one(change map[string]string) string {
	members := [][2]string{
		{"id", "jump"},
		{"scope", nsg},
		{"rule", "AZ-NSG-ADMIN-PORT"},
		{"path", "properties.securityRules[name=ssh]"},
		{"owner", "platform-team"},
		{"reason", "The jump host, until the bastion is there"},
		{"createdBy", "platform-team"},
		{"approvedBy", "[security-team]"},
		{"created", "2026-02-01"},
		{"expires", "2026-06-30"},
		{"allow", ""},
	}
	var b strings.Builder
	for _, m := range members {
		text, changed := change[m[0]]
		if !changed {
			text = m[1]
		}
		if text != "" {
			fmt.Fprintf(&b, "    %s: %s\n", m[0], text)
		}
	}
	return "  -\n" + b.String()
}

func file(entries ...string) string {
	return "version: 1\nexceptions:\n" + strings.Join(entries, "")
}

func parse(tb testing.TB, text string) *Set {
	tb.Helper()
	s, err := Parse(FileName, []byte(text))
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	return s
}

func sshFinding() Finding {
	return Finding{
		Resource: nsg, Path: "properties.securityRules[name=ssh]", Pattern: "properties.securityRules[]", Rule: "AZ-NSG-ADMIN-PORT",
		Tags: map[string]string{"Environment": "Test"}, New: `{"access":"Allow"}`, Severity: severity.High,
	}
}

func TestComplete(t *testing.T) {
	s := parse(t, complete(t))
	if len(s.Exceptions) != 3 || len(s.Windows) != 1 {
		t.Fatalf("%d exceptions, %d windows", len(s.Exceptions), len(s.Windows))
	}
	e := s.Exceptions[0]
	want := Exception{
		ID: "jump-host-ssh", Scope: "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/Microsoft.Network/networkSecurityGroups/nsg-jump",
		Path: "properties.securityRules[name=allow-ssh]", Rule: "AZ-NSG-ADMIN-PORT", Owner: "platform-team", Reason: "The jump host stays until the bastion is in place.",
		CreatedBy: "platform-team", ApprovedBy: []string{"security-team", "architecture-board"}, Created: "2026-02-01", Expires: "2026-06-30", Line: e.Line,
	}
	if fmt.Sprint(e) != fmt.Sprint(want) || e.Line < 2 {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
	if s.Exceptions[1].Allow != `"Standard_LRS"` {
		t.Errorf("allow is %s", s.Exceptions[1].Allow)
	}
	if w := s.Windows[0]; w.From != "2026-03-01T20:00:00Z" || w.To != "2026-03-02T02:00:00Z" || w.ApprovedBy != "change-board" {
		t.Errorf("%+v", w)
	}
}

func complete(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile("testdata/complete.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func TestEmpty(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "version: 1\n", "version: 1\nexceptions:\nwindows: []\n"} {
		if s := parse(t, text); len(s.Exceptions)+len(s.Windows) != 0 {
			t.Errorf("%q: %+v", text, s)
		}
	}
}

// TestRefused: each thing that makes an exception worthless is refused with its line.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		change map[string]string
		want   string
	}{
		{map[string]string{"id": ""}, "line 4: exceptions[0] needs an id"},
		{map[string]string{"id": "a b"}, "must be 1 to 100 letters"},
		{map[string]string{"scope": ""}, "needs a scope"},
		{map[string]string{"rule": ""}, "needs a rule"},
		{map[string]string{"owner": ""}, "needs an owner"},
		{map[string]string{"reason": "''"}, "needs a reason"},
		{map[string]string{"reason": "[a]"}, "must be text"},
		{map[string]string{"createdBy": ""}, "needs a createdBy"},
		{map[string]string{"approvedBy": ""}, "needs approvedBy"},
		{map[string]string{"approvedBy": "[]"}, "needs approvedBy"},
		{map[string]string{"approvedBy": "security-team"}, "must be a list"},
		{map[string]string{"approvedBy": "['']"}, "names nobody"},
		{map[string]string{"approvedBy": "[7]"}, "must be text"},
		{map[string]string{"approvedBy": "[security-team, ' Security-Team']"}, "names somebody twice"},
		{map[string]string{"approvedBy": "[Platform-Team]"}, "line 11: exceptions[jump] is approved by its author"},
		{map[string]string{"approvedBy": "[security-team, 'platform-team ']"}, "is approved by its author"},
		{map[string]string{"created": ""}, "needs a created"},
		{map[string]string{"created": "2026-02-30"}, "must be a date"},
		{map[string]string{"expires": ""}, "needs an expires"},
		{map[string]string{"expires": "never"}, "must be a date"},
		{map[string]string{"expires": "2026-01-31"}, "expires before it is created"},
		{map[string]string{"expires": "2026-08-01"}, "lasts 181 days: 180 are the most"},
		{map[string]string{"scope": "tag:environment"}, "must have a name and a value"},
		{map[string]string{"scope": "'tag:=x'"}, "must have a name and a value"},
		{map[string]string{"reason": `"a\u001bb"`}, "control character U+001B"},
		{map[string]string{"owner": `"a\u202eb"`}, "control character U+202E"},
		{map[string]string{"rule": strings.Repeat("a*", maxPattern)}, "longer than"},
		{map[string]string{"approvedBy": "[" + strings.Repeat("x,", 25) + "]"}, "more than 20 approvers"},
	} {
		s, err := Parse("x.yaml", []byte(file(one(c.change))))
		if err == nil || s != nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), "x.yaml") {
			t.Errorf("%v: %v, want %q", c.change, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"exceptions: []":                     "needs version: 1",
		"version: 2":                         "version must be 1",
		"version: '1'":                       "version must be 1",
		"version: 1\nexeptions: []":          "unknown key \"exeptions\"",
		"version: 1\nexceptions: {a: b}":     "must be a list",
		"version: 1\nexceptions: [a]":        "must be a mapping",
		"[]":                                 "must be a mapping",
		"version: 1\n---\nversion: 1":        "one document",
		"version: 1\nversion: 1":             "cannot be read",
		"version: 1\nwindows: [{}]":          "needs a from",
		file(one(nil), one(nil)):             "already that of the exception in line 4",
		file(one(nil)) + "    colour: red":   "unknown key \"colour\"",
		"version: 1\nwindows: [{from: now}]": "must be a time with its zone",
		"version: 1\nwindows: [{from: 2026-03-02T00:00:00Z, to: 2026-03-01T00:00:00Z, reason: r, approvedBy: b}]": "ends before it begins",
	} {
		if s, err := Parse("x.yaml", []byte(text)); err == nil || s != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := Parse("x.yaml", make([]byte, maxBytes+1)); fault.KindOf(err) != fault.Limited {
		t.Errorf("a large file: %v", err)
	}
}

// TestAllProblemsAtOnce: in the order of the file, each with its line.
func TestAllProblemsAtOnce(t *testing.T) {
	text := file(one(map[string]string{"owner": "", "expires": "2027-01-01"}), one(map[string]string{"id": "b", "scope": ""}))
	_, err := Parse(FileName, []byte(text))
	if err == nil {
		t.Fatal("accepted")
	}
	at := 0
	for _, want := range []string{"needs an owner", "lasts 334 days", "exceptions[b] needs a scope"} {
		i := strings.Index(err.Error(), want)
		if i <= at {
			t.Errorf("%q is not behind what stands before it in the file:\n%v", want, err)
		}
		at = i
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name   string
		change map[string]string
		find   func(*Finding)
		now    string
		want   State
	}{
		{name: "as it stands", want: Active},
		{name: "id in another case", change: map[string]string{"scope": strings.ToUpper(nsg)}, want: Active},
		{name: "id with a slash at its end", change: map[string]string{"scope": nsg + "/"}, want: Active},
		{name: "glob of ids", change: map[string]string{"scope": `"*/RG-shop/*"`}, want: Active},
		{name: "another id", change: map[string]string{"scope": nsg + "2"}, want: None},
		{name: "beginning of the id", change: map[string]string{"scope": nsg[:40]}, want: None},
		{name: "tag", change: map[string]string{"scope": "tag:environment=test"}, want: Active},
		{name: "tag with a glob", change: map[string]string{"scope": "'tag:env*=t?st'"}, want: Active},
		{name: "tag with another value", change: map[string]string{"scope": "tag:environment=prod"}, want: None},
		{name: "no such tag", change: map[string]string{"scope": "tag:owner=test"}, want: None},
		{name: "rule in another case", change: map[string]string{"rule": "az-nsg-admin-port"}, want: Active},
		{name: "glob of rules", change: map[string]string{"rule": "AZ-NSG-*"}, want: Active},
		{name: "another rule", change: map[string]string{"rule": "AZ-NSG"}, want: None},
		{name: "any path", change: map[string]string{"path": ""}, want: Active},
		{name: "pattern", change: map[string]string{"path": "properties.securityRules[]"}, want: Active},
		{name: "glob of paths", change: map[string]string{"path": "properties.securityRules[name=s?h]"}, want: Active},
		{name: "another item", change: map[string]string{"path": "properties.securityRules[name=rdp]"}, want: None},
		{name: "path above", change: map[string]string{"path": "properties"}, want: None},
		{name: "path in another case", change: map[string]string{"path": "properties.securityrules[]"}, want: None},
		{name: "allowed value", change: map[string]string{"allow": "{access: Allow}"}, want: Active},
		{name: "another value", change: map[string]string{"allow": "{access: Deny}"}, want: None},
		{name: "allowed absence", change: map[string]string{"allow": "null"}, find: func(f *Finding) { f.New = "" }, want: Active},
		{name: "absence of what must be a value", change: map[string]string{"allow": "0"}, find: func(f *Finding) { f.New = "" }, want: None},
		{name: "number as JSON has it", change: map[string]string{"allow": "0x10"}, find: func(f *Finding) { f.New = "16" }, want: Active},
		{name: "last day", now: "2026-06-30", want: Active},
		{name: "day after the last", now: "2026-07-01", want: Expired},
		{name: "first day", now: "2026-02-01", want: Active},
		{name: "eve of the first day", now: "2026-01-31", want: Active},
		{name: "before the first day", now: "2026-01-30", want: None},
		{name: "critical with one approver", find: func(f *Finding) { f.Severity = severity.Critical }, want: Unapproved},
		{
			name: "critical with two", change: map[string]string{"approvedBy": "[security-team, architecture-board]"},
			find: func(f *Finding) { f.Severity = severity.Critical }, want: Active,
		},
		{name: "expired critical", find: func(f *Finding) { f.Severity = severity.Critical }, now: "2026-07-01", want: Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := parse(t, file(one(c.change)))
			f, now := sshFinding(), today
			if c.find != nil {
				c.find(&f)
			}
			if c.now != "" {
				now = day(c.now)
			}
			e, got := s.Match(f, now)
			if got != c.want || (e == nil) != (c.want == None) {
				t.Errorf("%q with %v, want %q", got, e, c.want)
			}
			byHand := Set{Exceptions: s.Exceptions}
			if e2, again := byHand.Match(f, now); again != got || (e2 == nil) != (e == nil) {
				t.Errorf("a set that was made by hand says %q", again)
			}
			if ids := s.Matching(f, now); (len(ids) == 1) != (c.want != None) {
				t.Errorf("matching are %v", ids)
			}
		})
	}
}

// TestTwoOfOne: a set that was made by hand may name the author among the approvers, or somebody twice: neither counts.
func TestTwoOfOne(t *testing.T) {
	s := parse(t, file(one(map[string]string{"approvedBy": "[security-team]"})))
	s.Exceptions[0].ApprovedBy = []string{"security-team", "SECURITY-TEAM ", "Platform-Team", ""}
	f := sshFinding()
	f.Severity = severity.Critical
	if _, state := s.Match(f, today); state != Unapproved {
		t.Errorf("%q", state)
	}
}

// TestStarItself: the item * of a set can be meant.
func TestStarItself(t *testing.T) {
	s := parse(t, file(one(map[string]string{"path": `properties.prefixes[=\*]`})))
	f := sshFinding()
	for path, want := range map[string]State{"properties.prefixes[=*]": Active, "properties.prefixes[=10.0.0.0/8]": None} {
		f.Path, f.Pattern = path, "properties.prefixes[]"
		if _, got := s.Match(f, today); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestMostSpecific: each line beats those below it, in whatever order they stand in the file.
func TestMostSpecific(t *testing.T) {
	ranked := []map[string]string{
		{"allow": "{access: Allow}"},
		{},
		{"path": "properties.securityRules[]"},
		{"path": "properties.security*"},
		{"path": "properties.*"},
		{"path": ""},
		{"rule": "AZ-NSG-*"},
		{"rule": "AZ-*"},
		{"scope": `"*/rg-shop/*"`},
		{"scope": `"*/rg-*"`},
		{"scope": "tag:environment=test"},
		{"scope": "tag:environment=*"},
		{"expires": "2026-02-27", "id": "old"}, // the most specific kind, and over
	}
	for i := range ranked {
		var entries []string
		for k, m := range slices.Backward(ranked[i:]) {
			entry := map[string]string{"id": fmt.Sprintf("e%02d", 99-i-k)}
			for name, text := range m {
				if name != "id" {
					entry[name] = text
				}
			}
			entries = append(entries, one(entry))
		}
		s := parse(t, file(entries...))
		e, state := s.Match(sshFinding(), today)
		if want := fmt.Sprintf("e%02d", 99-i); e == nil || e.ID != want {
			t.Errorf("%d: %+v, want %s", i, e, want)
		}
		if (state == Expired) != (i == len(ranked)-1) {
			t.Errorf("%d is %q", i, state)
		}
		if got := s.Matching(sshFinding(), today); len(got) != len(ranked)-i || !slices.IsSorted(got) {
			t.Errorf("%d: matching are %v", i, got)
		}
	}
}

func TestEqualOnesByID(t *testing.T) {
	for _, ids := range [][]string{{"a", "b"}, {"b", "a"}} {
		s := parse(t, file(one(map[string]string{"id": ids[0]}), one(map[string]string{"id": ids[1]})))
		if e, _ := s.Match(sshFinding(), today); e == nil || e.ID != "a" {
			t.Errorf("%v: %+v", ids, e)
		}
	}
}

func TestStale(t *testing.T) {
	s := parse(t, file(
		one(map[string]string{"id": "used"}), one(map[string]string{"id": "unused"}), one(map[string]string{"id": "over", "expires": "2026-02-27"}),
		one(map[string]string{"id": "over-and-unused", "expires": "2026-02-27"}), one(map[string]string{"id": "to-come", "created": "2026-04-01"}),
	))
	var got []string
	for _, x := range s.Stale(map[string]bool{"used": true, "over": true}, today) {
		got = append(got, fmt.Sprintf("%s %s", x.Exception.ID, x.State))
	}
	if want := "[unused stale over expired over-and-unused expired to-come stale]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestWindow(t *testing.T) {
	s := parse(t, `version: 1
windows:
  - {from: 2026-03-01T20:00:00+01:00, to: 2026-03-02T02:00:00Z, reason: release, approvedBy: change-board}
  - {from: 2026-03-01T22:00:00Z, to: 2026-03-01T23:00:00Z, reason: within, approvedBy: change-board}
`)
	for at, want := range map[string]string{
		"2026-03-01T18:59:59Z": "", "2026-03-01T19:00:00Z": "release", "2026-03-01T22:30:00Z": "within", "2026-03-01T23:30:00Z": "release",
		"2026-03-02T02:00:00Z": "release", "2026-03-02T02:00:01Z": "",
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if w := s.Window(moment); w != nil {
			got = w.Reason
		}
		if got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}
