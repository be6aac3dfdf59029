package drift_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/arch/baseline"
	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/drift"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/exception"
	"c4arch/internal/arch/severity"
)

const (
	closedStore = `{"allowBlobPublicAccess":false,"minimumTlsVersion":"TLS1_0","supportsHttpsTrafficOnly":true,"publicNetworkAccess":"Disabled"}`
	openBlobs   = `{"allowBlobPublicAccess":true,"minimumTlsVersion":"TLS1_0","supportsHttpsTrafficOnly":true,"publicNetworkAccess":"Disabled"}`
	betterTLS   = `{"allowBlobPublicAccess":false,"minimumTlsVersion":"TLS1_2","supportsHttpsTrafficOnly":true,"publicNetworkAccess":"Disabled"}`
)

func store(name, props string) thing { return arm("Microsoft.Storage/storageAccounts", name, props) }

func TestNothingChanged(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", closedStore)})
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", closedStore)}))
	if len(r.Findings) != 0 || len(r.Unknown) != 0 || r.Summary.Exit != 0 || r.Summary.Verdict != drift.Clean || r.Summary.Same != 1 {
		t.Errorf("%q %+v %+v", lines(r), r.Unknown, r.Summary)
	}
}

func TestDirectionCounts(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", closedStore), store("b", closedStore), store("c", closedStore).tag("note", "x")})
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", openBlobs), store("b", betterTLS), store("c", closedStore).tag("note", "y")}))
	got := lines(r)
	want := []string{
		"critical loosened changed a properties.allowBlobPublicAccess AZ-STORAGE-PUBLIC-BLOB",
		"low neutral changed c @tags.note PROPERTY-CHANGED",
	}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || !strings.HasPrefix(got[2], "low tightened changed b properties.minimumTlsVersion") {
		t.Errorf("got %q", got)
	}
	if r.Improvements != 1 || r.Summary.Critical != 1 || r.Summary.Low != 1 || r.Summary.Exit != 2 {
		t.Errorf("%d improvements, %+v", r.Improvements, r.Summary)
	}
	f := &r.Findings[0]
	if string(f.Old) != "false" || string(f.New) != "true" || f.Reason == "" || f.Remediation == "" || len(f.Controls) == 0 || len(f.Places) == 0 {
		t.Errorf("%+v", f)
	}
	// The reverse has no loosening but the TLS version.
	back := compare(t, snapshot(t, day1, "", []thing{store("a", openBlobs)}), snapshot(t, day2, "", []thing{store("a", closedStore)}))
	if back.Summary.Exit != 0 || back.Improvements != 1 {
		t.Errorf("closing is %q", lines(back))
	}
}

func TestWhatArrivesOpen(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", closedStore)})
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", closedStore), store("new", openBlobs)}))
	if f := find(t, r, "AZ-STORAGE-PUBLIC-BLOB"); f.Severity != severity.Critical || f.Change != diff.Added {
		t.Errorf("%+v", f)
	}
	if n := len(slices.DeleteFunc(lines(r), func(l string) bool { return !strings.Contains(l, " added new ") || strings.Contains(l, "properties.") })); n != 1 {
		t.Errorf("its arrival is said %d times: %q", n, lines(r))
	}
}

func TestADataStoreThatIsGone(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", closedStore), store("b", closedStore)})
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", closedStore)}))
	if r.Summary.Critical != 1 || r.Summary.Removed != 1 || len(r.Findings) != 1 {
		t.Errorf("%q", lines(r))
	}
}

// What is gone because nobody looked is unknown, and the exit code says so.
func TestWhatWasNotRead(t *testing.T) {
	web := arm("Microsoft.Web/sites", "web", `{"httpsOnly":true}`)
	web.input = "web.json"
	old := snapshot(t, day1, "", []thing{store("a", closedStore), web})
	broken := evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: "web.json", Line: 3, Reason: "it breaks off", Help: "export it again"}
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", closedStore)}, broken))
	if r.Summary.Removed != 0 || r.Summary.WasKnown == 0 || r.Summary.Exit != 3 || r.Summary.Verdict != drift.Incomplete {
		t.Errorf("%q %+v %+v", lines(r), r.Unknown, r.Summary)
	}
	r = compare(t, old, snapshot(t, day2, "", []thing{store("a", openBlobs)}, broken))
	if r.Summary.Exit != 2 {
		t.Errorf("drift and incomplete end with %d", r.Summary.Exit)
	}
}

