package config

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"c4arch/internal/keys/own"
	"c4arch/internal/keys/source"
)

func mailbox(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return errors.New("write an address for mail alone, such as ops@contoso.example")
	}
	return nil
}

// contact takes an address of mail alone, or one of a page.
func contact(s string) error {
	if mailbox(s) == nil {
		return nil
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(s, " \r\n\t") {
		return errors.New("write an address for mail alone, such as security@contoso.example, or of a page, such as https://contoso.example/security")
	}
	return nil
}

// origins are names as c2sp.org/signed-note allows them, less what would look strange in a URL.
var origins = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:/_-]{0,199}$`)

func originName(s string) error {
	if !origins.MatchString(s) {
		return errors.New("write a name such as arch.contoso.example: letters, digits and . : / _ -")
	}
	return nil
}

// rules are what settings owe each other.
func (l *Loaded) rules() []error {
	var bad []error
	say := func(format string, args ...any) { bad = append(bad, fmt.Errorf(format, args...)) }
	c := &l.Config
	files := c.TLS.Certificate != "" || c.TLS.Key != ""
	switch {
	case (c.TLS.Certificate == "") != (c.TLS.Key == ""):
		say("tls: a certificate and its key go together: set both tls.certificate and tls.key")
	case files && len(c.ACME.Domains) > 0:
		say("acme.domains: there are certificates in files already: set either tls or acme")
	}
	if len(c.ACME.Domains) > 0 {
		if !c.ACME.AcceptTerms {
			say("acme.accept-terms: read the terms of the authority, and set it to true")
		}
		if c.ACME.Directory == nil {
			say("acme.directory: name the directory of an authority")
		}
	}
	if !c.Encrypted() && !Loopback(c.Server.Listen) && len(c.Proxy.Trusted) == 0 {
		say("listen: %s can be reached from other machines and there is no TLS: set tls.certificate and tls.key, or acme.domains, "+
			"or name a proxy of yours that ends TLS in proxy.trusted and proxy.owner, or listen on 127.0.0.1", c.Server.Listen)
	}
	if c.Server.External == nil && len(c.ACME.Domains) == 0 && (!Loopback(c.Server.Listen) || len(c.Proxy.Trusted) > 0) {
		say("external: the service can be reached from other machines: say how, as https://arch.contoso.example; links are made from it, and a request for another host is refused")
	}
	if (len(c.Proxy.Trusted) > 0) != (strings.TrimSpace(c.Proxy.Owner) != "") {
		say("proxy: the addresses of a proxy and who runs it go together: set both proxy.trusted and proxy.owner")
	}
	if u := c.Server.External; u != nil {
		over := c.Encrypted() || len(c.Proxy.Trusted) > 0
		switch {
		case u.Scheme == "http" && over:
			say("external: people reach this by https: write https://%s", u.Host)
		case u.Scheme == "https" && !over:
			say("external: it says https, and nobody ends TLS: set tls, acme or proxy")
		case u.Scheme == "http" && !Loopback(portOf(u.Host)):
			say("external: plain http is for this machine alone: write https://%s and set tls, acme or proxy", u.Host)
		}
	}
	if c.Server.Redirect != "" && !c.Encrypted() {
		say("redirect: there is no TLS to redirect to")
	}
	if c.Server.Redirect != "" && c.Server.External == nil && len(c.ACME.Domains) == 0 {
		say("redirect: set external, so that it is known where to redirect to: a name that a caller sent is not believed")
	}
	bad = append(bad, c.Internal.rules()...)
	bad = append(bad, c.Staff.rules()...)
	bad = append(bad, c.Mail.rules()...)
	if c.Database.URL.Empty() && !c.Database.Owner.Empty() {
		say("database.owner: it names the role that migrates, but database.url is not set")
	}
	if len(c.Proxy.Pins) > 0 && len(c.Proxy.Trusted) == 0 {
		say("proxy.pins: there is no proxy: set proxy.trusted and proxy.owner too")
	}
	if len(c.Keys.Root) == 0 {
		say("keys.root: name at least one root key")
	}
	kinds := map[string]int{}
	for _, k := range c.Keys.Root {
		if kinds[k.Scheme]++; kinds[k.Scheme] == 2 && k.Scheme != "kms" {
			say("keys.root: there are two of %s: name one; a folder takes another key with c4arch key new, and a key in a vault another version", k.Scheme)
		}
	}
	for _, r := range c.Work.ScanRoots {
		switch rel, err := filepath.Rel(r, c.Data.Dir); {
		case !filepath.IsAbs(r):
			say("work.scan-roots: %q is relative: write whole paths", r)
		case err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)):
			say("work.scan-roots: the data directory lies in %s: connections must not read it", r)
		}
	}
	return bad
}

func portOf(host string) string {
	if strings.Contains(strings.TrimPrefix(host, "["), "]:") || !strings.HasPrefix(host, "[") && strings.Contains(host, ":") {
		return host
	}
	return host + ":80"
}

func (i *Internal) rules() []error {
	var bad []error
	if (i.Certificate == "") != (i.Key == "") {
		bad = append(bad, errors.New("internal: a certificate and its key go together: set both internal.certificate and internal.key"))
	}
	if i.Listen != "" && !Loopback(i.Listen) && (i.Certificate == "" || i.ClientCA == "") {
		bad = append(bad, fmt.Errorf("internal.listen: %s can be reached from other machines: set internal.certificate, internal.key and internal.client-ca, or listen on 127.0.0.1", i.Listen))
	}
	if i.ClientCA != "" && i.Certificate == "" {
		bad = append(bad, errors.New("internal.client-ca: mutual TLS needs a certificate of the listener too: set internal.certificate and internal.key"))
	}
	return bad
}

// Machine is what a check on the machine may ask.
type Machine struct {
	Secrets *source.Reader
	// Busy says that another process has the data directory; nil where the store finds out when it opens.
	Busy func(dir string) error
}

// Check looks at the machine before anything is opened: directories, files, secrets. Its error lists every mistake. It makes nothing.
func (l *Loaded) Check(ctx context.Context, m Machine) error {
	var bad []error
	say := func(format string, args ...any) { bad = append(bad, fmt.Errorf(format, args...)) }
	switch info, err := os.Stat(l.Data.Dir); {
	case errors.Is(err, fs.ErrNotExist): // made at the start
	case err != nil:
		say("data: %w", err)
	case !info.IsDir():
		say("data: %s is not a directory", l.Data.Dir)
	default:
		if err := own.Check(l.Data.Dir, info); err != nil {
			say("data: %w", err)
		} else if m.Busy != nil {
			if err := m.Busy(l.Data.Dir); err != nil {
				say("data: %w", err)
			}
		}
	}
	for _, s := range []struct {
		name string
		at   Secret
	}{{"database.url", l.Database.URL}, {"database.owner", l.Database.Owner}} {
		if s.at.Empty() {
			continue
		}
		v, err := s.at.Open(ctx, m.Secrets)
		if err != nil {
			say("%s: %w", s.name, err)
		} else if why := checkURL(v); why != "" {
			say("%s (%s): %s", s.name, s.at.Place(), why)
		}
	}
	bad = append(bad, l.Staff.check(ctx, m)...)
	bad = append(bad, l.Mail.check(ctx, m)...)
	for _, k := range l.Keys.Root {
		if k.Scheme == "file" {
			if err := keyFolder(k.Dir, filepath.Dir(k.Dir) == l.Data.Dir); err != nil {
				say("keys.root: %w", err)
			}
		}
	}
	if l.TLS.Certificate != "" {
		bad = append(bad, pair("tls", l.TLS.Certificate, l.TLS.Key)...)
	}
	if l.Internal.Certificate != "" {
		bad = append(bad, pair("internal", l.Internal.Certificate, l.Internal.Key)...)
	}
	if l.Internal.ClientCA != "" {
		if b, err := readAll(l.Internal.ClientCA, maxFile); err != nil {
			say("internal.client-ca: %w", err)
		} else if !x509.NewCertPool().AppendCertsFromPEM(b) {
			say("internal.client-ca: %s holds no certificate in PEM", l.Internal.ClientCA)
		}
	}
	for _, r := range l.Work.ScanRoots {
		if info, err := os.Stat(r); err != nil {
			say("work.scan-roots: %w", err)
		} else if !info.IsDir() {
			say("work.scan-roots: %s is not a directory", r)
		}
	}
	return joined(bad)
}

// keyFolder says why a folder of root keys cannot be used. One in the data directory is made at the first start. What is in it is for package file to judge.
func keyFolder(path string, made bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && made:
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", path)
	}
	return own.Check(path, info)
}

func pair(what, certificate, key string) []error {
	info, err := os.Stat(key)
	if err == nil {
		err = own.Lent(key, info)
	}
	if err != nil {
		return []error{fmt.Errorf("%s.key: %w", what, err)}
	}
	if _, err := tls.LoadX509KeyPair(certificate, key); err != nil {
		return []error{fmt.Errorf("%s.certificate: %s and %s are no pair that can be used: %w", what, certificate, key, err)}
	}
	return nil
}
