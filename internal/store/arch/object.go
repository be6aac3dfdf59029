package arch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/tree"
)

// A resource version is kept as two objects, each once: its content, which is what its commitment is to, and its form, which
// is what else the snapshot says of it and does not depend on where it stood. Thousands of contents share one form.
type kind byte

const (
	gone    kind = iota // an empty place: nothing needs what was here
	content             // canonical JSON under a salt, checked against the commitment
	form                // see formOf
	erased              // what is left of a content that was withdrawn
)

const saltSize = sha256.Size

// key is the first 16 bytes of a digest.
type key [16]byte

// object is what is kept.
type object struct {
	kind kind
	key  key
	salt []byte // of a content
	body []byte
}

// contentOf is the content of a resource that is not withdrawn, and whether it is what the commitment is to.
func contentOf(r *evidence.Resource) (object, bool) {
	salt, err := hex.DecodeString(r.Salt)
	if err != nil || len(salt) != saltSize || strings.ToLower(r.Salt) != r.Salt {
		return object{}, false
	}
	o := object{kind: content, salt: salt, body: r.Canonical()}
	sum := o.commitment()
	o.key = key(sum[:16])
	return o, digest(sum) == r.Commitment
}

// commitment is SHA-256 of the salt and the content.
func (o *object) commitment() [sha256.Size]byte {
	h := sha256.New()
	h.Write(o.salt)
	h.Write(o.body)
	return [sha256.Size]byte(h.Sum(nil))
}

func digest(sum [sha256.Size]byte) canon.Digest {
	return canon.Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// sumOf are the bytes of a digest.
func sumOf(d canon.Digest) ([]byte, bool) {
	text, ok := strings.CutPrefix(string(d), "sha256:")
	sum, err := hex.DecodeString(text)
	return sum, ok && err == nil && len(sum) == sha256.Size && strings.ToLower(text) == text
}

// keyed computes the key of an object that has no commitment.
func keyed(k kind, body []byte) object {
	sum := sha256.Sum256(append([]byte{byte(k)}, body...))
	return object{kind: k, key: key(sum[:16]), body: body}
}

// sound reports whether the object is what its key says.
func (o *object) sound() bool {
	switch o.kind {
	case content:
		sum := o.commitment()
		return key(sum[:16]) == o.key
	case form, erased:
		return keyed(o.kind, o.body).key == o.key
	}
	return o.key == key{} && len(o.body) == 0
}

// erasedOf is what is left of a resource that was withdrawn.
func erasedOf(r *evidence.Resource) (object, bool) {
	sum, ok := sumOf(r.Commitment)
	var w writer
	for _, s := range []string{r.ID, string(r.Form), r.Provider, r.Type, string(r.Side), r.Erased} {
		w.str(s)
	}
	w.bool(r.Data)
	w.b = append(w.b, sum...)
	return keyed(erased, w.b), ok
}

func (o *object) erased() (evidence.Resource, error) {
	in := reader{s: string(o.body)}
	r := evidence.Resource{
		ID: in.str(), Form: evidence.Form(in.str()), Provider: in.str(), Type: in.str(), Side: evidence.Side(in.str()), Erased: in.str(),
		Data: in.bool(), Props: canon.Raw("{}"),
	}
	sum := in.take(sha256.Size)
	if err := in.end(); err != nil || r.Erased == "" {
		return r, errBytes
	}
	r.Commitment = digest([sha256.Size]byte([]byte(sum)))
	return r, nil
}

// resource puts a version together from its content and the object of its form, which is nil for none. line is where
// it begins. The commitment is computed, and what was put together is exactly what it is to.
func (o *object) resource(f *object, line int) (evidence.Resource, error) {
	if o.kind == erased {
		return o.erased()
	}
	var r evidence.Resource
	if o.kind != content {
		return r, errBytes
	}
	if err := readContent(o.body, &r); err != nil {
		return r, err
	}
	if f != nil {
		if f.kind != form {
			return r, errBytes
		}
		if err := readForm(string(f.body), line, &r); err != nil {
			return r, err
		}
	}
	if !bytes.Equal(r.Canonical(), o.body) {
		return r, errBytes
	}
	r.Salt, r.Commitment = hex.EncodeToString(o.salt), digest(o.commitment())
	return r, nil
}

// formOf is the form of a resource, and nil when there is nothing to say. Lines are counted from the line of the
// first origin, so that they do not change when something is put in before it.
func formOf(r *evidence.Resource) *object {
	if len(r.Aliases)+len(r.Redacted)+len(r.Expressions)+len(r.Lines)+len(r.Columns) == 0 || r.Erased != "" {
		return nil
	}
	var w writer
	texts(&w, r.Aliases)
	texts(&w, r.Redacted)
	w.uint(uint64(len(r.Expressions)))
	for _, x := range r.Expressions {
		w.str(string(x.Path))
		w.str(x.Text)
		w.str(string(x.Unresolved))
	}
	places(&w, r.Lines, lineOf(r))
	places(&w, r.Columns, 0)
	o := keyed(form, w.b)
	return &o
}

func lineOf(r *evidence.Resource) int {
	if len(r.Origins) == 0 {
		return 0
	}
	return r.Origins[0].Line
}

func texts[T ~string](w *writer, list []T) {
	w.uint(uint64(len(list)))
	for _, s := range list {
		w.str(string(s))
	}
}

func places(w *writer, list []int32, from int) {
	w.uint(uint64(len(list)))
	last := int64(from)
	for _, n := range list {
		w.int(int64(n) - last)
		last = int64(n)
	}
}

func readForm(body string, line int, r *evidence.Resource) error {
	in := reader{s: body}
	r.Aliases = readTexts[string](&in)
	r.Redacted = readTexts[tree.Path](&in)
	if n := in.count(); n > 0 {
		r.Expressions = make([]evidence.Expression, n)
		for i := range r.Expressions {
			r.Expressions[i] = evidence.Expression{Path: tree.Path(in.str()), Text: in.str(), Unresolved: evidence.Unknown(in.str())}
		}
	}
	r.Lines = readPlaces(&in, line)
	r.Columns = readPlaces(&in, 0)
	return in.end()
}

func readTexts[T ~string](in *reader) []T {
	n := in.count()
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = T(in.str())
	}
	return list
}

func readPlaces(in *reader, from int) []int32 {
	n := in.count()
	if n == 0 {
		return nil
	}
	list := make([]int32, n)
	last := int64(from)
	for i := range list {
		last += in.int()
		if list[i] = int32(last); int64(list[i]) != last {
			in.fail()
		}
	}
	return list
}
