// Package ledger is the organisation's ledger in the portal: searched, the newest first, each entry with the proof that it stands in the log, and what somebody needs to verify
// it without this service.
//
// It promises: what was read is recorded before it is shown; filters stand in the address; a value that was erased is said to be erased, and one that cannot be read is said to
// be damaged. It leaves out what is in the log and how it is proven (packages auditing and ledger of trust).
package ledger

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/auditing"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Ledger is the port to the log of an organisation.
type Ledger interface {
	Search(ctx context.Context, a access.Actor, q auditing.Search) (*auditing.Found, error)
	Prove(ctx context.Context, a access.Actor, index int64) (auditing.Proven, error)
	Export(ctx context.Context, a access.Actor, w io.Writer, x auditing.Export) (*auditing.Exported, error)
	ExportEntry(ctx context.Context, a access.Actor, w io.Writer, index int64) error
	Verify(ctx context.Context, a access.Actor, d auditing.Depth) (*auditing.Verdict, error)
}

// Names is the port to who is behind the ids of actors.
type Names interface {
	// Names are the names of people and programs of the organisation, by the ids that entries have: of those that the actor may see.
	Names(ctx context.Context, a access.Actor) (map[string]string, error)
}

// Parts are what the desk needs. Key is the line of the key of the organisation's log.
type Parts struct {
	Ledger Ledger
	Names  Names
	Key    func(ctx context.Context, a access.Actor) ([]byte, error)
}

const path = "/organisation/ledger"

// Desk adds the pages.
func Desk(p Parts) web.Desk {
	return func(s *web.Site) {
		d := desk{p}
		s.Page(path, "ledger", access.LedgerRead, d.list)
		s.Page(path+"/{index}", "ledger-entry", access.LedgerRead, d.entry, web.InPath("index", "entry"))
		s.Download(path+"/{index}/bundle", "ledger-entry-bundle", access.LedgerExport, d.bundleOf, web.InPath("index", "entry"))
		s.Download(path+"/bundle", "ledger-bundle", access.LedgerExport, d.bundle)
		s.Download(path+"/key", "ledger-key", access.LedgerRead, d.key)
		s.Form(path+"/verify", "ledger-verify", access.LedgerVerify, d.verify)
	}
}

type desk struct{ Parts }

// listView is what the list shows.
type listView struct {
	Filter filter
	Found  *auditing.Found
	Names  names
	Kinds  []kind
	Newer  string
	Older  string
	Export bool
	Verify bool
}

func (d desk) list(c *web.Call) error {
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	known, err := d.Names.Names(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	n := names(known)
	q, err := f.search(n)
	if err != nil {
		return err
	}
	found := &auditing.Found{Entries: []auditing.Shown{}}
	if f.Actor == "" || len(q.Actors) > 0 {
		if found, err = d.Ledger.Search(c.Context(), c.Asker(), q); err != nil {
			return err
		}
	}
	v := listView{Filter: f, Found: found, Names: n, Kinds: kinds(c.Context()), Export: c.May(access.LedgerExport, ""), Verify: c.May(access.LedgerVerify, "")}
	if f.Before > 0 {
		v.Newer = f.at(0)
	}
	if found.Older > 0 {
		v.Older = f.at(found.Older)
	}
	return c.Show(web.View{Title: say.T(c.Context(), "Ledger"), Lead: say.T(c.Context(), "Everything that happened here, in an order that nobody can change unseen. That you read it is an entry too."), Section: path, Actions: listActions(v)}, listPage(v))
}

func (d desk) entry(c *web.Call) error {
	index := indexOf(c)
	p, err := d.Ledger.Prove(c.Context(), c.Asker(), index)
	if err != nil {
		return err
	}
	known, err := d.Names.Names(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	v := entryView{Proven: p, Names: known, Export: c.May(access.LedgerExport, "")}
	return c.Show(web.View{
		Title: titleOf(c.Context(), index), Lead: inWords(c.Context(), p.Kind), Section: path, Crumbs: []web.Crumb{{Path: path, Name: say.T(c.Context(), "Ledger")}}, Actions: entryActions(v),
	}, entryPage(v))
}

// indexOf is the number that the path has; -1, which no entry has, where it is none: whether there is one is told to those alone who may know.
func indexOf(c *web.Call) int64 {
	text := c.Path("index")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return -1
	}
	return n
}

func (d desk) bundleOf(c *web.Call) error {
	index := indexOf(c)
	return stream(c, "entry-"+strconv.FormatInt(index, 10)+".zip", func(w io.Writer) error { return d.Ledger.ExportEntry(c.Context(), c.Asker(), w, index) })
}

func (d desk) bundle(c *web.Call) error {
	return stream(c, "audit-bundle.zip", func(w io.Writer) error {
		_, err := d.Ledger.Export(c.Context(), c.Asker(), w, auditing.Export{Values: c.Query("values") != "no", Proofs: false})
		return err
	})
}

func (d desk) key(c *web.Call) error {
	b, err := d.Key(c.Context(), c.Asker())
	if err != nil {
		return err
	}
	_, err = c.Save("ledger.key", "text/plain; charset=utf-8").Write(b)
	return err
}

func (d desk) verify(c *web.Call) error {
	v, err := d.Ledger.Verify(c.Context(), c.Asker(), auditing.Full)
	if v == nil {
		return err
	}
	// A log that does not verify is the answer, and not a failure of the page: the verdict says where.
	return c.Show(web.View{Title: say.T(c.Context(), "Verdict"), Lead: say.T(c.Context(), "What the verification of the whole ledger found."), Section: path, Crumbs: []web.Crumb{{Path: path, Name: say.T(c.Context(), "Ledger")}}}, verdictPage(v))
}

// stream sends a file whose length is not known before. What goes wrong after the first byte cuts the connection, so that half a bundle is not taken for one.
func stream(c *web.Call, name string, write func(io.Writer) error) error {
	w := &begun{call: c, name: name}
	err := write(w)
	if err != nil && w.to != nil {
		panic(http.ErrAbortHandler)
	}
	return err
}

// begun says what it is before its first byte.
type begun struct {
	call *web.Call
	name string
	to   io.Writer
}

func (b *begun) Write(p []byte) (int, error) {
	if b.to == nil {
		b.to = b.call.Save(b.name, "application/zip")
	}
	return b.to.Write(p)
}

// short is a value for a row of a list.
func short(text string) string {
	const most = 120
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	return string(bytes.ToValidUTF8([]byte(text[:most]), nil)) + "…"
}
