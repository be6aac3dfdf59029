package egress

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// Bounds of what is looked up.
const (
	lookupWait = 10 * time.Second
	maxTexts   = 100
)

// NameServer is a resolver that asks the name server at an address alone, which the operator named; what the machine's own file of hosts says comes first. "" is nil, which
// is the system's.
func NameServer(address string) *net.Resolver {
	if address == "" {
		return nil
	}
	d := net.Dialer{Timeout: dialWait}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, address)
	}}
}

// TXT are the texts at a name of the public name service, notfound where there are none. The name is whole: no domain of this machine's own is put behind it.
func (e *Exit) TXT(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupWait)
	defer cancel()
	from := e.config.Resolver
	if from == nil {
		from = net.DefaultResolver
	}
	texts, err := from.LookupTXT(ctx, strings.TrimSuffix(name, ".")+".")
	if err == nil {
		return texts[:min(len(texts), maxTexts)], nil
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, fault.New(fault.NotFound, "there is no such name")
	}
	return nil, fault.New(fault.Unavailable, "the name service does not answer now").WithHelp("try again in a moment")
}
