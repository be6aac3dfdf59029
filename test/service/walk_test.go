//go:build e2e && unix

package service

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"c4arch/test/pg"
	"c4arch/test/service/live"
)

const root = "../.."

// TestWalk is one walk through the service.
func TestWalk(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { walk(t, live.Options{}) })
	t.Run("postgresql", func(t *testing.T) { walk(t, live.OnPostgreSQL(pg.Empty(t))) })
}

type (
	organisation struct {
		Organisation struct{ ID, Slug string }
		Owner        struct{ ID string }
		Token        string
	}
	scan    struct{ ID, State, Snapshot, Error string }
	finding struct{ ID, Severity, Title, Resource, Rule, State string }
	member  struct {
		ID, Name, Email, Role string
		Removed, Erased       bool
	}
	token struct {
		Token struct{ ID string }
		Text  string
	}
	proposal struct{ ID, Kind, State string }
	approval struct {
		Baseline *struct{ ID string }
		Proposal *proposal
	}
)

// walked is what the steps hand on.
type walked struct {
	*testing.T
	program                live.Program
	server                 *live.Server
	operator, owner, other *live.User
	contoso, fabrikam      organisation
	project                struct{ ID, Slug string }
	first, second          scan
	baseline               string
	findings               []finding
	architect              *live.User
	architectID, tokenID   string
	exception, waiting     string
	dir                    string
	key, platformKey       string // files
	witness                *live.Witness
	checkpoint             string
	bundles                int
	api                    description
	unknown                map[string]bool // parameters and properties of which nobody has decided what they name
}

func walk(t *testing.T, o live.Options) {
	w := &walked{T: t, program: live.Build(t), dir: t.TempDir(), unknown: map[string]bool{}}
	w.server = live.Serve(t, w.program, o)
	w.setUp()
	w.server.Crash()
	w.twoOrganisations()
	w.server.Crash()
	w.scanAndApprove()
	w.server.Crash()
	w.changeTheExample()
	w.witnessed()
	w.proveIt()
	w.exceptionOfTwo()
	w.server.Crash()
	w.baselineOfTwo()
	w.eraseAPerson()
	w.server.Crash()
	w.proveIt()
	w.nothingOfTheOther()
	w.instanceProvesItself()
	w.nothingIsLeftToDo()
	w.server.Stop()
	w.server.Start()
	w.proveIt()
}

// setUp: the link that the server prints makes the operator's token, once.
func (w *walked) setUp() {
	u := w.server.Nobody()
	link := w.server.SetupLink()
	out := u.Run("login", "--setup", link)
	lines := strings.Split(out, "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[1], "c4a_platform_") {
		w.Fatalf("login --setup printed\n%s", out)
	}
	u.Exits(1, "login", "--setup", link)
	if out := u.Run("organisation", "list"); strings.Count(out, "\n") != 1 {
		w.Errorf("a new server has organisations:\n%s", out)
	}
	w.operator = w.server.User(lines[1])
}

// twoOrganisations: the operator makes them, and is nobody in either.
func (w *walked) twoOrganisations() {
	if strings.Contains(w.server.Log(), "/setup#code=") {
		w.Error("a server that was set up prints another link")
	}
	w.operator.JSON(&w.contoso, "organisation", "create", "contoso", "--name", "Contoso", "--owner-name", "Platform team", "--owner-email", "platform@contoso.example")
	w.operator.JSON(&w.fabrikam, "organisation", "create", "fabrikam", "--name", "Fabrikam", "--owner-name", "Operations", "--owner-email", "operations@fabrikam.example")
	w.owner, w.other = w.server.User(w.contoso.Token), w.server.User(w.fabrikam.Token)
	w.operator.Exits(1, "project", "list")
	if out := w.operator.Run("organisation", "list"); !strings.Contains(out, "contoso") || !strings.Contains(out, "fabrikam") {
		w.Errorf("organisation list prints\n%s", out)
	}
	// A login that is kept does what the variables do.
	kept := w.server.Nobody()
	if code, out, errs := kept.Try(w.contoso.Token+"\n", "login", w.server.URL()); code != 0 || !strings.Contains(out, w.contoso.Organisation.ID) {
		w.Fatalf("login: %d\n%s%s", code, out, errs)
	}
	if out := kept.Run("organisation", "show"); !strings.Contains(out, "Contoso") {
		w.Errorf("organisation show prints\n%s", out)
	}
}

