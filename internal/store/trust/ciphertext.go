package trust

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
	"c4arch/internal/store/home"
	"c4arch/internal/store/sqldb"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/ledger"
)

// What a file of SQLite that is not encrypted shows (sqlite.org/fileformat2.html#the_database_header), and what is in each of ours.
var (
	sqliteHeader = []byte("SQLite format 3\x00")
	plainWords   = [][]byte{[]byte("CREATE TABLE"), []byte("ledger_entry")}
	zstdMagic    = []byte{0x28, 0xb5, 0x2f, 0xfd} // RFC 8878, section 3.1.1
)

// Limits of what one run reads of one organisation.
const (
	fileRead    = 64 << 20
	objectsRead = 16
	entriesRead = 32
	// sealedSize is what sealing adds: a byte of version, a nonce and a tag.
	sealedSize = 1 + 12 + 16
)

// Ciphertext reads what lies on the disk and in the tables as somebody would who has the disk and not the keys: files, objects, secrets, wrapped keys, values of the
// ledger. All must be ciphertext, and the values of an entry must open in their own place alone.
func (l *Looks) Ciphertext(ctx context.Context) ([]control.Observation, error) {
	orgs, err := l.orgs(ctx)
	if err != nil {
		return nil, err
	}
	var seen []control.Observation
	for _, org := range append([]id.Org{id.Platform}, orgs...) {
		err := l.in(ctx, org, func(h *home.Home) error {
			o := control.Observation{Subject: "home " + string(org), Outcome: control.Pass}
			read := 0
			for _, look := range []func(context.Context, *home.Home) (int, string, error){l.file, objects, values, wrapped} {
				n, bad, err := look(ctx, h)
				if err != nil {
					return err
				}
				if read += n; bad != "" {
					o.Outcome, o.Detail = control.Fail, bad
					break
				}
			}
			if o.Outcome == control.Pass {
				o.Detail = fmt.Sprintf("%d files, objects and fields are ciphertext", read)
			}
			seen = append(seen, o)
			return nil
		})
		if err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// file reads the database file of a home, and the files beside it. On PostgreSQL there is none: its volumes are encrypted by the platform, or not.
func (l *Looks) file(_ context.Context, h *home.Home) (n int, bad string, err error) {
	if l.Server != nil {
		return 0, "", nil
	}
	path := h.DB().Path()
	for _, suffix := range []string{"", "-wal", "-journal"} {
		found, err := plainIn(path + suffix)
		switch {
		case errors.Is(err, fs.ErrNotExist) && suffix != "":
			continue
		case err != nil:
			return n, "", err
		case found != "":
			return n, filepath.Base(path) + suffix + " is readable: it holds " + found, nil
		}
		n++
	}
	return n, "", nil
}

// plainIn says what a file holds that only one that is not encrypted does.
func plainIn(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	const keep = 64
	buf := make([]byte, keep, keep+1<<20)
	buf = buf[:0]
	for read := 0; read < fileRead; {
		tail := buf[max(0, len(buf)-keep):]
		buf = append(buf[:0], tail...)
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if read == 0 && bytes.HasPrefix(buf, sqliteHeader) {
			return "the header of a plain database", nil
		}
		read += n
		for _, w := range plainWords {
			if bytes.Contains(buf, w) {
				return fmt.Sprintf("the words %q", w), nil
			}
		}
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

// objects reads some of the objects of a home through the key, and as they lie in their folder.
func objects(ctx context.Context, h *home.Home) (n int, bad string, err error) {
	if h.Org() == id.Platform || h.Objects() == nil {
		return 0, "", nil
	}
	names, err := h.Objects().List(ctx)
	if err != nil {
		return 0, "", err
	}
	for _, name := range names[max(0, len(names)-objectsRead):] {
		if !live(ctx, h, name) {
			continue
		}
		plain, err := h.Objects().Read(ctx, name)
		if err != nil {
			return n, "the object " + name + " does not open: it was not sealed for this place, or it was changed", nil
		}
		n++
		if h.Dir() == "" {
			continue
		}
		raw, err := lying(h.ObjectsDir(), name)
		if err != nil {
			return n, "", err
		}
		if len(plain) > 0 && bytes.Contains(raw, plain[:min(len(plain), 32)]) || bytes.HasPrefix(raw, zstdMagic) {
			return n, "the object " + name + " is readable as it lies there", nil
		}
	}
	return n, "", nil
}

// lying is an object as it lies in a folder; nothing, where it is in a bucket.
func lying(dir, name string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, name+"*"))
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	return os.ReadFile(paths[0])
}

// live reports whether an object is one that is kept.
func live(ctx context.Context, h *home.Home, name string) bool {
	found := false
	err := h.Read(ctx, func(tx *sqldb.Tx) (err error) {
		var state string
		found, err = tx.Row(ctx, []any{&state}, `SELECT state FROM object WHERE name = $1 AND state = 'live'`, name)
		return err
	})
	return err == nil && found
}

// values reads the newest values of the ledger as they lie in the table, and the secrets.
func values(ctx context.Context, h *home.Home) (n int, bad string, err error) {
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		each := func(query string, check func(index int64, sealed []byte) string) error {
			return tx.Each(ctx, query, func(scan func(...any) error) error {
				var index int64
				var sealed []byte
				if err := scan(&index, &sealed); err != nil {
					return err
				}
				if n++; bad == "" {
					bad = check(index, sealed)
				}
				return nil
			})
		}
		if err := each(fmt.Sprintf(`SELECT idx, sealed FROM ledger_entry ORDER BY idx DESC LIMIT %d`, entriesRead), func(index int64, sealed []byte) string {
			return entryValues(h.Key(), index, sealed)
		}); err != nil || h.Org() == id.Platform {
			return err
		}
		return each(`SELECT version, sealed FROM secret ORDER BY id`, func(_ int64, sealed []byte) string {
			if !looksSealed(sealed) {
				return "a secret is not sealed"
			}
			return ""
		})
	})
	return n, bad, err
}

