package change

import (
	"encoding/json"

	"c4arch/internal/base/fault"
)

// Remember puts the result of a change into its idempotency key, so that the same request is answered the same; without a key it does nothing.
func Remember(env *Envelope, key *Idempotency, result any) error {
	if key == nil {
		return nil
	}
	body, err := json.Marshal(result)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the answer cannot be kept")
	}
	k := *key
	k.Status, k.Body = 201, body // RFC 9110: created
	env.Key = &k
	return nil
}

// Replayed reads the result that was given before, where there is one.
func Replayed(done Committed, result any) error {
	if done.Replay == nil {
		return nil
	}
	if err := json.Unmarshal(done.Replay.Body, result); err != nil {
		return fault.Wrap(fault.Internal, err, "the answer that was given before cannot be read")
	}
	return nil
}
