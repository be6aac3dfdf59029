package secret

import (
	"crypto/subtle"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
)

// Value is a secret. The zero value is empty. Values are not compared with ==, which would tell by its time how much of two is equal; see Equal.
type Value struct {
	_ [0]func()
	// Two pointers, since fmt does not ask the methods of a field that is not exported, and prints what it finds there: of a pointer that is an address, but
	// where the verb does not fit it follows one.
	p *hidden
}

type hidden struct{ b *[]byte }

const shown = "[secret]"

// New takes b over.
func New(b []byte) Value {
	if len(b) == 0 {
		return Value{}
	}
	return Value{p: &hidden{&b}}
}

// Expose returns the bytes. Every caller is one to look at in a review.
func (v Value) Expose() []byte {
	if v.p == nil {
		return nil
	}
	return *v.p.b
}

// Empty reports whether there is nothing in it.
func (v Value) Empty() bool { return len(v.Expose()) == 0 }

// Equal compares in a time that depends on the lengths only.
func (v Value) Equal(other Value) bool {
	return subtle.ConstantTimeCompare(v.Expose(), other.Expose()) == 1
}

// Wipe overwrites it, as far as the runtime allows: whoever copied the bytes has them still.
func (v Value) Wipe() { clear(v.Expose()) }

// Format prints [secret] for every verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(shown)) }

// String is [secret].
func (v Value) String() string { return shown }

// GoString is [secret].
func (v Value) GoString() string { return shown }

// LogValue is [secret].
func (v Value) LogValue() slog.Value { return slog.StringValue(shown) }

var errMarshal = errors.New("a secret is not written")

// MarshalJSON refuses.
func (v Value) MarshalJSON() ([]byte, error) { return nil, errMarshal }

// MarshalText refuses.
func (v Value) MarshalText() ([]byte, error) { return nil, errMarshal }

// MarshalBinary refuses.
func (v Value) MarshalBinary() ([]byte, error) { return nil, errMarshal }

// GobEncode refuses.
func (v Value) GobEncode() ([]byte, error) { return nil, errMarshal }

// MarshalXML refuses.
func (v Value) MarshalXML(*xml.Encoder, xml.StartElement) error { return errMarshal }

// MarshalYAML refuses.
func (v Value) MarshalYAML() (any, error) { return nil, errMarshal }

var (
	_ json.Marshaler = Value{}
	_ xml.Marshaler  = Value{}
)
