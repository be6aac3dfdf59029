package arch

import (
	"path/filepath"
	"testing"

	"c4arch/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		h, err := createAt(t.Context(), filepath.Join(t.TempDir(), ".c4arch"), storetest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		return h.Store
	})
}
