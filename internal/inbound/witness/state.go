package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

const (
	stateFile   = "state"
	stateHeader = "c4arch-witness-state/v1\n"
	maxState    = 64 << 20
)

// state is what was cosigned last, by origin. The file has a line for each: size, root in base64, origin; and last the SHA-256 of all before it.
type state struct {
	dir   string
	trees map[string]ledger.Tree
}

func (s *state) held(origin string) ledger.Tree { return s.trees[origin] }

// keep makes a tree the last of its log, durably. After an error the witness goes on with what it had: nothing was signed yet.
func (s *state) keep(origin string, t ledger.Tree) error {
	if old, ok := s.trees[origin]; ok && old == t {
		return nil
	}
	next := maps.Clone(s.trees)
	next[origin] = t
	if err := writeFile(s.dir, stateFile, encodeState(next)); err != nil {
		return fault.Wrap(fault.Unavailable, err, "keep the state of the witness")
	}
	s.trees = next
	return nil
}

func encodeState(trees map[string]ledger.Tree) []byte {
	b := []byte(stateHeader)
	for _, origin := range slices.Sorted(maps.Keys(trees)) {
		t := trees[origin]
		b = fmt.Appendf(b, "%d %s %s\n", t.Size, base64.StdEncoding.EncodeToString(t.Root[:]), origin)
	}
	return append(b, sumLine(b)...)
}

func sumLine(b []byte) string {
	sum := sha256.Sum256(b)
	return "sum " + base64.StdEncoding.EncodeToString(sum[:]) + "\n"
}

func parseState(b []byte) (map[string]ledger.Tree, error) {
	bad := fault.New(fault.Internal, "the state of the witness is damaged").
		WithHelp("do not go on with an older copy: make a new witness in another directory, with a new key, and tell those who trust this one")
	body, _, _ := bytes.Cut(b, []byte("sum "))
	rest, ok := bytes.CutPrefix(body, []byte(stateHeader))
	if !ok || string(b[len(body):]) != sumLine(body) {
		return nil, bad
	}
	trees := map[string]ledger.Tree{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(rest), "\n"), "\n") {
		if line == "" {
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		if len(parts) != 3 {
			return nil, bad
		}
		size, err := strconv.ParseInt(parts[0], 10, 64)
		root, errRoot := base64.StdEncoding.DecodeString(parts[1])
		if err != nil || errRoot != nil || size < 0 || len(root) != ledger.HashSize {
			return nil, bad
		}
		trees[parts[2]] = ledger.Tree{Size: size, Root: ledger.Hash(root)}
	}
	if !bytes.Equal(encodeState(trees), b) {
		return nil, bad
	}
	return trees, nil
}

func readState(dir string) (*state, error) {
	b, err := readFile(filepath.Join(dir, stateFile), maxState)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Internal, "the witness has a key and no state: what it cosigned is not known").
			WithHelp("make a new witness in another directory, with a new key, and tell those who trust this one")
	}
	if err != nil {
		return nil, err
	}
	// What a crash left of writing is of no use; the state is the file under its name.
	left, _ := filepath.Glob(filepath.Join(dir, stateFile+".new-*"))
	for _, name := range left {
		_ = os.Remove(name)
	}
	trees, err := parseState(b)
	return &state{dir: dir, trees: trees}, err
}

func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fault.New(fault.Invalid, "%s is no file of at most %d bytes", name, limit)
	}
	return os.ReadFile(name)
}

// writeFile replaces a file so that after a crash it is the old one or the new one, whole: written beside it, synced, renamed, and the directory synced.
func writeFile(dir, name string, data []byte) (err error) {
	f, err := os.CreateTemp(dir, name+".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}