func TestAnIDLastsWhileTheDriftDoes(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", betterTLS)})
	low := func(v string) thing { return store("a", strings.Replace(betterTLS, "TLS1_2", v, 1)) }
	first := compare(t, old, snapshot(t, day2, "", []thing{low("TLS1_1")}))
	again := compare(t, old, snapshot(t, day2, "", []thing{low("TLS1_0")}), func(q *drift.Request) {
		q.Seen = map[string]baseline.Seen{first.Findings[0].ID: {Finding: first.Findings[0].ID, First: day1, Last: day1}}
	})
	if len(first.Findings) != 1 || len(again.Findings) != 1 || first.Findings[0].ID != again.Findings[0].ID {
		t.Fatalf("%q %q", lines(first), lines(again))
	}
	if first.Findings[0].FirstSeen != day2 || again.Findings[0].FirstSeen != day1 || again.Findings[0].LastSeen != day2 {
		t.Errorf("%+v", again.Findings[0])
	}
}

func TestExceptions(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", betterTLS)})
	now := snapshot(t, day2, "", []thing{store("a", closedStore)})
	rule := compare(t, old, now).Findings[0].Rule
	for _, c := range []struct {
		name     string
		x        exception.Exception
		state    string
		exit     int
		leftOver int
	}{
		{"in force", exception.Exception{Rule: rule}, "active", 0, 0},
		{"expired", exception.Exception{Rule: rule, Created: "2026-01-01", Expires: "2026-03-01"}, "expired", 2, 1},
		{"of another rule", exception.Exception{Rule: "AZ-NONE"}, "", 2, 1},
		{"of another value", exception.Exception{Rule: rule, Allow: `"TLS1_1"`}, "", 2, 1},
	} {
		c.x.ID, c.x.Scope, c.x.Owner, c.x.Reason, c.x.CreatedBy, c.x.ApprovedBy = "x", "*", "shop-team", "old clients", "shop-team", []string{"security-team"}
		if c.x.Created == "" {
			c.x.Created, c.x.Expires = "2026-10-01", "2026-12-31"
		}
		r := compare(t, old, now, func(q *drift.Request) { q.Exceptions = &exception.Set{Exceptions: []exception.Exception{c.x}} })
		state := ""
		if e := r.Findings[0].Exception; e != nil {
			state = e.State
		}
		if state != c.state || r.Summary.Exit != c.exit || len(r.Exceptions) != c.leftOver {
			t.Errorf("%s: state %q, exit %d, %+v", c.name, state, r.Summary.Exit, r.Exceptions)
		}
	}
}

func TestACriticalNeedsTwo(t *testing.T) {
	old, now := snapshot(t, day1, "", []thing{store("a", closedStore)}), snapshot(t, day2, "", []thing{store("a", openBlobs)})
	x := exception.Exception{
		ID: "x", Scope: "*", Rule: "AZ-STORAGE-PUBLIC-BLOB", Owner: "shop-team", Reason: "public pictures", CreatedBy: "shop-team",
		ApprovedBy: []string{"security-team"}, Created: "2026-10-01", Expires: "2026-12-31",
	}
	with := func(q *drift.Request) { q.Exceptions = &exception.Set{Exceptions: []exception.Exception{x}} }
	if r := compare(t, old, now, with); r.Summary.Exit != 2 || r.Findings[0].Exception.State != "unapproved" {
		t.Errorf("one approver is enough for a critical finding: %+v", r.Findings[0].Exception)
	}
	x.ApprovedBy = append(x.ApprovedBy, "platform-team")
	if r := compare(t, old, now, with); r.Summary.Exit != 0 || r.Summary.Excepted != 1 {
		t.Errorf("two approvers are not: %+v", r.Summary)
	}
}

