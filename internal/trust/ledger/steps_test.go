package ledger

import "testing"

// The last step of every path is the root, and a path of another tree is none.
func TestSteps(t *testing.T) {
	var h Head
	m := newMemory()
	const last = 300
	m.extend(t, &h, leavesOf(0, last))
	for size := int64(1); size <= last; size += 13 {
		root, err := RootOf(size, m)
		if err != nil {
			t.Fatal(err)
		}
		for index := range size {
			path, err := Inclusion(size, index, m)
			if err != nil {
				t.Fatal(err)
			}
			steps := Steps(size, index, leafAt(index), path)
			got := leafAt(index)
			if len(steps) > 0 {
				got = steps[len(steps)-1].Result
			}
			if len(steps) != len(path) || got != root {
				t.Fatalf("entry %d of %d: %d steps to %x, not %d to %x", index, size, len(steps), got, len(path), root)
			}
			if Steps(size, index, leafAt(index), append(path, root)) != nil || len(path) > 0 && Steps(size, index, leafAt(index), path[1:]) != nil {
				t.Fatalf("entry %d of %d: a path of another length is walked", index, size)
			}
		}
	}
	if Steps(3, 3, leafAt(1), nil) != nil || Steps(3, -1, leafAt(1), nil) != nil {
		t.Error("an entry that is not there has steps")
	}
}
