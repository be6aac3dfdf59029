package trustcentre

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// Sort is what an item is: the seven by which a request for information can be met (clauses DPA-10.2 to 10.8).
type Sort string

// The sorts.
const (
	Documentation Sort = "documentation" // of security
	AuditReport   Sort = "audit-report"  // of a third party
	PenTest       Sort = "pen-test"      // its summary
	Certification Sort = "certification"
	Material      Sort = "material" // of the trust centre
	Architecture  Sort = "architecture"
	Response      Sort = "response" // in writing, mostly to one organisation
)

// Sorts are all.
func Sorts() []Sort {
	return []Sort{Documentation, AuditReport, PenTest, Certification, Material, Architecture, Response}
}

// Level is who is shown an item.
type Level string

// The levels.
const (
	ForAll       Level = "public"
	ForCustomers Level = "customer" // members of an organisation who may read the trust centre
	OnTerms      Level = "terms"    // the same, when they have accepted the terms
)

// Levels are all.
func Levels() []Level { return []Level{ForAll, ForCustomers, OnTerms} }

// Item is a document that is shown.
type Item struct {
	ID        string       `json:"id"` // ti_…
	Sort      Sort         `json:"kind"`
	Title     string       `json:"title"`
	Edition   string       `json:"version"` // as its author says: "2026-11"
	Level     Level        `json:"level"`
	Org       id.Org       `json:"-"` // for that organisation alone; "" for all
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	File      string       `json:"-"`
	Name      string       `json:"file"`
	Size      int64        `json:"size"`
	Digest    canon.Digest `json:"digest"`
	Added     time.Time    `json:"added"`
	Withdrawn time.Time    `json:"withdrawn,omitzero"`
	Actor     string       `json:"-"`
	Version   int64        `json:"-"`
}

// File is what an item holds.
type File struct {
	ID   string
	Data []byte
}

// Live reports whether it is shown at that time.
func (i Item) Live(now time.Time) bool {
	return i.Withdrawn.IsZero() && !now.Before(i.From) && now.Before(i.To)
}

// For reports whether somebody of that organisation may know of it.
func (i Item) For(org id.Org) bool { return i.Org == "" || i.Org == org }

// Marked reports whether the words of the file itself carry the mark of who took it; others go beside a signed notice that has it.
func (i Item) Marked() bool {
	switch strings.ToLower(path.Ext(i.Name)) {
	case ".txt", ".md":
		return true
	}
	return false
}

const (
	// MaxFile is how large a document can be.
	MaxFile  = 8 << 20
	maxItems = 300
)

func (i Item) check(data []byte) error {
	switch {
	case !slices.Contains(Sorts(), i.Sort):
		return fault.New(fault.Invalid, "it is not said what the document is").WithHelp("choose one of the list")
	case !slices.Contains(Levels(), i.Level):
		return fault.New(fault.Invalid, "it is not said who may see the document").WithHelp("choose one of the list")
	case i.Org != "" && (i.Level == ForAll || !i.Org.Valid() || i.Org == id.Platform):
		return fault.New(fault.Invalid, "what is for one organisation is not public, and names that organisation")
	case i.From.IsZero() || !i.From.Before(i.To):
		return fault.New(fault.Invalid, "a document is valid from a day until a later one")
	case len(data) == 0 || len(data) > MaxFile:
		return fault.New(fault.Limited, "a document has at most %d MiB, and is not empty", MaxFile>>20)
	case !fileName(i.Name):
		return fault.New(fault.Invalid, "the file has no name that can be kept").WithHelp("letters, digits, dots, lines and underscores; at most 100")
	case i.Marked() && !utf8.Valid(data):
		return fault.New(fault.Invalid, "the file is no text in UTF-8").WithHelp("save it as UTF-8, or give it another ending")
	}
	if err := line("the title", i.Title, maxShort); err != nil {
		return err
	}
	return line("the version", i.Edition, 40)
}

