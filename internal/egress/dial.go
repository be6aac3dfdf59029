package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"c4arch/internal/base/fault"
)

// DialFunc opens connections, as libraries want it.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Dial returns a function that opens connections for a purpose.
func (e *Exit) Dial(p Purpose) DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		return e.dial(ctx, p, network, address)
	}
}

// DialContext opens a connection for the purpose that the context carries.
func (e *Exit) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return e.dial(ctx, purposeOf(ctx), network, address)
}

// Unresolved leaves the name of a host as it is. It is for libraries that resolve by themselves before they dial: the name would not reach the rule otherwise.
func Unresolved(_ context.Context, host string) ([]string, error) { return []string{host}, nil }

// DialTLS opens a connection and speaks TLS on it.
func (e *Exit) DialTLS(ctx context.Context, p Purpose, address string) (*tls.Conn, error) {
	raw, err := e.dial(ctx, p, "tcp", address)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(address) // it was dialled
	rule := e.config.Rules[p]
	config := rule.tls()
	if config.ServerName == "" {
		config.ServerName = strings.TrimSuffix(host, ".")
	}
	conn := tls.Client(raw, config)
	ctx, cancel := context.WithTimeout(ctx, shakeWait)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the error that counts is the first
		return nil, fault.Wrap(fault.Unavailable, err, "no TLS with %s", host)
	}
	return conn, nil
}

// tls is what a connection of the rule starts from.
func (r *Rule) tls() *tls.Config {
	c := &tls.Config{}
	if r.TLS != nil {
		c = r.TLS.Clone()
	}
	c.InsecureSkipVerify = false
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	return c
}

func (e *Exit) dial(ctx context.Context, p Purpose, network, address string) (net.Conn, error) {
	rule, ok := e.config.Rules[p]
	if !ok {
		return nil, e.refused(ctx, p, address, 0, refuse(p, "no rule names it"))
	}
	if network == "unix" {
		return e.dialUnix(ctx, p, &rule, address)
	}
	host, port, err := split(network, address)
	if err != nil {
		return nil, e.refused(ctx, p, address, 0, refuse(p, "%.20q %.100q is no destination", network, address))
	}
	if !e.proxied(host, port) && (!rule.mayHost(host) || !rule.mayPort(port)) {
		return nil, e.refused(ctx, p, host, port, refuse(p, "%.100s port %d is not on the list", host, port))
	}
	if err := e.held(ctx, p, host); err != nil {
		return nil, e.refused(ctx, p, host, port, err)
	}
	return e.open(ctx, p, &rule, network, host, port)
}

// open dials, with a last look at the address between its resolution and its use.
func (e *Exit) open(ctx context.Context, p Purpose, rule *Rule, network, host string, port uint16) (net.Conn, error) {
	var to netip.Addr
	d := e.dialer
	d.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !e.proxied(host, port) && !rule.mayDial(at.Addr()) {
			return errGuard
		}
		return nil
	}
	conn, err := d.DialContext(ctx, network, net.JoinHostPort(host, strconv.Itoa(int(port))))
	if err != nil {
		if errors.Is(err, errGuard) {
			return nil, e.refused(ctx, p, host, port, refuse(p, "%.100s is not on the public internet", host))
		}
		e.record(ctx, Event{Purpose: p, Host: host, Port: port, Outcome: Failed})
		return nil, fault.Wrap(fault.Unavailable, err, "%s cannot be reached", host)
	}
	if a, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		to = a.Addr().Unmap()
	}
	e.record(ctx, Event{Purpose: p, Host: host, Port: port, Addr: to, Outcome: Opened})
	return conn, nil
}

var errGuard = errors.New("an address that is not public")

func (e *Exit) dialUnix(ctx context.Context, p Purpose, rule *Rule, path string) (net.Conn, error) {
	if !rule.Unix {
		return nil, e.refused(ctx, p, "unix", 0, refuse(p, "a socket in the file system is not on the list"))
	}
	conn, err := e.dialer.DialContext(ctx, "unix", path)
	if err != nil {
		e.record(ctx, Event{Purpose: p, Host: "unix", Outcome: Failed})
		return nil, fault.Wrap(fault.Unavailable, err, "a socket cannot be reached")
	}
	e.record(ctx, Event{Purpose: p, Host: "unix", Outcome: Opened})
	return conn, nil
}

func split(network, address string) (string, uint16, error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return "", 0, errors.New("not TCP")
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 || host == "" || len(host) > 255 {
		return "", 0, errors.New("no port or no host")
	}
	return normal(host), uint16(port), nil
}

// refused records what was not opened and returns why.
func (e *Exit) refused(ctx context.Context, p Purpose, host string, port uint16, why error) error {
	e.record(ctx, Event{Purpose: p, Host: host, Port: port, Outcome: Refused})
	return why
}
