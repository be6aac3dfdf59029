package scan

import (
	"errors"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

func parts(text string) *multipart.Reader {
	return multipart.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")), "X")
}

func TestHanded(t *testing.T) {
	h, err := handed(parts("--X\nContent-Disposition: form-data; name=\"files\"; filename=\"infra/a.yaml\"\n\na: 1\n--X\nContent-Disposition: form-data; name=\"directory\"; filename=\"\"\n\n\n--X\n" +
		"Content-Disposition: form-data; name=\"name\"\n\nShop\n--X--\n"))
	if err != nil || len(h.files) != 1 || h.files[0].Name != "infra/a.yaml" || string(h.files[0].Data) != "a: 1" || h.fields["name"] != "Shop" {
		t.Errorf("%+v, %v", h, err)
	}
	for text, kind := range map[string]fault.Kind{
		"--X--\n": fault.Invalid,
		"--X\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\n\ncut":                                     fault.Invalid,
		"--X\nContent-Disposition: ;;\n\nx\n--X--\n":                                                                     fault.Invalid,
		"--X\nContent-Disposition: form-data; name=\"name\"\n\n" + strings.Repeat("a", maxField+1) + "\n--X--\n":         fault.Invalid,
		strings.Repeat("--X\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\n\nx\n", maxParts+1) + "--X--\n": fault.Limited,
	} {
		if _, err := handed(parts(text)); fault.KindOf(err) != kind {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

func TestCollected(t *testing.T) {
	at, err := collected("2026-01-31T09:30")
	if want := time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC); err != nil || !at.Equal(want) {
		t.Errorf("%v, %v", at, err)
	}
	if at, err := collected(""); err != nil || !at.IsZero() {
		t.Errorf("%v, %v", at, err)
	}
	if _, err := collected("yesterday"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func FuzzHanded(f *testing.F) {
	f.Add("--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.yaml\"\r\n\r\na: 1\r\n--X--\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := handed(multipart.NewReader(strings.NewReader(text), "X"))
		if err == nil && len(h.files) == 0 {
			t.Error("a form without files is taken")
		}
		var e *fault.Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("%v has no kind", err)
		}
	})
}
