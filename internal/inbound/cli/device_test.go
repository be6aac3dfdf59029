package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"c4arch/internal/base/fault"
)

// flow is a server of the device flow, as the command line sees it, and the place where a login is kept. It answers polls with codes, in order; "" is the token.
type flow struct {
	where  string
	codes  []string
	waits  []time.Duration
	saved  Login
	posted []map[string]string
	now    time.Time
}

func (f *flow) Find(Env) (Login, error)                 { return Login{}, fault.New(fault.NotFound, "none") }
func (f *flow) Save(_ Env, l Login) (string, error)     { f.saved = l; return "login.json", nil }
func (f *flow) Forget(Env) (bool, error)                { return true, nil }
func (f *flow) Open(Env, Login) (Remote, error)         { return f, nil }
func (f *flow) CheckServer(text string) (string, error) { return text, nil }
func (f *flow) Wait(_ context.Context, d time.Duration) error {
	f.waits = append(f.waits, d)
	f.now = f.now.Add(d)
	return nil
}

func (f *flow) Call(_ context.Context, _, _, _ string, _, _ any) error { return nil }
func (f *flow) Fetch(context.Context, string, io.Writer) error         { return errors.New("unused") }

func (f *flow) Upload(context.Context, string, string, string, func() (io.Reader, error), any) error {
	return errors.New("unused")
}

func (f *flow) Form(_ context.Context, path string, p map[string]string, into any) (string, error) {
	f.posted = append(f.posted, p)
	if strings.HasSuffix(path, "device_authorization") {
		*into.(*asked) = asked{DeviceCode: "dc", UserCode: "BCDF-GHJK", Where: f.where, Expires: 600, Interval: 5}
		return "", nil
	}
	code := "authorization_pending"
	if len(f.codes) > 0 {
		code, f.codes = f.codes[0], f.codes[1:]
	}
	switch code {
	case "":
		got := into.(*struct {
			Token string `json:"access_token"`
			Type  string `json:"token_type"`
		})
		got.Token, got.Type = "c4a_x", "Bearer"
		return "", nil
	case "away":
		return "", fault.New(fault.Unavailable, "the server does not answer")
	}
	return code, fault.New(fault.Denied, "%s", code)
}

func (f *flow) login(server string) (said string, err error) {
	var out, errs bytes.Buffer
	f.now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	r := &run{Program: &Program{Logins: f}, env: Env{Stdout: &out, Stderr: &errs, Now: func() time.Time { return f.now }, Getenv: func(string) string { return "" }}}
	err = r.doDevice(context.Background(), server)
	return out.String() + errs.String(), err
}

// TestDeviceLogin: RFC 8628 section 3.5 from the side of the device.
func TestDeviceLogin(t *testing.T) {
	const server = "https://arch.contoso.example"
	f := &flow{where: server + "/device", codes: []string{"authorization_pending", "slow_down", "authorization_pending", "away", ""}}
	said, err := f.login(server)
	if err != nil || f.saved != (Login{Server: server, Token: "c4a_x"}) {
		t.Fatalf("%v, kept %+v", err, f.saved)
	}
	if !strings.Contains(said, "BCDF-GHJK") || !strings.Contains(said, server+"/device") || strings.Contains(said, "c4a_") || strings.Contains(said, "dc\n") {
		t.Errorf("it says %s", said)
	}
	want := []time.Duration{5 * time.Second, 5 * time.Second, 10 * time.Second, 10 * time.Second, 20 * time.Second}
	if len(f.waits) != len(want) {
		t.Fatalf("it waits %v", f.waits)
	}
	for i := range want {
		if f.waits[i] != want[i] {
			t.Errorf("it waits %v, and not %v", f.waits, want)
			break
		}
	}
	for _, code := range []string{"access_denied", "expired_token", "invalid_client", "server_error"} {
		f := &flow{where: server + "/device", codes: []string{code, ""}}
		if _, err := f.login(server); err == nil || f.saved.Token != "" || len(f.waits) != 1 {
			t.Errorf("%s: %v, kept %+v after %v", code, err, f.saved, f.waits)
		}
	}
	f = &flow{where: server + "/device"}
	if _, err := f.login(server); fault.KindOf(err) != fault.Denied || len(f.waits) != 120 {
		t.Errorf("nobody comes: %v after %d questions", err, len(f.waits))
	}
}

// TestDevicePageIsTheServers: a page elsewhere is not shown; on this machine alone localhost stands for the address.
func TestDevicePageIsTheServers(t *testing.T) {
	for where, x := range map[string]struct {
		server string
		good   bool
	}{
		"https://arch.contoso.example/device":      {"https://arch.contoso.example", true},
		"http://localhost:8642/device":             {"http://127.0.0.1:8642", true},
		"https://arch.contoso.example.evil/device": {"https://arch.contoso.example", false},
		"http://arch.contoso.example/device":       {"https://arch.contoso.example", false},
		"http://localhost:8643/device":             {"http://127.0.0.1:8642", false},
		"http://localhost/device":                  {"https://arch.contoso.example", false},
		"javascript:alert(1)":                      {"https://arch.contoso.example", false},
		"":                                         {"https://arch.contoso.example", false},
	} {
		f := &flow{where: where, codes: []string{""}}
		said, err := f.login(x.server)
		if (err == nil) != x.good || !x.good && (f.saved.Token != "" || strings.Contains(said, "BCDF")) {
			t.Errorf("%s from %s: %v, and it says %s", where, x.server, err, said)
		}
	}
}

// TestOneTimeLinks: the code stands behind #, and nothing of it goes into the address that is asked.
func TestOneTimeLinks(t *testing.T) {
	r := &run{Program: &Program{Logins: &flow{}}}
	if server, code, err := r.oneTime("https://arch.contoso.example/invitation#code=c4i_x", "an invitation"); err != nil || server != "https://arch.contoso.example" || code != "c4i_x" {
		t.Errorf("%s, %s, %v", server, code, err)
	}
	for _, link := range []string{"", "https://arch.contoso.example", "https://arch.contoso.example/invitation?code=x", "https://arch.contoso.example/#", "::"} {
		if _, _, err := r.oneTime(link, "an invitation"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", link, err)
		}
	}
}
