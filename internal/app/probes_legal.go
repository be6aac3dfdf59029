package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"c4arch/internal/base/canon"
	"c4arch/internal/service/assure"
	"c4arch/internal/service/legal"
	"c4arch/internal/trust/control"
)

// legalProbes are the checks of the legal registry.
func (in *instance) legalProbes() looking {
	return looking{assure.LegalRegistry: in.looksAtRegistry}
}

// looksAtRegistry recomputes what was published, and downloads each version from the running pages as anybody does.
func (in *instance) looksAtRegistry(ctx context.Context) (seen []control.Observation, err error) {
	v, err := in.legal.AtBoot(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range v.Mismatches {
		seen = append(seen, control.Observation{Subject: m.Slug + " " + m.Version, Outcome: control.Fail, Detail: m.What})
	}
	pages := in.doors().pages
	for _, c := range v.Checked {
		o := control.Observation{Subject: c.Slug + " " + c.Version, Outcome: control.Pass, Detail: fmt.Sprintf("digest, entry %d of the ledger and download agree", c.Entry)}
		if wrong := downloaded(ctx, pages, c); wrong != "" {
			o.Outcome, o.Detail = control.Fail, wrong
		}
		seen = append(seen, o)
	}
	return seen, nil
}

// downloaded says what is wrong with what the pages hand out, or "".
func downloaded(ctx context.Context, pages http.Handler, c legal.Checked) string {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "/legal/"+c.Slug+"/"+c.Version+".json", nil)
	if err != nil {
		return "it has no address"
	}
	got := &handed{header: http.Header{}, status: http.StatusOK}
	pages.ServeHTTP(got, q)
	if got.status != http.StatusOK {
		return fmt.Sprintf("the pages answer %d to whoever downloads it", got.status)
	}
	if sum := canon.Sum(got.body.Bytes()); string(sum) != c.Digest {
		return fmt.Sprintf("the pages hand out bytes with the digest %s", sum)
	}
	return ""
}

// handed is what a page answered to a check.
type handed struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *handed) Header() http.Header         { return h.header }
func (h *handed) WriteHeader(status int)      { h.status = status }
func (h *handed) Write(b []byte) (int, error) { return h.body.Write(b) }
