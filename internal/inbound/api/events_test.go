package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

func TestFollowing(t *testing.T) {
	stopped := make(chan struct{})
	close(stopped)
	for name, x := range map[string]struct {
		ends  int  // the look that is the last; 0 is none
		fails int  // the look that fails; 0 is none
		out   bool // after the first beat nobody is let in
		drain bool
		want  string
		looks int
	}{
		"it ends":            {ends: 3, want: "event: x\ndata: 1\n\nevent: x\ndata: 2\n\nevent: x\ndata: 3\n\n", looks: 3},
		"it is gone":         {fails: 2, want: "event: x\ndata: 1\n\n", looks: 2},
		"the service stops":  {drain: true, want: "event: x\ndata: 1\n\n", looks: 1},
		"the session ends":   {out: true, looks: beats},
		"it goes on quietly": {ends: 20, looks: 20},
		"it was never there": {fails: 1, looks: 1},
		"it is over at once": {ends: 1, want: "event: x\ndata: 1\n\n", looks: 1},
	} {
		asked, looks := 0, 0
		a := &api{Services: Services{Session: func(*http.Request) (access.Actor, error) {
			asked++
			if x.out {
				return access.Actor{}, fault.New(fault.Denied, "nobody is signed in")
			}
			return access.Actor{ID: "person:a"}, nil
		}}}
		ticks := make(chan time.Time, 100)
		if x.drain {
			a.Draining = func(context.Context) <-chan struct{} { return stopped }
		} else {
			for range 100 {
				ticks <- time.Time{}
			}
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", MemberCookie+"=x")
		w := httptest.NewRecorder()
		quiet := x.looks > 5
		err := a.follow(w, r, access.Actor{ID: "person:a"}, "x", ticks, func(context.Context, access.Actor) (any, bool, error) {
			looks++
			if looks == x.fails {
				return nil, false, errors.New("gone")
			}
			if quiet {
				return 1, looks == x.ends, nil
			}
			return looks, looks == x.ends, nil
		})
		if quiet {
			x.want = "event: x\ndata: 1\n\n:\n\n"
		}
		if (err != nil) != (x.fails == 1) || looks != x.looks || w.Body.String() != x.want || quiet != (asked == 1) {
			t.Errorf("%s: %v, %d looks, asked %d times: %q", name, err, looks, asked, w.Body)
		}
	}
}
