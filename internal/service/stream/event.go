package stream

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// Format names the format of events (docs/formats/stream.md).
const Format = "c4arch-stream/1"

// FromTest is the source of a test message, which is of nothing.
const FromTest Source = "test"

// maxEvent is how long an event can be, in bytes. A longer one goes without its fields, and says so: the ledger has them.
const maxEvent = 32 << 10

// Event is one record of a stream.
type Event struct {
	Format       string    `json:"format"`
	Organisation id.Org    `json:"organisation"`
	Source       Source    `json:"source"`
	Position     int64     `json:"position"` // index of the entry, number of the record, size of the checkpoint
	At           time.Time `json:"at"`
	// Kind is that of the entry, "access.allowed" and so on, "checkpoint.signed", or "stream.test".
	Kind     string                     `json:"kind"`
	LeafHash string                     `json:"leafHash,omitempty"`
	Fields   map[string]json.RawMessage `json:"fields,omitempty"`
	Withheld []string                   `json:"withheld,omitempty"` // fields with personal data
	Erased   []string                   `json:"erased,omitempty"`   // fields whose values are gone; their commitments are in the leaf
	Damaged  bool                       `json:"damaged,omitempty"`
	Omitted  bool                       `json:"omitted,omitempty"` // the fields, for their length
	Access   *Record                    `json:"access,omitempty"`
	Note     string                     `json:"note,omitempty"` // of a checkpoint (docs/formats/checkpoint.md)
}

// idText is the id of a person, a program or a thing: it stands for whom it names, and is no more personal than the position of the entry.
var idText = regexp.MustCompile(`^"(?:[a-z]{1,16}:)?(?:[a-z]{2}_[0-9a-hjkmnp-tv-z]{26})"$`)

// ledgerEvent is an entry as it is sent.
func ledgerEvent(org id.Org, e ledger.Entry, personal bool) Event {
	ev := Event{Format: Format, Organisation: org, Source: FromLedger, Position: e.Index, At: e.At, Kind: e.Kind, LeafHash: hex.EncodeToString(e.Hash[:])}
	leaf, err := ledger.ParseLeaf(e.Leaf)
	if err != nil {
		ev.Damaged = true
		return ev
	}
	ev.Fields = map[string]json.RawMessage{}
	for _, f := range leaf.Fields {
		o, there := e.Openings[f.Name]
		switch {
		case !there:
			ev.Erased = append(ev.Erased, f.Name)
		case !o.Opens(f.Sum[:]) || !json.Valid(o.Value):
			ev.Damaged = true
		case o.Subject != "" && !personal && !idText.Match(o.Value):
			ev.Withheld = append(ev.Withheld, f.Name)
		default:
			ev.Fields[f.Name] = o.Value
		}
	}
	return ev
}

// accessEvent is a record of the access log as it is sent.
func accessEvent(org id.Org, r Record) Event {
	return Event{Format: Format, Organisation: org, Source: FromAccess, Position: r.Seq, At: r.At, Kind: "access." + string(r.Decision), Access: &r}
}

// checkpointEvent makes the receiver a witness: it has what was signed.
func checkpointEvent(org id.Org, c Checkpoint) Event {
	return Event{Format: Format, Organisation: org, Source: FromCheckpoint, Position: c.Size, At: c.At, Kind: "checkpoint.signed", Note: string(c.Note)}
}

func testEvent(org id.Org, at time.Time) Event {
	return Event{Format: Format, Organisation: org, Source: FromTest, At: at, Kind: "stream.test"}
}

// field is the text of a field, or "".
func (e *Event) field(name string) string {
	var text string
	_ = json.Unmarshal(e.Fields[name], &text) // another type is none
	return text
}

// actor is who did it, or "".
func (e *Event) actor() string {
	if e.Access != nil {
		return string(e.Access.Actor)
	}
	return e.field("actor")
}

// refused reports whether it was not done.
func (e *Event) refused() bool {
	if e.Access != nil {
		return e.Access.Decision != Allowed
	}
	return strings.HasSuffix(e.Kind, ".failed") || strings.HasSuffix(e.Kind, ".died") || strings.HasSuffix(e.Kind, ".dead") || strings.HasSuffix(e.Kind, ".disabled")
}

// Encode writes an event on one line of ASCII: nothing in it can end the line or look like another record.
func (e *Event) Encode() ([]byte, error) {
	short, err := e.short()
	if err != nil {
		return nil, err
	}
	return line(short)
}

// short is the event without its fields, where it would be too long with them.
func (e *Event) short() (Event, error) {
	out := *e
	b, err := line(out)
	if err == nil && len(b) > maxEvent {
		out.Fields, out.Omitted = nil, true
	}
	return out, err
}

// line is v as JSON in printable ASCII, without an end of the line.
func line(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return ascii(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// ascii escapes what of JSON is not printable ASCII; that stands in texts alone.
func ascii(text []byte) []byte {
	plain := true
	for _, c := range text {
		plain = plain && c >= ' ' && c < 0x7f
	}
	if plain {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case r >= ' ' && r < 0x7f:
			out = append(out, byte(r))
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// types are the types of an event for a webhook: its kind, and what else it means.
func (e *Event) types() []string {
	all := []string{e.Kind}
	if e.Kind == "drift.compared" {
		if n, err := strconv.ParseInt(string(e.Fields["findings"]), 10, 64); err == nil && n > 0 {
			all = append(all, "finding.opened")
		}
	}
	return all
}

// extraTypes are types that are no kinds of entries.
var extraTypes = []string{"finding.opened"}

// chosen is the first type of an event that one of the patterns chooses; without patterns its kind.
func (e *Event) chosen(patterns []string) (string, bool) {
	if len(patterns) == 0 {
		return e.Kind, true
	}
	for _, t := range e.types() {
		if slices.ContainsFunc(patterns, func(p string) bool { return matches(p, t) }) {
			return t, true
		}
	}
	return "", false
}

func matches(pattern, kind string) bool {
	if stem, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(kind, stem)
	}
	return pattern == kind
}

// known reports whether a pattern chooses anything that there is.
func known(pattern string) bool {
	for kind := range ledger.Kinds() {
		if matches(pattern, kind) {
			return true
		}
	}
	return slices.ContainsFunc(extraTypes, func(t string) bool { return matches(pattern, t) })
}

// params are what of an event stands in the structured data of syslog, so that it can be searched for without reading the message.
func (e *Event) params() [][2]string {
	p := [][2]string{{"org", string(e.Organisation)}, {"source", string(e.Source)}, {"position", strconv.FormatInt(e.Position, 10)}}
	more := map[string]string{"actor": e.actor(), "leaf": e.LeafHash, "request": e.field("request"), "policy": e.field("policy")}
	if r := e.Access; r != nil {
		more["request"], more["policy"], more["decision"], more["status"] = r.Request, r.Policy, string(r.Decision), strconv.Itoa(r.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		if more[name] != "" {
			p = append(p, [2]string{name, more[name]})
		}
	}
	return p
}

// message is an event for syslog.
func (e *Event) message(host string) (Message, error) {
	text, err := e.Encode()
	return Message{At: e.At, Warning: e.refused(), Host: host, Kind: e.Kind, Params: e.params(), Text: string(text), Sequence: e.Position}, err
}

func cut(s string, most int) string {
	if s = strings.ToValidUTF8(s, ""); len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
