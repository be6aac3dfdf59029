// Package api is the client of the service's API, as the command line uses it.
//
// It promises: the token goes to the server that it was given for and to no other, in a header alone; an answer is bounded in size; a problem (RFC 9457) becomes an
// error of the kind that it has on the server. A request that failed to arrive is sent again where sending twice is one change: reads, and what carries an Idempotency-Key.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Client speaks to one server. Every field must be set.
type Client struct {
	Server string // its address, without a path: https://arch.contoso.example
	Token  secret.Value
	HTTP   *http.Client
	// Agent is what it says of itself.
	Agent string
	// Wait waits between attempts; it ends with ctx.
	Wait func(ctx context.Context, d time.Duration) error
}

// prefix is that of the routes.
const prefix = "/api/v1"

// attempts is how often what may be sent twice is sent.
const attempts = 3

// MaxAnswer is the largest answer that is read into memory, in bytes.
const MaxAnswer = 64 << 20

// CheckServer says what is wrong with the address of a server: a token is not sent in clear but to this machine.
func CheckServer(text string) (string, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(text, "#?") || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return "", fault.New(fault.Invalid, "that is not the address of a server").WithHelp("write it as https://arch.contoso.example")
	}
	if h := u.Hostname(); u.Scheme == "http" && h != "127.0.0.1" && h != "::1" && h != "localhost" {
		return "", fault.New(fault.Denied, "a token is not sent in clear").WithHelp("use https://%s", u.Host)
	}
	return u.String(), nil
}

// Call sends body as JSON, if it is not nil, and reads the answer into into, if that is not nil. key is an Idempotency-Key, or "".
func (c *Client) Call(ctx context.Context, method, path, key string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return fault.Wrap(fault.Internal, err, "the request cannot be written")
		}
	}
	return c.send(ctx, method, path, key, "application/json", func() (io.Reader, error) { return bytes.NewReader(text), nil }, func(r io.Reader) error {
		data, err := io.ReadAll(io.LimitReader(r, MaxAnswer+1))
		switch {
		case err != nil:
			return unreachable(err)
		case len(data) > MaxAnswer:
			return fault.New(fault.Limited, "the server answers with more than %d MiB", MaxAnswer>>20)
		case into == nil:
			return nil
		}
		if err := json.Unmarshal(data, into); err != nil {
			return fault.New(fault.Unavailable, "the server's answer is not what this version of c4arch reads").WithHelp("see that both are the same version: c4arch version")
		}
		return nil
	})
}

// Upload hands over a file of a type; open is called for each attempt.
func (c *Client) Upload(ctx context.Context, path, key, kind string, open func() (io.Reader, error), into any) error {
	return c.send(ctx, http.MethodPost, path, key, kind, open, func(r io.Reader) error {
		if err := json.NewDecoder(io.LimitReader(r, MaxAnswer)).Decode(into); err != nil {
			return fault.New(fault.Unavailable, "the server's answer cannot be read")
		}
		return nil
	})
}

// Fetch copies an answer to to. It is sent once: what was written is not taken back.
func (c *Client) Fetch(ctx context.Context, path string, to io.Writer) error {
	return c.once(ctx, http.MethodGet, path, "", "", nil, func(r io.Reader) error {
		if _, err := io.Copy(to, r); err != nil {
			return fault.Wrap(fault.Unavailable, err, "the answer broke off")
		}
		return nil
	})
}

