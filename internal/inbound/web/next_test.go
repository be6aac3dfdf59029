package web

import (
	"math"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestOwnPath(t *testing.T) {
	for text, want := range map[string]string{
		"/account": "/account", "/organisation/tokens?done=x": "/organisation/tokens?done=x", "/": "/", "": "/", "account": "/", "//evil.example": "/", "/\\evil.example": "/",
		"/\t/evil.example": "/", "https://evil.example": "/", "/a//b": "/", "/a/../b": "/", "/%2f%2fevil.example": "/", "/a#b": "/", "/" + strings.Repeat("x", 600): "/", "javascript:alert(1)": "/", "/a/": "/",
	} {
		if got := ownPath(text); got != want {
			t.Errorf("%q leads to %q, not %q", text, got, want)
		}
	}
}

// FuzzOwnPath: whatever is sent, a browser that resolves the answer against the page stays where it is.
func FuzzOwnPath(f *testing.F) {
	for _, x := range []string{"/account?x=//y", "//e", "/\\e", "/%5ce", "http:/e", "/.//e", "/a?b#c", "/ä"} {
		f.Add(x)
	}
	base, err := url.Parse("https://arch.contoso.example/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := ownPath(text)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || u.User != nil || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t ") {
			t.Errorf("%q leads to %q", text, got)
		}
	})
}

func FuzzCodeOf(f *testing.F) {
	f.Add("http://127.0.0.1:8642/setup#code=abc")
	f.Add("#code=#code=")
	f.Add("a\x00b")
	f.Fuzz(func(t *testing.T, text string) {
		if got := codeOf(text); len(got) > 256 || strings.ContainsAny(got, "\x00\n\r\t ") {
			t.Errorf("%q gave %q", text, got)
		}
	})
}

// FuzzDescribe: whatever the description is, it is read or refused.
func FuzzDescribe(f *testing.F) {
	f.Add([]byte(`{"paths":{"/api/v1/x":{"get":{"parameters":[{"name":"a","schema":{"type":["array","null"],"items":{"type":"string"}}}]}}}}`))
	f.Add([]byte(`{"paths":{"":{"":{}}},"components":{"schemas":{"A":{"$ref":"#/components/schemas/A"}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := describe(b); err == nil && v.Count != count(v) {
			t.Errorf("%d operations of %d", count(v), v.Count)
		}
	})
}

func count(v *apiView) (n int) {
	for _, g := range v.Groups {
		n += len(g.Ops)
	}
	return n
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                            "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/1": "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1":         "Safari on iPhone", "curl/8": "A browser",
	} {
		if got := device(agent); got != want {
			t.Errorf("%s is %s", agent, got)
		}
	}
}

var token = regexp.MustCompile(`(?m)^  --([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);$`)

// TestColours measures the contrast of what is written on what (WCAG 2.2 section 1.4.3: 4.5, 1.4.11: 3).
func TestColours(t *testing.T) {
	b, err := os.ReadFile("assets/app.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string][2]float64{}
	for _, m := range token.FindAllStringSubmatch(string(b), -1) {
		colours[m[1]] = [2]float64{luminance(t, m[2]), luminance(t, m[3])}
	}
	for _, x := range []struct {
		on, ink string
		least   float64
	}{
		{"ground", "ink", 4.5},
		{"card", "ink", 4.5},
		{"sunk", "ink", 4.5},
		{"ground", "soft", 4.5},
		{"card", "soft", 4.5},
		{"sunk", "soft", 4.5},
		{"card", "act", 4.5},
		{"ground", "act", 4.5},
		{"sunk", "act-deep", 4.5},
		{"act", "on-act", 4.5},
		{"act-deep", "on-act", 4.5},
		{"bar", "on-bar", 4.5},
		{"good-ground", "good", 4.5},
		{"warn-ground", "warn", 4.5},
		{"wrong-ground", "wrong", 4.5},
		{"card", "good", 4.5},
		{"card", "warn", 4.5},
		{"card", "wrong", 4.5},
		{"card", "edge", 3},
		{"ground", "act", 3},
		{"sunk", "edge", 3},
	} {
		on, there := colours[x.on]
		ink, too := colours[x.ink]
		if !there || !too {
			t.Fatalf("no colours %s and %s", x.on, x.ink)
		}
		for i, scheme := range []string{"light", "dark"} {
			if got := (max(on[i], ink[i]) + 0.05) / (min(on[i], ink[i]) + 0.05); got < x.least {
				t.Errorf("%s on %s in %s: %.2f, less than %.1f", x.ink, x.on, scheme, got, x.least)
			}
		}
	}
}

// luminance is the relative one of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var parts [3]float64
	for i := range parts {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = linear(float64(n) / 255)
	}
	return 0.2126*parts[0] + 0.7152*parts[1] + 0.0722*parts[2]
}

func linear(c float64) float64 {
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
