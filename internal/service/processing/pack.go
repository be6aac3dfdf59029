package processing

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/control"
	"c4arch/internal/trust/processing"
)

// Pack is what supports an impact assessment (GDPR articles 28(3)(f) and 35): files with a manifest of their digests. The digest of the manifest is an entry of the ledger of
// whoever took it, so that a proof of that entry proves the pack.
type Pack struct {
	Name   string
	Data   []byte
	Digest string // of the manifest
}

type packFile struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Size   int    `json:"size"`
	data   []byte
}

// manifest is what manifest.json says.
type manifest struct {
	What         string     `json:"what"`
	Organisation string     `json:"organisation,omitempty"`
	AsOf         time.Time  `json:"asOf"`
	Files        []packFile `json:"files"`
	Note         string     `json:"note"`
}

// Pack makes the pack of the actor's organisation, and writes down that it was taken.
func (s *Service) Pack(ctx context.Context, a access.Actor) (Pack, error) {
	p, err := s.Draft(ctx, a)
	if err != nil {
		return Pack{}, err
	}
	return p, s.Taken(ctx, a, "impact assessment", p.Digest)
}

// Draft is the pack as it would be handed out now. Nobody has taken it.
func (s *Service) Draft(ctx context.Context, a access.Actor) (Pack, error) {
	if a.Org == id.Platform {
		return Pack{}, fault.New(fault.Denied, "a pack is of an organisation")
	}
	r, err := s.Record(ctx, a)
	if err != nil {
		return Pack{}, err
	}
	baseline, err := s.baseline(ctx)
	if err != nil {
		return Pack{}, err
	}
	files, err := packed(r, baseline, s.DataMap)
	if err != nil {
		return Pack{}, err
	}
	m, err := json.MarshalIndent(manifest{
		What: "support for an impact assessment", Organisation: string(a.Org), AsOf: r.AsOf, Files: files,
		Note: "digests are SHA-256; that of this file stands in the entry processing.taken of the organisation's ledger",
	}, "", "  ")
	if err != nil {
		return Pack{}, fault.Wrap(fault.Internal, err, "the manifest cannot be written")
	}
	p := Pack{Name: "impact-assessment-" + r.AsOf.Format("2006-01-02") + ".zip", Digest: digest(string(m))}
	if p.Data, err = zipped(append([]packFile{{Name: "manifest.json", data: m}}, files...), r.AsOf); err != nil {
		return Pack{}, err
	}
	return p, nil
}

// mostPack bounds what a check reads of one file of a pack.
const mostPack = 8 << 20

// inPack are the files that a pack always has.
var inPack = []string{"annex-a.md", "annex-b.md", "data-map.csv", "language-models.md", "measures.json", "record.json", "record.md", "subprocessors.json", "transfers.json"}

// LookPack opens a pack as whoever got it would: it has each file, each with the digest of the manifest, whose own digest is that under which it was written down; and it is of that
// organisation.
func LookPack(p Pack, org id.Org) control.Observation {
	o := control.Observation{Subject: "impact pack of " + string(org), Outcome: control.Fail}
	files, err := unzipped(p.Data)
	if err != nil {
		o.Detail = "it cannot be read: " + err.Error()
		return o
	}
	var m manifest
	switch err := json.Unmarshal(files["manifest.json"], &m); {
	case err != nil:
		o.Detail = "its manifest cannot be read"
		return o
	case digest(string(files["manifest.json"])) != p.Digest:
		o.Detail = "its manifest does not have the digest under which it is written down"
		return o
	case m.Organisation != string(org):
		o.Detail = "it is of another organisation"
		return o
	}
	for _, f := range m.Files {
		if data, there := files[f.Name]; !there || digest(string(data)) != f.Digest || len(data) != f.Size {
			o.Detail = f.Name + " is not what the manifest says"
			return o
		}
	}
	for _, name := range inPack {
		if !slices.ContainsFunc(m.Files, func(f packFile) bool { return f.Name == name && f.Size > 0 }) {
			o.Detail = name + " is missing"
			return o
		}
	}
	o.Outcome, o.Detail = control.Pass, fmt.Sprintf("%d files have the digests of the manifest", len(m.Files))
	return o
}

func unzipped(data []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(r, mostPack))
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		files[f.Name] = b
	}
	return files, nil
}

func (s *Service) baseline(ctx context.Context) ([]processing.Baseline, error) {
	if s.Measures == nil {
		return nil, nil
	}
	_, all, err := s.Measures(ctx)
	return all, err
}

// Baseline is the measures of annex B with where each stands now.
func (s *Service) Baseline(ctx context.Context, a access.Actor) ([]processing.Baseline, error) {
	if _, err := access.Decide(a, access.RecordRead, access.Resource{}); err != nil {
		return nil, err
	}
	return s.baseline(ctx)
}

func packed(r processing.Record, baseline []processing.Baseline, data []processing.Datum) ([]packFile, error) {
	files := []packFile{
		{Name: "record.md", data: []byte(processing.Markdown(r))},
		{Name: "annex-a.md", data: []byte(processing.AnnexA(r))},
		{Name: "annex-b.md", data: []byte(processing.AnnexB(baseline, r.Measures))},
		{Name: "data-map.csv", data: []byte(DataCSV(data))},
		{Name: "language-models.md", data: []byte("# Language models\n\n" + r.Models + ".\n")},
	}
	for name, v := range map[string]any{"record.json": r, "transfers.json": r.Transfers, "subprocessors.json": r.Recipients, "measures.json": r.Measures} {
		b, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "%s cannot be written", name)
		}
		files = append(files, packFile{Name: name, data: b})
	}
	slices.SortFunc(files, func(a, b packFile) int { return strings.Compare(a.Name, b.Name) })
	for i := range files {
		files[i].Digest, files[i].Size = digest(string(files[i].data)), len(files[i].data)
	}
	return files, nil
}

func zipped(files []packFile, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = w.Write(f.data)
		}
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "the pack cannot be written")
		}
	}
	if err := z.Close(); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the pack cannot be written")
	}
	return b.Bytes(), nil
}

// DataCSV is the data map with the category of each column.
func DataCSV(all []processing.Datum) string {
	var b strings.Builder
	b.WriteString("table,column,class,category,personal,role\n")
	for _, d := range all {
		personal := "no"
		if d.Personal {
			personal = "yes"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%q,%s,%s\n", d.Table, d.Column, d.Class, string(processing.CategoryOf(d)), personal, d.Role)
	}
	return b.String()
}
