// Package ring makes, wraps and opens the keys of organisations under the root keys that one or more services keep.
//
// It promises: a wrapped key opens for its own organisation and under its own root key only, whatever the service can bind by itself; the
// newest root key wraps, older ones open; no error quotes a key. It leaves out where root keys are (file, vault, kms) and where wrapped keys are kept (the
// platform's home). The bytes are written down in docs/formats/sealed.md.
package ring

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/secret"
)

// Root is a service that has root keys. Names are those of its own: without the scheme.
type Root interface {
	// Newest names the root key under which keys are wrapped from now on.
	Newest(ctx context.Context) (string, error)
	// Wrap encrypts plain under the root key that b names.
	Wrap(ctx context.Context, b Bound, plain []byte) ([]byte, error)
	// Unwrap decrypts what Wrap made. What it returns is the caller's to wipe.
	Unwrap(ctx context.Context, b Bound, wrapped []byte) ([]byte, error)
}

// Bound is what a wrapped key is bound to.
type Bound struct {
	Org    id.Org
	Scheme string // file, vault, kms
	Name   string // of the root key, in its service
}

// Root is the full name: SCHEME:NAME.
func (b Bound) Root() string { return b.Scheme + ":" + b.Name }

// Bytes are the associated data.
func (b Bound) Bytes() []byte {
	return []byte("c4arch/wrap/v1\x00" + string(b.Org) + "\x00" + b.Root())
}

// Limits, and the form of what is wrapped.
const (
	version    = 1 // the first byte of a wrapped key
	maxWrapped = 8 << 10
	maxName    = 600
	plainSize  = secret.Size + sha256.Size
)

var schemeForm = regexp.MustCompile(`^[a-z]{2,10}$`)

// Ring has root keys of one or more services. It is safe for concurrent use when they are.
type Ring struct {
	random io.Reader
	newest string
	roots  map[string]Root
}

// New makes a ring: newest is the scheme of the service that wraps; the others open what they wrapped earlier.
func New(random io.Reader, newest string, roots map[string]Root) (*Ring, error) {
	if roots[newest] == nil {
		return nil, fault.New(fault.Invalid, "no service of root keys is called %.20q", newest)
	}
	for scheme, r := range roots {
		if !schemeForm.MatchString(scheme) || r == nil {
			return nil, fault.New(fault.Internal, "%.20q is no scheme of root keys", scheme)
		}
	}
	return &Ring{random: random, newest: newest, roots: maps.Clone(roots)}, nil
}

func (r *Ring) schemes() []string { return slices.Sorted(maps.Keys(r.roots)) }

// New makes the key of an organisation, and its wrapped form with the name of the root key that wraps it.
func (r *Ring) New(ctx context.Context, org id.Org) (*secret.Key, []byte, string, error) {
	raw := make([]byte, secret.Size)
	if _, err := io.ReadFull(r.random, raw); err != nil {
		return nil, nil, "", fault.Wrap(fault.Unavailable, err, "no randomness for the key of an organisation")
	}
	key, err := secret.NewKey(org, raw) // takes raw over
	if err != nil {
		return nil, nil, "", fault.Wrap(fault.Invalid, err, "the key of an organisation cannot be made")
	}
	b, err := r.newestFor(ctx, org)
	if err != nil {
		return nil, nil, "", err
	}
	wrapped, err := r.wrap(ctx, b, raw)
	if err != nil {
		return nil, nil, "", err
	}
	return key, wrapped, b.Root(), nil
}

// Open unwraps the key of an organisation.
func (r *Ring) Open(ctx context.Context, org id.Org, wrapped []byte, root string) (*secret.Key, error) {
	raw, err := r.unwrap(ctx, org, wrapped, root)
	if err != nil {
		return nil, err
	}
	return secret.NewKey(org, raw)
}

// Rewrap wraps under the newest root key; changed is false where it is that already, which asks the service for nothing but the name.
func (r *Ring) Rewrap(ctx context.Context, org id.Org, wrapped []byte, root string) (again []byte, newest string, changed bool, err error) {
	b, err := r.newestFor(ctx, org)
	if err != nil {
		return nil, "", false, err
	}
	if b.Root() == root {
		return wrapped, root, false, nil
	}
	raw, err := r.unwrap(ctx, org, wrapped, root)
	if err != nil {
		return nil, "", false, err
	}
	defer clear(raw)
	if again, err = r.wrap(ctx, b, raw); err != nil {
		return nil, "", false, err
	}
	return again, b.Root(), true, nil
}

func (r *Ring) newestFor(ctx context.Context, org id.Org) (Bound, error) {
	if !org.Valid() {
		return Bound{}, fault.New(fault.Invalid, "a key belongs to an organisation")
	}
	name, err := r.roots[r.newest].Newest(ctx)
	if err != nil {
		return Bound{}, err
	}
	if name == "" || len(name) > maxName {
		return Bound{}, fault.New(fault.Internal, "the newest root key has no name, or one that is too long")
	}
	return Bound{Org: org, Scheme: r.newest, Name: name}, nil
}

// wrap wraps the key with the digest of what it is bound to behind it, since not every service has associated data.
func (r *Ring) wrap(ctx context.Context, b Bound, raw []byte) ([]byte, error) {
	bound := sha256.Sum256(b.Bytes())
	plain := slices.Concat(raw, bound[:])
	defer clear(plain)
	sealed, err := r.roots[b.Scheme].Wrap(ctx, b, plain)
	if err != nil {
		return nil, err
	}
	if len(sealed) == 0 || len(sealed) >= maxWrapped || bytes.Contains(sealed, raw) {
		return nil, fault.New(fault.Internal, "the root key %s wrapped nothing", b.Root())
	}
	return append([]byte{version}, sealed...), nil
}

func (r *Ring) unwrap(ctx context.Context, org id.Org, wrapped []byte, root string) ([]byte, error) {
	scheme, name, ok := strings.Cut(root, ":")
	if !org.Valid() || !ok || name == "" || len(name) > maxName {
		return nil, fault.New(fault.Invalid, "the name of a root key is SCHEME:NAME, and a key belongs to an organisation")
	}
	if r.roots[scheme] == nil {
		return nil, fault.New(fault.Unavailable, "no service of root keys is called %.20q", scheme).
			WithHelp("configure the service that wrapped the keys of older organisations beside the new one")
	}
	if len(wrapped) < 2 || len(wrapped) > maxWrapped || wrapped[0] != version {
		return nil, damaged(org, root)
	}
	b := Bound{Org: org, Scheme: scheme, Name: name}
	plain, err := r.roots[scheme].Unwrap(ctx, b, wrapped[1:])
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	bound := sha256.Sum256(b.Bytes())
	if len(plain) != plainSize || subtle.ConstantTimeCompare(plain[secret.Size:], bound[:]) != 1 {
		return nil, damaged(org, root)
	}
	return slices.Clone(plain[:secret.Size]), nil
}

func damaged(org id.Org, root string) error {
	return fault.New(fault.Internal, "the key of organisation %s does not open under the root key %.80q: it was wrapped for another, or was changed", org, root).
		WithHelp("restore the directory of organisations from a backup")
}
