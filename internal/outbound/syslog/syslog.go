// Package syslog sends messages of RFC 5424 over TLS, framed as RFC 5425 says: the length in octets, a space, the message.
//
// It promises: a message is one frame, whatever stands in it; names are cut to what the RFC allows and values are escaped, so that none ends its place. What is sent counts as
// acknowledged when all was written, our close_notify was sent, and the other side ended the connection without an error: RFC 5425 (section 4.4) asks it to answer a close_notify
// so. Syslog has no word for "it is stored". It leaves out UDP and TCP without TLS, and messages that are not from this program.
package syslog

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// SDID names the structured data. 32473 is the enterprise number that RFC 5612 sets aside for documentation: c4arch has none of its own.
const SDID = "c4arch@32473"

// Message is one.
type Message struct {
	At      time.Time
	Warning bool
	Host    string
	App     string
	Kind    string
	Params  [][2]string
	Text    string
}

const (
	facility      = 13 // log audit
	warning       = 4
	informational = 6
)

// Encode writes a message without its frame.
func (m Message) Encode() []byte {
	severity := informational
	if m.Warning {
		severity = warning
	}
	b := make([]byte, 0, 256+len(m.Text))
	b = append(b, '<')
	b = strconv.AppendInt(b, facility*8+int64(severity), 10)
	b = append(b, ">1 "...)
	b = append(b, stamp(m.At)...)
	b = append(append(b, ' '), header(m.Host, 255)...)
	b = append(append(b, ' '), header(m.App, 48)...)
	b = append(append(b, " - "...), header(m.Kind, 32)...)
	b = append(append(b, " ["...), SDID...)
	for _, p := range m.Params {
		b = append(append(append(b, ' '), name(p[0])...), `="`...)
		b = append(value(b, p[1]), '"')
	}
	b = append(b, "] "...)
	return printable(b, m.Text)
}

// stamp is a time as RFC 5424 (6.2.3) has it: a year of four digits, or none at all.
func stamp(t time.Time) string {
	t = t.UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		return "-"
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}

// header is a field of the header: printable ASCII without spaces, "-" for none.
func header(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// name is the name of a parameter: also without =, ] and ".
func name(s string) string {
	return header(strings.Map(func(r rune) rune {
		if r == '=' || r == ']' || r == '"' {
			return -1
		}
		return r
	}, s), 32)
}

// value escapes what RFC 5424 (6.3.3) wants escaped. What is not printable ASCII is a question mark.
func value(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == ']':
			b = append(b, '\\', byte(r))
		case r < ' ' || r >= 0x7f:
			b = append(b, '?')
		default:
			b = append(b, byte(r))
		}
	}
	return b
}

// printable appends a text in which nothing is a control character.
func printable(b []byte, s string) []byte {
	for _, r := range s {
		if r < ' ' || r >= 0x7f {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

// frame is a message with its length in front.
func frame(b []byte) []byte {
	return append(append(strconv.AppendInt(make([]byte, 0, len(b)+8), int64(len(b)), 10), ' '), b...)
}

// Wait bounds the sending of one batch, its acknowledgement included.
const Wait = 30 * time.Second

// Send sends messages over a connection that dial opens.
func Send(ctx context.Context, dial func(ctx context.Context, address string) (*tls.Conn, error), address string, messages []Message) error {
	ctx, cancel := context.WithTimeout(ctx, Wait)
	defer cancel()
	conn, err := dial(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // what was acknowledged counts
	stop := context.AfterFunc(ctx, func() { _ = conn.NetConn().Close() })
	defer stop()
	if err := write(conn, messages); err != nil {
		return broken(ctx)
	}
	return ended(ctx, conn)
}

func write(conn *tls.Conn, messages []Message) error {
	w := bufio.NewWriterSize(conn, 16<<10)
	for _, m := range messages {
		if _, err := w.Write(frame(m.Encode())); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return conn.CloseWrite()
}

// ended waits for the end from the other side. It has nothing to say before that.
func ended(ctx context.Context, conn *tls.Conn) error {
	var b [1]byte
	n, err := conn.Read(b[:])
	if n > 0 || !errors.Is(err, io.EOF) {
		return broken(ctx)
	}
	return nil
}

func broken(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "the collector did not take the messages in time")
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.Unavailable, "the collector broke the connection off")
}
