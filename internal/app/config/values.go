package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/store/blob"
)

// setter puts a value into its place, or says what is wrong with it and what to write. It never quotes the value.
type setter func(c *Config, values []string) error

func text(at func(*Config) *string) setter {
	return func(c *Config, v []string) error { *at(c) = v[0]; return nil }
}

func list(at func(*Config) *[]string) setter {
	return func(c *Config, v []string) error { *at(c) = v; return nil }
}

func oneOf(at func(*Config) *string, allowed ...string) setter {
	return func(c *Config, v []string) error {
		if !slices.Contains(allowed, v[0]) {
			return fmt.Errorf("it is one of %s", strings.Join(allowed, ", "))
		}
		*at(c) = v[0]
		return nil
	}
}

func boolean(at func(*Config) *bool) setter {
	return func(c *Config, v []string) error {
		b, err := strconv.ParseBool(v[0])
		if err != nil {
			return errors.New("write true or false")
		}
		*at(c) = b
		return nil
	}
}

func count(at func(*Config) *int, least, most int) setter {
	return func(c *Config, v []string) error {
		n, err := strconv.Atoi(v[0])
		if err != nil || n < least || n > most {
			return fmt.Errorf("write a number from %d to %d", least, most)
		}
		*at(c) = n
		return nil
	}
}

func share(at func(*Config) *float64) setter {
	return func(c *Config, v []string) error {
		f, err := strconv.ParseFloat(v[0], 64)
		if err != nil || !(f >= 0 && f <= 1) {
			return errors.New("write a share from 0 to 1")
		}
		*at(c) = f
		return nil
	}
}

func duration(at func(*Config) *time.Duration, least, most time.Duration) setter {
	return func(c *Config, v []string) error {
		d, err := time.ParseDuration(v[0])
		if err != nil || d < least || d > most {
			return fmt.Errorf("write a duration from %s to %s, such as 30s or 5m", least, most)
		}
		*at(c) = d
		return nil
	}
}

var units = []struct {
	name string
	size int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}, {"", 1}}

func size(at func(*Config) *int64, least, most int64) setter {
	return func(c *Config, v []string) error {
		for _, u := range units {
			digits, found := strings.CutSuffix(v[0], u.name)
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
			if !found || err != nil {
				continue
			}
			if n < 0 || n > most/u.size || n*u.size < least {
				return fmt.Errorf("write a size from %d to %d bytes", least, most)
			}
			*at(c) = n * u.size
			return nil
		}
		return errors.New("write a size such as 512KiB, 64MiB or 2GiB")
	}
}

func address(at func(*Config) *string) setter {
	return func(c *Config, v []string) error {
		if v[0] == "" {
			*at(c) = ""
			return nil
		}
		host, port, err := net.SplitHostPort(v[0])
		if err != nil {
			return errors.New("write HOST:PORT, such as 127.0.0.1:8642 or [::1]:8642")
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
			return errors.New("the port is a number from 0 to 65535")
		}
		if _, err := netip.ParseAddr(host); err != nil && !hostName(host) && host != "" {
			return errors.New("the host is an IP address or a name")
		}
		*at(c) = v[0]
		return nil
	}
}

// hostName reports whether s can be the name of a host (RFC 1123 section 2.1).
func hostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
				return false
			}
		}
	}
	return true
}

// Loopback reports whether only this machine can reach an address.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// web reads an address without a user; "" is nil. A path is allowed where path is.
func web(at func(*Config) **url.URL, path bool, schemes ...string) setter {
	return func(c *Config, v []string) error {
		if v[0] == "" {
			*at(c) = nil
			return nil
		}
		u, err := parseWeb(v[0], schemes...)
		if err != nil {
			return err
		}
		if !path && strings.Trim(u.Path, "/") != "" {
			return errors.New("it has no path: write only scheme and host, such as https://arch.contoso.example")
		}
		*at(c) = u
		return nil
	}
}

func parseWeb(text string, schemes ...string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || !slices.Contains(schemes, u.Scheme):
		return nil, fmt.Errorf("write an address that begins with %s://", strings.Join(schemes, ":// or "))
	case u.User != nil:
		return nil, errors.New("an address must not hold a user or a password")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("an address has no ? and no #")
	case u.Port() == "" && strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("the port is missing behind the colon")
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && !hostName(u.Hostname()) {
		return nil, errors.New("the host is an IP address or a name")
	}
	return u, nil
}

