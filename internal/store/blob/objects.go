package blob

import (
	"context"
	"slices"

	"c4arch/internal/base/fault"
)

// Objects is a [Folder] as a home uses it.
type Objects struct{ folder *Folder }

// Objects returns the folder as a home uses it.
func (f *Folder) Objects() *Objects { return &Objects{folder: f} }

// ended says that somebody does not wait any more.
func ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "an object was not reached in time")
	}
	return nil
}

// Write writes an object, durable after Sync. A name that is taken is a conflict.
func (o *Objects) Write(ctx context.Context, name string, data []byte) error {
	if err := ended(ctx); err != nil {
		return err
	}
	if o.folder.has(name) {
		return taken(name)
	}
	return o.folder.Write(name, data)
}

// Sync makes what was written, and removed, durable.
func (o *Objects) Sync(ctx context.Context) error {
	if err := ended(ctx); err != nil {
		return err
	}
	return o.folder.Sync()
}

// Read returns an object; notfound when there is none.
func (o *Objects) Read(ctx context.Context, name string) ([]byte, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	return o.folder.Read(name)
}

// Remove removes an object, and what was left of writing it; what is not there is no error.
func (o *Objects) Remove(ctx context.Context, name string) error {
	if err := ended(ctx); err != nil {
		return err
	}
	return o.folder.Remove(name)
}

// List returns the names of all objects in order, also of those whose writing never finished: Remove takes these away too.
func (o *Objects) List(ctx context.Context) ([]string, error) {
	if err := ended(ctx); err != nil {
		return nil, err
	}
	list, err := o.folder.List()
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list))
	for _, i := range list {
		names = append(names, i.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func taken(name string) error {
	return fault.New(fault.Conflict, "there is an object %s already", name)
}
