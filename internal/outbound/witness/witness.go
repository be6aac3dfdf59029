// Package witness asks witnesses to cosign the checkpoints of logs (c2sp.org/tlog-witness).
//
// It promises: a cosignature is taken only when it verifies under the key that the operator has configured for that witness; what a witness has seen last is asked of the
// witness, so that nothing of it has to be kept here; a witness that does not answer keeps the others from nothing.
package witness

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// Witness is one to ask.
type Witness struct {
	Key ledger.Key
	URL *url.URL // to which /add-checkpoint is added
}

// Client asks witnesses.
type Client struct {
	witnesses []Witness
	http      *http.Client

	mu   sync.Mutex
	seen map[string]int64 // the size that a witness has cosigned last, by witness and log: a hint, which the witness corrects
}

// New makes a client.
func New(client *http.Client, witnesses ...Witness) *Client {
	return &Client{witnesses: witnesses, http: client, seen: map[string]int64{}}
}

// Cosign sends a checkpoint to every witness and returns it with the cosignatures that came. An error says of one that none came from it; a refusal is a *ledger.RefusedError.
func (c *Client) Cosign(ctx context.Context, log id.Org, note []byte, prove func(old int64) ([]ledger.Hash, error)) ([]byte, error) {
	out := bytes.Clone(note)
	var all error
	for _, w := range c.witnesses {
		line, err := c.ask(ctx, w, log, note, prove)
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		out = append(out, line...)
	}
	return out, all
}

// ask sends the checkpoint, and once more when the witness says that it has seen another size.
func (c *Client) ask(ctx context.Context, w Witness, log id.Org, note []byte, prove func(old int64) ([]ledger.Hash, error)) ([]byte, error) {
	checkpoint, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return nil, err
	}
	name := w.Key.Name() + "\x00" + string(log)
	c.mu.Lock()
	old := min(c.seen[name], checkpoint.Size)
	c.mu.Unlock()
	for range 2 {
		line, held, err := c.once(ctx, w, ledger.Request{Old: old, Checkpoint: note}, prove)
		if err != nil {
			return nil, err
		}
		if line != nil {
			c.mu.Lock()
			c.seen[name] = checkpoint.Size
			c.mu.Unlock()
			return line, verified(w, note, line)
		}
		if held > checkpoint.Size {
			return nil, &ledger.RefusedError{Why: ledger.RefusedSize, Held: held, Msg: "the witness has cosigned a longer log"}
		}
		old = held
	}
	return nil, fault.New(fault.Unavailable, "the witness %s changes its mind about what it has seen", w.Key.Name())
}

// refusals are what the statuses of c2sp.org/tlog-witness mean.
var refusals = map[int]ledger.Refusal{
	http.StatusBadRequest: ledger.RefusedForm, http.StatusForbidden: ledger.RefusedSignature, http.StatusNotFound: ledger.RefusedOrigin, http.StatusUnprocessableEntity: ledger.RefusedProof,
}

// once sends one request; line is nil when the witness holds another size.
func (c *Client) once(ctx context.Context, w Witness, req ledger.Request, prove func(old int64) ([]ledger.Hash, error)) (line []byte, held int64, err error) {
	if req.Proof, err = prove(req.Old); err != nil {
		return nil, 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL.JoinPath("add-checkpoint").String(), bytes.NewReader(req.Encode()))
	if err != nil {
		return nil, 0, fault.New(fault.Invalid, "the address of the witness %s cannot be used", w.Key.Name())
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := c.http.Do(r)
	if err != nil {
		return nil, 0, fault.New(fault.Unavailable, "the witness %s does not answer", w.Key.Name())
	}
	defer res.Body.Close() //nolint:errcheck // what was read counts
	body, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return nil, 0, fault.New(fault.Unavailable, "the witness %s broke off", w.Key.Name())
	}
	switch res.StatusCode {
	case http.StatusOK:
		return body, 0, nil
	case http.StatusConflict:
		n, err := strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64)
		if err != nil || n < 0 {
			return nil, 0, &ledger.RefusedError{Why: ledger.RefusedRoot, Msg: "the witness has cosigned another log of that size"}
		}
		return nil, n, nil
	}
	if why, ok := refusals[res.StatusCode]; ok {
		return nil, 0, &ledger.RefusedError{Why: why, Msg: "the witness " + w.Key.Name() + " refuses: " + string(why)}
	}
	return nil, 0, fault.New(fault.Unavailable, "the witness %s answers %d", w.Key.Name(), res.StatusCode)
}

// verified refuses a line that is not the witness's cosignature of the checkpoint.
func verified(w Witness, note, line []byte) error {
	c, err := ledger.ParseCheckpoint(append(bytes.Clone(note), line...))
	if err != nil {
		return fault.New(fault.Unavailable, "the witness %s answers with what is no cosignature", w.Key.Name())
	}
	if by, err := c.SignedBy([]ledger.Key{w.Key}); err == nil && len(by) > 0 {
		return nil
	}
	return fault.New(fault.Unavailable, "the cosignature of the witness %s does not verify under its key", w.Key.Name())
}
