package architecture

import (
	"encoding/json"
	"net/url"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

// proofView is the proof of one resource.
type proofView struct {
	*draw.Proof
	Resource string
	File     string // where the proof is as a file
	Ledger   string // where the entry of the snapshot is; "" for whoever may not read the ledger
}

func (d *Desk) proven(c *web.Call) (web.Project, proofView, error) {
	var v proofView
	project, err := c.Project()
	if err != nil {
		return web.Project{}, v, err
	}
	p, err := d.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return p, v, err
	}
	v.Resource = c.Query("resource")
	if v.Resource == "" || len(v.Resource) > 4096 {
		return p, v, fault.New(fault.Invalid, "the address names no resource")
	}
	v.Proof, err = d.Pictures.Prove(c.Context(), c.Asker(), project, c.Path("snapshot"), v.Resource)
	return p, v, err
}

// proof shows where a resource stood, and that the root of its snapshot has it.
func (d *Desk) proof(c *web.Call) error {
	p, v, err := d.proven(c)
	if err != nil {
		return err
	}
	path := at(p.ID, v.Moment.ID)
	v.File = path + "/proof.json?" + url.Values{"resource": {v.Resource}}.Encode()
	if c.May(access.LedgerRead, "") {
		v.Ledger = "/organisation/ledger?" + url.Values{"kind": {"snapshot.kept"}, "text": {v.Moment.ID}}.Encode()
	}
	return c.Show(web.View{
		Title: say.T(c.Context(), "Proof of a resource"), Section: at(p.ID, ""), Project: &p, Styles: []string{"architecture/architecture.css"},
		Lead:   say.T(c.Context(), "What was read of this resource is in the snapshot's root, and the root is in the ledger: neither can be changed unseen."),
		Crumbs: []web.Crumb{{Path: path, Name: say.T(c.Context(), "Architecture")}},
	}, proofPage(v))
}

// proofFile is the same for a program.
func (d *Desk) proofFile(c *web.Call) error {
	p, v, err := d.proven(c)
	if err != nil {
		return err
	}
	type one struct {
		Commitment string   `json:"commitment"`
		Inclusion  any      `json:"inclusion"`
		Places     []string `json:"places"`
	}
	out := struct {
		Project   id.Project `json:"project"`
		Snapshot  string     `json:"snapshot"`
		Root      string     `json:"root"`
		Collected string     `json:"collectedAt"`
		Resource  string     `json:"resource"`
		Found     []one      `json:"found"`
	}{p.ID, v.Moment.ID, string(v.Moment.Root), v.Moment.Collected.UTC().Format("2006-01-02T15:04:05Z07:00"), v.Resource, nil}
	for _, f := range v.Found {
		x := one{Commitment: string(f.Resource.Commitment), Inclusion: f.Inclusion}
		for _, o := range f.Resource.Origins {
			x.Places = append(x.Places, standsAt(o))
		}
		out.Found = append(out.Found, x)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the proof")
	}
	_, _ = c.Save("proof-"+v.Moment.ID+".json", "application/json").Write(append(b, '\n'))
	return nil
}
