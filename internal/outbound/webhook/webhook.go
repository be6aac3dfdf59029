// Package webhook sends one request to an address that a customer named, signed as Standard Webhooks describes (https://www.standardwebhooks.com).
//
// It promises: the signature covers the id, the time and the body, with HMAC-SHA256 for each key; the client that it is handed decides what can be reached, and no redirect is
// followed; of the answer nothing but the status is told. It leaves out when to try again.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Request is one.
type Request struct {
	Address       string
	Type          string
	Agent         string
	Body          []byte
	Authorization secret.Value // or empty
	ID            string       // of what is signed; "" is not signed
	At            time.Time
	Keys          []secret.Value // the newest first
}

// maxAnswer is how much of an answer is read, so that the connection can be used again.
const maxAnswer = 64 << 10

// Post sends it and returns the status of the answer.
func Post(ctx context.Context, client *http.Client, r Request) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Address, bytes.NewReader(r.Body))
	if err != nil {
		return 0, fault.New(fault.Invalid, "the address cannot be sent to")
	}
	req.Header.Set("Content-Type", r.Type)
	req.Header.Set("User-Agent", r.Agent)
	if !r.Authorization.Empty() {
		req.Header.Set("Authorization", string(r.Authorization.Expose()))
	}
	if r.ID != "" {
		sign(req.Header, r)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, unreachable(ctx, err)
	}
	defer res.Body.Close() //nolint:errcheck // nothing of it counts but the status
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, nil
}

func sign(h http.Header, r Request) {
	h.Set("Webhook-Id", r.ID)
	h.Set("Webhook-Timestamp", strconv.FormatInt(r.At.Unix(), 10))
	all := make([]string, len(r.Keys))
	for i, k := range r.Keys {
		all[i] = Signature(k, r.ID, r.At, r.Body)
	}
	h.Set("Webhook-Signature", strings.Join(all, " "))
}

// Signature is v1 with the HMAC of a message.
func Signature(key secret.Value, id string, at time.Time, body []byte) string {
	m := hmac.New(sha256.New, key.Expose())
	m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// unreachable leaves the address out, whose query may hold what nobody else is to know, and keeps the kind of a refusal.
func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if fault.KindOf(err) == fault.Denied {
		return err
	}
	return fault.New(fault.Unavailable, "the receiver cannot be reached, or did not answer in time")
}