// Form posts parameters to an endpoint of OAuth, which has no prefix and takes no token (RFC 6749, RFC 8628). It is sent once: a code can be used once. code is the error that
// the server answers with, which a client acts upon, or "".
func (c *Client) Form(ctx context.Context, path string, parameters map[string]string, into any) (code string, err error) {
	form := url.Values{}
	for name, value := range parameters {
		form.Set(name, value)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fault.New(fault.Invalid, "the request cannot be made")
	}
	req.Header.Set("User-Agent", c.Agent)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := c.HTTP.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", unreachable(err)
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	data, err := io.ReadAll(io.LimitReader(res.Body, maxForm+1))
	switch {
	case err != nil:
		return "", unreachable(err)
	case len(data) > maxForm:
		return "", fault.New(fault.Limited, "the server answers with more than is read")
	case res.StatusCode == http.StatusOK:
		if json.Unmarshal(data, into) != nil {
			return "", fault.New(fault.Unavailable, "the server's answer is not what this version of c4arch reads").WithHelp("see that both are the same version: c4arch version")
		}
		return "", nil
	}
	return refused(res.StatusCode, data)
}

// maxForm is the largest answer to a form.
const maxForm = 64 << 10

// refused reads an error of RFC 6749 section 5.2.
func refused(status int, data []byte) (string, error) {
	var e struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(data, &e) != nil || e.Code == "" {
		return "", fault.New(fault.Unavailable, "the server answers %d, and not as an authorization server does", status).WithHelp("see that the address is that of a c4arch server, of this version or newer")
	}
	text := e.Description
	if text == "" {
		text = "the server refuses: " + e.Code
	}
	kind := fault.Denied
	if status >= http.StatusInternalServerError {
		kind = fault.Unavailable
	}
	return e.Code, fault.New(kind, "%s", text)
}

func (c *Client) send(ctx context.Context, method, path, key, kind string, open func() (io.Reader, error), read func(io.Reader) error) error {
	twice := method == http.MethodGet || key != ""
	for n := 1; ; n++ {
		body, err := open()
		if err != nil {
			return err
		}
		err = c.once(ctx, method, path, key, kind, body, read)
		if err == nil || !twice || n == attempts || fault.KindOf(err) != fault.Unavailable || ctx.Err() != nil {
			return err
		}
		if err := c.Wait(ctx, time.Second<<(n-1)); err != nil {
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, method, path, key, kind string, body io.Reader, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, method, c.Server+prefix+path, body)
	if err != nil {
		return fault.New(fault.Invalid, "the request cannot be made")
	}
	req.Header.Set("Authorization", "Bearer "+string(c.Token.Expose()))
	req.Header.Set("User-Agent", c.Agent)
	if body != nil && method != http.MethodGet {
		req.Header.Set("Content-Type", kind)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return unreachable(err)
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return read(res.Body)
	}
	return problem(res)
}

// unreachable leaves the address out of the cause: it is what the user gave.
func unreachable(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fault.Wrap(fault.Unavailable, err, "the server does not answer").WithHelp("see that it runs, and that its address is right")
}

// kinds are the kinds that a problem of the server keeps here.
var kinds = map[fault.Kind]bool{
	fault.Invalid: true, fault.Denied: true, fault.NotFound: true, fault.Conflict: true, fault.Limited: true, fault.Unavailable: true, fault.Internal: true,
}

// problem reads application/problem+json. What the library of the API says of a request's form has its places in errors.
func problem(res *http.Response) error {
	var p struct {
		Detail string     `json:"detail"`
		Kind   fault.Kind `json:"kind"`
		Help   string     `json:"help"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	data, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if json.Unmarshal(data, &p) != nil || p.Detail == "" {
		kind := fault.Unavailable
		if res.StatusCode < 500 {
			kind = fault.Invalid
		}
		return fault.New(kind, "the server answers %d, and not as c4arch does", res.StatusCode).WithHelp("see that the address is that of a c4arch server")
	}
	text := p.Detail
	for _, e := range p.Errors {
		text += fmt.Sprintf("\n%s: %s", e.Location, e.Message)
	}
	kind := p.Kind
	if !kinds[kind] {
		if kind = fault.Invalid; res.StatusCode >= 500 {
			kind = fault.Internal
		}
	}
	err := fault.New(kind, "%s", text)
	if p.Help != "" {
		err = err.WithHelp("%s", p.Help)
	}
	return err
}
