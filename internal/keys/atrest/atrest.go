// Package atrest looks for plain text where only sealed text should be: in the files below a folder.
//
// It promises: a plain text that stands in a file as it is, or in hexadecimal, base64 (at any of its three offsets) or UTF-16, is found wherever it begins;
// what could not be read is said, since what was not looked at is not clean. No result quotes a plain text. It leaves out what is compressed or
// otherwise encoded: a caller who wants to know plants a text that does not compress into a smaller one and looks before the compressor.
package atrest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"c4arch/internal/base/fault"
)

// Plain is a text that must not be found, under a name that can be shown.
type Plain struct {
	Name string
	Text []byte
}

// Found is a plain text in a file.
type Found struct {
	File   string // below the folder
	Name   string
	Form   string // plain, hex, base64, utf-16
	Offset int64
}

// Report is what was seen.
type Report struct {
	Files  int
	Bytes  int64
	Found  []Found
	Unread []string // files that could not be read
}

// Clean reports whether everything was looked at, something was there, and nothing was found.
func (r *Report) Clean() bool { return r.Files > 0 && len(r.Found) == 0 && len(r.Unread) == 0 }

// Limits.
const (
	// Least is the length of the shortest text that is looked for: shorter ones are found by chance in what is sealed.
	Least    = 6
	maxText  = 4 << 10
	maxPlain = 1000
	maxFound = 1000
	chunk    = 1 << 20
)

type pattern struct {
	name, form string
	bytes      []byte
}

// Scan looks for the plain texts in all files below dir. It follows no links.
func Scan(ctx context.Context, dir string, plain []Plain) (*Report, error) {
	patterns, err := patternsOf(plain)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name, relErr := filepath.Rel(dir, path)
		switch {
		case relErr != nil:
			return relErr
		case err != nil && path == dir:
			return err
		case errors.Is(err, fs.ErrNotExist):
			return nil // gone meanwhile: a log of a database, say
		case err != nil:
			r.Unread = append(r.Unread, name)
			return nil
		case !e.Type().IsRegular():
			return nil
		}
		return r.file(ctx, path, name, patterns)
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "the folder was not looked through in time")
		}
		return nil, fault.Wrap(fault.Invalid, err, "the folder cannot be looked through")
	}
	return r, nil
}

func (r *Report) file(ctx context.Context, path, name string, patterns []pattern) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone meanwhile
	}
	if err != nil {
		r.Unread = append(r.Unread, name)
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	n, found, err := look(ctx, f, patterns)
	r.Files++
	r.Bytes += n
	for _, x := range found {
		if len(r.Found) == maxFound {
			break
		}
		x.File = name
		r.Found = append(r.Found, x)
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.Unread = append(r.Unread, name)
	}
	return nil
}

// look reads in pieces that overlap by the longest pattern, so that none falls between two. The first place of each pattern is told.
func look(ctx context.Context, r io.Reader, patterns []pattern) (int64, []Found, error) {
	longest := 0
	for _, p := range patterns {
		longest = max(longest, len(p.bytes))
	}
	buf := make([]byte, chunk+longest)
	seen := make([]bool, len(patterns))
	var found []Found
	var base, total int64 // base is where buf begins
	kept := 0
	for {
		if err := ctx.Err(); err != nil {
			return total, found, err
		}
		n, err := io.ReadFull(r, buf[kept:])
		total += int64(n)
		have := buf[:kept+n]
		for i, p := range patterns {
			if seen[i] {
				continue
			}
			if at := bytes.Index(have, p.bytes); at >= 0 {
				seen[i] = true
				found = append(found, Found{Name: p.name, Form: p.form, Offset: base + int64(at)})
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return total, found, nil
		}
		if err != nil {
			return total, found, err
		}
		kept = copy(buf, have[len(have)-longest:])
		base += int64(len(have) - kept)
	}
}

func patternsOf(plain []Plain) ([]pattern, error) {
	if len(plain) == 0 || len(plain) > maxPlain {
		return nil, fault.New(fault.Invalid, "between 1 and %d plain texts are looked for", maxPlain)
	}
	var all []pattern
	for _, p := range plain {
		if len(p.Text) < Least || len(p.Text) > maxText {
			return nil, fault.New(fault.Invalid, "the plain text %.60q has %d bytes, and between %d and %d can be looked for", p.Name, len(p.Text), Least, maxText)
		}
		h := hex.EncodeToString(p.Text)
		all = append(all, pattern{p.Name, "plain", p.Text}, pattern{p.Name, "hex", []byte(h)})
		if upper := strings.ToUpper(h); upper != h {
			all = append(all, pattern{p.Name, "hex", []byte(upper)})
		}
		all = append(all, pattern{p.Name, "utf-16", wide(p.Text)})
		for _, b := range inBase64(p.Text) {
			all = append(all, pattern{p.Name, "base64", b})
		}
	}
	return all, nil
}

func wide(text []byte) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// inBase64 are the characters that stand for the text whatever stands before and behind it, at each of the three places of a byte in a group.
func inBase64(text []byte) [][]byte {
	var all [][]byte
	for before := range 3 {
		b := append(make([]byte, before), text...)
		first := (before*8 + 5) / 6          // characters that hold bits of what stands before
		last := (before + len(text)) * 8 / 6 // whole characters
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			s := []byte(enc.EncodeToString(b))[first:last]
			if !slices.ContainsFunc(all, func(x []byte) bool { return bytes.Equal(x, s) }) {
				all = append(all, s)
			}
		}
	}
	return all
}
