package svg

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// themes reads the custom properties of each block of the style sheet.
func themes(t *testing.T) map[string]map[string][3]int {
	t.Helper()
	blocks := regexp.MustCompile(`(?s)(:root[^{]*)\{([^}]*)\}`).FindAllStringSubmatch(CSS, -1)
	out := map[string]map[string][3]int{}
	for _, b := range blocks {
		values := map[string][3]int{}
		for _, p := range regexp.MustCompile(`(--c4-[a-z-]+):#([0-9a-f]{6})`).FindAllStringSubmatch(b[2], -1) {
			n, err := strconv.ParseUint(p[2], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			values[p[1]] = [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
		}
		out[strings.TrimSpace(b[1])] = values
	}
	if len(out) != 4 {
		t.Fatalf("%d themes in the style sheet, want light, dark by system, dark by choice, print", len(out))
	}
	return out
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(c [3]int) float64 {
	part := func(n int) float64 {
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c[0]) + 0.7152*part(c[1]) + 0.0722*part(c[2])
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(a, b [3]int) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func TestContrast(t *testing.T) {
	kinds := []string{"person", "system", "container", "component", "deployment", "infrastructure", "resource", "external"}
	for name, v := range themes(t) {
		pairs := [][2]string{{"--c4-ink", "--c4-bg"}, {"--c4-muted", "--c4-bg"}}
		for _, k := range kinds {
			pairs = append(pairs, [2]string{"--c4-" + k + "-ink", "--c4-" + k + "-fill"})
		}
		for _, p := range pairs {
			a, okA := v[p[0]]
			b, okB := v[p[1]]
			if !okA || !okB {
				t.Errorf("%s: %v is not defined", name, p)
				continue
			}
			if c := contrast(a, b); c < 4.5 {
				t.Errorf("%s: %s on %s has %.2f, less than 4.5", name, p[0], p[1], c)
			}
		}
		// Lines and the edges of boxes are graphics: 3 to 1 (WCAG 2.2, 1.4.11).
		edges := []string{"--c4-line", "--c4-frame"}
		for _, k := range kinds {
			edges = append(edges, "--c4-"+k+"-edge")
		}
		for _, e := range edges {
			if c := contrast(v[e], v["--c4-bg"]); c < 3 {
				t.Errorf("%s: %s on the paper has %.2f, less than 3", name, e, c)
			}
		}
		// Text stands on shaded boundaries too, six deep.
		paper, shade := v["--c4-bg"], v["--c4-shade"]
		for range 6 {
			for i := range paper {
				paper[i] += (shade[i] - paper[i]) * 35 / 1000
			}
		}
		for _, ink := range []string{"--c4-ink", "--c4-muted"} {
			if c := contrast(v[ink], paper); c < 4.5 {
				t.Errorf("%s: %s on six nested boundaries has %.2f", name, ink, c)
			}
		}
	}
}

// TestDarkIsOne asserts that dark by system and dark by choice are the same.
func TestDarkIsOne(t *testing.T) {
	all := themes(t)
	a, b := all[":root:not([data-theme=light])"], all[":root[data-theme=dark]"]
	if len(a) == 0 || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("the two dark themes differ:\n%v\n%v", a, b)
	}
}
