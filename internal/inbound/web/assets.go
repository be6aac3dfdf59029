package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the styles and scripts, below a path that changes when one of them does: so a browser keeps them for ever.
type assets struct {
	files map[string][]byte
	hash  string
}

func loadAssets() *assets {
	a := &assets{files: map[string][]byte{}}
	sum := sha256.New()
	names, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		panic(err)
	}
	for _, name := range names { // sorted
		b, err := assetFiles.ReadFile(name)
		if err != nil {
			panic(err) // they are part of the program
		}
		a.files[path.Base(name)] = b
		sum.Write([]byte(name + "\x00"))
		sum.Write(b)
	}
	a.hash = hex.EncodeToString(sum.Sum(nil)[:8])
	return a
}

func (a *assets) path(name string) string { return "/assets/" + a.hash + "/" + name }

var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// serve answers with a file. One of another version is not there: a page of before loads again.
func (a *assets) serve(w http.ResponseWriter, r *http.Request) bool {
	hash, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	b, there := a.files[name]
	if !ok || !there || hash != a.hash {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", kinds[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(b)
	return true
}
