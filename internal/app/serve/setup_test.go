package serve

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"c4arch/internal/base/fault"
)

// completer is a table of codes; a code is good once.
type completer map[string]error

func (c completer) Complete(_ context.Context, code string) (string, error) {
	err, known := c[code]
	if !known {
		return "", fault.New(fault.NotFound, "no such code")
	}
	if err == nil {
		c[code] = fault.New(fault.Denied, "used")
		return "c4a_platform_TOKEN<&\">", nil
	}
	return "", err
}

func TestSetup(t *testing.T) {
	p, out := parts(t, http.NotFoundHandler())
	p.Setup = completer{"good": nil, "old": fault.New(fault.Denied, "expired"), "broken": io.ErrUnexpectedEOF}
	i := start(t, basic(t), p, out)
	post := func(code string, header ...string) (*http.Response, string) {
		body := strings.NewReader(url.Values{"code": {code}}.Encode())
		return do(t, http.DefaultClient, request(t, "POST", "http://"+i.Public+"/setup/token", body, append(header, "Content-Type", "application/x-www-form-urlencoded")...))
	}
	for _, x := range []struct {
		code, says string
		status     int
	}{
		{"", "no setup code", 400},
		{"no good", "no setup code", 400},
		{strings.Repeat("x", 300), "no setup code", 400},
		{strings.Repeat("x", maxCode), "no setup code", 400},
		{"unknown", "cannot be used", 403},
		{"old", "has expired", 403},
		{"broken", "your link is still good", 503},
		{"  http://127.0.0.1:8642/setup#code=good ", "c4a_platform_TOKEN&lt;&amp;&#34;&gt;", 200},
		{"good", "was used already", 403},
	} {
		res, body := post(x.code)
		if res.StatusCode != x.status || !strings.Contains(body, x.says) {
			t.Errorf("%.20q: %d, want %d with %q:\n%s", x.code, res.StatusCode, x.status, x.says, body)
		}
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%.20q may be kept: %s", x.code, res.Header.Get("Cache-Control"))
		}
	}
	if res, body := post("good", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 || strings.Contains(body, "cannot be used") {
		t.Errorf("another site may post: %d", res.StatusCode)
	}
	for _, no := range []string{"good", "TOKEN", "old"} {
		if strings.Contains(out.String(), no) {
			t.Errorf("%q stands in the log", no)
		}
	}
}

// TestSetupPage asks the page about its elements: every input has a label, nothing is inline, and a script is not needed.
func TestSetupPage(t *testing.T) {
	p, out := parts(t, http.NotFoundHandler())
	p.Setup = completer{}
	i := start(t, basic(t), p, out)
	_, body := get(t, "http://"+i.Public+"/setup")
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	labels, inputs := map[string]bool{}, []string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		found[n.Data]++
		a := map[string]string{}
		for _, x := range n.Attr {
			a[x.Key] = x.Val
			if strings.HasPrefix(x.Key, "on") || x.Key == "style" {
				t.Errorf("<%s> has %s, which the policy refuses", n.Data, x.Key)
			}
		}
		switch n.Data {
		case "script":
			if a["src"] == "" || n.FirstChild != nil {
				t.Error("a script is inline")
			}
		case "label":
			labels[a["for"]] = true
		case "input":
			inputs = append(inputs, a["id"])
		case "html":
			if a["lang"] == "" {
				t.Error("the page names no language")
			}
		}
	}
	for _, in := range inputs {
		if !labels[in] {
			t.Errorf("input %s has no label", in)
		}
	}
	for element, want := range map[string]int{"h1": 1, "main": 1, "form": 1, "style": 0, "input": 1} {
		if found[element] != want {
			t.Errorf("%d <%s>, want %d", found[element], element, want)
		}
	}
	if got := SetupLink("http://127.0.0.1:8642", "abc"); got != "http://127.0.0.1:8642/setup#code=abc" {
		t.Error(got)
	}
}

func TestNoSetupPageWhenThereIsNothingToSetUp(t *testing.T) {
	p, out := parts(t, http.NotFoundHandler())
	i := start(t, basic(t), p, out)
	if res, _ := get(t, "http://"+i.Public+"/setup"); res.StatusCode != 404 {
		t.Error(res.StatusCode)
	}
}

func FuzzCodeOf(f *testing.F) {
	f.Add("http://127.0.0.1:8642/setup#code=abc")
	f.Add("#code=#code=")
	f.Add("a\x00b")
	f.Fuzz(func(t *testing.T, text string) {
		got := codeOf(text)
		if len(got) > 256 || strings.ContainsAny(got, "\x00\n\r\t ") {
			t.Errorf("%q gave %q", text, got)
		}
	})
}
