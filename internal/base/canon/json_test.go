package canon

import (
	stdjson "encoding/json"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestRawStandsAsItIs(t *testing.T) {
	type box struct {
		A Raw `json:"a"`
		B Raw `json:"b"`
	}
	in := box{A: Raw(`{"n":1,"s":"x"}`)}
	const want = `{"a":{"n":1,"s":"x"},"b":null}`
	for name, marshal := range map[string]func(any) ([]byte, error){
		"standard":  stdjson.Marshal,
		"streaming": func(v any) ([]byte, error) { return json.Marshal(v) },
	} {
		b, err := marshal(in)
		if err != nil || string(b) != want {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
	for name, unmarshal := range map[string]func([]byte, any) error{
		"standard":  stdjson.Unmarshal,
		"streaming": func(b []byte, v any) error { return json.Unmarshal(b, v) },
	} {
		var out box
		if err := unmarshal([]byte(want), &out); err != nil || string(out.A) != string(in.A) || out.B != nil {
			t.Errorf("%s: %s %s %v", name, out.A, out.B, err)
		}
	}
}