// fileName reports whether a name can stand in a container and in a header.
func fileName(s string) bool {
	return s != "" && len(s) <= 100 && s[0] != '.' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// Add keeps a document. A new version of one is a new item; the one of before is withdrawn by hand.
func (s *Service) Add(ctx context.Context, a access.Actor, i Item, data []byte) (Item, error) {
	scope, err := access.Decide(a, access.TrustChange, access.Resource{})
	if err != nil {
		return i, err
	}
	if err := i.check(data); err != nil {
		return i, err
	}
	all, err := s.Store.Items(ctx, scope)
	if err != nil {
		return i, err
	}
	if len(all) >= maxItems {
		return i, fault.New(fault.Limited, "there are %d documents already", len(all)).WithHelp("withdraw those that nobody needs")
	}
	now := s.now()
	i.Size, i.Digest, i.Added, i.Withdrawn, i.Actor, i.Version = int64(len(data)), canon.Sum(data), now, time.Time{}, string(a.ID), 0
	if i.ID, err = id.Mint(id.PrefixItem, s.Random, now); err != nil {
		return i, fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	i.File = i.ID
	_, err = s.Store.Platform(ctx, &PlatformChange{Item: &i, File: &File{i.File, data}, Envelope: change.New(scope, now, draft("item.added",
		ledger.Text("item", i.ID), ledger.Text("kind", string(i.Sort)), ledger.Text("title", i.Title), ledger.Text("version", i.Edition), ledger.Text("level", string(i.Level)),
		ledger.Text("organisation", string(i.Org)), ledger.Time("until", i.To), ledger.Digest("digest", i.Digest)))})
	return i, err
}

// Retire withdraws a document: it is shown no more, and its file is gone.
func (s *Service) Retire(ctx context.Context, a access.Actor, item, reason string) error {
	scope, err := access.Decide(a, access.TrustChange, access.Resource{})
	if err != nil {
		return err
	}
	if err := line("the reason", reason, maxShort); err != nil {
		return err
	}
	return change.Again(func() error {
		i, err := s.Store.Item(ctx, scope, item)
		if err != nil || !i.Withdrawn.IsZero() {
			return err
		}
		i.Withdrawn = s.now()
		_, err = s.Store.Platform(ctx, &PlatformChange{Item: &i, Drop: i.File, Envelope: change.New(scope, i.Withdrawn, draft("item.withdrawn", ledger.Text("item", i.ID), ledger.Text("reason", reason)))})
		return err
	})
}

// Items are all, for those who keep them.
func (s *Service) Items(ctx context.Context, a access.Actor) ([]Item, error) {
	scope, err := access.Decide(a, access.RequestRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Items(ctx, scope)
}

// Shown are those that everybody may see now.
func (s *Service) Shown(ctx context.Context) ([]Item, error) { return s.visible(ctx, "", false) }

func (s *Service) visible(ctx context.Context, org id.Org, member bool) ([]Item, error) {
	scope, err := published()
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Items(ctx, scope)
	now := s.now()
	return slices.DeleteFunc(all, func(i Item) bool {
		return !i.Live(now) || !i.For(org) || !member && i.Level != ForAll
	}), err
}

// Open is the file of a public item.
func (s *Service) Open(ctx context.Context, item string) (Item, []byte, error) {
	scope, err := published()
	if err != nil {
		return Item{}, nil, err
	}
	i, err := s.Store.Item(ctx, scope, item)
	if err == nil && (!i.Live(s.now()) || i.Level != ForAll) {
		err = noItem()
	}
	if err != nil {
		return Item{}, nil, err
	}
	return s.file(ctx, scope, i)
}

func noItem() error { return fault.New(fault.NotFound, "there is no such document") }

func (s *Service) file(ctx context.Context, scope access.Scope, i Item) (Item, []byte, error) {
	data, err := s.Store.File(ctx, scope, i.File)
	if err == nil && canon.Sum(data) != i.Digest {
		err = fault.New(fault.Internal, "the file of the document %s does not match its digest", i.ID)
	}
	return i, data, err
}

// Readable are those that the actor's organisation may see, and whether whoever asks has accepted the terms.
func (s *Service) Readable(ctx context.Context, a access.Actor) ([]Item, Acceptance, error) {
	scope, err := access.Decide(a, access.TrustRead, access.Resource{})
	if err != nil {
		return nil, Acceptance{}, err
	}
	all, err := s.visible(ctx, a.Org, true)
	if err != nil {
		return nil, Acceptance{}, err
	}
	k, err := s.Store.Acceptance(ctx, scope, a.ID.Person())
	return all, k, err
}

// Take hands out a document for members: a container with a signed notice of who took it for whom and when, and the file, whose own words carry the mark where it is text. That it
// is taken is an entry of the organisation's ledger, which is there before.
func (s *Service) Take(ctx context.Context, a access.Actor, item string) (name string, data []byte, err error) {
	scope, err := access.Decide(a, access.TrustRead, access.Resource{})
	if err != nil {
		return "", nil, err
	}
	open, err := published()
	if err != nil {
		return "", nil, err
	}
	i, err := s.Store.Item(ctx, open, item)
	if err == nil && (!i.Live(s.now()) || !i.For(a.Org)) {
		err = noItem()
	}
	if err != nil {
		return "", nil, err
	}
	k, err := s.Store.Acceptance(ctx, scope, a.ID.Person())
	if err != nil {
		return "", nil, err
	}
	now := s.now()
	if i.Level == OnTerms && !k.Holds(now) {
		return "", nil, fault.New(fault.Denied, "the terms of confidential documents have to be accepted first").WithHelp("accept them on the page of the trust centre")
	}
	if i, data, err = s.file(ctx, open, i); err != nil {
		return "", nil, err
	}
	org, err := s.Sources.Name(ctx, a)
	if err != nil {
		return "", nil, err
	}
	if _, err := s.Store.Organisation(ctx, &OrgChange{Envelope: change.New(scope, now, draft("trust.taken",
		ledger.Text("item", i.ID), ledger.Text("title", i.Title), ledger.Text("version", i.Edition), ledger.Digest("digest", i.Digest)))}); err != nil {
		return "", nil, err
	}
	data, err = s.wrapped(ctx, i, data, Taker{Organisation: org, Org: a.Org, Person: a.ID.Person(), At: now, Terms: termsOf(i, k)})
	return i.ID + ".zip", data, err
}

func termsOf(i Item, k Acceptance) string {
	if i.Level != OnTerms {
		return ""
	}
	return k.Digest
}

// Taker is who took a document.
type Taker struct {
	Organisation string
	Org          id.Org
	Person       string
	At           time.Time
	Terms        string // the digest of those that were accepted
}

// Notice is what stands beside a document that was handed out.
func (t Taker) Notice(i Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CONFIDENTIAL COPY\n\nDocument: %s\nVersion: %s\nFile: %s\nOriginal: %s\n", i.Title, i.Edition, i.Name, i.Digest)
	fmt.Fprintf(&b, "Handed to: %s (%s)\nTaken by: %s\nTaken at: %s\nValid until: %s\n", oneLine(t.Organisation), t.Org, t.Person, t.At.Format(time.RFC3339), i.To.Format(time.RFC3339))
	if t.Terms != "" {
		fmt.Fprintf(&b, "Terms: %s\n", t.Terms)
	}
	if i.Marked() {
		b.WriteString("\nThe first and the last lines of the file carry the same words.\n")
	} else {
		b.WriteString("\nThe file itself is unchanged and carries no mark; this notice goes with it.\n")
	}
	return b.String()
}

// oneLine keeps the name of an organisation from making lines of its own.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

func (t Taker) mark(i Item) string {
	return fmt.Sprintf("[%s, version %s. Confidential copy for %s (%s), taken by %s at %s]", oneLine(i.Title), i.Edition, oneLine(t.Organisation), t.Org, t.Person, t.At.Format(time.RFC3339))
}

// wrapped is the container: NOTICE.txt, signed by the instance, and the file.
func (s *Service) wrapped(ctx context.Context, i Item, data []byte, t Taker) ([]byte, error) {
	key, err := s.Key(ctx)
	if err != nil {
		return nil, err
	}
	notice, err := key.Sign([]byte(t.Notice(i)), t.At)
	if err != nil {
		return nil, err
	}
	if i.Marked() {
		data = slices.Concat([]byte(t.mark(i)+"\n\n"), data, []byte("\n\n"+t.mark(i)+"\n"))
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name string
		data []byte
	}{{"NOTICE.txt", notice}, {"document/" + i.Name, data}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store, Modified: t.At})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}
