// Package blobtest has object stores for tests: as much of the REST protocols of S3 and of Azure Blob Storage as package blob's clients use, with signatures checked, so
// that the real clients run against them. They keep objects in memory.
package blobtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // what the protocol calls ETag
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What opens the stores.
const (
	AccessKey = "AKIDEXAMPLE"
	SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	Region    = "eu-west-1"
	S3Host    = "s3." + Region + ".amazonaws.com"
)

type object struct {
	data []byte
	meta http.Header // those that began with the prefix of metadata
	md5  string
}

// Store is what both servers have in common.
type Store struct {
	mu      sync.Mutex
	objects map[string]object
	damage  func(http.ResponseWriter, *http.Request) bool
	cut     bool
	lines   []string
}

// Answer sees each request first; when it returns true, it has answered.
func (s *Store) Answer(f func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.damage = f
}

// Keep makes the store keep less than it acknowledges, or not.
func (s *Store) Cut(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut = yes
}

// Flip changes one bit of every object.
func (s *Store) Flip() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects {
		if len(o.data) > 0 {
			o.data[0] ^= 1
		}
	}
}

// Keys are the names of what is there.
func (s *Store) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// Lines are the requests so far.
func (s *Store) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

func (s *Store) put(key string, data []byte, meta http.Header) string {
	sum := md5.Sum(data) //nolint:gosec // as above
	if s.cut && len(data) > 0 {
		data = data[:len(data)-1]
	}
	s.objects[key] = object{data: data, meta: meta, md5: hex.EncodeToString(sum[:])}
	return s.objects[key].md5
}

func (s *Store) first(w http.ResponseWriter, r *http.Request) bool {
	s.lines = append(s.lines, r.Method+" "+r.URL.Path)
	return s.damage != nil && s.damage(w, r)
}

func metadata(h http.Header, prefix string) http.Header {
	m := http.Header{}
	for name, v := range h {
		if strings.HasPrefix(strings.ToLower(name), prefix) {
			m[name] = v
		}
	}
	return m
}

// S3 is a bucket of S3.
type S3 struct {
	Store
	bucket string
	how    string // what GetBucketEncryption answers
}

// Encrypt says what GetBucketEncryption answers: AES256, aws:kms, "" for none, "denied".
func (s *S3) Encrypt(how string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = how
}

// NewS3 makes an empty bucket, reached below S3Host by path or by host.
func NewS3(bucket string) *S3 { return &S3{Store: Store{objects: map[string]object{}}, bucket: bucket} }

func s3Error(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, xml.Header+"<Error><Code>"+code+"</Code><Message>a text of the store</Message></Error>") // the client is gone
}

// ServeHTTP answers as S3 does.
func (s *S3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first(w, r) {
		return
	}
	if !signed(r) {
		s3Error(w, http.StatusForbidden, "SignatureDoesNotMatch")
		return
	}
	key := strings.TrimPrefix(r.URL.Path, "/")
	if r.Host == S3Host {
		bucket, rest, _ := strings.Cut(key, "/")
		if bucket != s.bucket {
			s3Error(w, http.StatusNotFound, "NoSuchBucket")
			return
		}
		key = rest
	} else if r.Host != s.bucket+"."+S3Host {
		s3Error(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	if key == "" {
		s.ofBucket(w, r)
		return
	}
	s.ofObject(w, r, key)
}

func (s *S3) ofObject(w http.ResponseWriter, r *http.Request, key string) {
	o, there := s.objects[key]
	switch r.Method {
	case http.MethodPut:
		if r.Header.Get("If-None-Match") == "*" && there {
			s3Error(w, http.StatusPreconditionFailed, "PreconditionFailed")
			return
		}
		data, err := body(r)
		if err != nil {
			s3Error(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		w.Header().Set("ETag", `"`+s.put(key, data, metadata(r.Header, "x-amz-meta-"))+`"`)
	case http.MethodGet, http.MethodHead:
		if !there {
			s3Error(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		serve(w, r, o)
	case http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		s3Error(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func serve(w http.ResponseWriter, r *http.Request, o object) {
	maps.Copy(w.Header(), o.meta)
	w.Header().Set("ETag", `"`+o.md5+`"`)
	w.Header().Set("Last-Modified", time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC).Format(http.TimeFormat))
	w.Header().Set("Content-Length", strconv.Itoa(len(o.data)))
	w.Header().Set("Content-Type", "application/octet-stream")
	if r.Method == http.MethodGet {
		_, _ = w.Write(o.data) // the client is gone
	}
}

// body reads what was sent, also in the chunks of aws-chunked (size in hexadecimal, a line, the bytes, trailers).
func body(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 300<<20))
	if err != nil || !strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		return b, err
	}
	var out []byte
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if !ok || err != nil || int(n) > len(rest) {
			return nil, io.ErrUnexpectedEOF
		}
		if n == 0 {
			sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(out))
			if !strings.Contains(string(rest), "x-amz-checksum-crc32:"+base64.StdEncoding.EncodeToString(sum)) {
				return nil, errChecksum
			}
			return out, nil
		}
		out = append(out, rest[:n]...)
		b = bytes.TrimPrefix(rest[n:], []byte("\r\n"))
	}
}

var errChecksum = errors.New("no checksum, or one of other bytes")

const page = 3 // names in an answer: small, so that tests turn pages

type listing struct {
	XMLName     xml.Name `xml:"ListBucketResult"`
	IsTruncated bool
	Next        string `xml:"NextContinuationToken,omitempty"`
	Contents    []listed
}

type listed struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
}

func (s *S3) ofBucket(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Has("encryption"):
		s.encryption(w)
	case q.Get("list-type") == "2":
		var l listing
		for _, k := range slices.Sorted(maps.Keys(s.objects)) {
			if !strings.HasPrefix(k, q.Get("prefix")) || k <= q.Get("continuation-token") {
				continue
			}
			if len(l.Contents) == page {
				l.IsTruncated, l.Next = true, l.Contents[page-1].Key
				break
			}
			l.Contents = append(l.Contents, listed{k, "2026-11-23T08:00:00.000Z", `"` + s.objects[k].md5 + `"`, len(s.objects[k].data)})
		}
		w.Header().Set("Content-Type", "application/xml")
		_ = xml.NewEncoder(w).Encode(l) // the client is gone
	default:
		s3Error(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func (s *S3) encryption(w http.ResponseWriter) {
	switch s.how {
	case "denied":
		s3Error(w, http.StatusForbidden, "AccessDenied")
	case "":
		s3Error(w, http.StatusNotFound, "ServerSideEncryptionConfigurationNotFoundError")
	default:
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, xml.Header+"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>"+
			s.how+"</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
	}
}

// signed checks the signature of a request (AWS Signature Version 4, as its documentation describes the canonical request).
func signed(r *http.Request) bool {
	auth, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return false
	}
	fields := map[string]string{}
	for _, f := range strings.Split(auth, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[k] = v
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[0] != AccessKey || scope[2] != Region || scope[3] != "s3" {
		return false
	}
	var headers strings.Builder
	for _, name := range strings.Split(fields["SignedHeaders"], ";") {
		v := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			v = r.Host
		case "content-length":
			v = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.Join(strings.Fields(v), " ") + "\n")
	}
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), query(r.URL.Query()), headers.String(), fields["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	digest := sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + strings.Join(scope[1:], "/") + "\n" + hex.EncodeToString(digest[:])
	key := []byte("AWS4" + SecretKey)
	for _, part := range scope[1:] {
		key = sign(key, part)
	}
	return hmac.Equal([]byte(hex.EncodeToString(sign(key, text))), []byte(fields["Signature"]))
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func query(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }
