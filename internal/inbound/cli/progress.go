package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"c4arch/internal/service/discover"
)

// progress is one line on a terminal that is written over. Off, it does nothing.
type progress struct {
	w     io.Writer
	on    bool
	width int
	now   func() time.Time

	mu    sync.Mutex
	last  time.Time
	shown bool
}

// often is how rarely the line changes: fast enough to look alive, slow enough to read.
const often = 80 * time.Millisecond

func newProgress(env Env, quiet bool) *progress {
	width := env.Width
	if width <= 0 {
		width = 80
	}
	return &progress{w: env.Stderr, width: width, now: env.Now, on: env.StderrTerminal && !quiet && env.Getenv("TERM") != "dumb"}
}

// say shows text, unless something was shown a moment ago.
func (p *progress) say(text string) {
	if !p.on {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.shown && now.Sub(p.last) < often {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.w, "\r\x1b[K%s", clip(visible(text), p.width-1))
}

// clear takes the line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// scan shows how far a scan is.
func (p *progress) scan(s discover.Progress) {
	switch s.Stage {
	case discover.Reading:
		p.say(fmt.Sprintf("Reading: %s of %s, %s", number(s.Done), count(s.Total, "file"), count(s.Resources, "resource")))
	case discover.Deriving:
		if s.Total > 0 {
			p.say(fmt.Sprintf("Deriving: %d %%", 100*s.Done/s.Total))
		} else {
			p.say("Deriving")
		}
	}
}

// drawn shows how many views are drawn.
func (p *progress) drawn(done, total int) {
	p.say(fmt.Sprintf("Drawing: %s of %s", number(done), count(total, "view")))
}

// stage shows how far a stage of a comparison is.
func (p *progress) stage(name string, done, total int) {
	text := strings.ToUpper(name[:1]) + name[1:]
	if total > 1 {
		text += fmt.Sprintf(": %d %%", 100*done/total)
	}
	p.say(text)
}
