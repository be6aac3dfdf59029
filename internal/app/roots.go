package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"c4arch/internal/app/config"
	"c4arch/internal/base/fault"
	"c4arch/internal/egress"
	"c4arch/internal/egress/cloud"
	"c4arch/internal/keys/file"
	"c4arch/internal/keys/kms"
	"c4arch/internal/keys/ring"
	"c4arch/internal/keys/vault"
)

// keys opens the root keys: the first wraps, the others still open. The configuration has at most one folder and one key of a vault.
func (in *instance) keys(ctx context.Context) error {
	roots := map[string]ring.Root{}
	inKMS := kms.Config{Client: in.exit.Client(egress.Keys), Identity: in.exit.Client(egress.Identity)}
	for _, k := range in.cfg.Keys.Root {
		var err error
		switch k.Scheme {
		case file.Scheme:
			roots[k.Scheme], err = in.folderOfRoots(k)
		case vault.Scheme:
			roots[k.Scheme], err = in.vaultOfRoots(k)
		case kms.Scheme:
			if inKMS.Key == "" {
				inKMS.Key = k.ARN
			} else {
				inKMS.Older = append(inKMS.Older, k.ARN)
			}
		}
		if err != nil {
			return err
		}
	}
	if inKMS.Key != "" {
		root, err := kms.New(ctx, inKMS)
		if err != nil {
			return err
		}
		roots[kms.Scheme] = root
	}
	var err error
	in.ring, err = ring.New(rand.Reader, in.cfg.Keys.Root[0].Scheme, roots)
	return err
}

func (in *instance) vaultOfRoots(k config.RootKey) (ring.Root, error) {
	identity, err := cloud.Azure(in.exit.Client(egress.Identity))
	if err != nil {
		return nil, err
	}
	return vault.New(vault.Config{URL: k.Vault, Key: k.Key, Version: k.Version, Client: in.exit.Client(egress.Keys), Identity: identity, Now: in.now})
}

// folderOfRoots opens a folder of root keys, and makes it with a first key where nothing is wrapped yet. Where something is, a new key would open nothing of it and would
// stand in the way of the right one.
func (in *instance) folderOfRoots(k config.RootKey) (ring.Root, error) {
	there, err := file.Exists(k.Dir)
	if err != nil {
		return nil, err
	}
	if !there && in.wrapped() {
		return nil, fault.New(fault.Invalid, "the root keys in %s are missing, and the data in %s is wrapped under one of them", k.Dir, in.cfg.Data.Dir).
			WithHelp("put the folder back, or name the one that it is in (keys.root): without it nothing can be read")
	}
	root, made, err := file.Init(k.Dir, "", rand.Reader)
	if err != nil {
		return nil, err
	}
	if made {
		in.rooted = k.Dir
	}
	in.closes(func() error { root.Close(); return nil })
	return root, nil
}

// wrapped reports whether the data directory holds keys that were wrapped.
func (in *instance) wrapped() bool {
	_, err := os.Lstat(filepath.Join(in.cfg.Data.Dir, "platform.key"))
	return !errors.Is(err, fs.ErrNotExist)
}

// strangers says what it means that the platform's key does not open under a root key that was made a moment ago: with PostgreSQL another replica has wrapped it.
func (in *instance) strangers(err error) error {
	if in.rooted == "" || in.server == nil {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "the keys in the database %s were wrapped under other root keys than the one that was just made in %s", in.server.Name(), in.rooted).
		WithHelp("remove that folder, under whose key nothing is wrapped, and give every replica the same root keys with keys.root: a folder that they share, or a key in a vault")
}
