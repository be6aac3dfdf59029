package stream

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// Limits.
const (
	MaxStreams = 20 // of an organisation
	maxName    = 80
	maxAddress = 500
	maxKinds   = 50
	maxHeader  = 4 << 10
)

var patternText = regexp.MustCompile(`^[a-zA-Z]{1,30}\.(?:[a-zA-Z]{1,40}|\*)$`)

// check says what is wrong with a stream.
func (st *Stream) check() error {
	if st.Name = strings.TrimSpace(st.Name); st.Name == "" || len(st.Name) > maxName || strings.ContainsFunc(st.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.New(fault.Invalid, "the name of a stream has 1 to %d characters on one line", maxName)
	}
	if err := st.checkSources(); err != nil {
		return err
	}
	switch st.Kind {
	case Pull:
		if st.Address != "" {
			return fault.New(fault.Invalid, "a stream that is pulled has no address")
		}
		return nil
	case Syslog:
		return checkCollector(st.Address)
	case OCSF, Webhook:
		return checkURL(st.Address)
	}
	return fault.New(fault.Invalid, "a stream is syslog, ocsf, webhook or pull")
}

func (st *Stream) checkSources() error {
	if len(st.Sources) == 0 {
		if st.Sources = []Source{FromLedger}; st.Kind != Webhook {
			st.Sources = slices.Clone(sources)
		}
	}
	var in []Source
	for _, s := range sources {
		if slices.Contains(st.Sources, s) {
			in = append(in, s)
		}
	}
	if len(in) != len(st.Sources) {
		return fault.New(fault.Invalid, "the sources of a stream are ledger, access and checkpoint, each once")
	}
	st.Sources = in
	if len(st.Kinds) > maxKinds {
		return fault.New(fault.Limited, "a stream names at most %d kinds", maxKinds)
	}
	for _, k := range st.Kinds {
		if !patternText.MatchString(k) || !known(k) {
			return fault.New(fault.Invalid, "there is no kind of entry like that").WithHelp("docs/formats/ledger.md lists them; scan.failed is one, and member.* is all that begin so")
		}
	}
	if len(st.Kinds) > 0 && !slices.Contains(in, FromLedger) {
		return fault.New(fault.Invalid, "kinds are those of the ledger, which the stream is not of")
	}
	slices.Sort(st.Kinds)
	st.Kinds = slices.Compact(st.Kinds)
	return nil
}

func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" || strings.ContainsFunc(address, odd) {
		return fault.New(fault.Invalid, "that is not an address that can be sent to").WithHelp("write it as https://siem.contoso.example/path, without a user")
	}
	return nil
}

func odd(r rune) bool { return r <= ' ' || r >= 0x7f }

// checkCollector takes a name or an address with a port; one of IPv6 stands in brackets (RFC 3986 section 3.2.2), and has no zone.
func checkCollector(address string) error {
	host, port, ok := strings.Cut(address, ":")
	good := ok && hostText.MatchString(host)
	if strings.HasPrefix(address, "[") {
		at, err := netip.ParseAddrPort(address)
		good = err == nil && at.Addr().Is6() && at.Addr().Zone() == ""
		port = address[strings.LastIndexByte(address, ':')+1:]
	}
	if n, err := strconv.ParseUint(port, 10, 16); !good || err != nil || n == 0 || len(address) > maxAddress {
		return fault.New(fault.Invalid, "that is not the address of a collector").WithHelp("write it as siem.contoso.example:6514; it is spoken to with TLS")
	}
	return nil
}

var hostText = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// sealed is what lies in the secret of a stream.
type sealed struct {
	// Authorization is the header that the receiver wants.
	Authorization string `json:"authorization,omitempty"`
	// Current and Previous sign webhooks: whsec_ and base64. The one before goes on until Until, so that a receiver can change over.
	Current  string `json:"current,omitempty"`
	Previous string `json:"previous,omitempty"`
	Until    int64  `json:"until,omitempty"` // microseconds
}

// Overlap is how long the secret before the newest signs too.
const Overlap = 24 * time.Hour

const (
	secretPrefix = "whsec_"
	secretSize   = 32
)

// newSigning draws a secret as Standard Webhooks writes it.
func newSigning(random io.Reader) (string, error) {
	raw := make([]byte, secretSize)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(raw), nil
}

func (x sealed) value() (secret.Value, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return secret.Value{}, fault.New(fault.Internal, "the secret of a stream cannot be written")
	}
	return secret.New(b), nil
}

func opened(v secret.Value) (x sealed, err error) {
	if json.Unmarshal(v.Expose(), &x) != nil { // its text would be in the error
		return x, fault.New(fault.Internal, "the secret of a stream cannot be read")
	}
	return x, nil
}

// keys are those that sign now, the newest first.
func (x sealed) keys(now time.Time) (all []secret.Value, err error) {
	texts := []string{x.Current}
	if x.Previous != "" && now.UnixMicro() < x.Until {
		texts = append(texts, x.Previous)
	}
	for _, t := range texts {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(t, secretPrefix))
		if err != nil || len(raw) == 0 {
			return nil, fault.New(fault.Internal, "the secret of a stream cannot be read")
		}
		all = append(all, secret.New(raw))
	}
	return all, nil
}

// checkAuthorization says whether a text can stand in a header.
func checkAuthorization(v secret.Value) error {
	b := v.Expose()
	for _, c := range b {
		if c < ' ' || c > '~' {
			return fault.New(fault.Invalid, "the credential is not one line of ASCII")
		}
	}
	if len(b) > maxHeader {
		return fault.New(fault.Limited, "the credential has more than %d bytes", maxHeader)
	}
	return nil
}

// eventID is the same for the same event, however often it is sent.
func eventID(to string, source Source, position int64) string {
	return fmt.Sprintf("%s_%s_%d", to, source, position)
}

// mayHave says whether the actor may have everything that a stream is of: what somebody may not read is not sent to where that person chooses.
func mayHave(a access.Actor) error {
	_, err := access.Decide(a, access.LedgerRead, access.Resource{})
	return err
}

// prefix is that of the ids of a kind.
func (k Kind) prefix() string {
	if k == Webhook {
		return id.PrefixWebhook
	}
	return id.PrefixStream
}
