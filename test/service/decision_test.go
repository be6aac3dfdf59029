//go:build e2e && linux

package service

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

// TestDecisions is what people decide, with the program as it is shipped and real browsers, on both engines: a first baseline is looked at and signed, its entry of the ledger shown with
// the proof; a port is opened to everybody, found, and excepted by three people since it is critical; then two people are asked for, and a proposal is rejected with a reason.
func TestDecisions(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { decides(t, live.Options{}) })
	t.Run("postgresql", func(t *testing.T) { decides(t, live.OnPostgreSQL(pg.Empty(t))) })
}

// deciders are people who decide, one after the other.
type deciders struct {
	*testing.T
	server  *live.Server
	base    string
	pages   *journey
	project string // path

	owner, second, third *somebody
}

func decides(t *testing.T, o live.Options) {
	d := &deciders{T: t, pages: &journey{T: t, engine: filepath.Base(t.Name()), axe: axeCore(t)}}
	d.server = live.Serve(t, live.Build(t), o)
	d.base = strings.Replace(d.server.URL(), "127.0.0.1", "localhost", 1)
	d.setUp()
	d.approves()
	d.finds()
	d.excepts()
	d.rejects()
}

// looks looks at a page as everybody sees it.
func (d *deciders) looks(s *somebody, name string) {
	d.Helper()
	d.pages.looks(s, "decision-"+name)
}

