package home

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/blob"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/ledger"
)

// A root key that is the public half of a pair (RSA in Key Vault) does not prove who wrapped: whoever can write the directory could put a key of their own there, under which
// from then on everything would be sealed. So each home says under which key it was made, in a form that only the instance's key can make; the instance's own key
// is held against a file outside of the database.

// fingerprint is what a key is told from others by. It is derived one way: nothing that the key seals is any weaker for it.
func fingerprint(key *secret.Key) []byte {
	derived := key.Derive(secret.ForChecks)
	defer derived.Wipe()
	sum := sha256.Sum256(derived.Expose())
	return sum[:]
}

// keyProof is what a home says about its key: HMAC-SHA-256 under the platform's key.
func (hs *Homes) keyProof(key *secret.Key) []byte {
	under := hs.platform.key.Derive(secret.ForChecks)
	defer under.Wipe()
	h := hmac.New(sha256.New, under.Expose())
	h.Write([]byte("c4arch/v1/keycheck\x00" + string(key.Org()) + "\x00"))
	h.Write(fingerprint(key))
	return h.Sum(nil)
}

// sameKey sees that the key from the directory is the one under which the home was made. A home that was made by an older version does not say so yet: the first entry of its log then
// has to open under the key, with values that its leaf commits to.
func (hs *Homes) sameKey(ctx context.Context, c *core) error {
	proof := hs.keyProof(c.key)
	for range 2 {
		var kept []byte
		found := false
		err := c.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
			found, err = tx.Row(ctx, []any{&kept}, `SELECT proof FROM key_check`)
			return err
		})
		switch {
		case err != nil:
			return err
		case found && hmac.Equal(kept, proof):
			return nil
		case found:
			return c.anotherKey()
		}
		if err := c.opensEntry(ctx); err != nil {
			return err
		}
		if err := c.transact(ctx, func(tx *sqldb.Tx) error { return keepProof(ctx, tx, proof, hs.cfg.Now().UnixMicro()) }); err != nil {
			return err
		}
	}
	return fault.New(fault.Internal, "under which key the home of %s was made is not kept", c.org)
}

func keepProof(ctx context.Context, tx *sqldb.Tx, proof []byte, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO key_check (proof, at) VALUES ($1, $2) ON CONFLICT (org_id) DO NOTHING`, proof, at)
	return err
}

func (c *core) anotherKey() error {
	c.log().Error("the key of an organisation is not the one under which its home was made", "org", string(c.org))
	return fault.New(fault.Internal, "the key of organisation %s in the directory is not the one under which its home was made: somebody has replaced it", c.org).
		WithHelp("look who can write the directory of organisations, and restore its row from a backup; nothing was opened and nothing was sealed under the other key")
}

// opensEntry sees that the first entry of the log opens under the key. In an empty log there is none.
func (c *core) opensEntry(ctx context.Context) error {
	var index, size int64
	var leaf, sealed []byte
	found := false
	err := c.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		if _, err = tx.Row(ctx, []any{&size}, `SELECT size FROM ledger_head`); err != nil {
			return err
		}
		found, err = tx.Row(ctx, []any{&index, &leaf, &sealed}, `SELECT idx, leaf, sealed FROM ledger_entry ORDER BY idx LIMIT 1`)
		return err
	})
	if err != nil || size == 0 {
		return err
	}
	openings, errOpen := OpenOpenings(c.key, index, sealed)
	l, errLeaf := ledger.ParseLeaf(leaf)
	if !found || errOpen != nil || errLeaf != nil || !fit(l, openings) {
		return c.anotherKey()
	}
	return nil
}

// fit reports whether the openings that are there are those that the leaf commits to, and that there is one.
func fit(l ledger.Leaf, openings map[string]ledger.Opening) bool {
	n := 0
	for _, f := range l.Fields {
		if o, there := openings[f.Name]; there {
			if !o.Opens(f.Sum[:]) {
				return false
			}
			n++
		}
	}
	return n > 0
}

// checkFile holds the fingerprint of the platform's key of a server, beside the objects: outside of the database.
const checkFile = "platform.check"

// samePlatformKey sees that the platform's key from a server is the one that this machine knows it by. A machine that knows none yet, as a new replica, takes what it finds.
func (hs *Homes) samePlatformKey() error {
	if hs.cfg.Server == nil || hs.cfg.Dir == "" {
		return nil // with the embedded engine the file does not open under another key
	}
	path := filepath.Join(hs.cfg.Dir, checkFile)
	now := hex.EncodeToString(fingerprint(hs.platform.key))
	kept, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeCheck(hs.cfg.Dir, path, now)
	case err != nil:
		return cannot(err, "what the platform's key is known by cannot be read")
	case !bytes.Equal([]byte(strings.TrimSpace(string(kept))), []byte(now)):
		hs.platform.log().Error("the platform's key is not the one of before", "org", string(id.Platform))
		return fault.New(fault.Internal, "the platform's key in the directory is not the one that this machine knows: somebody has replaced it").
			WithHelp("look who can write the directory of organisations, and restore its row platform from a backup; if this machine served another database before, remove %s", path)
	}
	return nil
}

func writeCheck(dir, path, text string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return cannot(err, "what the platform's key is known by cannot be kept")
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // of two processes that start at once on one machine, one is first
	}
	if err == nil {
		_, err = f.WriteString(text + "\n")
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return cannot(err, "what the platform's key is known by cannot be kept")
	}
	return blob.SyncDir(dir)
}
