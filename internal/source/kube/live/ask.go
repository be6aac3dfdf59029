package live

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/egress"
)

// get asks for one path, again later where the server is busy.
func (c *Client) get(ctx context.Context, path string) (int, []byte, error) {
	for try := 1; ; try++ {
		status, header, body, err := c.send(ctx, http.MethodGet, path, nil, maxAnswer)
		again := status == http.StatusTooManyRequests || status >= 500 || fault.KindOf(err) == fault.Unavailable && err != nil
		if !again || try == maxTries || ctx.Err() != nil {
			return status, body, err
		}
		wait := time.Second << (try - 1)
		if n, err := strconv.Atoi(header.Get("Retry-After")); err == nil && n > 0 {
			wait = time.Duration(min(n, 60)) * time.Second
		}
		if err := c.config.Pause(ctx, wait); err != nil {
			return 0, nil, err
		}
	}
}

func (c *Client) send(ctx context.Context, method, path string, content []byte, most int64) (int, http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.Scheme+"://"+c.base.Host+c.base.Path+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, nil, fault.New(fault.Internal, "a request to the cluster cannot be written")
	}
	if content == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if !c.config.Token.Empty() {
		req.Header.Set("Authorization", "Bearer "+string(c.config.Token.Expose()))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, nil, c.unreached(ctx, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := egress.ReadAll(res.Body, most)
	if err != nil {
		return 0, nil, nil, c.unreached(ctx, err)
	}
	return res.StatusCode, res.Header, body, nil
}

// unreached is why there was no answer, without the address that a library wrote into it.
func (c *Client) unreached(ctx context.Context, err error) error {
	var own *fault.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &own):
		return own
	case strange(err):
		return fault.New(fault.Invalid, "%s does not prove that it is the cluster: its certificate is not of the authority that was named", c.base.Hostname()).
			WithHelp("give the connection the authority (certificate-authority-data) of the cluster, and the address that its certificate is for")
	}
	return fault.New(fault.Unavailable, "%s cannot be reached", c.base.Hostname())
}

// refused says why the server answered with an error. Its words are not passed on.
func refused(status int, body []byte) error {
	var s struct {
		Reason string `json:"reason"`
	}
	_ = json.Unmarshal(body, &s) // no reason is a reason too
	switch status {
	case http.StatusUnauthorized:
		return fault.New(fault.Denied, "the cluster does not take the credential").WithHelp("tokens of service accounts end: make a new one, and replace the credential here")
	case http.StatusForbidden:
		return fault.New(fault.Denied, "the cluster does not let the credential list it")
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "the cluster has no such kind")
	case http.StatusTooManyRequests:
		return fault.New(fault.Unavailable, "the cluster says that it is asked too often")
	}
	if status >= 300 && status < 400 {
		return fault.New(fault.Invalid, "the address leads elsewhere, where the credential is not taken").WithHelp("name the address of the API server itself")
	}
	if status >= 500 {
		return fault.New(fault.Unavailable, "the cluster does not answer now (status %d)", status)
	}
	return fault.New(fault.Invalid, "the cluster refuses the question (status %d)", status)
}

// strange reports whether the other side could not prove who it is.
func strange(err error) bool {
	var bad *tls.CertificateVerificationError
	return errors.As(err, &bad)
}