func (w *walked) scanAndApprove() {
	w.owner.JSON(&w.project, "project", "create", "shop", "--name", "Contoso shop")
	w.owner.JSON(&w.first, "scan", filepath.Join(root, "examples", "contoso"), "--project", "shop")
	if w.first.State != "done" || w.first.Snapshot == "" {
		w.Fatalf("the scan is %+v", w.first)
	}
	var a approval
	w.owner.JSON(&a, "baseline", "approve", "--project", "shop", "--reason", "as built")
	if a.Baseline == nil {
		w.Fatalf("it was not approved: %+v", a)
	}
	w.baseline = a.Baseline.ID
	var none []finding
	w.owner.JSON(&none, "finding", "list", "--project", "shop")
	if len(none) != 0 {
		w.Errorf("what was approved has findings: %+v", none)
	}
}

// changeTheExample makes the three changes that the example comes with, and each is a finding.
func (w *walked) changeTheExample() {
	dir := filepath.Join(w.dir, "contoso")
	w.check(os.CopyFS(dir, os.DirFS(filepath.Join(root, "examples", "contoso"))))
	sed := exec.Command("sed", "-i", "-f", filepath.Join(root, "examples", "contoso-changes.sed"), filepath.Join(dir, "azure", "resource-graph.json"))
	if out, err := sed.CombinedOutput(); err != nil {
		w.Fatalf("sed: %v\n%s", err, out)
	}
	w.owner.JSON(&w.second, "scan", dir, "--project", "shop")
	live.Until(w, "the scan was compared", func() bool {
		w.owner.JSON(&w.findings, "finding", "list", "--project", "shop")
		return len(w.findings) > 0
	})
	if len(w.findings) != 3 || w.findings[0].Severity != "critical" || !strings.HasSuffix(w.findings[0].Resource, "/nsg-endpoints") {
		w.Errorf("the findings are %+v", w.findings)
	}
	if report := w.owner.Run("finding", "report", "--project", "shop"); !strings.Contains(report, "nsg-endpoints") {
		w.Errorf("the report does not name what was changed:\n%.500s", report)
	}
}

// witnessed: somebody else is given the keys of the logs of the instance and of the organisation, and cosigns from then on.
func (w *walked) witnessed() {
	w.key, w.platformKey = w.file("operator.key", w.owner.Run("audit", "key", "--server")), w.file("instance.key", w.operator.Run("audit", "key", "--server"))
	w.witness = live.Watch(w, w.program, filepath.Join(w.dir, "witness"), "witness.northwind.example", w.key, w.platformKey)
	w.server.Stop()
	w.server.With("--witnesses", w.witness.Setting)
	w.server.Start()
	w.owner.Run("project", "list")
	w.owner.Run("audit", "list", "--server") // an entry, so that there is something to sign
	w.checkpoint = w.file("held.checkpoint", w.owner.Run("audit", "checkpoint", "--server"))
	for _, u := range []*live.User{w.owner, w.operator} {
		u.Run("audit", "list", "--server")
		if note := u.Run("audit", "checkpoint", "--server"); strings.Count(note, "\n— ") != 2 {
			w.Fatalf("the witness did not cosign:\n%s\nthe witness: %s", note, w.witness.Log())
		}
	}
	// What was cosigned is kept: the witness goes on where it was.
	w.witness.Kill()
	w.witness.Start()
	w.owner.Run("audit", "list", "--server")
	if note := w.owner.Run("audit", "checkpoint", "--server"); strings.Count(note, "\n— ") != 2 {
		w.Fatalf("the witness did not cosign after it was killed:\n%s\nthe witness: %s", note, w.witness.Log())
	}
}

// proveIt exports the ledger and verifies it offline: with what proves it, with too little, and after somebody has changed it.
func (w *walked) proveIt() {
	bundle := w.export(w.owner, "--values")
	w.verify(3, bundle)
	w.verify(0, "--key", w.key, bundle)
	w.verify(0, "--key", w.key, "--witness", w.witness.Key, "--checkpoint", w.checkpoint, bundle)
	w.verify(1, "--key", w.platformKey, bundle)
	w.verify(1, "--key", w.key, "--witness", otherWitness, bundle)
	w.verify(0, "--key", w.key, w.export(w.owner, "--proofs"))

	whole, err := os.ReadFile(bundle)
	w.check(err)
	for _, at := range []int{len(whole) / 5, len(whole) / 2, len(whole) * 4 / 5} {
		changed := bytes.Clone(whole)
		changed[at] ^= 1
		w.verify(1, "--key", w.key, w.file("changed-"+strconv.Itoa(at)+".zip", string(changed)))
	}
	w.verify(1, "--key", w.key, w.file("half.zip", string(whole[:len(whole)/2])))
}

