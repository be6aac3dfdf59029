package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// The device flow, RFC 8628, of which the server is the authorization server.

const (
	deviceClient = "c4arch-cli"
	deviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	// defaultInterval and slowDown are RFC 8628 sections 3.2 and 3.5.
	defaultInterval = 5 * time.Second
	slowDown        = 5 * time.Second
	longestInterval = time.Minute
	longestWait     = 30 * time.Minute
)

// asked is the answer to a device that begins.
type asked struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	Where      string `json:"verification_uri"`
	Expires    int    `json:"expires_in"`
	Interval   int    `json:"interval"`
}

// doDevice lets a person sign in with a browser, and waits for it.
func (r *run) doDevice(ctx context.Context, server string) error {
	server, err := r.Logins.CheckServer(server)
	if err != nil {
		return err
	}
	c, err := r.Logins.Open(r.env, Login{Server: server})
	if err != nil {
		return err
	}
	var a asked
	if _, err := c.Form(ctx, "/oauth/device_authorization", map[string]string{"client_id": deviceClient, "device": thisDevice()}, &a); err != nil {
		return err
	}
	if err := a.check(server); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(r.env.Stderr, "Open %s in a browser, sign in, and type this code:\n\n  %s\n\nIt is good for %d minutes. Waiting; Ctrl-C ends it.\n",
		visible(a.Where), visible(a.UserCode), max(1, a.Expires/60)); err != nil {
		return err
	}
	token, err := r.waitForToken(ctx, c, a)
	if err != nil {
		return err
	}
	return r.keepLogin(ctx, Login{Server: server, Token: token})
}

// check sees that what the server answers can be shown and waited for: a page elsewhere than its own could be a trap.
func (a asked) check(server string) error {
	page, err := url.Parse(a.Where)
	here, errHere := url.Parse(server)
	local := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	switch {
	case err != nil || errHere != nil || a.DeviceCode == "" || a.UserCode == "" || a.Expires <= 0 || a.Interval < 0:
		return fault.New(fault.Unavailable, "the server's answer is not that of a device flow").WithHelp("see that it is a c4arch server, of this version or newer")
	case page.Scheme != here.Scheme || page.Host != here.Host && (!local[page.Hostname()] || !local[here.Hostname()] || page.Port() != here.Port()):
		return fault.New(fault.Denied, "the server names a page elsewhere: %s", visible(page.Host)).WithHelp("log in to the server by the address under which people open it")
	}
	return nil
}

// waitForToken asks until somebody has let this device in, has refused it, or the code has expired. It asks no faster than the server wants.
func (r *run) waitForToken(ctx context.Context, c Remote, a asked) (string, error) {
	interval := defaultInterval
	if a.Interval > 0 {
		interval = min(time.Duration(a.Interval)*time.Second, longestInterval)
	}
	until := r.env.Now().Add(min(time.Duration(a.Expires)*time.Second, longestWait))
	for r.env.Now().Before(until) {
		if err := r.Logins.Wait(ctx, interval); err != nil {
			return "", err
		}
		var got struct {
			Token string `json:"access_token"`
			Type  string `json:"token_type"`
		}
		code, err := c.Form(ctx, "/oauth/token", map[string]string{"client_id": deviceClient, "grant_type": deviceGrant, "device_code": a.DeviceCode}, &got)
		switch {
		case err == nil && (got.Token == "" || !strings.EqualFold(got.Type, "bearer")):
			return "", fault.New(fault.Unavailable, "the server's answer is no token")
		case err == nil:
			return got.Token, nil
		case code == "slow_down":
			interval = min(interval+slowDown, longestInterval)
		case code == "" && fault.KindOf(err) == fault.Unavailable: // RFC 8628, 3.5: a connection that times out is tried again, less often
			interval = min(2*interval, longestInterval)
		case code != "authorization_pending":
			return "", err
		}
	}
	return "", fault.New(fault.Denied, "nobody has let this device in").WithHelp("begin again: c4arch login")
}

// thisDevice is what the person who lets it in sees of this machine.
func thisDevice() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "command line"
	}
	return "command line on " + name
}

// doInvitation joins an organisation without a browser.
func (r *run) doInvitation(ctx context.Context, link string) error {
	server, code, err := r.oneTime(link, "an invitation")
	if err != nil {
		return err
	}
	c, err := r.Logins.Open(r.env, Login{Server: server})
	if err != nil {
		return err
	}
	var made struct{ Token string }
	if err := c.Call(ctx, http.MethodPost, "/invitations/acceptance", "", map[string]string{"code": code, "device": thisDevice()}, &made); err != nil {
		return err
	}
	return r.keepLogin(ctx, Login{Server: server, Token: made.Token})
}
