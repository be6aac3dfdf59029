// Package acceptance are the use cases of accepting documents for an organisation: what is open, who accepted what, accepting, receipts, and the gate that every request of a member passes.
//
// It promises: a version that is in force and asks for it lets nobody of an organisation go on until an owner, proven to be there, accepted it; what was accepted is recorded with the
// digest of the very bytes that were shown, in one transaction with its entry; accepting twice is one acceptance; nothing is ever taken back. It leaves out what the documents
// say (package legal) and how a receipt is verified (package ledger of trust).
package acceptance

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/acceptance"
	"c4arch/internal/trust/ledger"
	"c4arch/internal/trust/legal"
)

// Documents is the port to the registry: every version that was published, whoever asks.
type Documents interface {
	Published(ctx context.Context) ([]legal.Version, error)
}

// Change is acceptances of one organisation, in one transaction. One that is there already is a conflict.
type Change struct {
	change.Envelope
	Records []acceptance.Record
}

// Store is the port to what was accepted, in the scope's organisation.
type Store interface {
	// Acceptances are all of them, in the order of slug and version.
	Acceptances(ctx context.Context, s access.Scope) ([]acceptance.Record, error)
	Commit(ctx context.Context, c *Change) (change.Committed, error)
}

// Proof is an entry with its proof, and who signs the log.
type Proof struct {
	Entry  ledger.Entry
	Proof  ledger.Proof
	Signer *ledger.Signer
}

// Ledger is the port to the entries of acceptances.
type Ledger interface {
	// Proven finds the entry of the kind whose field has that text, and proves it.
	Proven(ctx context.Context, s access.Scope, kind, field, text string) (Proof, error)
}

// Member is somebody of the organisation who may accept.
type Member struct{ Person, Name, Role string }

// People is the port to who is who in the actor's organisation.
type People interface {
	// Members are those who are members now.
	Members(ctx context.Context, a access.Actor) ([]Member, error)
	// Organisation is its name.
	Organisation(ctx context.Context, a access.Actor) (string, error)
}

