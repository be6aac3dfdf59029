package severity_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/arch/diff"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/severity"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// azureCase is a change of one resource, in the words of its source, and what the whole table must say of it.
type azureCase struct {
	name string
	typ  string
	id   string // made up from the type when empty
	tags map[string]string
	// old and new are the properties on both sides; "" a side without the resource.
	old, new string
	replaced bool
	// want are the verdicts that do not come from a rule of last resort, "RULE severity direction", sorted; back those of the reverse.
	want, back []string
}

const azureGroup = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"

func azureTable(t testing.TB) *severity.Table {
	t.Helper()
	table, err := severity.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func azureSealer(t testing.TB) *evidence.Sealer {
	t.Helper()
	s, err := evidence.NewSealer(bytes.Repeat([]byte{7}, evidence.MinKey))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// azureID is an id of the type in a resource group, with x for each name; that of Terraform has the address.
func azureID(typ string) string {
	if !strings.Contains(typ, "/") {
		return "tf:" + typ + ".x"
	}
	namespace, rest, _ := strings.Cut(typ, "/")
	id := azureGroup + "/providers/" + namespace
	for part := range strings.SplitSeq(rest, "/") {
		id += "/" + part + "/x"
	}
	return evidence.NormalizeARM(id)
}

// sealed is one side of a case; nil when it is not there.
func (c *azureCase) sealed(t testing.TB, text string) *evidence.Resource {
	t.Helper()
	if text == "" {
		return nil
	}
	v, err := tree.ParseJSON([]byte(text), tree.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return c.seal(t, v)
}

func (c *azureCase) seal(t testing.TB, props tree.Value) *evidence.Resource {
	t.Helper()
	d := evidence.Draft{ID: c.id, Form: evidence.ARM, Provider: "azure", Type: c.typ, Name: "x", Side: evidence.Live, Tags: c.tags, Props: props}
	if d.ID == "" {
		d.ID = azureID(c.typ)
	}
	if !strings.Contains(c.typ, "/") {
		d.Form, d.Provider = evidence.Terraform, "azurerm"
	}
	r, _, err := azureSealer(t).Seal(d)
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

// change is what lies between two sides, as the comparison of snapshots finds it.
func (c *azureCase) change(t testing.TB, old, new *evidence.Resource) *diff.Change {
	t.Helper()
	switch {
	case old == nil:
		return &diff.Change{Kind: diff.Added, New: new}
	case new == nil:
		return &diff.Change{Kind: diff.Removed, Old: old}
	}
	ps, err := diff.Properties(old, new, diff.PairOptions{SameKey: true})
	if err != nil {
		t.Fatal(err)
	}
	kind := diff.Changed
	if c.replaced {
		kind = diff.Replaced
	}
	return &diff.Change{Kind: kind, Old: old, New: new, Properties: ps}
}

// judged are the verdicts on a change, those of last resort left out.
func judged(t testing.TB, table *severity.Table, c *diff.Change) []string {
	t.Helper()
	vs, err := table.Judge(t.Context(), severity.Case{Change: c})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range vs {
		if !strings.HasPrefix(v.Rule.ID, "RESOURCE-") && v.Rule.ID != "PROPERTY-CHANGED" {
			out = append(out, fmt.Sprintf("%s %s %s", v.Rule.ID, v.Severity, v.Direction))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestAzureCases(t *testing.T) {
	table := azureTable(t)
	for _, c := range slices.Concat(azureExistence, azureGrants, azureArrays, azureQuiet) {
		t.Run(c.typ+": "+c.name, func(t *testing.T) {
			old, new := c.sealed(t, c.old), c.sealed(t, c.new)
			if got := judged(t, table, c.change(t, old, new)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := judged(t, table, c.change(t, new, old)); !slices.Equal(got, c.back) {
				t.Errorf("the reverse: got %q, want %q", got, c.back)
			}
		})
	}
}

// azureRules are the rules of the Azure packs.
func azureRules(t testing.TB) []severity.Rule {
	t.Helper()
	var out []severity.Rule
	for _, r := range azureTable(t).Rules() {
		if strings.HasPrefix(r.Pack, "azure") {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		t.Fatal("there are no Azure packs")
	}
	return out
}

// TestAzureExamples holds the examples of the packs against the whole table rather than against their own rule: what another rule takes from
// it is found here.
func TestAzureExamples(t *testing.T) {
	table := azureTable(t)
	for _, r := range azureRules(t) {
		for i, e := range r.Examples {
			t.Run(fmt.Sprintf("%s/%d", r.ID, i+1), func(t *testing.T) {
				c := azureCase{typ: e.On.Type}
				got := judged(t, table, c.change(t, exampleSide(t, &c, &e, e.Old, e.New), exampleSide(t, &c, &e, e.New, e.Old)))
				if e.Want == "none" {
					if slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, r.ID+" ") }) {
						t.Errorf("the rule spoke: %q", got)
					}
					return
				}
				want := fmt.Sprintf("%s %s %s", r.ID, r.Severity, e.Want)
				if e.Want == string(severity.Tightened) {
					want = fmt.Sprintf("%s %s %s", r.ID, severity.Low, e.Want)
				}
				if !slices.Equal(got, []string{want}) {
					t.Errorf("got %q, want %q alone", got, want)
				}
			})
		}
	}
}

// exampleSide is a resource that holds the value at the place of the example; nil where the whole resource is meant and it is not there. Around
// an item that is not there the array is.
func exampleSide(t testing.TB, c *azureCase, e *severity.Example, text, other string) *evidence.Resource {
	t.Helper()
	if text == "" && e.On.Path == "" {
		return nil
	}
	var v *tree.Value
	if text != "" {
		decoded, err := canon.Decode(canon.Raw(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		v = &decoded
	}
	if name, isTag := strings.CutPrefix(e.On.Path, "@tags."); isTag {
		side := *c
		side.tags = map[string]string{"purpose": "test"}
		if v != nil {
			side.tags[name] = v.Text
		}
		return side.seal(t, tree.Value{Kind: tree.Object})
	}
	if e.On.Path == "" {
		return c.seal(t, *v)
	}
	return c.seal(t, placed(e.On.Path, v))
}

// placed is an object with the value at the path, as the first item of each array.
func placed(path string, v *tree.Value) tree.Value {
	head, rest, _ := strings.Cut(path, ".")
	name, array := strings.CutSuffix(head, "[]")
	var inner tree.Value
	switch {
	case rest != "":
		inner = placed(rest, v)
	case v != nil:
		inner = *v
	case array:
		return tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: name, Value: tree.Value{Kind: tree.Array}}}}
	default:
		return tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: "other", Value: tree.Str("x")}}}
	}
	if array {
		inner = tree.Value{Kind: tree.Array, Items: []tree.Value{inner}}
	}
	return tree.Value{Kind: tree.Object, Members: []tree.Member{{Name: name, Value: inner}}}
}

// TestAzureRulesAreShown: for each rule an example or a case shows what it says, so that none stands there untried.
func TestAzureRulesAreShown(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range slices.Concat(azureExistence, azureGrants, azureArrays) {
		for _, w := range c.want {
			id, _, _ := strings.Cut(w, " ")
			shown[id] = true
		}
	}
	for _, r := range azureRules(t) {
		for _, e := range r.Examples {
			if e.Want != "none" {
				shown[r.ID] = true
			}
		}
		if !shown[r.ID] {
			t.Errorf("%s: no example and no case shows it", r.ID)
		}
	}
}

// TestAzureVocabularies: a rule looks at both vocabularies, so that what a plan would do and what was done are graded alike.
func TestAzureVocabularies(t *testing.T) {
	for _, r := range azureRules(t) {
		var arm, terraform bool
		for _, on := range r.On {
			arm = arm || strings.HasPrefix(on.Type, "microsoft.")
			terraform = terraform || strings.HasPrefix(on.Type, "azurerm_")
			if on.Type != strings.ToLower(on.Type) {
				t.Errorf("%s: %s is not in lower case, as types are", r.ID, on.Type)
			}
		}
		if r.ID == "AZ-PRIVATE-CONNECTION" {
			terraform = true // the provider does not tell whether a connection was approved
		}
		if !arm || !terraform {
			t.Errorf("%s: looks at ARM %v, at Terraform %v", r.ID, arm, terraform)
		}
		if !strings.Contains(r.Source, "learn.microsoft.com/") && !strings.HasPrefix(r.Source, "design of c4arch") {
			t.Errorf("%s: its source is %q", r.ID, r.Source)
		}
	}
}

// azureRows are the rows of the severity table that concern Azure, with the rules that carry them. What is graded by effect (security groups,
// firewalls of stores, address lists of clusters) and what is graded on the model is in other packs.
var azureRows = []struct {
	row   string
	grade severity.Severity
	rules string
}{
	{"role Owner, User Access Administrator, RBAC Administrator at a wide scope; privileged role to a group, guest or outsider", severity.Critical, "AZ-ROLE-OWNER AZ-ROLE-OPEN-CIRCLE"},
	{"custom role gains * or Microsoft.Authorization/*", severity.Critical, "AZ-CUSTOM-ROLE-WIDE"},
	{"data store becomes public", severity.Critical, "AZ-STORAGE-PUBLIC-BLOB AZ-STORAGE-PUBLIC-CONTAINER AZ-ACR-ANONYMOUS-PULL AZ-SQLMI-PUBLIC"},
	{"data store, vault or identity deleted; lock removed from one", severity.Critical, "AZ-STORE-REMOVED AZ-LOCK-REMOVED"},
	{"encryption disabled; own key lost on confidential data", severity.Critical, "AZ-ENCRYPTION-OFF AZ-DISK-ENCRYPTION-EXTENSION-REMOVED AZ-CMK-LOST-CONFIDENTIAL"},
	{"lock elsewhere; own key lost; encryption at host", severity.High, "AZ-LOCK-REMOVED-ELSEWHERE AZ-LOCK-LEVEL AZ-CMK-LOST AZ-ENCRYPTION-AT-HOST-OFF"},
	{"TLS floor lowered or HTTPS dropped", severity.High, "AZ-TLS-FLOOR AZ-TLS-POLICY AZ-TLS-APIM AZ-HTTPS-DROPPED AZ-PLAIN-PORT AZ-DATABASE-PLAIN AZ-GATEWAY-PLAIN AZ-FTP"},
	{"local or key authentication re-enabled", severity.High, "AZ-LOCAL-AUTH AZ-LOCAL-AUTH-ENABLED AZ-ENTRA-AUTH-OFF AZ-REDIS-NO-AUTH AZ-BATCH-SHARED-KEY AZ-ACR-ADMIN AZ-VM-PASSWORD AZ-AKS-LOCAL-ACCOUNTS AZ-WEB-AUTH-OFF AZ-WEB-CLIENT-CERTIFICATE"},
	{"private path removed", severity.High, "AZ-PRIVATE-ENDPOINT-REMOVED AZ-PRIVATE-CONNECTION AZ-VNET-INTEGRATION AZ-VNET-ROUTE-ALL"},
	{"new public address or ingress on something internal", severity.High, "AZ-PUBLIC-ADDRESS AZ-PUBLIC-INGRESS AZ-INTERNAL-ONLY-LOST AZ-PUBLIC-NETWORK AZ-WEB-RESTRICTION-OFF AZ-WEB-REMOTE-DEBUGGING"},
	{"identity changed or detached; role with data-plane write added; Contributor added", severity.High, "AZ-IDENTITY-DETACHED AZ-IDENTITY-CHANGED AZ-ROLE-CONTRIBUTOR AZ-ROLE-DATA-WRITE AZ-ROLE-COSMOS-WRITE AZ-ROLE-OWNER-RESOURCE AZ-ROLE-CONDITION-DROPPED AZ-CUSTOM-ROLE-DATA-WIDE AZ-FEDERATION-ADDED"},
	{"Key Vault", severity.High, "AZ-KV-PURGE-PROTECTION AZ-KV-RETENTION AZ-KV-RBAC-OFF AZ-KV-POLICY-WRITE"},
	{"WAF, firewall any to any, security group detached, DDoS", severity.High, "AZ-WAF-WEAKER AZ-WAF-DETACHED AZ-FIREWALL-ANY-ANY AZ-FIREWALL-WATCHES AZ-NSG-DETACHED AZ-DDOS-OFF"},
	{"AKS: RBAC, network policy, policy add-on", severity.High, "AZ-AKS-RBAC AZ-AKS-ENTRA AZ-AKS-NETWORK-POLICY AZ-AKS-POLICY-ADDON"},
	{"diagnostic setting or audit removed; Defender plan to Free", severity.High, "AZ-DIAGNOSTICS-REMOVED AZ-DIAGNOSTICS-REDUCED AZ-AUDITING-OFF AZ-DEFENDER-OFF AZ-LOG-STORE-REMOVED"},
	{"CORS * with credentials", severity.High, "AZ-CORS-CREDENTIALS AZ-CORS-CREDENTIALS-ON"},
	{"SKU, tier or size down; zones or replicas lost; backup retention or geo-redundancy down", severity.Medium, "AZ-REDUNDANCY AZ-TIER AZ-SIZE AZ-CAPACITY AZ-REPLICAS AZ-ZONES AZ-ZONE-REDUNDANCY AZ-REGION-REMOVED AZ-BACKUP-RETENTION AZ-BACKUP-GEO AZ-BACKUP-PROTECTION AZ-BACKUP-REMOVED"},
	{"runtime or image change outside the pipeline", severity.Medium, "AZ-RUNTIME AZ-IMAGE AZ-AKS-VERSION"},
	{"app setting key set or value changed", severity.Medium, "AZ-APP-SETTING"},
	{"route, DNS record, peering, subnet range, CORS *", severity.Medium, "AZ-ROUTE AZ-DNS-RECORD AZ-PEERING AZ-ADDRESS-SPACE AZ-NETWORK-PLACE AZ-CORS-ANY AZ-WEB-RESTRICTION"},
	{"what the table has no row of its own for", severity.Medium, "AZ-KV-POLICY-READ AZ-CUSTOM-ROLE-CHANGED AZ-CUSTOM-ROLE-EXCEPTION AZ-DIAGNOSTICS-TARGET AZ-LOG-RETENTION"},
	{"tag that systems are mapped by", severity.Medium, "AZ-TAG-SYSTEM"},
	{"capacity, alerts, alwaysOn, http20", severity.Low, "AZ-INSTANCES AZ-ALERT AZ-WEB-ALWAYS-ON AZ-WEB-HTTP2"},
	{"required tag", severity.Low, "AZ-TAG"},
	{"display name, description", severity.Low, "AZ-DESCRIPTION"},
}

// TestAzureRows: each row is carried by rules of its severity, and each rule stands in one row.
func TestAzureRows(t *testing.T) {
	table, seen := azureTable(t), map[string]string{}
	for _, row := range azureRows {
		for id := range strings.FieldsSeq(row.rules) {
			r, ok := table.Rule(id)
			if !ok {
				t.Errorf("%s: there is no rule %s", row.row, id)
				continue
			}
			if r.Severity != row.grade {
				t.Errorf("%s: %s is %s, and the row says %s", row.row, id, r.Severity, row.grade)
			}
			if seen[id] != "" {
				t.Errorf("%s stands in two rows: %s; %s", id, seen[id], row.row)
			}
			seen[id] = row.row
		}
	}
	for _, r := range azureRules(t) {
		if seen[r.ID] == "" {
			t.Errorf("%s stands in no row", r.ID)
		}
	}
}
