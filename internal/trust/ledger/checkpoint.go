package ledger

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Limits of a checkpoint.
const (
	MaxCheckpoint = 64 << 10
	MaxSignatures = 100 // of a note, as x/mod has it
)

// Checkpoint is a statement of a log about its tree (c2sp.org/tlog-checkpoint), signed or not.
type Checkpoint struct {
	Origin string
	Tree
	// Text is the whole text that is signed, with the extension lines of logs that have them; ours have none.
	Text string
	// Signatures are those of the note, none of them verified.
	Signatures []Signature
}

// Signature is a line of a note.
type Signature struct {
	Name string
	ID   uint32
	Sig  []byte
}

// At is the time in a cosignature, where the line is as long as one.
func (s Signature) At() (time.Time, bool) {
	at, ok := cosignedAt(s.Sig)
	return time.Unix(int64(at), 0).UTC(), ok
}

// Origin is the name of a log: <host>/audit/<organisation>; that of the instance's own log ends with "platform".
func Origin(host string, log id.Org) (string, error) { return OriginSince(host, log, "") }

// OriginSince is the name of a log since a rollback that was accepted: that of Origin, and behind a slash the epoch, which is when. To everybody it is another
// log: under the name before it, entries were signed that it does not have. The epoch "" is the first.
func OriginSince(host string, log id.Org, epoch string) (string, error) {
	origin := host + "/audit/" + string(log)
	if epoch != "" {
		origin += "/" + epoch
	}
	if host == "" || strings.ContainsAny(host, "/") || !log.Valid() || !validKeyName(origin) || epoch != "" && !validEpoch(epoch) {
		return "", fault.New(fault.Invalid, "%.80q cannot be the host in the name of a ledger", host).WithHelp("give a host name, as in audit.contoso.example")
	}
	return origin, nil
}

// Continued is the origin of the same log from that epoch on.
func Continued(origin, epoch string) (string, error) {
	host, log, _ := originParts(origin)
	return OriginSince(host, log, epoch)
}

// EpochLayout is how an epoch is written: the time of its beginning, in UTC.
const EpochLayout = "20060102T150405Z"

func validEpoch(s string) bool {
	at, err := time.Parse(EpochLayout, s)
	return err == nil && at.Format(EpochLayout) == s
}

// LogOf is the organisation whose log has that origin, or "" where the origin is none of ours.
func LogOf(origin string) id.Org {
	_, log, _ := originParts(origin)
	return log
}

// EpochOf is since when the log has that origin: "" for the first one, and for one that is none of ours.
func EpochOf(origin string) string {
	_, _, epoch := originParts(origin)
	return epoch
}

// sameLog reports whether two origins are of one log, in the same epoch or in two.
func sameLog(a, b string) bool {
	hostA, logA, _ := originParts(a)
	hostB, logB, _ := originParts(b)
	return a == b || logA != "" && logA == logB && hostA == hostB
}

func originParts(origin string) (host string, log id.Org, epoch string) {
	host, rest, _ := strings.Cut(origin, "/audit/")
	name, epoch, _ := strings.Cut(rest, "/")
	if again, err := OriginSince(host, id.Org(name), epoch); err != nil || again != origin {
		return "", "", ""
	}
	return host, id.Org(name), epoch
}

// text writes what is signed.
func (t Tree) text(origin string) string {
	return origin + "\n" + strconv.FormatInt(t.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(t.Root[:]) + "\n"
}

// Sign writes the checkpoint of a tree as a signed note.
func Sign(t Tree, s *Signer) ([]byte, error) {
	return signed(note.Sign(&note.Note{Text: t.text(s.Name())}, s))
}

// Cosign is the line that a witness adds to a checkpoint, line break included.
func Cosign(c Checkpoint, s *Signer) ([]byte, error) {
	whole, err := signed(note.Sign(&note.Note{Text: c.Text}, s))
	if err != nil {
		return nil, err
	}
	return whole[len(c.Text)+1:], nil
}

func signed(b []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "sign a checkpoint")
	}
	return b, nil
}

// AddSignatures adds lines of signatures to a checkpoint: those of the given keys that verify and that it does not have yet. Others are left out, as
// c2sp.org/tlog-witness asks.
func AddSignatures(checkpoint, lines []byte, keys []Key) ([]byte, error) {
	c, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return nil, err
	}
	more, err := ParseCheckpoint([]byte(c.Text + "\n" + string(lines)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the answer of the witness has no signature lines")
	}
	out := checkpoint
	for _, s := range more.Signatures {
		for _, k := range keys {
			if s.by(k) && !c.has(k) && k.Verify([]byte(c.Text), s.Sig) {
				c.Signatures = append(c.Signatures, s)
				out = append(out[:len(out):len(out)], s.line()...)
			}
		}
	}
	return out, nil
}

func (s Signature) by(k Key) bool { return s.Name == k.name && s.ID == k.id }

func (s Signature) line() string {
	b := append(binary.BigEndian.AppendUint32(nil, s.ID), s.Sig...)
	return "— " + s.Name + " " + base64.StdEncoding.EncodeToString(b) + "\n"
}

func (c Checkpoint) has(k Key) bool {
	for _, s := range c.Signatures {
		if s.by(k) {
			return true
		}
	}
	return false
}

// SignedBy says which of the keys have signed the checkpoint. A signature that claims to be of one of them and does not verify is an error.
func (c Checkpoint) SignedBy(keys []Key) ([]Key, error) {
	var by []Key
	for _, k := range keys {
		for _, s := range c.Signatures {
			if !s.by(k) {
				continue
			}
			if !k.Verify([]byte(c.Text), s.Sig) {
				return nil, fault.New(fault.Invalid, "the signature by %s (%08x) does not verify", k.name, k.id)
			}
			by = append(by, k)
			break
		}
	}
	return by, nil
}

var errCheckpoint = fault.New(fault.Invalid, "this is no checkpoint of a log: a signed note with origin, size and root")

// ParseCheckpoint reads a signed note whose text is a checkpoint. It verifies no signature.
func ParseCheckpoint(data []byte) (Checkpoint, error) {
	if len(data) > MaxCheckpoint {
		return Checkpoint{}, errCheckpoint
	}
	// Without a key that it knows, Open takes the note apart and says so.
	_, err := note.Open(data, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Checkpoint{}, errCheckpoint
	}
	n := unverified.Note
	c, err := parseText(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, s := range n.UnverifiedSigs {
		b, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil || len(b) < 5 {
			return Checkpoint{}, errCheckpoint
		}
		c.Signatures = append(c.Signatures, Signature{Name: s.Name, ID: s.Hash, Sig: b[4:]})
	}
	return c, nil
}

func parseText(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "cosignature/v1" {
		return Checkpoint{}, errCheckpoint
	}
	lines = lines[:len(lines)-1]
	for _, l := range lines {
		if l == "" {
			return Checkpoint{}, errCheckpoint
		}
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return Checkpoint{}, errCheckpoint
	}
	root, err := decodeSum(lines[2])
	if err != nil {
		return Checkpoint{}, errCheckpoint
	}
	return Checkpoint{Origin: lines[0], Tree: Tree{Size: size, Root: root}, Text: text}, nil
}

// parseDecimal reads digits without a leading zero, up to MaxIndex.
func parseDecimal(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > MaxIndex || strconv.FormatInt(n, 10) != s {
		return 0, errCheckpoint
	}
	return n, nil
}
