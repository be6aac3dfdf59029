package web

import (
	"errors"
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
)

// failure is an error as a page shows it.
type failure struct {
	Title, Says, Help string
	Status            int
	Request           string
	SignIn            bool // whoever asks is not signed in
	StepUp            bool // has to prove to be there
	Choose            bool // has chosen no organisation
	Accept            bool // documents have to be accepted first
}

var titles = map[fault.Kind]string{
	fault.Invalid: "That cannot be taken", fault.Denied: "That is not allowed", fault.NotFound: "There is no such page", fault.Conflict: "Something changed meanwhile",
	fault.Limited: "A limit was met", fault.Unavailable: "That does not work just now", fault.Internal: "Something went wrong here",
}

// told says what an error is to whoever asked. The cause stays here, and goes to the log where it is no fault of theirs.
func (c *Call) told(err error) (int, failure) {
	kind := fault.KindOf(err)
	f := failure{Status: fault.Status(err), Title: titles[kind], Request: c.Request(c.Context())}
	f.Says, f.Help = fault.Public(err)
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		f.Status, f.Title, f.Says = http.StatusRequestEntityTooLarge, titles[fault.Limited], "More was sent than is taken here."
	}
	switch {
	case errors.Is(err, errOften): // RFC 6585 section 4
		f.Status = http.StatusTooManyRequests
	case errors.Is(err, ErrSignIn):
		f.SignIn, f.Status, f.Title = true, http.StatusUnauthorized, "Sign in first"
	case errors.Is(err, access.ErrStepUp):
		f.StepUp = true
	case kind == fault.Unaccepted:
		f.Accept, f.Title = true, "Documents have to be accepted first"
	case errors.Is(err, errChoose):
		f.Choose = true
	}
	if f.Title == "" {
		f.Title = titles[fault.Internal]
	}
	if kind == fault.Unavailable { // what is said of it names files and hosts of the operator's
		f.Says = "The service cannot do this now."
	}
	if (f.Status >= http.StatusInternalServerError || errors.Is(err, access.ErrPolicy)) && c.Failed != nil && c.Context().Err() == nil {
		c.Failed(c.Context(), err)
	}
	return f.Status, f
}
