package blob

import (
	"bytes"
	"context"
	"io"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// Notes are small things of organisations in a bucket that are replaced in place, below a prefix of their own: PREFIX/KIND/<id>. They are not sealed and not removed with the
// objects of an organisation: what is public, or signed, may be kept so.
type Notes struct {
	part Part
	most int
}

// Notes are those of a kind, of at most so many bytes each.
func (b *Bucket) Notes(kind string, most int) *Notes {
	return &Notes{part: Part{bucket: b, prefix: b.place.Prefix + kind + "/"}, most: most}
}

func (n *Notes) key(ctx context.Context, org id.Org) (string, error) {
	if !org.Valid() {
		return "", fault.New(fault.NotFound, "there is no such organisation")
	}
	return n.part.prefix + string(org), ended(ctx)
}

// Put keeps the newest note of an organisation.
func (n *Notes) Put(ctx context.Context, org id.Org, data []byte) error {
	key, err := n.key(ctx, org)
	if err != nil {
		return err
	}
	if len(data) > n.most {
		return fault.New(fault.Limited, "a note has more than %d bytes", n.most)
	}
	ctx, cancel := n.part.within(ctx, len(data))
	defer cancel()
	err = guarded(func() error {
		return n.part.bucket.b.Upload(ctx, key, bytes.NewReader(data), &blob.WriterOptions{ContentType: mime})
	})
	if err != nil {
		return n.part.fail(err, "a note cannot be written")
	}
	return nil
}

// Get is the note that was put last; notfound when there is none.
func (n *Notes) Get(ctx context.Context, org id.Org) ([]byte, error) {
	key, err := n.key(ctx, org)
	if err != nil {
		return nil, err
	}
	ctx, cancel := n.part.within(ctx, n.most)
	defer cancel()
	var r *blob.Reader
	err = guarded(func() (err error) { r, err = n.part.bucket.b.NewReader(ctx, key, nil); return err })
	if err != nil {
		if gcerrors.Code(err) == gcerrors.NotFound {
			return nil, fault.New(fault.NotFound, "there is no such note")
		}
		return nil, n.part.fail(err, "a note cannot be read")
	}
	defer r.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(r, int64(n.most)+1))
	if err != nil {
		return nil, n.part.fail(err, "a note cannot be read")
	}
	if len(data) > n.most {
		return nil, fault.New(fault.Internal, "the note %s has more bytes than any that was written", key)
	}
	return data, nil
}
