package config

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
)

// sender takes an address of mail, with a name or without.
func sender(s string) error {
	if _, err := mail.ParseAddress(s); err != nil || strings.ContainsAny(s, "\r\n") {
		return errors.New("write an address for mail, such as c4arch <no-reply@contoso.example>")
	}
	return nil
}

// rules are what settings of mail owe each other.
func (m *Mail) rules() []error {
	var bad []error
	if (m.Server != nil) != (m.From != "") {
		bad = append(bad, errors.New("mail: the server and the address that mail comes from go together: set both mail.server and mail.from"))
	}
	if (m.User != "") != !m.Password.Empty() {
		bad = append(bad, errors.New("mail: a user and a password go together: set both mail.user and mail.password"))
	}
	if m.User != "" && m.Server == nil {
		bad = append(bad, errors.New("mail.user: there is no server of mail to sign in to: set mail.server"))
	}
	return append(bad, m.nextRules()...)
}

// nextRules are what the settings of the server that replaces another owe it. The list of subprocessors tells the two apart by their hosts.
func (m *Mail) nextRules() (bad []error) {
	if (m.NextUser != "") != !m.NextPassword.Empty() {
		bad = append(bad, errors.New("mail.next: a user and a password go together: set both mail.next.user and mail.next.password"))
	}
	switch {
	case m.Next == nil && m.NextUser != "":
		bad = append(bad, errors.New("mail.next.user: there is no server to sign in to: set mail.next.server"))
	case m.Next != nil && m.Server == nil:
		bad = append(bad, errors.New("mail.next.server: there is no server that it replaces: set mail.server"))
	case m.Next != nil && strings.EqualFold(m.Next.Hostname(), m.Server.Hostname()):
		bad = append(bad, errors.New("mail.next.server: it is on the host of mail.server, and could not be told apart from it: name another host"))
	}
	return bad
}

func (m *Mail) check(ctx context.Context, machine Machine) []error {
	return append(password(ctx, machine, "mail.password", &m.Password), password(ctx, machine, "mail.next.password", &m.NextPassword)...)
}

func password(ctx context.Context, machine Machine, key string, p *Secret) []error {
	if p.Empty() {
		return nil
	}
	const most = 1024
	switch v, err := p.Open(ctx, machine.Secrets); {
	case err != nil:
		return []error{fmt.Errorf("%s: %w", key, err)}
	case p.address != "" || v.Empty() || len(v.Expose()) > most:
		return []error{fmt.Errorf("%s: that is not a password", key)}
	}
	return nil
}
