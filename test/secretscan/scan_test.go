package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planted are made up, and put together here so that this file holds none of them.
var planted = map[string]string{
	"private-key":   "-----BEGIN RSA PRIVATE" + " KEY-----",
	"age-key":       "AGE-SECRET-" + "KEY-1" + strings.Repeat("Q9", 29),
	"aws-key":       "key = AKIA" + "Z7Q2M4K8P1R5T9W3",
	"azure-storage": "AccountName=shop;Account" + "Key=" + strings.Repeat("aB3/", 21) + "xy==",
	"azure-sas":     "https://shop.blob.core.windows.net/c?sv=1&si" + "g=" + strings.Repeat("aB3%2F", 8),
	"entra-secret":  "Zq1" + "8Q~" + strings.Repeat("aB3_", 8) + "xy",
	"google-key":    "AI" + "za" + strings.Repeat("aB3_-", 7),
	"github-token":  "gh" + "p_" + strings.Repeat("aB3x", 9),
	"gitlab-token":  "glp" + "at-" + strings.Repeat("aB3x", 5),
	"slack-token":   "xox" + "b-" + strings.Repeat("12345-", 4) + "aBcD",
	"stripe-key":    "sk_" + "live_" + strings.Repeat("aB3x", 6),
	"sendgrid-key":  "SG" + "." + strings.Repeat("aB3x", 6) + "." + strings.Repeat("aB3x", 11),
	"npm-token":     "np" + "m_" + strings.Repeat("aB3x", 9),
	"vault-token":   "hv" + "s." + strings.Repeat("aB3x", 8),
	"jwt":           "ey" + "J" + strings.Repeat("aB3x", 5) + ".ey" + "J" + strings.Repeat("aB3x", 5) + "." + strings.Repeat("aB3x", 8),
	"url-password":  "postgres://shop:" + "Tr0ub4dor-and-3" + "@db.internal/shop",
	"machine-path":  "see /wo" + "rk/thing",
	"registry-host": "GOPROXY=https://proxy." + "golang.org",
}

func TestEachRuleFindsWhatWasPlanted(t *testing.T) {
	for _, r := range rules {
		text, ok := planted[r.id]
		if !ok {
			t.Errorf("rule %s has nothing planted", r.id)
			continue
		}
		found := scan([]file{{"a.txt", []byte("first line\n" + text + "\n")}}, nil)
		if len(found) != 1 || found[0].rule != r.id || found[0].line != 2 {
			t.Errorf("%s: %v", r.id, found)
		}
		for _, f := range found {
			if strings.Contains(f.String(), text) {
				t.Errorf("%s: the finding shows the secret", r.id)
			}
		}
	}
}

func TestOrdinaryTextIsNoFinding(t *testing.T) {
	for _, text := range []string{
		"AKIAIOSFODNN7EXAMPLE",
		"postgres://user:${PASSWORD_OF_THE_DATABASE}@db/shop",
		"docs/work/notes and home/root/x, /workspace/, /rooted/",
		"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg",
		"sha256:" + strings.Repeat("0123456789abcdef", 4),
		"https://contoso.azurewebsites.net:8443/path@2x.png",
	} {
		if found := scan([]file{{"a.txt", []byte(text)}}, nil); len(found) > 0 {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestAllowances(t *testing.T) {
	list, err := allowances("# comment\n\na.txt aws-key made up for a test\nb.txt jwt gone\n")
	if err != nil {
		t.Fatal(err)
	}
	found := scan([]file{{"a.txt", []byte(planted["aws-key"] + "\n" + planted["jwt"])}}, list)
	if len(found) != 2 || found[0].rule != "jwt" || found[0].path != "a.txt" || found[1].path != "b.txt" {
		t.Errorf("%v", found)
	}
	for _, text := range []string{"a.txt aws-key", "a.txt no-such-rule because"} {
		if _, err := allowances(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// The whole command, on a repository with a secret in it.
func TestRepository(t *testing.T) {
	root := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	if _, _, err := repository(root, ""); err == nil {
		t.Error("a repository without files passes")
	}
	write("good.txt", "nothing here\n")
	write("untracked.txt", planted["aws-key"])
	write("binary.bin", "\x00"+planted["aws-key"])
	git("add", "good.txt", "binary.bin")
	if n, found, err := repository(root, ""); err != nil || n != 2 || len(found) != 0 {
		t.Errorf("clean: %d files, %v, %v", n, found, err)
	}
	write("bad file.txt", planted["github-token"])
	git("add", "bad file.txt")
	if _, found, err := repository(root, ""); err != nil || len(found) != 1 || found[0].path != "bad file.txt" {
		t.Errorf("planted: %v, %v", found, err)
	}
}
