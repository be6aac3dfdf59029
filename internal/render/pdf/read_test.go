package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// file is a PDF taken apart.
type file struct {
	raw     []byte
	objects map[int]string // with streams unpacked
	trailer string
}

var (
	reStream = regexp.MustCompile(`(?s)^(.*?)stream\n(.*)\nendstream\n$`)
	reRef    = regexp.MustCompile(`(\d+) 0 R`)
)

// read takes a file apart by its table of objects, so that a wrong offset is an error.
func read(t testing.TB, raw []byte) file {
	t.Helper()
	f := file{raw: raw, objects: map[int]string{}}
	tail := raw[bytes.LastIndex(raw, []byte("startxref\n")):]
	var start, n int
	if _, err := fmt.Sscanf(string(tail), "startxref\n%d\n", &start); err != nil {
		t.Fatalf("startxref: %v in %q", err, tail)
	}
	table := string(raw[start:])
	if _, err := fmt.Sscanf(table, "xref\n0 %d\n", &n); err != nil {
		t.Fatalf("xref: %v", err)
	}
	lines := strings.SplitN(table, "\n", n+3)
	for i := 1; i < n; i++ {
		line := lines[2+i]
		if len(line) != 19 || !strings.HasSuffix(line, " 00000 n ") {
			t.Fatalf("object %d is entered as %q", i, line)
		}
		at, err := strconv.Atoi(line[:10])
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("%d 0 obj\n", i)
		body, ok := strings.CutPrefix(string(raw[at:min(at+len(head), len(raw))]), head)
		if !ok || body != "" {
			t.Fatalf("object %d is not at %d", i, at)
		}
		body = string(raw[at+len(head):])
		if m := regexp.MustCompile(`/Length (\d+)>>stream\n`).FindStringSubmatchIndex(body); m != nil && m[0] < strings.Index(body, "endobj\n") {
			length, _ := strconv.Atoi(body[m[2]:m[3]])
			z, err := zlib.NewReader(strings.NewReader(body[m[1] : m[1]+length]))
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(body[m[1]+length:], "\nendstream\nendobj\n") {
				t.Fatalf("the stream of object %d does not end where it says", i)
			}
			f.objects[i] = body[:m[1]] + string(data) + "\nendstream\n"
			continue
		}
		f.objects[i] = body[:strings.Index(body, "endobj\n")]
	}
	f.trailer = lines[2+n]
	return f
}

func (f file) stream(n int) string {
	m := reStream.FindStringSubmatch(f.objects[n])
	if m == nil {
		return ""
	}
	return m[2]
}

// ref is the object that an entry names.
func (f file) ref(t testing.TB, of, key string) int {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(key) + ` (\d+) 0 R`).FindStringSubmatch(of)
	if m == nil {
		t.Fatalf("%q has no %s", of, key)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (f file) refs(s string) (out []int) {
	for _, m := range reRef.FindAllStringSubmatch(s, -1) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	return out
}

func (f file) catalog(t testing.TB) string {
	trailer := string(f.raw[bytes.LastIndex(f.raw, []byte("trailer")):])
	return f.objects[f.ref(t, trailer, "/Root")]
}

func (f file) pages(t testing.TB) (out []string) {
	kids := f.objects[f.ref(t, f.catalog(t), "/Pages")]
	for _, n := range f.refs(kids[strings.Index(kids, "/Kids"):]) {
		out = append(out, f.objects[n])
	}
	return out
}

func decode(t testing.TB, hex string) string {
	t.Helper()
	var u []uint16
	for i := 0; i+4 <= len(hex); i += 4 {
		v, err := strconv.ParseUint(hex[i:i+4], 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		u = append(u, uint16(v))
	}
	return string(utf16.Decode(u))
}

var (
	reFont = regexp.MustCompile(`/([FB]\d+) (\d+) 0 R`)
	reChar = regexp.MustCompile(`(?m)^<([0-9A-F]+)><([0-9A-F]*)>$`)
	reShow = regexp.MustCompile(`/([FB]\d+) \d+ Tf [^<]*<([0-9A-F]*)>Tj|(ET)`)
)

// lines are the lines of text of a page, as its fonts say what their codes stand for.
func (f file) lines(t testing.TB, page string) (out []string) {
	t.Helper()
	res := f.objects[f.ref(t, page, "/Resources")]
	codes := map[string]map[string]string{}
	for _, m := range reFont.FindAllStringSubmatch(res, -1) {
		n, _ := strconv.Atoi(m[2])
		codes[m[1]] = map[string]string{}
		for _, c := range reChar.FindAllStringSubmatch(f.stream(f.ref(t, f.objects[n], "/ToUnicode")), -1) {
			codes[m[1]][c[1]] = decode(t, c[2])
		}
	}
	contents := page[strings.Index(page, "/Contents"):]
	for _, n := range f.refs(contents[:strings.Index(contents, "/Annots")]) {
		line := ""
		for _, m := range reShow.FindAllStringSubmatch(f.stream(n), -1) {
			if m[3] != "" {
				out, line = append(out, line), ""
				continue
			}
			size := 4
			if m[1][0] == 'B' {
				size = 2
			}
			for i := 0; i < len(m[2]); i += size {
				s, ok := codes[m[1]][m[2][i:i+size]]
				if !ok {
					t.Errorf("code %s of %s stands for nothing", m[2][i:i+size], m[1])
				}
				line += s
			}
		}
	}
	return out
}
