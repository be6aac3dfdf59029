package oidc

import (
	"io"
	"net/http"
	"sync"
	"time"

	"c4arch/internal/base/fault"
)

// small reads nothing that is large: what is cut does not parse.
type small struct{ inner http.RoundTripper }

// RoundTrip sends a request.
func (s small) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxDocument), res.Body}
	return res, nil
}

// bounded asks for the keys of one provider, and not again and again: a key that is not known makes the library ask, so with tokens of made-up keys somebody could have it
// ask as often as they like.
type bounded struct {
	inner http.RoundTripper
	now   func() time.Time

	mu   sync.Mutex
	last time.Time
}

// RoundTrip sends a request that may be sent now.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !b.may() {
		return nil, fault.New(fault.Limited, "the provider's keys were asked for a moment ago").WithHelp("try again in %d seconds", int(askedAgain.Seconds()))
	}
	return b.inner.RoundTrip(r)
}

func (b *bounded) may() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if since := now.Sub(b.last); !b.last.IsZero() && since >= 0 && since < askedAgain {
		return false
	}
	b.last = now
	return true
}