func prefixes(at func(*Config) *[]netip.Prefix) setter {
	return func(c *Config, v []string) error {
		var all []netip.Prefix
		for _, s := range v {
			p, err := netip.ParsePrefix(s)
			if err != nil {
				a, errAddr := netip.ParseAddr(s)
				if errAddr != nil {
					return errors.New("write addresses or ranges, such as 10.0.3.7 or 10.0.0.0/24")
				}
				p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
			}
			if least := map[bool]int{true: 8, false: 16}[p.Addr().Is4()]; p.Bits() < least {
				return fmt.Errorf("a range of a proxy is not so wide: at least /%d", least)
			}
			all = append(all, p.Masked())
		}
		*at(c) = all
		return nil
	}
}

func pins(c *Config, v []string) error {
	c.Proxy.Pins = nil
	for _, s := range v {
		b, err := hex.DecodeString(strings.ToLower(s))
		if err != nil || len(b) != sha256.Size {
			return errors.New("write the SHA-256 of a public key, 64 hexadecimal digits: openssl x509 -in CERTIFICATE -pubkey -noout | openssl pkey -pubin -outform der | sha256sum")
		}
		c.Proxy.Pins = append(c.Proxy.Pins, Pin(b))
	}
	return nil
}

func hosts(at func(*Config) *[]string) setter {
	return func(c *Config, v []string) error {
		for _, s := range v {
			if !hostName(s) || !strings.Contains(s, ".") || strings.ToLower(s) != s {
				return errors.New("write full names of hosts in lower case, such as arch.contoso.example")
			}
			if _, err := netip.ParseAddr(s); err == nil {
				return errors.New("an authority is asked for names, not for IP addresses")
			}
		}
		*at(c) = v
		return nil
	}
}

func secretAt(at func(*Config) *Secret) setter {
	return func(c *Config, v []string) error {
		if v[0] == "" {
			*at(c) = Secret{}
			return nil
		}
		s, err := parseSecret(v[0])
		if err != nil {
			return err
		}
		*at(c) = s
		return nil
	}
}

func witnesses(c *Config, v []string) error {
	c.Ledger.Witnesses = nil
	for _, s := range v {
		key, place, found := strings.Cut(s, " ")
		u, err := parseWeb(strings.TrimSpace(place), "https", "http")
		if !found || strings.Count(key, "+") < 2 || err != nil {
			return errors.New("write the witness's verifier key, a space, and its address: witness.example+1a2b3c4d+BASE64 https://witness.example")
		}
		if u.Scheme == "http" && !Loopback(net.JoinHostPort(u.Hostname(), "80")) {
			return errors.New("a witness on another machine is reached by https")
		}
		c.Ledger.Witnesses = append(c.Ledger.Witnesses, Witness{Key: key, URL: u})
	}
	return nil
}

// nameServer wants an address: a name would have to be looked up first.
func nameServer(s string) error {
	if at, err := netip.ParseAddrPort(s); err != nil || at.Port() == 0 {
		return errors.New("write the address and the port of a name server: 192.0.2.53:53 or [2001:db8::53]:53")
	}
	return nil
}

// privateProviders reads the providers that organisations may name although they are not on the public internet.
func privateProviders(c *Config, v []string) error {
	c.SignIn.Private = nil
	for _, s := range v {
		u, err := parseWeb(s, "https", "http")
		if err != nil {
			return err
		}
		if u.Scheme == "http" && !Loopback(portOf(u.Host)) {
			return errors.New("a provider is reached by https; plain http is for one on this machine")
		}
		c.SignIn.Private = append(c.SignIn.Private, u)
	}
	return nil
}

// privateLive reads the clusters and repositories that connections may name although they are not on the public internet.
func privateLive(c *Config, v []string) error {
	c.Live.Private = nil
	for _, s := range v {
		u, err := parseWeb(s, "https")
		if err != nil {
			return err
		}
		c.Live.Private = append(c.Live.Private, u)
	}
	return nil
}

// objectPlace lets the store of objects judge its own addresses.
func objectPlace(s string) error {
	p, err := blob.Parse(s)
	if err == nil && p.Kind == blob.Memory {
		err = errors.New("what is kept in memory is gone at the next start")
	}
	return err
}

func checked(next setter, each func(string) error) setter {
	return func(c *Config, v []string) error {
		for _, s := range v {
			if s == "" {
				continue
			}
			if err := each(s); err != nil {
				return err
			}
		}
		return next(c, v)
	}
}