// otherWitness is the key of a witness that has seen nothing of this.
const otherWitness = "witness.fabrikam.example+5d277fa6+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"

// export writes a bundle into a new file.
func (w *walked) export(u *live.User, flags ...string) string {
	w.bundles++
	name := filepath.Join(w.dir, "bundle-"+strconv.Itoa(w.bundles)+".zip")
	u.Run(append([]string{"audit", "export", "--server", name}, flags...)...)
	return name
}

// verify runs both programs that verify: they must end with the same code, and say the same.
func (w *walked) verify(want int, args ...string) {
	w.Helper()
	long := append([]string{"audit", "verify"}, args...)
	code, said, errs := live.Command(w, "", []string{"XDG_CONFIG_HOME=" + w.dir}, w.program.C4arch, long...)
	alone, saidAlone, errsAlone := live.Command(w, "", nil, w.program.Verify, args...)
	if code != want || alone != want || said != saidAlone {
		w.Fatalf("$ c4arch %s\nexit code %d, and of c4arch-verify %d, not %d\n%s%s\n%s%s", strings.Join(long, " "), code, alone, want, said, errs, saidAlone, errsAlone)
	}
}

// joins asks a person to join, who accepts the invitation without a browser. Nobody else has ever had the token.
func (w *walked) joins(name, email, role string) (u *live.User, person string) {
	w.Helper()
	var made struct {
		Invitation struct{ Person string }
		Link       string
	}
	w.owner.JSON(&made, "member", "invite", "--name", name, "--email", email, "--role", role)
	_, code, ok := strings.Cut(made.Link, "#code=")
	if !ok {
		w.Fatal("the invitation has no link")
	}
	var got struct{ Token string }
	w.server.Nobody().Post("/invitations/acceptance", map[string]string{"code": code, "device": "a laptop"}, &got)
	return w.server.User(got.Token), made.Invitation.Person
}

// exceptionOfTwo: one person proposes to accept a finding, another one approves, and it is accepted.
func (w *walked) exceptionOfTwo() {
	w.architect, w.architectID = w.joins("Security team", "security@contoso.example", "architect")
	var tk token
	w.owner.JSON(&tk, "token", "create", "--name", "dashboard", "--purpose", "reporting", "--project", "shop")
	w.tokenID = tk.Token.ID
	var p struct{ Proposal proposal }
	f := w.findings[len(w.findings)-1]
	w.owner.Run("exception", "propose", "--project", "shop", "--scope", f.Resource, "--rule", f.Rule, "--owner", "platform-team", "--reason", "until the new cache is there")
	var open []proposal
	w.owner.JSON(&open, "proposal", "list", "--project", "shop")
	if len(open) != 1 || open[0].State != "open" || open[0].Kind != "exception" {
		w.Fatalf("the proposals are %+v", open)
	}
	p.Proposal = open[0]
	w.owner.Exits(1, "proposal", "approve", p.Proposal.ID, "--project", "shop") // not by its author
	w.architect.Run("proposal", "approve", p.Proposal.ID, "--project", "shop")
	var in []struct{ ID string }
	w.owner.JSON(&in, "exception", "list", "--project", "shop")
	if len(in) != 1 {
		w.Fatalf("the exceptions are %+v", in)
	}
	w.exception = in[0].ID
	live.Until(w, "the finding is accepted", func() bool {
		var accepted []finding
		w.owner.JSON(&accepted, "finding", "list", "--project", "shop", "--state", "accepted")
		return len(accepted) == 1 && accepted[0].ID == f.ID
	})
	var left []finding
	if w.owner.JSON(&left, "finding", "list", "--project", "shop"); len(left) != 2 {
		w.Errorf("the findings that are left are %+v", left)
	}
}

