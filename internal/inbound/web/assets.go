package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"hash"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the styles and scripts, below a path that changes when one of them does: so a browser keeps them for ever.
type assets struct {
	files  map[string][]byte
	packed map[string][]byte // gzip, where that is worth it
	sum    hash.Hash
	hash   string
}

func loadAssets() *assets {
	a := &assets{files: map[string][]byte{}, packed: map[string][]byte{}}
	a.sum = sha256.New()
	names, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		panic(err)
	}
	for _, name := range names { // sorted
		b, err := assetFiles.ReadFile(name)
		if err != nil {
			panic(err) // they are part of the program
		}
		a.keep(path.Base(name), b)
	}
	return a
}

// keep adds one file.
func (a *assets) keep(name string, b []byte) {
	a.files[name] = b
	if small := gzipped(b); len(small) < len(b)*9/10 {
		a.packed[name] = small
	}
	a.sum.Write([]byte(name + "\x00"))
	a.sum.Write(b)
	a.hash = hex.EncodeToString(a.sum.Sum(nil)[:8])
}

// add adds the files of another package below a name, before anything is served.
func (a *assets) add(below string, files fs.FS) {
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || kinds[path.Ext(name)] == "" {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err == nil {
			a.keep(path.Join(below, name), b)
		}
		return err
	})
	if err != nil {
		panic(err) // they are part of the program
	}
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
	h.Set("Vary", "Accept-Encoding")
	if small := a.packed[name]; small != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		b = small
	}
	_, _ = w.Write(b)
	return true
}

// gzipped packs a file. Pages are not packed: what they tell once, beside what somebody else may have put there, could be guessed by their length (BREACH).
func gzipped(b []byte) []byte {
	var to bytes.Buffer
	z, err := gzip.NewWriterLevel(&to, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one
	}
	_, _ = z.Write(b) // into memory
	_ = z.Close()
	return to.Bytes()
}

// acceptsGzip reports whether whoever asks takes gzip (RFC 9110 section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.ReplaceAll(weight, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
