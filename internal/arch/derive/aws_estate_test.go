package derive

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A state as the provider writes it: every type has a rule, what is not in the state is said to be missing, and the lines are those
// that the code of the shop has.
func TestAWSShop(t *testing.T) {
	text, err := os.ReadFile("testdata/aws-shop.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	c := newCollector(t)
	c.read(terraformState, "shop/terraform.tfstate", string(text))
	m := derived(t, snapshotOf(t, c.out, c.nr), Options{Name: "shop"})
	for _, n := range m.NotRead {
		t.Errorf("not read: %+v", n)
	}
	if m.Account.Ambiguous != 0 || m.Account.Found < 150 {
		t.Errorf("found %d, ambiguous %d", m.Account.Found, m.Account.Ambiguous)
	}
	for _, r := range m.Relationships {
		if r.Rule == "T1" {
			t.Errorf("no rule says what %s means", r.Description)
		}
	}
	var missing []string
	for _, r := range m.Account.References {
		if r.Outcome == "unresolved" {
			missing = append(missing, r.Evidence.Property)
		}
	}
	// The certificate of the edge is in another region's state; the interface of the NAT gateway is made by AWS.
	if want := []string{"viewer_certificate[0].acm_certificate_arn", "network_interface"}; !slices.Equal(missing, want) {
		t.Errorf("unresolved: %q, want %q", missing, want)
	}
	got := facts(m)
	for line := range strings.Lines(`Internet --reaches--> www.shop.contoso.example (high I1)
		Internet --reaches through contoso-shop--> contoso-web (high I1)
		Internet --reaches through www.shop.contoso.example--> contoso-shop-web (high I1)
		shop.contoso.example --points to--> www.shop.contoso.example (high WR9)
		www.shop.contoso.example --is protected by--> contoso-edge (certain WR9)
		contoso-shop --routes to--> contoso-web (certain WR8)
		contoso-shop --routes to--> contoso-cart (certain WR8)
		contoso-web --calls through contoso-shop--> contoso-cart (may I2)
		contoso-web --reads from and writes to--> contoso-shop (high WR10)
		contoso-web --exchanges messages through--> contoso-events (high WR10)
		contoso-web --calls--> pay.fabrikam.example (high WR10)
		contoso-web --reads secrets from--> contoso/shop/db (high WR10)
		contoso-web --may send to--> contoso-events (may WR15)
		contoso-web --pulls images from--> contoso/web (certain WR11)
		contoso-cart --reads from and writes to--> contoso-carts (high WR10)
		contoso-cart --reads from and writes to--> contoso-sessions (high WR10)
		contoso-cart --may read from and write to--> contoso-carts (may WR15)
		contoso-events --delivers to--> contoso-orders (certain WR12)
		contoso-orders --triggers--> contoso-mail (certain WR12)
		contoso-orders --moves failed messages to--> contoso-orders-dead (certain WR12)
		contoso-mail --may write to--> contoso-shop-invoices (may WR15)
		contoso-nightly --delivers events to--> contoso-report (certain WR12)
		contoso-partners --routes to--> contoso-report (certain WR13)
		contoso-partners --authenticates with--> contoso-partners (certain WR13)
		Workload on contoso-bastion --may connect to--> contoso-shop (may WR15)
		contoso-web on contoso-shop (WR3)
		contoso-sessions on contoso-shop (WR1)
		contoso-bastion in contoso-shop-public-a
		contoso-shop in eu-west-1
		eu-west-1 in 111122223333`) {
		if line = strings.TrimSpace(line); !slices.Contains(got, line) {
			t.Errorf("want: %s", line)
		}
	}
	if slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "contoso-shop-logs: container") }) {
		t.Error("the bucket of the logs is drawn")
	}
	if t.Failed() {
		t.Log(strings.Join(got, "\n"))
	}
}
