package architecture

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/draw"
)

// exampleMark stands before every title of what is exported of the example.
const exampleMark = "EXAMPLE, not real: "

// export writes what one sees in a format: one file, or an archive of several.
func (d *Desk) export(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	p, err := d.Project(c.Context(), c.Asker(), project)
	if err != nil {
		return err
	}
	format := c.Query("format")
	if !slices.ContainsFunc(d.Formats, func(f Format) bool { return f.Name == format }) {
		return fault.New(fault.Invalid, "there is no format %.40q", format).WithHelp("choose one of the list")
	}
	_, r := c.HTTP()
	x := draw.Export{Format: format, Open: r.URL.Query()["open"], Closed: r.URL.Query()["closed"]}
	if c.Query("all") == "" {
		x.View = c.Query("view")
	}
	if p.Example {
		x.Mark = exampleMark
	}
	sc, files, err := d.Pictures.Export(c.Context(), c.Asker(), project, c.Path("snapshot"), x)
	if err != nil {
		return err
	}
	return send(c, plainName(p.Name)+"-"+sc.Moment.ID, format, files, sc.Moment.Collected)
}

// send answers with the only file, or with an archive of them.
func send(c *web.Call, name, format string, files []draw.File, at time.Time) error {
	if len(files) == 0 {
		return fault.New(fault.NotFound, "there is nothing to write in this format")
	}
	if len(files) == 1 {
		f := files[0]
		ending := path.Ext(f.Name)
		w := c.Save(name+"-"+plainName(strings.TrimSuffix(path.Base(f.Name), ending))+ending, kindOf(ending))
		_, _ = w.Write(f.Data)
		return nil
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC()})
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the archive")
		}
	}
	if err := z.Close(); err != nil {
		return fault.Wrap(fault.Internal, err, "the archive")
	}
	_, _ = c.Save(name+"-"+format+".zip", "application/zip").Write(b.Bytes())
	return nil
}

// plainName is a name as a file may have it everywhere.
func plainName(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-")
	if out == "" {
		return "architecture"
	}
	return out[:min(len(out), 60)]
}

// kindOf is the media type of a file. A page that is exported is saved, and never shown as one of ours.
func kindOf(ending string) string {
	switch ending {
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".pdf":
		return "application/pdf"
	case ".json":
		return "application/json"
	case ".csv":
		return "text/csv; charset=utf-8"
	}
	return "application/octet-stream"
}
