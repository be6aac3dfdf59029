package plain

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []Difference
	}{
		{`{"a": [1, "x", null, true]}`, `{"a": [1, "x", null, true]}`, nil},
		{`{"a": 1, "b": 2}`, `{"b": 2, "a": 1}`, nil},
		{`{"a": 1}`, `{"a": "1"}`, []Difference{{"replace", "/a"}}},
		{`{"a": [1, 2, 3]}`, `{"a": [2, 3]}`, []Difference{{"replace", "/a/0"}, {"replace", "/a/1"}, {"remove", "/a/2"}}},
		{`{"a": {"b": 1}}`, `{"a": {"c": 1}}`, []Difference{{"remove", "/a/b"}, {"add", "/a/c"}}},
		{`{"a": {}}`, `{"a": []}`, []Difference{{"replace", "/a"}}},
		{`{"a": 1}`, `{"a": {"b": 1}}`, []Difference{{"replace", "/a"}}},
		{`[1]`, `[1, 2]`, []Difference{{"add", "/1"}}},
	} {
		if got := Diff(parsed(t, c.a), parsed(t, c.b)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s to %s: %v and not %v", c.a, c.b, got, c.want)
		}
	}
}

func parsed(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}
