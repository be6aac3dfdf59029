package git

import (
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/storage/memory"
)

// InMemory is a repository whose objects were fetched and are on no disk. It has no references: a commit is named by its whole hash.
func InMemory(all *memory.Storage) *Repository {
	return &Repository{from: &objects{stores: []store{{packs: fetched{all}}}}}
}

// fetched are objects in memory.
type fetched struct{ *memory.Storage }

// HashesWithPrefix finds none: what was fetched is asked for by whole names.
func (fetched) HashesWithPrefix([]byte) ([]plumbing.Hash, error) { return nil, nil }

// Close lets go of nothing.
func (fetched) Close() error { return nil }