func (d *deciders) setUp() {
	s := newSomebody(d.T)
	d.owner = s
	s.open(d.server.SetupLink())
	s.until(`location.hash === '' && document.activeElement.id === 'name'`)
	s.fill("name", "First owner", "email", "owner@contoso.example", "organisation", "Contoso", "slug", "contoso")
	s.text(`document.querySelector('[name=agree]').click()`)
	s.press("Create a passkey and begin")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('Contoso')`)
	var made struct{ ID string }
	s.into(&made, 201, s.asks("POST", "/api/v1/projects", map[string]string{"slug": "shop", "name": "Online shop"}))
	d.project = "/projects/" + made.ID
	d.second, d.third = d.invites("Second architect", "second"), d.invites("Third approver", "third")
}

// invites lets somebody join by a link, in a browser of their own.
func (d *deciders) invites(name, mail string) *somebody {
	var told struct{ Link string }
	d.owner.into(&told, 201, d.owner.asks("POST", "/api/v1/invitations", map[string]string{"name": name, "email": mail + "@contoso.example", "role": "architect"}))
	s := newSomebody(d.T)
	s.open(told.Link)
	s.press("Create a passkey and join")
	s.until(`location.pathname === '/home' && document.body.innerText.includes('You are a member now.')`)
	return s
}

// scans hands inputs over, and waits until the scan of them is done.
func (d *deciders) scans(source, sku string) {
	d.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"c4arch-upload.json", `{"version":1,"paths":[{"name":".","root":0,"path":"."}]}`}, {"0/graph.json", anEstate(source, sku)}} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			d.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		d.Fatal(err)
	}
	js := `fetch('/api/v1` + d.project + `/uploads', {method: 'POST', headers: {'Content-Type': 'application/zip'}, body: Uint8Array.from(atob('` + base64.StdEncoding.EncodeToString(b.Bytes()) + `'), (c) => c.charCodeAt(0))}).then(async (r) => r.status + ' ' + await r.text())`
	got, err := chromedp.Run(d.owner.ctx, chromedp.Evaluate[string](js, chromedp.EvalAwaitPromise))
	if err != nil || !strings.HasPrefix(got, "20") {
		d.Fatalf("the upload: %s, %v", got, err)
	}
	live.Until(d.T, "the scans and comparisons", func() bool {
		var jobs struct{ Items []struct{ State string } }
		d.owner.into(&jobs, 200, d.owner.asks("GET", "/api/v1/jobs?state=ready", nil))
		var running struct{ Items []struct{ State string } }
		d.owner.into(&running, 200, d.owner.asks("GET", "/api/v1/jobs?state=running", nil))
		var scans struct{ Items []struct{ State string } }
		d.owner.into(&scans, 200, d.owner.asks("GET", "/api/v1"+d.project+"/scans", nil))
		return len(scans.Items) > 0 && scans.Items[0].State == "done"
	})
}

// anEstate is a network with a port that is open to source, a store, and a plan of that size.
func anEstate(source, sku string) string {
	at := "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop/providers/"
	one := func(kind, name, more, properties string) string {
		return fmt.Sprintf(`{"id":%q,"name":%q,"type":%q,"location":"westeurope","resourceGroup":"rg-shop","subscriptionId":"00000000-0000-0000-0000-000000000001"%s,"properties":%s}`, at+kind+"/"+name, name, strings.ToLower(kind), more, properties)
	}
	return `{"data":[` + strings.Join([]string{
		one("Microsoft.Network/networkSecurityGroups", "nsg-shop", "", `{"securityRules":[{"id":"`+at+`Microsoft.Network/networkSecurityGroups/nsg-shop/securityRules/ssh","name":"ssh","properties":{"access":"Allow","direction":"Inbound","priority":100,"protocol":"Tcp","sourcePortRange":"*","destinationPortRange":"22","sourceAddressPrefix":"`+source+`","destinationAddressPrefix":"*"}}]}`),
		one("Microsoft.Storage/storageAccounts", "stshop", `,"sku":{"name":"`+sku+`"}`, `{"supportsHttpsTrafficOnly":true,"minimumTlsVersion":"TLS1_2"}`),
		one("Microsoft.Web/serverfarms", "plan-shop", "", `{}`),
	}, ",") + `]}`
}

func (d *deciders) at(s *somebody, path string) {
	d.Helper()
	s.open(d.base + d.project + path)
	s.until(`document.readyState === 'complete' && document.querySelector('h1')`)
}

// approves: nothing is there, then a scan, and then the decision, the signature and its proof.
func (d *deciders) approves() {
	s := d.owner
	d.at(s, "/drift")
	s.until(`document.body.innerText.includes('Nothing was scanned yet')`)
	d.looks(s, "01-nothing")
	d.scans("10.20.0.0/24", "Standard_GRS")
	d.at(s, "/drift")
	s.until(`document.body.innerText.includes('Nothing is approved yet')`)
	d.at(s, "/baseline")
	s.press("Look at what would be approved")
	s.until(`document.body.innerText.includes('It is the first baseline')`)
	d.looks(s, "02-first")
	s.fill("reason", "The shop as it was designed.")
	s.press("Approve and sign")
	s.until(`location.pathname.includes('/baselines/b') && document.body.innerText.includes('Checked just now')`)
	d.looks(s, "03-proof")
}

// finds: a port is opened to everybody and a store made smaller, which is dangerous and less so.
func (d *deciders) finds() {
	s := d.owner
	d.scans("*", "Standard_LRS")
	live.Until(d.T, "the finding", func() bool {
		var got struct{ Items []struct{ Severity string } }
		s.into(&got, 200, s.asks("GET", "/api/v1"+d.project+"/findings", nil))
		return len(got.Items) > 0 && got.Items[0].Severity == "critical"
	})
	d.at(s, "/drift")
	s.until(`document.querySelector('table .sev.critical')`)
	d.looks(s, "04-drift")
	d.at(s, "/drift?severity=critical&q=nsg-shop")
	if n := s.text(`document.querySelectorAll('table.cards tbody tr').length`); n == "0" {
		d.Errorf("%s rows with a filter", n)
	}
	d.at(s, "/drift?q=nowhere")
	s.until(`document.body.innerText.includes('Nothing matches')`)
	d.at(s, "/baseline/approve")
	s.until(`document.body.innerText.includes('Findings that become approved')`)
	d.looks(s, "05-decision")
	d.at(d.second, "/drift")
	d.second.text(`document.querySelector('table .sev.critical').closest('tr').querySelector('a').click()`)
	d.second.until(`location.pathname.includes('/findings/') && document.body.innerText.includes('Why it is graded so')`)
	d.looks(d.second, "06-finding")
}

// excepts: the second person proposes, the owner approves, and since it is critical the third one too.
func (d *deciders) excepts() {
	s := d.second
	s.fill("reason", "The bastion comes next month.", "owner", "Platform team")
	s.press("Propose the exception")
	s.until(`location.pathname.includes('/findings/') && document.body.innerText.includes('waits for another person')`)
	d.at(d.owner, "/exceptions")
	d.looks(d.owner, "07-waiting")
	d.owner.press("Approve and sign")
	d.owner.until(`document.body.innerText.includes('The exception is approved.')`)
	live.Until(d.T, "the comparison", func() bool {
		d.at(d.third, "/exceptions")
		return strings.Contains(d.third.text("document.body.innerText"), "one more person has to approve")
	})
	d.looks(d.third, "08-one-more")
	d.third.press("Approve too")
	d.third.until(`document.body.innerText.includes('Your approval is added.')`)
	live.Until(d.T, "the finding is accepted", func() bool {
		d.at(d.third, "/drift?state=accepted")
		return d.third.text(`Boolean(document.querySelector('table .sev.critical'))`) == "true"
	})
	d.looks(d.third, "09-accepted")
	d.at(d.third, "/exceptions")
	d.looks(d.third, "10-in-force")
}

// rejects: with two people asked for, the owner proposes, and the second one says no.
func (d *deciders) rejects() {
	d.owner.into(nil, 200, d.owner.asks("PATCH", "/api/v1/organisation", map[string]int{"approvals": 2}))
	d.at(d.owner, "/baseline/approve")
	d.owner.fill("reason", "As it is now.")
	d.owner.press("Propose and sign")
	d.owner.until(`location.pathname.includes('/proposals/') && document.body.innerText.includes('another person decides')`)
	d.second.open(d.owner.text("location.href"))
	d.second.press("Reject it instead")
	d.looks(d.second, "11-proposal")
	d.second.fill("reject-reason", "The port is still open.")
	d.second.press("Reject the proposal")
	d.second.until(`document.body.innerText.includes('The proposal is rejected.') && document.body.innerText.includes('The port is still open.')`)
	d.looks(d.second, "12-rejected")
	d.at(d.owner, "/baseline")
	d.owner.until(`document.body.innerText.includes('came to nothing')`)
	d.looks(d.owner, "13-baseline")
}
