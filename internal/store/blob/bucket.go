package blob

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // a checksum that object stores compute, not a signature
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Bucket is a bucket of an object store, shared by organisations, each below a prefix of its own.
type Bucket struct {
	place Place
	b     *blob.Bucket
	wait  time.Duration
}

const (
	wait      = 30 * time.Second // for one object, and more for a large one
	perSecond = 1 << 20          // bytes that at least arrive in a second
	maxList   = 20_000_000       // names below one prefix

	metaDigest = "sha256" // of the sealed bytes, which say nothing about what is in them
	mime       = "application/octet-stream"
)

// Close lets the bucket go.
func (b *Bucket) Close() error { return b.b.Close() }

// Place says where it is.
func (b *Bucket) Place() Place { return b.place }

// Of is the part of the bucket that is an organisation's: PREFIX/orgs/<id>/.
func (b *Bucket) Of(org id.Org) (*Part, error) {
	if !org.Valid() {
		return nil, fault.New(fault.NotFound, "objects belong to an organisation")
	}
	return &Part{bucket: b, prefix: b.place.Prefix + "orgs/" + string(org) + "/"}, nil
}

// Part is the objects of one organisation in a bucket, as a home uses them.
type Part struct {
	bucket *Bucket
	prefix string
}

func (p *Part) key(ctx context.Context, name string) (string, error) {
	if !nameForm.MatchString(name) {
		return "", fault.New(fault.Internal, "an object is not called %.40q", name).WithHelp("run c4arch fsck")
	}
	return p.prefix + name, ended(ctx)
}

func (p *Part) within(ctx context.Context, size int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, p.bucket.wait+time.Duration(size/perSecond)*time.Second)
}

// Write writes an object that is not there yet: the store refuses a name that is taken (a conflict), unless the very same bytes are there: then an earlier
// attempt arrived whose answer was lost. What the store then says that it has is compared with what was sent.
func (p *Part) Write(ctx context.Context, name string, data []byte) error {
	key, err := p.key(ctx, name)
	if err != nil {
		return err
	}
	if len(data) > MaxSize {
		return fault.New(fault.Limited, "an object is larger than %d bytes", MaxSize)
	}
	ctx, cancel := p.within(ctx, len(data))
	defer cancel()
	digest := sha256.Sum256(data)
	err = guarded(func() error {
		return p.bucket.b.Upload(ctx, key, bytes.NewReader(data), &blob.WriterOptions{
			ContentType: mime, IfNotExist: true, Metadata: map[string]string{metaDigest: hex.EncodeToString(digest[:])},
		})
	})
	there := gcerrors.Code(err) == gcerrors.FailedPrecondition
	if err != nil && !there {
		return p.fail(err, "an object cannot be written")
	}
	return p.confirm(ctx, key, name, data, digest, there)
}

// confirm asks the store what it has under the key.
func (p *Part) confirm(ctx context.Context, key, name string, data []byte, digest [32]byte, before bool) error {
	var a *blob.Attributes
	err := guarded(func() (err error) { a, err = p.bucket.b.Attributes(ctx, key); return err })
	if err != nil {
		return p.fail(err, "an object was written and is not found")
	}
	same := a.Size == int64(len(data)) && a.Metadata[metaDigest] == hex.EncodeToString(digest[:]) && p.sums(a.MD5, data)
	if same || !before {
		if same {
			return nil
		}
		return fault.New(fault.Unavailable, "the object store has %d bytes of an object of %d, or another digest", a.Size, len(data)).
			WithHelp("nothing was changed: try again; when it comes back, check what stands between this machine and the store")
	}
	return taken(name)
}

// sums compares the checksum that the store computed. S3 checks one that the client sends, and what it shows afterwards is none where it encrypts.
func (p *Part) sums(theirs, data []byte) bool {
	if p.bucket.place.Kind != Azure || len(theirs) == 0 {
		return true
	}
	ours := md5.Sum(data) //nolint:gosec // as above
	return bytes.Equal(theirs, ours[:])
}

