package egress

import (
	"errors"
	"net/http"
)

// errTrap is what whoever sends through a trap is told.
var errTrap = errors.New("nothing is sent")

// trap is a way out that leads nowhere, and notes what comes.
type trap struct{ came bool }

// RoundTrip sends nothing.
func (t *trap) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.came = true; req.Body != nil {
		_ = req.Body.Close() // as RoundTripper asks
	}
	return nil, errTrap
}

// Leaves reports whether a request would leave the program when it is sent with the client that wrap makes of a way out. Nothing is sent: the way out that wrap is given leads nowhere.
func Leaves(wrap func(out *http.Client) (*http.Client, error), req *http.Request) (bool, error) {
	t := &trap{}
	c, err := wrap(&http.Client{Transport: t})
	if err != nil {
		return false, err
	}
	res, err := c.Do(req)
	if err == nil { // from a client that answers by itself
		_ = res.Body.Close()
	}
	return t.came, nil
}
