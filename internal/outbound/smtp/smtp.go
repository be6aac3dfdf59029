// Package smtp hands mails to a server of mail (RFC 5321).
//
// It promises: the connection is encrypted, by STARTTLS that has to be there or by TLS from the first byte, but to a server on this machine; what dials is handed in; each mail is one
// for one person, in text and as a page, with the same Message-ID however often it is tried (RFC 5322 section 3.6.4), and with the headers by which a mail program offers to end
// them with one click (RFC 8058); nothing in it can become another header. An error is denied when the server refused for good (5yz), and unavailable when it may take the mail later.
// It leaves out when to try again, and of what the server says it tells the code alone.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
)

// Config is a server of mail.
type Config struct {
	Host     string
	Port     uint16
	TLS      bool // from the first byte (RFC 8314 section 3.3); else STARTTLS
	Plain    bool // no encryption is asked for: on this machine alone
	User     string
	Password secret.Value
	From     string // an address, with a name or without
	Hello    string // the name by which this service greets
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that are trusted; nil is those of the machine.
	Roots *tls.Config
}

// Message is one mail.
type Message struct {
	ID          string // unique, and the same for the same mail
	To, Name    string
	Subject     string
	Text, HTML  string
	At          time.Time
	Unsubscribe string // an address of https, or "" for none
}

const wait = 30 * time.Second

// Send hands one mail over.
func Send(ctx context.Context, c Config, m Message) error {
	msg, err := c.message(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*wait)
	defer cancel()
	for _, how := range c.ways() {
		client, err := c.client(how)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "the server of mail is set up wrongly")
		}
		err = client.DialAndSendWithContext(ctx, msg)
		if errors.Is(err, gomail.ErrPlainAuthNotSupported) { // nothing was said yet
			continue
		}
		if err != nil {
			return refused(ctx, err)
		}
		return nil
	}
	return fault.New(fault.Unavailable, "the server of mail offers no way to sign in that is known here")
}

// ways are how the service signs in, the better first. The library finds one by itself where it has encrypted the connection, and does not know of it where a dialer of ours has; so
// it is told. Those that answer with a hash are left out there: the connection is encrypted.
func (c Config) ways() []gomail.SMTPAuthType {
	switch {
	case c.User == "":
		return []gomail.SMTPAuthType{gomail.SMTPAuthNoAuth}
	case c.TLS || c.Plain:
		return []gomail.SMTPAuthType{gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}
	}
	return []gomail.SMTPAuthType{gomail.SMTPAuthAutoDiscover}
}

func (c Config) client(how gomail.SMTPAuthType) (*gomail.Client, error) {
	config := &tls.Config{}
	if c.Roots != nil {
		config = c.Roots.Clone()
	}
	config.ServerName, config.MinVersion = c.Host, tls.VersionTLS12
	options := []gomail.Option{
		gomail.WithPort(int(c.Port)), gomail.WithTimeout(wait), gomail.WithTLSConfig(config), gomail.WithHELO(c.Hello), gomail.WithoutNoop(), gomail.WithTLSPolicy(gomail.TLSMandatory),
	}
	dial := c.Dial
	switch {
	case c.TLS: // the library does not encrypt what a dialer of ours opened
		dial = c.encrypted(config)
		options = append(options, gomail.WithSSL())
	case c.Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	options = append(options, gomail.WithDialContextFunc(dial))
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(how), gomail.WithUsername(c.User), gomail.WithPassword(string(c.Password.Expose())))
	}
	return gomail.NewClient(c.Host, options...)
}

func (c Config) encrypted(config *tls.Config) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		raw, err := c.Dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		conn := tls.Client(raw, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			_ = raw.Close() // the error that counts is the first
			return nil, err
		}
		return conn, nil
	}
}

// message is the mail as it is sent.
func (c Config) message(m Message) (*gomail.Msg, error) {
	for _, text := range []string{m.ID, m.To, m.Name, m.Subject, m.Unsubscribe} {
		if strings.ContainsAny(text, "\r\n\x00") {
			return nil, fault.New(fault.Invalid, "a header of a mail has more than one line")
		}
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the address that mail comes from is none")
	}
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, fault.New(fault.Invalid, "the address that a mail goes to is none")
	}
	to.Name = m.Name
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	_, domain, _ := strings.Cut(from.Address, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5: nobody is to answer by itself
	if m.Unsubscribe != "" {
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.Unsubscribe+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// refused is an error as whoever sent the mail is told. The words of the server may quote the mail.
func refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.New(fault.Unavailable, "the server of mail did not answer in time")
	}
	var sent *gomail.SendError
	if errors.As(err, &sent) && sent.ErrorCode() >= 500 {
		return fault.New(fault.Denied, "the server of mail refused the message (%d)", sent.ErrorCode())
	}
	if sent != nil && sent.ErrorCode() >= 400 {
		return fault.New(fault.Unavailable, "the server of mail takes the message later (%d)", sent.ErrorCode())
	}
	return fault.Wrap(fault.Unavailable, err, "the server of mail could not be used")
}

// Address is where the server is.
func (c Config) Address() string { return net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) }
