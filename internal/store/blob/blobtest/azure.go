package blobtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The account of the Azure store.
const (
	Account   = "contoso"
	AzureHost = Account + ".blob.core.windows.net"
)

// AccountKey opens it.
func AccountKey() string {
	k := sha256.Sum256([]byte("the key of a storage account of a test"))
	return base64.StdEncoding.EncodeToString(k[:])
}

// Azure is a container of Azure Blob Storage.
type Azure struct {
	Store
	container string
	scope     string // the default encryption scope of the container
}

// Encrypt says which default encryption scope the container names; "" when it does not say.
func (a *Azure) Encrypt(scope string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scope = scope
}

// NewAzure makes an empty container.
func NewAzure(container string) *Azure {
	return &Azure{Store: Store{objects: map[string]object{}}, container: container}
}

func azureError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Ms-Error-Code", code)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, xml.Header+"<Error><Code>"+code+"</Code><Message>a text of the store</Message></Error>") // the client is gone
}

// ServeHTTP answers as the blob service does.
func (a *Azure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.first(w, r) {
		return
	}
	if !sharedKey(r) {
		azureError(w, http.StatusForbidden, "AuthenticationFailed")
		return
	}
	container, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case container != a.container:
		azureError(w, http.StatusNotFound, "ContainerNotFound")
	case key == "":
		a.ofContainer(w, r)
	default:
		a.ofBlob(w, r, key)
	}
}

func (a *Azure) ofBlob(w http.ResponseWriter, r *http.Request, key string) {
	o, there := a.objects[key]
	switch r.Method {
	case http.MethodPut:
		if r.Header.Get("If-None-Match") == "*" && there {
			azureError(w, http.StatusConflict, "BlobAlreadyExists")
			return
		}
		if r.URL.RawQuery != "" || r.Header.Get("X-Ms-Blob-Type") != "BlockBlob" {
			azureError(w, http.StatusNotImplemented, "UnsupportedOperation") // blocks: nothing here is so large
			return
		}
		data, err := body(r)
		if err != nil {
			azureError(w, http.StatusBadRequest, "InvalidInput")
			return
		}
		w.Header().Set("ETag", `"`+a.put(key, data, metadata(r.Header, "x-ms-meta-"))+`"`)
		w.WriteHeader(http.StatusCreated)
	case http.MethodGet, http.MethodHead:
		if !there {
			azureError(w, http.StatusNotFound, "BlobNotFound")
			return
		}
		if sum, err := hex.DecodeString(o.md5); err == nil {
			w.Header().Set("Content-MD5", base64.StdEncoding.EncodeToString(sum))
		}
		w.Header().Set("X-Ms-Blob-Type", "BlockBlob")
		w.Header().Set("X-Ms-Server-Encrypted", "true")
		w.Header().Set("X-Ms-Creation-Time", time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Format(http.TimeFormat))
		serve(w, r, o)
	case http.MethodDelete:
		if !there {
			azureError(w, http.StatusNotFound, "BlobNotFound")
			return
		}
		delete(a.objects, key)
		w.WriteHeader(http.StatusAccepted)
	default:
		azureError(w, http.StatusMethodNotAllowed, "UnsupportedHttpVerb")
	}
}

type blobs struct {
	XMLName    xml.Name `xml:"EnumerationResults"`
	Blobs      []aBlob  `xml:"Blobs>Blob"`
	NextMarker string
}

type aBlob struct {
	Name       string
	Properties struct {
		LastModified  string `xml:"Last-Modified"`
		ETag          string `xml:"Etag"`
		ContentLength int    `xml:"Content-Length"`
		BlobType      string
	}
}

func (a *Azure) ofContainer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("restype") == "container" && q.Get("comp") == "list":
		var l blobs
		for _, k := range slices.Sorted(maps.Keys(a.objects)) {
			if !strings.HasPrefix(k, q.Get("prefix")) || k < q.Get("marker") {
				continue
			}
			if len(l.Blobs) == page {
				l.NextMarker = k
				break
			}
			b := aBlob{Name: k}
			b.Properties.LastModified = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Format(http.TimeFormat)
			b.Properties.ETag, b.Properties.ContentLength, b.Properties.BlobType = a.objects[k].md5, len(a.objects[k].data), "BlockBlob"
			l.Blobs = append(l.Blobs, b)
		}
		w.Header().Set("Content-Type", "application/xml")
		_ = xml.NewEncoder(w).Encode(l) // the client is gone
	case q.Get("restype") == "container" && q.Get("comp") == "":
		if a.scope != "" {
			w.Header().Set("X-Ms-Default-Encryption-Scope", a.scope)
			w.Header().Set("X-Ms-Deny-Encryption-Scope-Override", "true")
		}
		w.Header().Set("ETag", `"0x1"`)
	default:
		azureError(w, http.StatusNotImplemented, "UnsupportedOperation")
	}
}

// sharedKey checks the signature of a request (Authorize with Shared Key, as the documentation of Azure Storage describes the string to sign).
func sharedKey(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "SharedKey "+Account+":")
	if !ok {
		return false
	}
	length := ""
	if r.ContentLength > 0 {
		length = strconv.FormatInt(r.ContentLength, 10)
	}
	lines := []string{r.Method}
	for _, h := range []string{"Content-Encoding", "Content-Language", "", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"} {
		v := r.Header.Get(h)
		if h == "" {
			v = length
		}
		lines = append(lines, v)
	}
	var own []string
	for name := range r.Header {
		if n := strings.ToLower(name); strings.HasPrefix(n, "x-ms-") {
			own = append(own, n+":"+r.Header.Get(name))
		}
	}
	slices.Sort(own)
	lines = append(lines, own...)
	text := strings.Join(lines, "\n") + "\n/" + Account + r.URL.EscapedPath()
	q := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		text += "\n" + strings.ToLower(name) + ":" + strings.Join(q[name], ",")
	}
	key, err := base64.StdEncoding.DecodeString(AccountKey())
	if err != nil {
		return false
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(h.Sum(nil))), []byte(given))
}
