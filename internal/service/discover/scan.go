package discover

import (
	"cmp"
	"context"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/derive"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/arch/overlay"
	"c4arch/internal/base/fault"
)

// Finder is the port to where inputs are.
type Finder interface {
	// Find looks at what the request names. A path that is not there is an error.
	Find(Request) (Place, error)
}

// Place is what a Finder found. It must be closed.
type Place interface {
	// Len is how many inputs there may be.
	Len() int
	// All yields the inputs, in an order that depends on their names alone.
	All() iter.Seq2[Found, error]
	// Overlays returns each c4arch.yaml.
	Overlays() []Overlay
	Close() error
}

// Overlay is the text of a c4arch.yaml.
type Overlay struct {
	Name string
	Data []byte
}

// Request is what to scan.
type Request struct {
	Paths []string
	Stdin io.Reader // what the path "-" means; may be nil
	// Name is what to call the architecture. When it is empty the overlay's name is taken, and then DefaultName.
	Name        string
	DefaultName string
	// At is when the evidence was collected.
	At time.Time
	// Method is how it was collected; "" is the command's own.
	Method   string
	Progress func(Progress) // may be nil; called by one goroutine at a time
}

// Stage is a part of a scan.
type Stage string

// The stages, in order.
const (
	Reading  Stage = "reading"
	Deriving Stage = "deriving"
)

// Progress is how far a scan is.
type Progress struct {
	Stage       Stage
	Done, Total int // inputs, or steps of the derivation; Total is 0 where it is not known
	Resources   int // found so far
}

// Result is what a scan found.
type Result struct {
	Model    *c4.Model
	Snapshot *evidence.Snapshot
	// Overlay is the c4arch.yaml that was used; its Name is empty when there was none.
	Overlay Overlay
}

// Service is the use case. Every field but Workers must be set.
type Service struct {
	Readers []Reader
	Finder  Finder
	Key     []byte // commits and fingerprints are made under it
	Workers int    // 0 means GOMAXPROCS
}

// method is how a snapshot says that it was collected.
const method = "c4arch scan"

// Scan reads what the request names and derives its architecture. A scan that finds no resource
// ends with [NothingFound], unless an input was understood and says that there is none: an answer with no rows
// is an answer.
func (s *Service) Scan(ctx context.Context, req Request) (*Result, error) {
	sealer, err := evidence.NewSealer(s.Key)
	if err != nil {
		return nil, err
	}
	tell := req.Progress
	if tell == nil {
		tell = func(Progress) {}
	}
	at, err := s.Finder.Find(req)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	// People's own words first: a mistake in them is found before the long work.
	people, err := readOverlay(at.Overlays(), sealer.Text)
	if err != nil {
		return nil, err
	}
	total := at.Len()
	c := Collector{Readers: s.Readers, Sealer: sealer, Workers: s.Workers, Progress: func(inputs, resources int) {
		tell(Progress{Stage: Reading, Done: inputs, Total: max(total, inputs), Resources: resources})
	}}
	tell(Progress{Stage: Reading, Total: total})
	aim := newAim(people.overlay)
	col, err := c.Collect(ctx, aim.each(at.All()))
	if err != nil {
		return nil, err
	}
	col.NotRead = append(col.NotRead, aim.leftovers(people.name)...)
	if len(col.Resources) == 0 && !answered(col) {
		return nil, &NothingFound{Paths: req.Paths, Inputs: col.Inputs, NotRead: col.NotRead, PassedOver: col.PassedOver}
	}
	name := cmp.Or(req.Name, people.overlay.Name, req.DefaultName, "Architecture")
	snap, err := evidence.NewSnapshot(evidence.Meta{
		Name: name, CollectedAt: req.At.UTC().Format(time.RFC3339), Scope: scopeOf(col.Resources),
		Inputs: col.Inputs, KeyID: sealer.KeyID(), Method: cmp.Or(req.Method, method),
	}, col.Resources, col.NotRead)
	if err != nil {
		return nil, err
	}
	tell(Progress{Stage: Deriving, Resources: len(snap.Resources)})
	model, err := derive.Model(ctx, snap, derive.Options{
		Name: name, Overlay: people.overlay, OverlayName: people.name,
		Progress: func(done, total int) {
			tell(Progress{Stage: Deriving, Done: done, Total: total, Resources: len(snap.Resources)})
		},
	})
	if err != nil {
		return nil, err
	}
	if model.NotRead == nil {
		model.NotRead = []evidence.NotRead{} // as it is read back: an empty list, never nothing
	}
	return &Result{Model: model, Snapshot: snap, Overlay: Overlay{Name: people.name, Data: people.text}}, nil
}

// answered reports whether a reader took an input and read it to its end.
func answered(col *Collection) bool {
	broken := brokenInputs(col.NotRead)
	return slices.ContainsFunc(col.Inputs, func(in evidence.InputSummary) bool { return in.Format != "" && !broken[in.Name] })
}

// words are what people said, and where.
type words struct {
	overlay *overlay.Overlay
	name    string
	text    []byte
}

func readOverlay(found []Overlay, text func(string) string) (words, error) {
	switch len(found) {
	case 0:
		return words{overlay: &overlay.Overlay{}}, nil
	case 1:
	default:
		return words{}, fault.New(fault.Conflict, "there are two overlays, %s and %s, and a scan uses one", found[0].Name, found[1].Name).
			WithHelp("write all into one of them and move the other away, or scan the directories on their own")
	}
	o, err := overlay.Parse(found[0].Data)
	if err != nil {
		return words{}, fault.New(fault.KindOf(err), "%s: %s", found[0].Name, text(err.Error()))
	}
	return words{overlay: o, name: found[0].Name, text: found[0].Data}, nil
}

// scopeOf says what the resources belong to, in words: subscriptions, namespaces, projects.
func scopeOf(rs []evidence.Resource) []string {
	seen := map[string]bool{}
	for i := range rs {
		if s := outermost(&rs[i]); s != "" {
			seen[s] = true
		}
	}
	return slices.AppendSeq([]string{}, maps.Keys(seen)) // sorted by the snapshot
}

func outermost(r *evidence.Resource) string {
	if r.Side == evidence.Declared && (evidence.HasBlank(r.Scope) || strings.HasPrefix(r.ID, "tf:")) && len(r.Origins) > 0 {
		return "code in " + cmp.Or(r.Origins[0].Root, r.Origins[0].Input)
	}
	parts := strings.Split(strings.TrimPrefix(r.Scope, "/"), "/")
	switch {
	case parts[0] == "":
		return ""
	case evidence.IsARM(r.ID) && parts[0] == "subscriptions" && len(parts) > 1:
		return "subscription " + parts[1]
	case r.Form == evidence.Kubernetes:
		return "namespace " + r.Scope
	case r.Form == evidence.Compose:
		return "compose project " + r.Scope
	case parts[0] == "aws" && len(parts) > 1 && len(parts[1]) == 12: // else the region alone
		return "AWS account " + parts[1]
	case parts[0] == "projects" && len(parts) > 1:
		return "Google Cloud project " + parts[1]
	}
	return "" // a module of Terraform's: where it is written, not where it is
}