// Network rules count by what they let in, and by nothing else.
func TestNetworkByEffect(t *testing.T) {
	nsg := func(rules ...string) thing {
		return arm("Microsoft.Network/networkSecurityGroups", "nsg", `{"securityRules":[`+strings.Join(rules, ",")+`]}`)
	}
	rule := func(name, access, from, port string, priority string) string {
		return `{"name":"` + name + `","properties":{"access":"` + access + `","direction":"Inbound","protocol":"Tcp","sourcePortRange":"*","destinationAddressPrefix":"*",` +
			`"sourceAddressPrefix":"` + from + `","destinationPortRange":"` + port + `","priority":` + priority + `}}`
	}
	old := snapshot(t, day1, "", []thing{nsg(rule("deny", "Deny", "*", "22", "100"), rule("web", "Allow", "*", "443", "200"))})
	open := compare(t, old, snapshot(t, day2, "", []thing{nsg(rule("deny", "Deny", "*", "22", "400"), rule("web", "Allow", "*", "443", "200"), rule("ssh", "Allow", "Internet", "20-30", "300"))}))
	if f := find(t, open, "NET-INTERNET-ADMIN"); f.Severity != severity.Critical || !strings.Contains(string(f.New), "Internet") {
		t.Errorf("%+v", f)
	}
	for _, l := range lines(open) {
		if strings.Contains(l, "NET-RULE-TEXT") || strings.Contains(l, "PROPERTY-CHANGED") {
			t.Errorf("the text of a rule whose effect is graded is graded too: %s", l)
		}
	}
	same := compare(t, old, snapshot(t, day2, "", []thing{nsg(rule("deny", "Deny", "*", "22", "100"), rule("web", "Allow", "*", "443", "200"), rule("ssh", "Allow", "*", "22", "300"))}))
	if same.Summary.Exit != 0 || same.Summary.Critical+same.Summary.High+same.Summary.Medium != 0 || len(same.Findings) == 0 {
		t.Errorf("a rule behind a Deny is %q", lines(same))
	}
}

// Without the key of the baseline a secret that differs cannot be told from one that does not.
func TestAnotherKey(t *testing.T) {
	web := func(secret string) thing {
		return arm("Microsoft.Web/sites", "web", `{"httpsOnly":true,"siteConfig":{"appSettings":[{"name":"DB_PASSWORD","value":"`+secret+`"}]}}`)
	}
	old := snapshot(t, day1, "", []thing{web("Contoso-Secret-4711!")})
	if r := compare(t, old, snapshot(t, day2, "other", []thing{web("Contoso-Secret-4711!")})); len(r.Findings) != 0 || len(r.Unknown) == 0 {
		t.Errorf("%q %+v", lines(r), r.Unknown)
	}
	r := compare(t, old, snapshot(t, day2, "", []thing{web("Contoso-Secret-4712!")}))
	if len(r.Findings) != 1 || strings.Contains(string(r.Findings[0].New), "4712") || !strings.Contains(string(r.Findings[0].New), "hmac") {
		t.Errorf("%q %s", lines(r), r.Findings[0].New)
	}
}

// One source seals a whole, another its parts: that says nothing about a change.
func TestSealedAsAWholeOrInParts(t *testing.T) {
	mark := func(n string) string { return "secret:hmac-sha256:" + strings.Repeat(n, 32) }
	web := func(settings string) thing {
		return arm("Microsoft.Web/sites", "web", `{"httpsOnly":true,"x":`+settings+`}`)
	}
	for name, c := range map[string][2]string{
		"a text":   {`"` + mark("1") + `"`, `"Server=db;Password=` + mark("2") + `"`},
		"a block":  {`"` + mark("1") + `"`, `[{"host":"db","key":"` + mark("2") + `"}]`},
		"no block": {`[{"host":"db","key":"` + mark("2") + `"}]`, `"` + mark("1") + `"`},
	} {
		r := compare(t, snapshot(t, day1, "", []thing{web(c[0])}), snapshot(t, day2, "", []thing{web(c[1])}))
		if len(r.Findings) != 0 || len(r.Unknown) != 1 || r.Summary.Exit != 0 {
			t.Errorf("%s: %q %+v", name, lines(r), r.Unknown)
		}
	}
	// A secret that becomes a plain value is a change.
	r := compare(t, snapshot(t, day1, "", []thing{web(`"` + mark("1") + `"`)}), snapshot(t, day2, "", []thing{web(`"none"`)}))
	if len(r.Findings) != 1 || len(r.Unknown) != 0 {
		t.Errorf("%q %+v", lines(r), r.Unknown)
	}
}

