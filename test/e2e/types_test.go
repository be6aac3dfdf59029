//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTypes has the TypeScript compiler check scripts by their comments: those of the page of a comparison, which import modules of
// the viewer, and the modules of the viewer more strictly.
func TestTypes(t *testing.T) {
	t.Run("driftpage", func(t *testing.T) {
		checkTypes(t, map[string]any{"noImplicitAny": false, "noUnusedLocals": true}, "driftpage/script", "viewer/module")
	})
	t.Run("viewer", func(t *testing.T) {
		checkTypes(t, map[string]any{"noUnusedLocals": true, "noImplicitReturns": true, "noFallthroughCasesInSwitch": true}, "viewer/module")
	})
}

// checkTypes checks the scripts of the first folder. The compiler is to look for what they import in all of them, as a page does
// that joins them; only a file of options can say so.
func checkTypes(t *testing.T, options map[string]any, dirs ...string) {
	t.Helper()
	for i, dir := range dirs {
		whole, err := filepath.Abs("../../internal/render/" + dir)
		if err != nil {
			t.Fatal(err)
		}
		dirs[i] = whole
	}
	some, err := filepath.Glob(dirs[0] + "/*.js")
	if err != nil || len(some) < 3 {
		t.Fatalf("%s: %d scripts, %v", dirs[0], len(some), err)
	}
	maps.Copy(options, map[string]any{
		"noEmit": true, "allowJs": true, "checkJs": true, "strict": true, "target": "es2023", "lib": []string{"es2023", "dom", "dom.iterable"},
		"module": "es2022", "moduleResolution": "bundler", "rootDirs": dirs, "types": []string{},
	})
	project, err := json.Marshal(map[string]any{"compilerOptions": options, "files": some})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "tsconfig.json")
	if err := os.WriteFile(file, project, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("node", installed(t, "typescript/bin/tsc"), "--project", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
