package live

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// unreached is why a request had no answer. An address that stands in the error of a library is not passed on.
func unreached(req *http.Request, err error) error {
	var own *fault.Error
	if ctx := req.Context().Err(); ctx != nil {
		return ctx
	}
	if errors.As(err, &own) {
		return own
	}
	return fault.New(fault.Unavailable, "%s cannot be reached", req.URL.Hostname())
}

// answer is what Azure said to a request with a token.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request with a token until it is answered: again with a new token where the old one ended, later where Azure says that it is asked too often, and a few times where it
// does not answer at the moment.
func (c *Client) ask(ctx context.Context, method, address string, body []byte) (*answer, error) {
	renewed := false
	for try := 1; ; try++ {
		got, err := c.once(ctx, method, address, body)
		if err != nil && (ctx.Err() != nil || fault.KindOf(err) != fault.Unavailable || try == maxTries) {
			return nil, err
		}
		wait := shortPause << (try - 1)
		switch {
		case err != nil:
		case got.status == http.StatusUnauthorized && !renewed:
			renewed, wait = true, 0
			c.until = time.Time{} // the token that is refused is not used again
		case got.status == http.StatusTooManyRequests || got.status >= 500:
			if try == maxTries {
				return nil, busy(got.status)
			}
			if told := asked(got.header, c.config.Now()); told > 0 {
				wait = told
			}
		default:
			return got, c.rest(ctx, got.header)
		}
		if wait > maxPause {
			return nil, fault.New(fault.Unavailable, "Azure asks to wait %s, which is too long for a scan", wait.Round(time.Second)).WithHelp("scan again then")
		}
		if err := c.config.Pause(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (c *Client) once(ctx context.Context, method, address string, body []byte) (*answer, error) {
	token, err := c.bearer(ctx)
	if err != nil {
		return nil, err
	}
	var content *bytes.Reader
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if body != nil && err == nil {
		content = bytes.NewReader(body)
		req, err = http.NewRequestWithContext(ctx, method, address, content)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "a request to Azure cannot be written")
	}
	req.Header.Set("Authorization", "Bearer "+string(token.Expose()))
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	status, header, got, err := c.send(req, maxAnswer)
	return &answer{status, header, got}, err
}

func busy(status int) error {
	if status == http.StatusTooManyRequests {
		return fault.New(fault.Unavailable, "Azure was asked too often, and says so after each wait").WithHelp("other programs ask with the same application: scan later, or give this one its own")
	}
	return fault.New(fault.Unavailable, "Azure does not answer now (status %d)", status)
}

// asked is how long an answer asks to wait, 0 where it does not: Retry-After (RFC 9110 section 10.2.3), and when the quota of Resource Graph starts anew.
func asked(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(min(n, 24*3600)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return clockTime(h.Get("x-ms-user-quota-resets-after"))
}

// rest waits where the quota is used up, so that the next request is not refused.
func (c *Client) rest(ctx context.Context, h http.Header) error {
	if h.Get("x-ms-user-quota-remaining") != "0" {
		return nil
	}
	return c.config.Pause(ctx, min(max(clockTime(h.Get("x-ms-user-quota-resets-after")), 0), maxPause))
}

// clockTime reads hh:mm:ss.
func clockTime(text string) time.Duration {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0
	}
	var total time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		n, err := strconv.Atoi(strings.SplitN(parts[i], ".", 2)[0])
		if err != nil || n < 0 || n > 60 {
			return 0
		}
		total += time.Duration(n) * unit
	}
	return total
}
