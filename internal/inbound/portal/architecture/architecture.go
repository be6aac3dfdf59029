// Package architecture is the pages on which a project's architecture is looked at: the viewer over every snapshot, the same in words, what differs between two times, and all of it
// as files.
//
// It promises: the viewer is the one of the exported page, and asks for each picture when it is looked at; without scripts there is the picture, the list of views, and every
// element and line with its evidence; whoever may not place boxes is offered nothing to place them with; an address names a snapshot and, behind the #, what is seen of it. It
// leaves out how pictures are drawn and what may be read, which the service decides.
package architecture

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

//go:generate go tool -modfile=../../../../tools/go.mod templ generate -path .

// Pictures is the port to what is looked at.
type Pictures interface {
	Moments(ctx context.Context, a access.Actor, project id.Project) ([]draw.Moment, error)
	Scene(ctx context.Context, a access.Actor, project id.Project, ref string) (*draw.Scene, error)
	Picture(ctx context.Context, a access.Actor, project id.Project, ref string, r draw.Request) (*draw.Picture, error)
	Save(ctx context.Context, a access.Actor, project id.Project, placed []draw.Placed) (map[string]int64, error)
	Forget(ctx context.Context, a access.Actor, project id.Project, view string, base int64) error
	Compare(ctx context.Context, a access.Actor, project id.Project, from, to string) (*draw.Comparison, error)
	Marked(ctx context.Context, c *draw.Comparison, r draw.Request) (*draw.Picture, error)
	Prove(ctx context.Context, a access.Actor, project id.Project, ref, resource string) (*draw.Proof, error)
	Export(ctx context.Context, a access.Actor, project id.Project, ref string, x draw.Export) (*draw.Scene, []draw.File, error)
}

// Desk is what the pages call.
type Desk struct {
	Pictures Pictures
	// Project is the project that a page is about.
	Project func(ctx context.Context, a access.Actor, project id.Project) (web.Project, error)
	// Comments are what people say about an element; nil shows none.
	Comments func(ctx context.Context, a access.Actor, project id.Project, element string) (templ.Component, error)
	// Findings are the open ones about an element or a relationship; nil knows none.
	Findings func(ctx context.Context, a access.Actor, project id.Project, thing string) ([]Finding, error)
	// Formats are those that the architecture is written in.
	Formats []Format
}

// Finding is one that is about a thing.
type Finding struct{ ID, Severity, Title, Name string }

// Format is a format of files, and what it is for.
type Format struct{ Name, About string }

const (
	base     = "/projects/{project}/architecture"
	snapshot = base + "/{snapshot}"
	compare  = "/projects/{project}/compare"
)

// Add is the [web.Desk].
func (d *Desk) Add(s *web.Site) {
	files := bundle()
	s.Assets("architecture", files)
	ofProject, ofSnapshot := web.InPath("project", "project"), web.InPath("snapshot", "snapshot")
	s.Page(base, "architecture", access.SnapshotRead, d.latest, ofProject)
	s.Page(snapshot, "architecture-snapshot", access.SnapshotRead, d.page, ofProject, ofSnapshot)
	s.Page(snapshot+"/words", "architecture-words", access.SnapshotRead, d.words, ofProject, ofSnapshot)
	s.Read(snapshot+"/model", "architecture-model", access.SnapshotRead, d.model, ofProject, ofSnapshot)
	s.Read(snapshot+"/picture", "architecture-picture", access.SnapshotRead, d.picture, ofProject, ofSnapshot)
	s.Download(snapshot+"/picture.svg", "architecture-svg", access.SnapshotRead, d.plain, ofProject, ofSnapshot)
	s.Read(snapshot+"/notes", "architecture-notes", access.SnapshotRead, d.notes, ofProject, ofSnapshot)
	s.Page(snapshot+"/proof", "architecture-proof", access.SnapshotRead, d.proof, ofProject, ofSnapshot)
	s.Download(snapshot+"/proof.json", "architecture-proof-file", access.SnapshotRead, d.proofFile, ofProject, ofSnapshot)
	s.Download(snapshot+"/export", "architecture-export", access.SnapshotRead, d.export, ofProject, ofSnapshot)
	s.Page(compare, "compare", access.FindingRead, d.compare, ofProject)
	s.Read(compare+"/model", "compare-model", access.FindingRead, d.compareModel, ofProject)
	s.Read(compare+"/picture", "compare-picture", access.FindingRead, d.comparePicture, ofProject)
	s.Read(compare+"/notes", "compare-notes", access.FindingRead, d.compareNotes, ofProject)
	s.LargeScript(base+"/layout", "architecture-layout", access.LayoutChange, d.save, ofProject)
	s.Form(base+"/forget", "architecture-forget", access.LayoutChange, d.forget, ofProject)
	s.Says("forgotten", "What was placed in this view is let go. It is arranged anew.")
}

// packed writes what is compressed already, or opens it for whoever does not take that.
func packed(c *web.Call, kind string, gz []byte) error {
	w, r := c.HTTP()
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	if web.AcceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(gz)
		return nil
	}
	return unpack(w, gz)
}

var _ http.Handler = (*web.Site)(nil)
