package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/detect"
	"c4arch/internal/service/history"
)

// Store is where snapshots and baselines are kept.
type Store interface {
	history.Store
	detect.Baselines
}

// StoreName is the directory in which a local history lies.
const StoreName = ".c4arch"

// storeVariable names a store for commands that are not given one.
const storeVariable = "C4ARCH_STORE"

const initHelp = "make one with: c4arch init; or name one with --store DIR"

// store opens the project of --project, or else the store that --store, C4ARCH_STORE or a .c4arch in this directory or one above it names. Where there is none it
// returns nil, unless one is needed.
func (r *run) store(ctx context.Context, needed bool) (Store, string, error) {
	if r.projectFlag != "" {
		var err error
		r.opened, err = r.remoteStore(ctx)
		if err != nil {
			return nil, "", err
		}
		return r.opened, "project " + r.projectFlag, nil
	}
	dir, named, err := r.storeDir()
	if err != nil {
		return nil, "", err
	}
	if dir == "" {
		if needed {
			return nil, "", fault.New(fault.NotFound, "there is no local history here or in a directory above").WithHelp(initHelp)
		}
		return nil, "", nil
	}
	if !named && !ours(dir) {
		return nil, "", fault.New(fault.Denied, "the local history %s belongs to another user", visible(dir)).
			WithHelp("if you trust it, name it: --store '%s'", visible(dir))
	}
	if !named {
		if err := noLinks(dir); err != nil {
			return nil, "", err
		}
	}
	scope, err := mine(access.SnapshotRead)
	if err != nil {
		return nil, "", err
	}
	s, err := r.OpenStore(ctx, r.env, scope, dir)
	return s, dir, err
}

// mine is the decision that the user of a local history may do this in it.
func mine(a access.Action) (access.Scope, error) {
	return access.Decide(access.LocalActor(), a, access.Resource{Project: id.LocalProject})
}

// noLinks refuses a store that was found, and not named, with a symbolic link in it: a store that came with somebody's repository could have
// files of the user's changed that lie elsewhere.
func noLinks(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "the local history %s cannot be read", visible(dir))
	}
	links := []string{}
	for _, e := range list {
		if e.Type()&fs.ModeSymlink != 0 {
			links = append(links, e.Name())
		}
	}
	if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		links = append(links, StoreName)
	}
	if len(links) == 0 {
		return nil
	}
	return fault.New(fault.Denied, "the local history %s is or holds a symbolic link (%s)", visible(dir), visible(strings.Join(links, ", "))).
		WithHelp("c4arch makes none; if you trust it, name it: --store '%s'", visible(dir))
}

// storeDir returns the directory of the store; named says that the user named it.
func (r *run) storeDir() (dir string, named bool, err error) {
	switch {
	case r.storeFlag != "":
		return r.storeFlag, true, nil
	case r.env.Getenv(storeVariable) != "":
		return r.env.Getenv(storeVariable), true, nil
	}
	at, err := os.Getwd()
	if err != nil {
		return "", false, fault.Wrap(fault.Unavailable, err, "the working directory")
	}
	for {
		d := filepath.Join(at, StoreName)
		if info, err := os.Stat(d); err == nil && info.IsDir() {
			return d, false, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", false, nil
		}
		at = up
	}
}

func (r *run) init() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Begin a local history in .c4arch",
		Long: "Init makes the directory .c4arch here, or the one that --store names. From then on scans below this\n" +
			"directory are recorded in it, baselines are kept in it, and drift knows since when it has been there. It holds no secrets,\n" +
			"and a .gitignore in it keeps it out of commits; what belongs into a commit is a baseline file\n" +
			"(c4arch baseline export).",
		Example: "  c4arch init\n  c4arch init --store /var/lib/c4arch/shop",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := r.storeFlag
			if dir == "" {
				dir = StoreName
			}
			scope, err := mine(access.ProjectCreate)
			if err != nil {
				return err
			}
			s, err := r.CreateStore(cmd.Context(), r.env, scope, dir)
			if err != nil {
				return err
			}
			defer s.Close()
			return r.say("Local history made in %s; scans from here on are recorded in it.\n", visible(dir))
		},
	}
}
