package ledger

import (
	"archive/zip"
	"encoding/json"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
)

// Limits of a pack of evidence. Its members are stored and not compressed, as those of a bundle: it cannot unpack to more than it is.
const (
	MaxPack      = 256 << 20
	MaxPackFiles = 5000
	maxPackName  = 200
	maxManifest  = 4 << 20
)

// PackFormat is what the manifest and the statement of a pack begin with, and KindPack the kind of the entry that carries the digest of the manifest.
const (
	PackFormat = "c4arch-evidence-pack/1"
	KindPack   = "evidence.made"
)

// TrustPackFormat, KindTrustPack and TrustReport are the same of a pack of the trust centre, whose report is a text.
const (
	TrustPackFormat = "c4arch-trust-pack/1"
	KindTrustPack   = "trust.made"
	TrustReport     = "report.md"
)

// packForm is a sort of packs.
type packForm struct{ format, kind, report, name string }

// packForms are all. The first is that of evidence.
func packForms() []packForm {
	return []packForm{{PackFormat, KindPack, PackReport, "evidence-pack"}, {TrustPackFormat, KindTrustPack, TrustReport, "trust-pack"}}
}

// The members of a pack that are not in its manifest: the manifest itself, what depends on its digest, and the statement that is signed over all three.
const (
	PackManifest  = "manifest.json"
	PackLedger    = "ledger.zip"
	PackReport    = "report.pdf"
	PackStatement = "manifest.note"
)

// PackFile is a file of a pack, with what the manifest says of it.
type PackFile struct {
	Name  string
	About string
	Data  []byte
}

// Listed is a file as the manifest has it.
type Listed struct {
	Name   string       `json:"name"`
	About  string       `json:"about"`
	Size   int64        `json:"size"`
	Digest canon.Digest `json:"digest"`
}

// Listed is what the manifest says of the files, in the order of their names.
func ListPack(files []PackFile) []Listed {
	list := make([]Listed, len(files))
	for i, f := range files {
		list[i] = Listed{f.Name, f.About, int64(len(f.Data)), canon.Sum(f.Data)}
	}
	slices.SortFunc(list, func(a, b Listed) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// StatePack signs what the pack says of its manifest, its proofs and its report. The text begins with the origin of the log, as that of a checkpoint does, and its second line is no
// number, so that neither is ever taken for the other.
func StatePack(manifest, bundle, report []byte, s *Signer) ([]byte, error) {
	return packForms()[0].state(manifest, bundle, report, s)
}

// StateTrustPack is the same for a pack of the trust centre.
func StateTrustPack(manifest, bundle, report []byte, s *Signer) ([]byte, error) {
	return packForms()[1].state(manifest, bundle, report, s)
}

func (f packForm) state(manifest, bundle, report []byte, s *Signer) ([]byte, error) {
	return signed(note.Sign(&note.Note{Text: f.text(s.Name(), manifest, bundle, report)}, s))
}

func (f packForm) text(origin string, manifest, bundle, report []byte) string {
	var b strings.Builder
	b.WriteString(origin + "\n" + f.format + "\n")
	for _, x := range []struct {
		name string
		data []byte
	}{{PackManifest, manifest}, {PackLedger, bundle}, {f.report, report}} {
		b.WriteString(x.name + " " + string(canon.Sum(x.data)) + "\n")
	}
	return b.String()
}

// WritePack writes the container: members in the order of their names, stored, without times. Of the same files it is the same bytes.
func WritePack(w io.Writer, files []PackFile) error {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b PackFile) int { return strings.Compare(a.Name, b.Name) })
	if len(files) > MaxPackFiles {
		return fault.New(fault.Limited, "a pack has at most %d files", MaxPackFiles).WithHelp("choose a shorter period")
	}
	z := zip.NewWriter(w)
	var sum int64
	for i, f := range files {
		if sum += int64(len(f.Data)); sum > MaxPack {
			return fault.New(fault.Limited, "a pack has at most %d MiB", MaxPack>>20).WithHelp("choose a shorter period")
		}
		if !packName(f.Name) || i > 0 && files[i-1].Name == f.Name {
			return fault.New(fault.Internal, "a pack cannot have the file %.200q, or has it twice", f.Name)
		}
		size := uint64(len(f.Data)) // known before, so that no header has to be mended behind the data
		to, err := z.CreateRaw(&zip.FileHeader{Name: f.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f.Data), CompressedSize64: size, UncompressedSize64: size})
		if err != nil {
			return err
		}
		if _, err := to.Write(f.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// packName reports whether a file of a pack may have that name: parts of letters, digits, dots, lines and underscores, none of which is a way up or begins with a dot.
func packName(s string) bool {
	if s == "" || len(s) > maxPackName {
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == "" || part[0] == '.' || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" {
			return false
		}
	}
	return true
}

// manifest is as much of a manifest as a verifier needs; docs/formats/evidence-pack.md has all of it.
type manifest struct {
	Format       string   `json:"format"`
	ID           string   `json:"id"`
	Example      bool     `json:"example"`
	Organisation named    `json:"organisation"`
	Project      named    `json:"project"`
	What         string   `json:"what"`
	Files        []Listed `json:"files"`
	Cited        []int64  `json:"cited"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func parseManifest(b []byte) (m manifest, form packForm, err error) {
	if json.Unmarshal(b, &m) == nil && m.ID != "" {
		for _, f := range packForms() {
			if m.Format == f.format {
				return m, f, nil
			}
		}
	}
	return m, form, fault.New(fault.Invalid, "the manifest is not one of %s or %s", PackFormat, TrustPackFormat)
}
