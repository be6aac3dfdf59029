package app

import (
	"context"
	"io"
	"iter"
	"os"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/cli"
	"c4arch/internal/keys/local"
	"c4arch/internal/render/driftpage"
	"c4arch/internal/render/figure"
	"c4arch/internal/render/svg"
	"c4arch/internal/source/git"
	store "c4arch/internal/store/arch"
)

// key is the key of this machine.
func key(env cli.Env) ([]byte, error) {
	found, err := local.Key(env.Getenv, os.UserConfigDir)
	return found.Key, err
}

// homeKey is the key of the local history: it seals the values of its ledger. It follows from the key of this machine.
func homeKey(env cli.Env) (*secret.Key, error) {
	k, err := key(env)
	if err != nil {
		return nil, err
	}
	return local.LocalKey(k)
}

func createStore(ctx context.Context, env cli.Env, scope access.Scope, dir string) (cli.Store, error) {
	k, err := homeKey(env)
	if err != nil {
		return nil, err
	}
	s, err := store.Create(ctx, scope, dir, k, env.Now())
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openStore(ctx context.Context, env cli.Env, scope access.Scope, dir string) (cli.Store, error) {
	k, err := homeKey(env)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, scope, dir, k, env.Now())
	if err != nil {
		return nil, err
	}
	return s, nil
}

func atCommit(ctx context.Context, dir, ref, path string, most int) (data []byte, commit string, err error) {
	repo, err := git.Open(dir)
	if err != nil {
		return nil, "", err
	}
	return repo.ReadFile(ctx, ref, path, int64(most))
}

// writeDrift draws the pictures of a comparison side by side and writes its page.
func writeDrift(ctx context.Context, w io.Writer, p cli.DriftPage) error {
	c := driftpage.Comparison{Report: p.Report, Old: p.Old, New: p.New, Delta: p.Report.Delta}
	for _, f := range p.Frames {
		label := "scan " + f.ID
		if f.Approved != "" {
			label = "approved"
		}
		c.History = append(c.History, driftpage.Moment{
			At: f.At.UTC().Format(time.RFC3339), Label: label, Root: string(f.Model.Snapshot), Model: f.Model,
		})
	}
	page, drawings := driftpage.New(c)
	pictures := make([][]byte, len(drawings))
	jobs := make([]func() error, len(drawings))
	for i := range drawings {
		d := &drawings[i]
		jobs[i] = func() error {
			f, err := figure.Draw(d.Model, d.View, figure.Options{Marks: d.Marks})
			if err == nil {
				pictures[i] = svg.Render(f, svg.Options{Embedded: true})
			}
			return err
		}
	}
	if err := each(ctx, slices.Values(jobs)); err != nil {
		return err
	}
	page.CSS = svg.CSS
	page.Pictures = keyed(drawings, pictures)
	return driftpage.Write(w, page)
}

func keyed(drawings []driftpage.Drawing, pictures [][]byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for i := range drawings {
			if !yield(drawings[i].Key, pictures[i]) {
				return
			}
		}
	}
}
