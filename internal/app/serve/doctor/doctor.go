// Package doctor looks at an instance as it stands on its machine: is what is stored encrypted, is it out of the reach of others, are clock, disk and certificates
// in order.
//
// It promises: it only looks; what cannot be asked is unknown and never ok; no finding holds a secret. It leaves out what a service does while it runs, which the
// checks of controls look at.
package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// State is how something stands.
type State string

// The states.
const (
	OK      State = "ok"
	Unknown State = "unknown"
	Failed  State = "failed"
)

// Finding is one thing that was looked at.
type Finding struct {
	Subject string `json:"subject"`
	State   State  `json:"state"`
	Detail  string `json:"detail"`
	Help    string `json:"help,omitempty"`
}

// Report is all of them.
type Report struct {
	At       time.Time `json:"at"`
	Findings []Finding `json:"findings"`
}

// Probes are what is looked at. What is nil or empty is not there, and not spoken of; what is there and cannot be asked is unknown.
type Probes struct {
	Now func() time.Time

	DataDir string
	// System is "/", or a folder that stands for it: /sys and /proc are read below it.
	System string
	// Postgres asks the database one thing: a query of ours that gives one text.
	Postgres func(ctx context.Context, query string) (string, error)
	Socket   bool // PostgreSQL is reached over a socket of this machine
	Bucket   func(ctx context.Context) Finding
	RootKeys []RootKey
	// Certificates are the chains that are served, in PEM; a nil Ask is one that cannot be looked at.
	Certificates []Certificate
	Private      []string  // files and folders that nobody else may reach
	More         []Finding // what the caller has looked at itself
	// Newest is the time of the newest ledger entry; false where it is not known.
	Newest func(ctx context.Context) (time.Time, bool, error)
	// Backup is the time of the last backup; nil while there are none.
	Backup func(ctx context.Context) (time.Time, error)
}

// RootKey is where a root key is kept: in a folder of this machine, or in a service.
type RootKey struct {
	Name string
	Dir  string // "" for one in a service
	Ask  func(ctx context.Context) Finding
}

// Certificate is one that is served.
type Certificate struct {
	Name string
	Ask  func(ctx context.Context) ([]byte, error)
}

// askTime bounds each question to another system.
const askTime = 10 * time.Second

// Doctor looks at everything.
func Doctor(ctx context.Context, p Probes) Report {
	r := Report{At: p.Now().UTC()}
	add := func(all ...Finding) { r.Findings = append(r.Findings, all...) }
	var volume *Finding
	if p.DataDir != "" {
		v := p.volume()
		volume = &v
		add(p.files(), v, p.space())
	}
	if p.Postgres != nil {
		add(p.postgres(ctx)...)
	}
	add(p.More...)
	if p.Bucket != nil {
		add(p.Bucket(ctx))
	}
	for _, k := range p.RootKeys {
		add(p.rootKey(ctx, k, volume))
	}
	add(p.permissions()...)
	add(p.clock(ctx)...)
	for _, c := range p.Certificates {
		add(p.certificate(ctx, c))
	}
	return Report{r.At, append(r.Findings, p.backup(ctx))}
}

// Err is nil when all is ok, incomplete (exit code 3) when something is unknown, and internal (exit code 1) when something failed.
func (r Report) Err() error {
	count := map[State]int{}
	for _, f := range r.Findings {
		count[f.State]++
	}
	switch {
	case count[Failed] > 0:
		return fault.New(fault.Internal, "%d of %d things are not as they should be", count[Failed], len(r.Findings))
	case count[Unknown] > 0 || len(r.Findings) == 0:
		return fault.New(fault.Incomplete, "%d of %d things could not be looked at", count[Unknown], len(r.Findings))
	}
	return nil
}

// WriteText writes it for people.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-7s  %s: %s\n", f.State, f.Subject, f.Detail)
		if f.Help != "" {
			fmt.Fprintf(&b, "         %s\n", f.Help)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes it for programs.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}
