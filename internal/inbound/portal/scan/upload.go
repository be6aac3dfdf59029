package scan

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/discover"
)

// Limits of a form with files, before any of it is looked into.
const (
	maxParts = 20_000
	maxField = 1000 // bytes of a field that is no file
)

// upload takes files as a form sends them (RFC 7578), packs them, and has them scanned.
func (p Ports) upload(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	// Nothing is read from whoever may not, nor for a project that is not there.
	if err := allowed(c, project); err != nil {
		return err
	}
	if _, err := p.Project(c.Context(), c.Asker(), project); err != nil {
		return err
	}
	_, r := c.HTTP()
	m, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the form has no files")
	}
	h, err := handed(m)
	if err != nil {
		return err
	}
	in := discover.Start{Project: project, Name: h.fields["name"]}
	if in.At, err = collected(h.fields["at"]); err != nil {
		return err
	}
	data, err := p.Wrap(h.files)
	if err != nil {
		return err
	}
	in.Data = bytes.NewReader(data)
	run, err := p.Start(c.Context(), c.Asker(), in)
	if err != nil {
		return err
	}
	return c.To(at(project, "/scans/"+run.ID))
}

// handover is what a form brought.
type handover struct {
	files  []File
	fields map[string]string
}

// handed reads a form. How many bytes it has altogether is limited by whoever handed the reader over.
func handed(m *multipart.Reader) (handover, error) {
	h := handover{fields: map[string]string{}}
	for n := 0; ; n++ {
		part, err := m.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return h, unread(err)
		}
		if n >= maxParts {
			return h, fault.New(fault.Limited, "more than %d files were handed over", maxParts).WithHelp("hand over an archive of them")
		}
		if err := h.take(part); err != nil {
			return h, err
		}
	}
	if len(h.files) == 0 {
		return h, fault.New(fault.Invalid, "no file was chosen").WithHelp("choose files, a directory, or an archive")
	}
	return h, nil
}

// take reads one part: a file has a name, and keeps the directories of it, which [multipart.Part.FileName] would take away.
func (h *handover) take(part *multipart.Part) error {
	_, about, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "a part of the form cannot be read")
	}
	name, file := about["filename"]
	if !file {
		text, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil {
			return unread(err)
		}
		if len(text) > maxField {
			return fault.New(fault.Invalid, "a field of the form has more than %d bytes", maxField)
		}
		h.fields[about["name"]] = string(text)
		return nil
	}
	data, err := io.ReadAll(part)
	if err != nil {
		return unread(err)
	}
	if name == "" { // a field for files in which none was chosen
		return nil
	}
	h.files = append(h.files, File{name, data})
	return nil
}

func unread(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return fault.New(fault.Limited, "what was handed over has more than %d MiB", large.Limit>>20).WithHelp("leave out what is no description of infrastructure, or scan it in parts")
	}
	return fault.Wrap(fault.Invalid, err, "what was handed over could not be read to its end").WithHelp("send it again")
}

// collected is when the inputs were collected, as a field for a date and a time sends it, in UTC (WHATWG HTML, "Local dates and times"); "" is now.
func collected(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "when the inputs were collected is no date and time").WithHelp("write it like 2026-01-31T09:30, in UTC, or leave it empty")
}
