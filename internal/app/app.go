// Package app is the roof: the one place that knows every part and puts them together. Reading
// [New] from top to bottom tells what the program consists of.
package app

import (
	"context"
	"io"
	"iter"
	"os"
	"time"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/discover"
	"c4arch/internal/source/arm"
	"c4arch/internal/source/azure"
	"c4arch/internal/source/bicep"
	"c4arch/internal/source/bicep/compile"
	"c4arch/internal/source/compose"
	"c4arch/internal/source/files"
	"c4arch/internal/source/git"
	"c4arch/internal/source/kube"
	"c4arch/internal/source/terraform"
)

// New builds the program.
func New() *cli.Program {
	return &cli.Program{
		Scan: func(ctx context.Context, env cli.Env, req discover.Request) (*discover.Result, error) {
			k, err := key(env)
			if err != nil {
				return nil, err
			}
			return service(k).Scan(ctx, req)
		},
		Formats:      formats(),
		Write:        write,
		Key:          key,
		CreateStore:  createStore,
		OpenStore:    openStore,
		ParseGit:     git.ParseRef,
		AtCommit:     atCommit,
		Detect:       &detect.Service{},
		WriteDrift:   writeDrift,
		Operator:     operator(),
		Logins:       logins{},
		Pack:         func(to io.Writer, paths []string) error { return files.Pack(to, paths, files.Limits{}) },
		ControlPorts: cli.ControlPorts{RunControls: runControls, Controls: listControls},
		LegalPorts:   cli.LegalPorts{VerifyLegal: verifyLegal, PublishedLegal: publishedLegal},
		AuditPorts:   cli.AuditPorts{OpenAudit: openAudit},
		Build:        build(),
	}
}

// Readers are the formats that can be read. The first that claims an input gets it; no two
// claim the same one.
func Readers() []discover.Reader {
	return readers(bicep.Compiler(compile.Find(os.Getenv, compile.Limits{})))
}

// readers are those with a compiler of Bicep, or without: the service runs no command on what somebody has handed over, and lists Bicep with what to do.
func readers(compiler bicep.Compiler) []discover.Reader {
	return []discover.Reader{
		terraform.State(),
		terraform.Show(),
		terraform.Code(),
		arm.Templates(),
		bicep.Files(compiler, arm.Templates()),
		azure.Export(),
		kube.Kustomizations(),
		kube.Manifests(),
		compose.Files(),
	}
}

func service(key []byte) *discover.Service {
	return &discover.Service{
		Readers: Readers(),
		Finder:  finder{},
		Key:     key,
	}
}

// ScanOptions are what to scan with the parts of the program but without its command line,
// as benchmarks and examples do.
type ScanOptions struct {
	Paths    []string
	Stdin    io.Reader
	Name     string
	At       time.Time
	Key      []byte // at least 32 bytes
	Progress func(discover.Progress)
}

// Scan reads what the paths name and derives its architecture.
func Scan(ctx context.Context, o ScanOptions) (*c4.Model, *evidence.Snapshot, error) {
	res, err := service(o.Key).Scan(ctx, discover.Request{
		Paths: o.Paths, Stdin: o.Stdin, Name: o.Name, At: o.At, Progress: o.Progress,
	})
	if err != nil {
		return nil, nil, err
	}
	return res.Model, res.Snapshot, nil
}

// finder is the port of discover on files.
type finder struct{}

func (finder) Find(req discover.Request) (discover.Place, error) {
	set, err := files.Open(req.Paths, req.Stdin, files.Limits{})
	if err != nil {
		return nil, err
	}
	return place{set}, nil
}

type place struct{ *files.Set }

func (p place) All() iter.Seq2[discover.Found, error] {
	return func(yield func(discover.Found, error) bool) {
		for f, err := range p.Set.All() {
			if !yield(discover.Found(f), err) {
				return
			}
		}
	}
}

func (p place) Overlays() []discover.Overlay {
	var all []discover.Overlay
	for _, o := range p.Set.Overlays() {
		all = append(all, discover.Overlay(o))
	}
	return all
}
