package canon

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// MarshalJSON returns the JSON itself, so that a Raw inside another value stands there as
// what it is and not as base64, which a []byte would become. An empty Raw is null.
func (r Raw) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("null"), nil
	}
	return r, nil
}

// UnmarshalJSON keeps a copy of b. Whether it is canonical is the reader's to check.
func (r *Raw) UnmarshalJSON(b []byte) error {
	if *r = nil; string(b) != "null" {
		*r = Raw(slices.Clone(b))
	}
	return nil
}

// MarshalJSONTo is MarshalJSON for the streaming encoder.
func (r Raw) MarshalJSONTo(enc *jsontext.Encoder) error {
	if len(r) == 0 {
		return enc.WriteToken(jsontext.Null)
	}
	return enc.WriteValue(jsontext.Value(r))
}

// UnmarshalJSONFrom is UnmarshalJSON for the streaming decoder.
func (r *Raw) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return r.UnmarshalJSON(v)
}