// Service is the use cases. Every field must be set but Screen.
type Service struct {
	Documents Documents
	Store     Store
	Ledger    Ledger
	People    People
	Screen    func(ctx context.Context, a access.Actor, field, text string) (string, error)
	Now       func() time.Time
	Random    io.Reader

	gate gate
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Documented is a document that is in force, with how it stands to the organisation.
type Documented struct {
	legal.Version
	Open   bool               // it has to be accepted
	Needed bool               // it, or a version before it, asks to be accepted
	Record *acceptance.Record // of this very version
	Before *legal.Version     // the version that was accepted last, where it is another one; else the one before
	Last   *acceptance.Record // of any version
}

// Standing is where an organisation stands.
type Standing struct {
	Documents []Documented // in force, by slug; those that are open first
	Records   []acceptance.Record
	List      *legal.Version // of subprocessors, that is in force
	Names     map[string]string
	Owners    []Member // who can accept
	May       bool     // the actor can
}

// Open are the documents that have to be accepted.
func (s Standing) Open() []Documented {
	return slices.DeleteFunc(slices.Clone(s.Documents), func(d Documented) bool { return !d.Open })
}

// Standing is where the actor's organisation stands now.
func (s *Service) Standing(ctx context.Context, a access.Actor) (st Standing, err error) {
	scope, err := access.Decide(a, access.AcceptanceRead, access.Resource{})
	if err != nil {
		return st, err
	}
	all, err := s.Documents.Published(ctx)
	if err != nil {
		return st, err
	}
	if st.Records, err = s.Store.Acceptances(ctx, scope); err != nil {
		return st, err
	}
	members, err := s.People.Members(ctx, access.System(a.Org, "who may accept documents", a))
	if err != nil {
		return st, err
	}
	st.Names = map[string]string{}
	for _, m := range members {
		if st.Names[m.Person] = m.Name; m.Role == string(access.Owner) {
			st.Owners = append(st.Owners, m)
		}
	}
	fresh := a
	fresh.Fresh = true
	_, denied := access.Decide(fresh, access.AcceptanceGive, access.Resource{})
	st.May = denied == nil
	st.documents(all, s.now())
	return st, nil
}

// documents says of each document in force how it stands.
func (st *Standing) documents(all []legal.Version, now time.Time) {
	docs := documentsOf(all)
	open := acceptance.Open(docs, st.Records, now)
	for _, d := range acceptance.InForce(docs, now) {
		i := slices.IndexFunc(all, func(v legal.Version) bool { return v.Slug == d.Slug && v.Version == d.Edition })
		x := Documented{Version: all[i], Open: slices.Contains(open, d)}
		x.Needed = slices.ContainsFunc(docs, func(o acceptance.Document) bool {
			return o.Slug == d.Slug && o.Accept && !o.Effective.After(d.Effective)
		})
		for j := range st.Records {
			if r := &st.Records[j]; r.Slug == d.Slug && r.Edition == d.Edition {
				x.Record = r
			}
		}
		if last, there := acceptance.Last(st.Records, d.Slug); there {
			x.Last = &last
		}
		x.Before = before(all, x)
		if d.Slug == legal.Subprocessors {
			st.List = &x.Version
		}
		st.Documents = append(st.Documents, x)
	}
	slices.SortStableFunc(st.Documents, func(a, b Documented) int { return rank(a) - rank(b) })
}

func rank(d Documented) int {
	switch {
	case d.Open:
		return 0
	case d.Needed:
		return 1
	}
	return 2
}

// before is what the reader knows: the version that was accepted last; where none was, nothing was known.
func before(all []legal.Version, d Documented) *legal.Version {
	if d.Last == nil || d.Last.Edition == d.Version.Version {
		return nil
	}
	if i := slices.IndexFunc(all, func(v legal.Version) bool { return v.Slug == d.Slug && v.Version == d.Last.Edition }); i >= 0 {
		return &all[i]
	}
	return nil
}

func documentsOf(all []legal.Version) []acceptance.Document {
	docs := make([]acceptance.Document, len(all))
	for i, v := range all {
		docs[i] = acceptance.Document{Slug: v.Slug, Edition: v.Version, Digest: v.Digest, Effective: v.Effective, Accept: v.Accept}
	}
	return docs
}

// Receipt is a receipt of an acceptance of the actor's organisation, as a file, with its name.
func (s *Service) Receipt(ctx context.Context, a access.Actor, name string) (file string, data []byte, err error) {
	scope, err := access.Decide(a, access.AcceptanceRead, access.Resource{})
	if err != nil {
		return "", nil, err
	}
	all, err := s.Store.Acceptances(ctx, scope)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(all, func(r acceptance.Record) bool { return r.ID == name })
	if i < 0 || !id.Is(id.PrefixAcceptance, name) {
		return "", nil, fault.New(fault.NotFound, "there is no such acceptance")
	}
	r := all[i]
	v, bytes, err := s.accepted(ctx, r)
	if err != nil {
		return "", nil, err
	}
	org, err := s.People.Organisation(ctx, access.System(a.Org, "the receipt of an acceptance", a))
	if err != nil {
		return "", nil, err
	}
	p, err := s.Ledger.Proven(ctx, scope, ledger.KindAccepted, "acceptance", r.ID)
	if err != nil {
		return "", nil, err
	}
	data, err = ledger.WriteReceipt(string(scope.Org()), org, v.Title, bytes, p.Entry, p.Proof, p.Signer)
	return strings.Join([]string{"acceptance", r.Slug, r.Edition}, "-") + ".json", data, err
}

// accepted is the version of a record, with its canonical bytes. One whose digest is not that of the record any more is not handed out as what was accepted.
func (s *Service) accepted(ctx context.Context, r acceptance.Record) (legal.Version, []byte, error) {
	all, err := s.Documents.Published(ctx)
	if err != nil {
		return legal.Version{}, nil, err
	}
	i := slices.IndexFunc(all, func(v legal.Version) bool { return v.Slug == r.Slug && v.Version == r.Edition })
	if i < 0 {
		return legal.Version{}, nil, fault.New(fault.Internal, "the registry does not have version %s of %s any more, which was accepted", r.Edition, r.Slug)
	}
	sum, err := all[i].Sum()
	if err == nil && string(sum) != r.Digest {
		err = fault.New(fault.Internal, "version %s of %s is not what was accepted: its digest is another", r.Edition, r.Slug)
	}
	if err != nil {
		return legal.Version{}, nil, err
	}
	b, err := all[i].Canonical()
	return all[i], b, err
}