// baselineOfTwo: the organisation asks for two people, and one is not enough.
func (w *walked) baselineOfTwo() {
	w.owner.Run("organisation", "change", "--approvals", "2")
	var a approval
	w.owner.JSON(&a, "baseline", "approve", "--project", "shop", "--reason", "the changes of this week")
	if a.Baseline != nil || a.Proposal == nil {
		w.Fatalf("one person has approved: %+v", a)
	}
	w.owner.Exits(1, "proposal", "approve", a.Proposal.ID, "--project", "shop")
	var list struct{ Items []struct{ ID string } }
	w.owner.Get("/projects/"+w.project.ID+"/baselines", &list)
	if len(list.Items) != 1 || list.Items[0].ID != w.baseline {
		w.Fatalf("the baselines are %+v", list)
	}
	w.architect.Run("proposal", "approve", a.Proposal.ID, "--project", "shop")
	w.owner.Get("/projects/"+w.project.ID+"/baselines", &list)
	if len(list.Items) != 2 || list.Items[1].ID != w.baseline {
		w.Fatalf("the baselines are %+v", list)
	}
	live.Until(w, "nothing differs from the new baseline", func() bool {
		var left []finding
		w.owner.JSON(&left, "finding", "list", "--project", "shop")
		return len(left) == 0
	})
	// One that waits, for whoever looks from outside.
	w.owner.JSON(&a, "baseline", "approve", w.first.Snapshot, "--project", "shop", "--reason", "back to the beginning")
	w.waiting = a.Proposal.ID
}

const erased = "night-shift@contoso.example"

// eraseAPerson: what the service held of a person is gone, in the ledger too, which still verifies.
func (w *walked) eraseAPerson() {
	shift, person := w.joins("Night shift", erased, "auditor")
	m := member{ID: person}
	if out := shift.Run("audit", "list", "--server", "--limit", "200"); !strings.Contains(out, erased) {
		w.Errorf("the ledger does not hold the address:\n%s", out)
	}
	before := w.export(w.owner, "--values")
	w.owner.Run("member", "erase", m.ID, "--reason", "asked for by the person")
	live.Until(w, "the person is erased", func() bool {
		var all []member
		w.owner.JSON(&all, "member", "list", "--removed")
		for _, x := range all {
			if x.ID == m.ID {
				return x.Erased
			}
		}
		return false
	})
	shift.Exits(1, "organisation", "show")
	live.Until(w, "nothing in the ledger names the person", func() bool {
		out := w.owner.Run("audit", "list", "--server", "--limit", "256")
		return !strings.Contains(out, erased) && !strings.Contains(out, "Night shift")
	})
	after := w.export(w.owner, "--values")
	w.verify(0, "--key", w.key, "--witness", w.witness.Key, "--checkpoint", w.checkpoint, after)
	w.verify(0, "--key", w.key, before) // what was exported before is as true as before
	if w.unzipped(before, erased) == 0 || w.unzipped(after, erased) != 0 {
		w.Error("the address is in the bundle from after the erasure, or not in that from before")
	}
	report := w.said(after)
	if !strings.Contains(report, "erased, integrity intact") {
		w.Errorf("the report says nothing of what was erased:\n%s", report)
	}
}

// unzipped counts how often a text is in the files of a bundle.
func (w *walked) unzipped(bundle, text string) int {
	w.Helper()
	out, err := unpacked(bundle)
	w.check(err)
	return bytes.Count(out, []byte(text))
}

func (w *walked) said(bundle string) string {
	_, out, _ := live.Command(w, "", nil, w.program.Verify, "--key", w.key, bundle)
	return out
}

// instanceProvesItself: the log of the instance verifies too, and knows how far those of the organisations are.
func (w *walked) instanceProvesItself() {
	live.Until(w, "the instance's log has taken in the others", func() bool {
		out := w.operator.Run("audit", "list", "--server", "--kind", "ledger.gathered", "--limit", "256")
		return strings.Contains(out, w.contoso.Organisation.ID) && strings.Contains(out, w.fabrikam.Organisation.ID)
	})
	w.verify(0, "--key", w.platformKey, "--witness", w.witness.Key, w.export(w.operator, "--values"))
	if all, err := unpacked(filepath.Join(w.dir, "bundle-"+strconv.Itoa(w.bundles)+".zip")); err != nil || bytes.Contains(all, []byte(erased)) {
		w.Errorf("the log of the instance names the person who was erased (%v)", err)
	}
}

// nothingIsLeftToDo: no job has died, and none was forgotten, of those that the kills left behind either.
func (w *walked) nothingIsLeftToDo() {
	for name, u := range map[string]*live.User{"the instance": w.operator, "contoso": w.owner, "fabrikam": w.other} {
		live.Done(w, u, name)
	}
}

func (w *walked) file(name, text string) string {
	w.Helper()
	name = filepath.Join(w.dir, name)
	write(w, name, text)
	return name
}

func write(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func (w *walked) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}
