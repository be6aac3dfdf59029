//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTypes has the TypeScript compiler check scripts by their comments: those of the page of a comparison with those that
// pages share, and the modules of the viewer more strictly.
func TestTypes(t *testing.T) {
	t.Run("driftpage", func(t *testing.T) {
		checkTypes(t, []string{"driftpage/script", "scene/web"}, "--noImplicitAny", "false", "--moduleDetection", "legacy", "--module", "none")
	})
	t.Run("viewer", func(t *testing.T) {
		checkTypes(t, []string{"viewer/module"}, "--module", "es2022", "--moduleResolution", "bundler", "--noUnusedLocals", "--noImplicitReturns", "--noFallthroughCasesInSwitch")
	})
}

func checkTypes(t *testing.T, dirs []string, options ...string) {
	t.Helper()
	args := append([]string{installed(t, "typescript/bin/tsc"), "--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2023", "--lib", "es2023,dom,dom.iterable", "--typeRoots", "testdata"}, options...)
	for _, dir := range dirs {
		some, err := filepath.Glob("../../internal/render/" + dir + "/*.js")
		if err != nil || len(some) < 3 {
			t.Fatalf("%s: %d scripts, %v", dir, len(some), err)
		}
		args = append(args, some...)
	}
	if out, err := exec.Command("node", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
