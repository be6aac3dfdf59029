package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// writer writes the objects of a file and remembers where they are (ISO 32000-1, 7.5).
type writer struct {
	w   io.Writer
	sum hash.Hash
	at  int64
	// offset of every object, by number; 0 for none yet. Object 0 is the head of the free list.
	offset []int64
	err    error
	packed bytes.Buffer
	z      *zlib.Writer
}

func newWriter(w io.Writer) *writer {
	out := &writer{w: w, sum: sha256.New(), offset: make([]int64, 1)}
	out.z = zlib.NewWriter(&out.packed)
	out.write("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return out
}

func (w *writer) write(s string) {
	if w.err != nil {
		return
	}
	n, err := io.WriteString(w.w, s)
	w.sum.Write([]byte(s[:n]))
	w.at += int64(n)
	w.err = err
}

// reserve is the number of an object that is written later.
func (w *writer) reserve() int {
	w.offset = append(w.offset, 0)
	return len(w.offset) - 1
}

func (w *writer) object(n int, body string) {
	w.offset[n] = w.at
	w.write(strconv.Itoa(n) + " 0 obj\n" + body + "\nendobj\n")
}

// stream writes data as a compressed stream; dict are the further entries of its dictionary.
func (w *writer) stream(n int, dict string, data []byte) {
	b := &w.packed
	b.Reset()
	w.z.Reset(b)
	w.z.Write(data) // a buffer takes everything
	w.z.Close()
	w.object(n, fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", dict, b.Len(), b.Bytes()))
}

// close writes the table of objects and the trailer.
func (w *writer) close(catalog, info int) error {
	id := fmt.Sprintf("%x", w.sum.Sum(nil)[:16])
	start := w.at
	var b strings.Builder
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(w.offset))
	for _, o := range w.offset[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(w.offset), catalog, info, id, id, start)
	w.write(b.String())
	return w.err
}

// number writes hundredths as a decimal number, as short as it gets.
func number(hundredths int) string { return string(appendNumber(nil, hundredths)) }

func appendNumber(b []byte, v int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, int64(v/100), 10)
	if f := v % 100; f != 0 {
		b = append(b, '.', byte('0'+f/10))
		if f%10 != 0 {
			b = append(b, byte('0'+f%10))
		}
	}
	return b
}

// text writes a text string (7.9.2): in hexadecimal, so that no character of it can end it.
func text(s string) string {
	return "<FEFF" + utf16hex(s) + ">"
}

func utf16hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
