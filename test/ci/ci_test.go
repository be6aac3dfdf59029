// Package ci runs the jobs of docs/ci in a shell, on an empty runner that has nothing but a shallow clone of a repository.
package ci

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"c4arch/internal/source/sourcetest"
)

const (
	root    = "../.."
	example = root + "/examples/pull-request"
)

// runner is a machine that a job begins on: a directory, a home with nothing in it, and a path with the program.
type runner struct {
	t                *testing.T
	bin, home, clone string
}

// terraform stands in for the command, whose provider cannot be had here: init and plan do nothing, show prints the plan of the example.
const terraform = `#!/usr/bin/env bash
set -e
case "$1" in
init) ;;
plan) touch plan.bin ;;
show) cat "$PLAN" ;;
*) echo "terraform $1 is not what the job is known to run" >&2; exit 64 ;;
esac
`

// gh stands in for GitHub's command: it keeps the comment, and knows it again by its marker.
const gh = `#!/usr/bin/env bash
set -e
case "$1 $2" in
"pr comment")
  [ "$3 $4" = "7 --body-file" ] && [ ! -e "$HOME/comment.md" ]
  cp "$5" "$HOME/comment.md" ;;
"api repos/contoso/orders/issues/7/comments")
  if head -n 1 "$HOME/comment.md" 2>/dev/null | grep -qF '<!-- c4arch-drift -->'; then echo 4711; fi ;;
"api --method")
  [ "$3 $4 $5" = "PATCH repos/contoso/orders/issues/comments/4711 -F" ]
  cp "${6#body=@}" "$HOME/comment.md" ;;
*) echo "gh $1 $2 is not what the job is known to run" >&2; exit 64 ;;
esac
`

