package scan

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/discover"
)

// looks is after how many looks a stream ends: the browser asks again by itself, and is asked again who it is.
const looks = 60

// told is how far a scan is, in the reader's language.
type told struct {
	Text  string `json:"text"`
	Done  int    `json:"done"`
	Total int    `json:"total"` // 0 is not known
	Over  bool   `json:"over"`
}

func tell(ctx context.Context, r discover.Run) told {
	return told{Text: progress(ctx, r), Done: r.Done, Total: r.Total, Over: over(r)}
}

// progress is how far a scan is, in a sentence.
func progress(ctx context.Context, r discover.Run) string {
	switch {
	case r.State == discover.Done:
		return say.T(ctx, "The scan is done.")
	case r.State == discover.Failed:
		return say.T(ctx, "The scan failed.")
	case r.State == discover.Queued:
		return say.T(ctx, "The scan waits for its turn.")
	case r.Stage == discover.Deriving:
		return say.T(ctx, "Deriving the architecture from %d resources.", r.Resources)
	case r.Total > 0:
		return say.T(ctx, "Reading: %d of %d inputs, %d resources so far.", r.Done, r.Total, r.Resources)
	}
	return say.T(ctx, "Reading the inputs.")
}

// events tells how far a scan is, as server-sent events (WHATWG HTML section 9.2), until it is over, whoever listens is gone, or the service stops.
func (p Ports) events(c *web.Call) error {
	project, err := c.Project()
	if err != nil {
		return err
	}
	ctx := c.Context()
	run, err := p.Get(ctx, c.Asker(), project, c.Path("scan"))
	if err != nil {
		return err
	}
	w, _ := c.HTTP()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // where there is none nothing has to be cleared
	ticks, stop := p.Ticks()
	defer stop()
	last := ""
	for range looks {
		text, err := json.Marshal(tell(ctx, run))
		if err != nil {
			return nil //nolint:nilerr // it is under way
		}
		if string(text) != last {
			_, err = fmt.Fprintf(w, "event: scan\ndata: %s\n\n", text)
		}
		last = string(text)
		if err != nil || control.Flush() != nil || over(run) || !p.wait(ctx, ticks) {
			return nil //nolint:nilerr // whoever asked is gone
		}
		if run, err = p.Get(ctx, c.Asker(), project, run.ID); err != nil {
			return nil //nolint:nilerr // whoever listens asks again, and is told
		}
	}
	return nil
}

// wait waits for the next look, and reports whether there is one.
func (p Ports) wait(ctx context.Context, ticks <-chan time.Time) bool {
	var ends <-chan struct{}
	if p.Draining != nil {
		ends = p.Draining(ctx)
	}
	select {
	case <-ctx.Done():
		return false
	case <-ends:
		return false
	case <-ticks:
		return true
	}
}

// advice is what to do about a scan that failed, where it does not say so itself.
func advice(ctx context.Context, r discover.Run) string {
	if r.Connection != "" {
		return say.T(ctx, "See whether the connection still reaches what it reads, and scan again.")
	}
	return say.T(ctx, "Mend what is said above, and hand the inputs over again. Nothing of this scan was kept: the snapshots of before are as they were.")
}
