package layout

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRanksAreShortest compares with all layerings of small graphs.
func TestRanksAreShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "nodes")
		var edges [][2]int
		for v := 1; v < n; v++ { // connected, and acyclic since edges lead to higher numbers
			edges = append(edges, [2]int{rapid.IntRange(0, v-1).Draw(t, "from"), v})
		}
		for range rapid.IntRange(0, 6).Draw(t, "more") {
			if a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b"); a < b {
				edges = append(edges, [2]int{a, b})
			}
		}
		length := func(rank []int) int {
			sum := 0
			for _, e := range edges {
				if rank[e[1]] <= rank[e[0]] {
					return 1 << 30
				}
				sum += rank[e[1]] - rank[e[0]]
			}
			return sum
		}
		least := 1 << 30
		rank := make([]int, n)
		var all func(v int)
		all = func(v int) {
			if v == n {
				least = min(least, length(rank))
				return
			}
			for rank[v] = 0; rank[v] < n; rank[v]++ {
				all(v + 1)
			}
		}
		all(0)
		if got := length(ranks(n, edges)); got != least {
			t.Fatalf("%v: %d, can be %d", edges, got, least)
		}
	})
}
