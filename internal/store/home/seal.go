package home

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/trust/ledger"
)

func entryRecord(index int64) string { return "entry/" + strconv.FormatInt(index, 10) }

// SealOpenings seals the values and salts of an entry, as the column sealed of ledger_entry has them: a JSON object by field, bound to the entry's place.
func SealOpenings(key *secret.Key, index int64, openings map[string]ledger.Opening) ([]byte, error) {
	plain, err := encodeOpenings(openings)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the values of an entry cannot be written")
	}
	return key.Seal(secret.ForLedger, entryRecord(index), plain), nil
}

// encodeOpenings writes what encoding/json would, in a third of its time: every change does this while others wait.
func encodeOpenings(openings map[string]ledger.Opening) ([]byte, error) {
	names := slices.Sorted(maps.Keys(openings))
	size := 2
	for _, name := range names {
		o := openings[name]
		size += len(name) + len(o.Subject) + base64.StdEncoding.EncodedLen(len(o.Value)) + base64.StdEncoding.EncodedLen(len(o.Salt)) + 48
	}
	b := append(make([]byte, 0, size), '{')
	for i, name := range names {
		o := openings[name]
		if !simple(name) || !simple(o.Subject) || o.Value == nil || o.Salt == nil {
			return json.Marshal(openings)
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), `":{"value":"`...)
		b = append(base64.StdEncoding.AppendEncode(b, o.Value), `","salt":"`...)
		b = append(base64.StdEncoding.AppendEncode(b, o.Salt), '"')
		if o.Subject != "" {
			b = append(append(append(b, `,"subject":"`...), o.Subject...), '"')
		}
		b = append(b, '}')
	}
	return append(b, '}'), nil
}

// simple reports whether a text stands in JSON as it is, whoever writes it.
func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// OpenOpenings opens what SealOpenings sealed.
func OpenOpenings(key *secret.Key, index int64, sealed []byte) (map[string]ledger.Opening, error) {
	plain, err := key.Open(secret.ForLedger, entryRecord(index), sealed)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the values of entry %d of the ledger", index)
	}
	var openings map[string]ledger.Opening
	if err := json.Unmarshal(plain, &openings); err != nil {
		return nil, fault.New(fault.Internal, "the values of entry %d of the ledger are not what was written", index)
	}
	return openings, nil
}

// sealed seals objects under the organisation's key, bound to their names.
type sealed struct {
	Objects
	key *secret.Key
}

func (s sealed) Write(ctx context.Context, name string, data []byte) error {
	return s.Objects.Write(ctx, name, s.key.Seal(secret.ForObjects, name, data))
}

func (s sealed) Read(ctx context.Context, name string) ([]byte, error) {
	data, err := s.Objects.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	plain, err := s.key.Open(secret.ForObjects, name, data)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the object %s", name).WithHelp("run c4arch fsck, and restore it from a backup")
	}
	return plain, nil
}
