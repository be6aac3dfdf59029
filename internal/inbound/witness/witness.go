// Package witness is a witness of logs: it cosigns the checkpoint of a log when its tree continues the one that it cosigned last, and never otherwise. Whoever trusts it knows
// that a log did not show it two histories. It speaks c2sp.org/tlog-witness.
//
// It promises: what was cosigned is durable before the cosignature leaves; a state that is damaged or missing is no fresh start, but an error; one process per state. It
// leaves out: who may ask (the signature of the log is the authority), and copying of logs. A state brought back from a backup makes it sign what it should refuse, so
// it is not to be backed up: a witness that lost its state starts anew with another key (docs/formats/witness.md).
package witness

import (
	"log/slog"
	"sync"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/trust/ledger"
)

// Config is what a witness needs.
type Config struct {
	Dir  string       // of its key and its state, 0700; see Create
	Logs []ledger.Key // of the logs that it knows; the name of a key is the log's origin. A log may have several.
	Now  func() time.Time
	Log  *slog.Logger
}

// Witness cosigns checkpoints. It is safe for concurrent use.
type Witness struct {
	keys   map[string][]ledger.Key
	signer *ledger.Signer
	log    *slog.Logger
	lock   func() error // lets go

	mu    sync.Mutex // from reading what is held to having made durable what comes
	state *state
}

// Open opens the witness whose key and state are in cfg.Dir, for itself alone.
func Open(cfg Config) (*Witness, error) {
	w := &Witness{keys: map[string][]ledger.Key{}, log: cfg.Log}
	for _, k := range cfg.Logs {
		if k.Algorithm() != ledger.Ed25519 {
			return nil, fault.New(fault.Invalid, "%s is no key of a log", k.Name())
		}
		w.keys[k.Name()] = append(w.keys[k.Name()], k)
	}
	if len(w.keys) == 0 {
		return nil, fault.New(fault.Invalid, "the witness knows no log").WithHelp("write the keys of the logs into its configuration, one a line")
	}
	unlock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	w.lock = unlock
	if w.signer, err = readKey(cfg.Dir, cfg.Now); err == nil {
		w.state, err = readState(cfg.Dir)
	}
	if err != nil {
		_ = unlock()
		return nil, err
	}
	return w, nil
}

// Key is the public key of the witness.
func (w *Witness) Key() ledger.Key { return w.signer.Key() }

// Close lets another process have the state.
func (w *Witness) Close() error { return w.lock() }

// Add decides about a request and returns the line to answer with. A refusal is a *ledger.RefusedError; any other error is the witness's own trouble.
func (w *Witness) Add(r ledger.Request) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, err := ledger.Decide(r, w.keys, w.state.held)
	if err != nil {
		return nil, err
	}
	// First durable, then signed: a crash between the two costs a cosignature, never a promise.
	if err := w.state.keep(c.Origin, c.Tree); err != nil {
		return nil, err
	}
	return ledger.Cosign(c, w.signer)
}
