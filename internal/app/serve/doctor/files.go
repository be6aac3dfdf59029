package doctor

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"c4arch/internal/keys/own"
)

// plainHeader begins every SQLite file that is not encrypted (SQLite, "Database File Format", section 1.3.1).
const plainHeader = "SQLite format 3\x00"

// files looks at the head of every database file of the data directory: those of the platform and of each organisation.
func (p Probes) files() Finding {
	f := Finding{Subject: "database files", State: OK}
	paths := []string{filepath.Join(p.DataDir, "platform.db")}
	entries, err := os.ReadDir(filepath.Join(p.DataDir, "orgs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Finding{Subject: f.Subject, State: Unknown, Detail: err.Error()}
	}
	for _, e := range entries {
		paths = append(paths, filepath.Join(p.DataDir, "orgs", e.Name(), "home.db"))
	}
	sealed, unread := 0, 0
	for _, base := range paths {
		for _, path := range []string{base, base + "-wal"} {
			switch plain, err := isPlain(path); {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				unread++
				f.Detail = err.Error()
			case plain:
				return Finding{
					Subject: f.Subject, State: Failed, Detail: path + " is not encrypted: whoever copies it can read it",
					Help: "Restore it from a backup, or export the organisation and import it again.",
				}
			default:
				sealed++
			}
		}
	}
	switch {
	case unread > 0:
		f.State, f.Detail = Unknown, fmt.Sprintf("%d files could not be read, the last: %s", unread, f.Detail)
	case sealed == 0:
		f.State, f.Detail = Unknown, "there are none in "+p.DataDir
	default:
		f.Detail = fmt.Sprintf("%d files, each without a readable header", sealed)
	}
	return f
}

// isPlain reports whether a file begins as a readable database or its log does. An empty one holds nothing.
func isPlain(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	head := make([]byte, len(plainHeader))
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	head = head[:n]
	// A log begins with a number that says how it is read (section 4.1 of the same page): 0x377f0682 or 0x377f0683.
	return string(head) == plainHeader || n >= 4 && head[0] == 0x37 && head[1] == 0x7f && head[2] == 0x06 && head[3]&^1 == 0x82, nil
}

// permissions looks at what nobody else may reach.
func (p Probes) permissions() []Finding {
	var all []Finding
	for _, path := range p.Private {
		f := Finding{Subject: "access to " + path, State: OK, Detail: "nobody else can reach it"}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			f.State, f.Detail = Unknown, err.Error()
		case noModes:
			f.State, f.Detail = Unknown, "this system has access lists, which are not looked at"
		default:
			if err := own.Check(path, info); err != nil {
				f.State, f.Detail = Failed, err.Error()
			}
		}
		all = append(all, f)
	}
	return all
}
