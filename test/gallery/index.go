package main

import (
	"bytes"
	"embed"
	"html/template"
	"os"
	"path/filepath"
	"time"
)

//go:embed index.html
var files embed.FS

// writeIndex writes the contact sheet.
func writeIndex(out string, models []model) error {
	page, err := template.New("index.html").Funcs(template.FuncMap{
		"ms":  func(d time.Duration) int64 { return d.Milliseconds() },
		"kib": func(n int) int { return (n + 512) / 1024 },
	}).ParseFS(files, "index.html")
	if err != nil {
		return err
	}
	total := 0
	for i := range models {
		total += len(models[i].Views)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]any{"Models": models, "Total": total, "Themes": themes}); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "index.html"), b.Bytes(), 0o666)
}