func newRunner(t *testing.T) *runner {
	t.Helper()
	for _, tool := range []string{"git", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			sourcetest.Missing(t, tool)
		}
	}
	r := &runner{t: t, bin: t.TempDir(), home: t.TempDir()}
	r.run(root, nil, "go", "build", "-o", filepath.Join(r.bin, "c4arch"), "./cmd/c4arch")
	for name, text := range map[string]string{"terraform": terraform, "gh": gh} {
		if err := os.WriteFile(filepath.Join(r.bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.clone = r.repository()
	return r
}

// repository makes the repository with an approved baseline on main and a pull request, and returns a shallow clone of the latter.
func (r *runner) repository() string {
	work, dir := r.t.TempDir(), r.t.TempDir()
	git := func(args ...string) {
		r.run(work, r.environ(nil), "git", append([]string{"-c", "user.name=ci", "-c", "user.email=ci@contoso.example", "-c", "init.defaultBranch=main"}, args...)...)
	}
	copyFile(r.t, filepath.Join(example, "main.tf"), filepath.Join(work, "main.tf"))
	r.run(example, r.environ(nil), "c4arch", "baseline", "approve", "terraform.tfstate", "--by", "platform-team", "--reason", "release 12",
		"--file", filepath.Join(work, "c4arch.baseline.json"))
	if err := os.RemoveAll(filepath.Join(r.home, ".config")); err != nil { // the key of whoever approved does not reach the runner
		r.t.Fatal(err)
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "approved")
	git("checkout", "-q", "-b", "change")
	git("commit", "-q", "--allow-empty", "-m", "open the database")
	clone := filepath.Join(dir, "clone")
	r.run(dir, r.environ(nil), "git", "clone", "-q", "--depth=1", "--branch=change", "file://"+work, clone)
	return clone
}

func (r *runner) environ(more map[string]string) []string {
	env := []string{"PATH=" + r.bin + ":" + os.Getenv("PATH"), "HOME=" + r.home, "CI=true"}
	for _, k := range slices.Sorted(maps.Keys(more)) {
		env = append(env, k+"="+more[k])
	}
	return env
}

func (r *runner) run(dir string, env []string, name string, args ...string) {
	r.t.Helper()
	cmd := exec.Command(name, args...)
	if name == "c4arch" {
		cmd = exec.Command(filepath.Join(r.bin, name), args...)
	}
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// shell runs a script as a job's step does and returns its exit code and output.
func (r *runner) shell(script string, env map[string]string) (int, string) {
	r.t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = r.clone, r.environ(env)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// report is what the tests look at of drift.json.
type report struct {
	Findings []struct {
		Severity, Direction, Change, Resource, Rule, Reason, Remediation string
	}
	Summary struct {
		Exit    int
		Verdict string
	}
}

func (r *runner) report() report {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.clone, "drift", "drift.json"))
	if err != nil {
		r.t.Fatal(err)
	}
	var rep report
	if err := json.Unmarshal(data, &rep); err != nil {
		r.t.Fatal(err)
	}
	return rep
}

// assertThree asserts that the three changes of the example are graded as they are.
func (r *runner) assertThree() {
	r.t.Helper()
	got := map[string]string{}
	for _, f := range r.report().Findings {
		got[f.Resource[strings.LastIndexByte(f.Resource, '/')+1:]] += f.Severity + " " + f.Direction + ";"
		if f.Reason == "" || f.Remediation == "" || f.Rule == "" {
			r.t.Errorf("a finding without a reason, a rule or what to do: %+v", f)
		}
	}
	for thing, want := range map[string]string{"app-orders": "low tightened;", "plan-orders": "low neutral;"} {
		if got[thing] != want {
			r.t.Errorf("%s is %q, not %q", thing, got[thing], want)
		}
	}
	if !strings.Contains(got["psql-orders"]+got["office"], "critical loosened;") {
		r.t.Errorf("nothing critical about the database: %v", got)
	}
}

type workflow struct {
	Jobs map[string]struct {
		Env   map[string]string
		Steps []struct {
			Name, ID, Run, Uses, If string
			Env                     map[string]string
		}
	}
}

func TestGitHubActions(t *testing.T) {
	r := newRunner(t)
	var w workflow
	decodeYAML(t, "github-actions.yml", &w)
	if code := r.github(w, filepath.Join(abs(t, example), "plan.json")); code != 2 {
		t.Errorf("the workflow ends with %d for a plan that opens a database, not 2", code)
	}
	r.assertThree()
	comment, err := os.ReadFile(filepath.Join(r.home, "comment.md"))
	if err != nil || !bytes.Contains(comment, []byte("psql-orders")) {
		t.Errorf("the comment says nothing of the database: %v", err)
	}
	if sarif, err := os.ReadFile(filepath.Join(r.clone, "drift", "drift.sarif")); err != nil || !bytes.Contains(sarif, []byte(`"main.tf"`)) {
		t.Errorf("code scanning is not led to the code: %v", err)
	}
	// The same plan without a change passes.
	if code := r.github(w, r.quietPlan()); code != 0 {
		t.Errorf("a plan that changes nothing ends with %d", code)
	}
}

// github runs the steps of the workflow and returns the code of the last one.
func (r *runner) github(w workflow, plan string) (code int) {
	r.t.Helper()
	job := w.Jobs["drift"]
	output, ran := filepath.Join(r.home, "output"), 0
	if err := os.WriteFile(output, nil, 0o644); err != nil {
		r.t.Fatal(err)
	}
	outputs := map[string]string{}
	for _, step := range job.Steps {
		if step.Run == "" {
			continue // an action: checking out, uploading
		}
		ran++
		env := map[string]string{"GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": filepath.Join(r.home, "summary.md"), "GITHUB_REPOSITORY": "contoso/orders", "PLAN": plan}
		for _, more := range []map[string]string{job.Env, step.Env} {
			for k, v := range more {
				env[k] = fill(v, outputs)
			}
		}
		var out string
		if code, out = r.shell(fill(step.Run, outputs), env); code != 0 && step.Name != "verdict" {
			r.t.Fatalf("step %q ends with %d:\n%s", step.Name, code, out)
		}
		text, _ := os.ReadFile(output)
		for line := range strings.Lines(string(text)) {
			if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && step.ID != "" {
				outputs["steps."+step.ID+".outputs."+k] = v
			}
		}
	}
	if ran < 5 {
		r.t.Fatalf("only %d steps ran: the workflow is not what this test knows", ran)
	}
	return code
}

// fill puts in what GitHub would: a secret that is not there is empty.
func fill(text string, outputs map[string]string) string {
	known := map[string]string{"github.base_ref": "main", "github.event.number": "7", "github.token": "none", "secrets.C4ARCH_KEY": ""}
	maps.Copy(known, outputs)
	for k, v := range known {
		text = strings.ReplaceAll(text, "${{ "+k+" }}", v)
	}
	return text
}

func TestGitLab(t *testing.T) {
	r := newRunner(t)
	var w struct {
		Architecture struct {
			Script    []string
			Variables map[string]string
		}
	}
	decodeYAML(t, "gitlab-ci.yml", &w)
	env := map[string]string{"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "PLAN": filepath.Join(abs(t, example), "plan.json")}
	code, out := r.shell(strings.Join(w.Architecture.Script, "\n"), env)
	if code != 2 {
		t.Errorf("the job ends with %d for a plan that opens a database, not 2:\n%s", code, out)
	}
	r.assertThree()
	env["PLAN"] = r.quietPlan()
	if code, out := r.shell(strings.Join(w.Architecture.Script, "\n"), env); code != 0 {
		t.Errorf("a plan that changes nothing ends with %d:\n%s", code, out)
	}
}

// quietPlan is the plan of the example with nothing to do.
func (r *runner) quietPlan() string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(example, "plan.json"))
	if err != nil {
		r.t.Fatal(err)
	}
	var plan map[string]any
	if err := json.Unmarshal(data, &plan); err != nil {
		r.t.Fatal(err)
	}
	prior, _ := plan["prior_state"].(map[string]any)
	plan["planned_values"], plan["resource_changes"] = prior["values"], []any{}
	data, err = json.Marshal(plan)
	name := filepath.Join(r.home, "quiet.json")
	if err == nil {
		err = os.WriteFile(name, data, 0o644)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return name
}

func decodeYAML(t *testing.T, name string, to any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docs", "ci", name))
	if err == nil {
		err = yaml.Unmarshal(data, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func abs(t *testing.T, path string) string {
	t.Helper()
	p, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The walk through drift in the README does what it says.
func TestReadme(t *testing.T) {
	r := newRunner(t)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(readme), "```sh\nmake build")
	block, _, ended := strings.Cut(block, "```")
	if !found || !ended {
		t.Fatal("the README has no walk through drift")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	r.clone = dir
	code, out := r.shell("true "+block, nil) // make build has been done
	if code != 2 {
		t.Fatalf("it ends with %d, not 2:\n%s", code, out)
	}
	for _, want := range []string{"1 critical, 1 low, 1 better", "nsg-endpoints", "redis-contoso-shop", "crcontoso"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	for _, f := range []string{"index.html", "drift.md", "drift.sarif", "drift.junit.xml", "drift.json"} {
		if _, err := os.Stat(filepath.Join(dir, "drift", f)); err != nil {
			t.Error(err)
		}
	}
}