func TestSecretsInCode(t *testing.T) {
	code := func(env string) thing {
		return thing{id: "compose:shop/web", typ: "compose/service", props: `{"image":"shop/web:1","environment":{` + env + `}}`, form: evidence.Compose, side: evidence.Declared, input: "compose.yaml"}
	}
	old := snapshot(t, day1, "", []thing{code(`"MODE":"x"`)})
	r := compare(t, old, snapshot(t, day2, "", []thing{code(`"MODE":"x","API_PASSWORD":"Contoso-Secret-4711!"`)}))
	f := find(t, r, "SECRET-IN-CODE")
	if f.Severity != severity.High || f.Direction != severity.Loosened || len(f.Places) == 0 || f.Places[0].Input != "compose.yaml" || strings.Contains(string(f.New), "4711") {
		t.Errorf("%+v", f)
	}
}

func TestProductionRaises(t *testing.T) {
	old := snapshot(t, day1, "", []thing{store("a", betterTLS).tag("environment", "production"), store("b", betterTLS)})
	r := compare(t, old, snapshot(t, day2, "", []thing{store("a", closedStore).tag("environment", "production"), store("b", closedStore)}))
	if len(r.Findings) != 2 || r.Findings[0].Name != "a" || r.Findings[0].Severity != severity.Critical || r.Findings[1].Severity != severity.High {
		t.Errorf("%q", lines(r))
	}
	if !slices.ContainsFunc(r.Findings[0].Labels, func(l string) bool { return strings.HasPrefix(l, "raised: ") }) {
		t.Errorf("nothing says that it was raised: %q", r.Findings[0].Labels)
	}
}

func TestWindows(t *testing.T) {
	old, now := snapshot(t, day1, "", []thing{store("a", betterTLS)}), snapshot(t, day2, "", []thing{store("a", closedStore)})
	r := compare(t, old, now, func(q *drift.Request) {
		q.Exceptions = &exception.Set{Windows: []exception.Window{{
			From: q.Now.Add(-2 * time.Hour).Format(time.RFC3339), To: q.Now.Add(time.Hour).Format(time.RFC3339), Reason: "release 12", ApprovedBy: "platform-team",
		}}}
	})
	if f := r.Findings[0]; !slices.ContainsFunc(f.Labels, func(l string) bool { return strings.Contains(l, "release 12") }) || r.Summary.Exit != 2 {
		t.Errorf("%+v", f)
	}
}

// What was withdrawn cannot be compared, and its going is no drift of the architecture.
func TestWithdrawn(t *testing.T) {
	web := arm("Microsoft.Web/sites", "web", `{"httpsOnly":true,"siteConfig":{"appSettings":[{"name":"STORE","value":"https://a.blob.core.windows.net"}]}}`)
	old := snapshot(t, day1, "", []thing{store("a", closedStore), web})
	gone, err := old.Redact(evidence.NormalizeARM(web.id), "a name in a setting")
	if err != nil {
		t.Fatal(err)
	}
	// The commitment is still there, and proves that nothing changed.
	if r := compare(t, gone, snapshot(t, day2, "", []thing{store("a", closedStore), web})); len(r.Findings) != 0 || len(r.Unknown) != 0 {
		t.Errorf("%q %+v", lines(r), r.Unknown)
	}
	web.props = strings.Replace(web.props, "true", "false", 1)
	if r := compare(t, gone, snapshot(t, day2, "", []thing{store("a", closedStore), web})); len(r.Findings) != 0 || len(r.Unknown) == 0 {
		t.Errorf("%q %+v", lines(r), r.Unknown)
	}
}

func TestControlsOfTheCloudInHand(t *testing.T) {
	open := `{"securityRules":[{"name":"ssh","properties":{"access":"Allow","direction":"Inbound","protocol":"Tcp","sourcePortRange":"*","destinationAddressPrefix":"*","sourceAddressPrefix":"*","destinationPortRange":"22","priority":100}}]}`
	r := compare(t, snapshot(t, day1, "", []thing{arm("Microsoft.Network/networkSecurityGroups", "nsg", `{"securityRules":[]}`)}),
		snapshot(t, day2, "", []thing{arm("Microsoft.Network/networkSecurityGroups", "nsg", open)}))
	f := find(t, r, "NET-INTERNET-ADMIN")
	if !slices.ContainsFunc(f.Controls, func(c string) bool { return strings.HasPrefix(c, "CIS Microsoft Azure") }) ||
		slices.ContainsFunc(f.Controls, func(c string) bool { return strings.Contains(c, "AWS") || strings.Contains(c, "Google") }) {
		t.Errorf("%q", f.Controls)
	}
}