// Sync has nothing to do: a store acknowledges what is durable.
func (p *Part) Sync(ctx context.Context) error { return ended(ctx) }

// Read returns an object; notfound when there is none. Bytes that are not those that were written are an error.
func (p *Part) Read(ctx context.Context, name string) ([]byte, error) {
	key, err := p.key(ctx, name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := p.within(ctx, MaxSize)
	defer cancel()
	var r *blob.Reader
	err = guarded(func() (err error) { r, err = p.bucket.b.NewReader(ctx, key, nil); return err })
	if err != nil {
		if gcerrors.Code(err) == gcerrors.NotFound {
			return nil, fault.New(fault.NotFound, "the object %s is missing", name)
		}
		return nil, p.fail(err, "the object "+name+" cannot be read")
	}
	defer r.Close() //nolint:errcheck // it was only read
	size := r.Size()
	if size < 0 || size > MaxSize {
		return nil, fault.New(fault.Internal, "the object %s has %d bytes, more than any that was written", name, size)
	}
	data := make([]byte, size)
	if _, err = io.ReadFull(r, data); err == nil {
		err = atEnd(r)
	}
	if err != nil {
		return nil, p.fail(err, "the object "+name+" cannot be read")
	}
	return data, nil
}

var errMore = errors.New("it has more bytes than the store said")

func atEnd(r io.Reader) error {
	switch n, err := r.Read(make([]byte, 1)); {
	case n > 0:
		return errMore
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// Remove removes an object; what is not there is no error.
func (p *Part) Remove(ctx context.Context, name string) error {
	key, err := p.key(ctx, name)
	if err != nil {
		return err
	}
	ctx, cancel := p.within(ctx, 0)
	defer cancel()
	if err := guarded(func() error { return p.bucket.b.Delete(ctx, key) }); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return p.fail(err, "an object cannot be removed")
	}
	return nil
}

// List returns the names of all objects in order. Others below the prefix are not ours and are left alone.
func (p *Part) List(ctx context.Context) ([]string, error) {
	var names []string
	list := p.bucket.b.List(&blob.ListOptions{Prefix: p.prefix})
	for {
		next, cancel := p.within(ctx, 0)
		var o *blob.ListObject
		err := guarded(func() (err error) { o, err = list.Next(next); return err })
		cancel()
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, p.fail(err, "the objects cannot be listed")
		}
		name, ok := strings.CutPrefix(o.Key, p.prefix)
		if !ok || !nameForm.MatchString(name) {
			continue
		}
		if len(names) == maxList {
			return nil, fault.New(fault.Limited, "there are more than %d objects", maxList)
		}
		names = append(names, name)
	}
}

// guarded turns a panic into an error: the clients take for granted that an answer has all its headers, which what stands between may not know.
func guarded(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errOdd
		}
	}()
	return f()
}

var errOdd = errors.New("it answered as no object store does")

// fail turns an error of a store into one of ours. The text of a store is kept short: it may quote a whole page.
func (p *Part) fail(err error, what string) error {
	place := fmt.Sprintf("%s (%s %s)", what, p.bucket.place.Kind, p.bucket.place.Bucket)
	short := errors.New(clip(err.Error()))
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fault.Wrap(fault.NotFound, short, "%s", place).WithHelp("make the bucket, or check its name")
	case gcerrors.PermissionDenied:
		return fault.Wrap(fault.Denied, short, "%s", place).WithHelp("give the identity of c4arch the right to list, read, write and delete objects there")
	case gcerrors.ResourceExhausted:
		return fault.Wrap(fault.Limited, short, "%s", place)
	case gcerrors.Canceled, gcerrors.DeadlineExceeded:
		return fault.Wrap(fault.Unavailable, err, "%s", place)
	}
	return fault.Wrap(fault.Unavailable, short, "%s", place)
}

// clip keeps the first line's beginning.
func clip(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