// entryValues says what is wrong with how the values of an entry are kept.
func entryValues(key *secret.Key, index int64, sealed []byte) string {
	openings, err := home.OpenOpenings(key, index, sealed)
	if err != nil {
		return fmt.Sprintf("the values of entry %d do not open in their place", index)
	}
	if _, err := home.OpenOpenings(key, index+1, sealed); err == nil {
		return fmt.Sprintf("the values of entry %d open in another place too", index)
	}
	for name, o := range openings {
		if len(o.Value) > 6 && bytes.Contains(sealed, o.Value) {
			return fmt.Sprintf("the value of %s of entry %d is readable as it lies there", name, index)
		}
	}
	if !looksSealed(sealed) || plainJSON(sealed) {
		return fmt.Sprintf("the values of entry %d are not sealed", index)
	}
	return ""
}

func plainJSON(b []byte) bool {
	var o map[string]ledger.Opening
	return json.Unmarshal(b, &o) == nil
}

// looksSealed reports whether bytes have the form of what a key seals, and are no text.
func looksSealed(b []byte) bool {
	return len(b) >= sealedSize && b[0] == 1 && slices.ContainsFunc(b[1:sealedSize], func(c byte) bool { return c < ' ' || c > '~' })
}

// wrapped reads the wrapped keys of the directory: each is longer than a key by what wrapping adds, is under a named root key, and no two are the same.
func wrapped(ctx context.Context, h *home.Home) (n int, bad string, err error) {
	if h.Org() != id.Platform {
		return 0, "", nil
	}
	seen := map[string]bool{}
	err = h.Read(ctx, func(tx *sqldb.Tx) error {
		return tx.Each(ctx, `SELECT id, wrapped, root_key FROM directory WHERE state = 'active' ORDER BY id`, func(scan func(...any) error) error {
			var org, root string
			var b []byte
			if err := scan(&org, &b, &root); err != nil {
				return err
			}
			n++
			switch {
			case bad != "":
			case root == "" || len(b) < secret.Size+sealedSize-1:
				bad = "the key of " + org + " is not wrapped under a root key"
			case seen[string(b)]:
				bad = "the key of " + org + " is that of another organisation"
			}
			seen[string(b)] = true
			return nil
		})
	})
	return n, bad, err
}
