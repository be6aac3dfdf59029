package home

import (
	"context"
	"encoding/json"
	"strconv"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/trust/ledger"
)

func entryRecord(index int64) string { return "entry/" + strconv.FormatInt(index, 10) }

// SealOpenings seals the values and salts of an entry, as the column sealed of ledger_entry has them: a JSON object by field, bound to the entry's place.
func SealOpenings(key *secret.Key, index int64, openings map[string]ledger.Opening) ([]byte, error) {
	plain, err := json.Marshal(openings)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "the values of an entry cannot be written")
	}
	return key.Seal(secret.ForLedger, entryRecord(index), plain), nil
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
