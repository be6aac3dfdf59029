// Command secretscan looks through the tracked files of a repository for what must not be
// published: secrets by their shape, paths of the machine that it was written on, hosts of
// package registries. It names the place and the rule, never what stands there.
//
// What looks like a secret and is none (a published example, a made-up value that a test needs)
// either says so by containing EXAMPLE, or has a line in allowed.txt with its reason. A line
// there that fits nothing any more is a finding too.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// rule is a shape that must not stand in a tracked file.
type rule struct {
	id      string
	shape   *regexp.Regexp
	because string
}

// rules follow the formats that the issuers document. They are written so that this file does not
// fit them itself.
var rules = []rule{
	{"private-key", regexp.MustCompile(`-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----`), "a private key (RFC 7468)"},
	{"age-key", regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]{58}`), "an age identity"},
	{"aws-key", regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`), "an AWS access key id"},
	{"azure-storage", regexp.MustCompile(`(?i)\b(AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,86}={1,2}`), "a key in an Azure connection string"},
	{"azure-sas", regexp.MustCompile(`[?&]sig=[A-Za-z0-9%+/]{40,}`), "a shared access signature"},
	{"entra-secret", regexp.MustCompile(`\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}`), "an Entra client secret"},
	{"google-key", regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`), "a Google API key"},
	{"github-token", regexp.MustCompile(`\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})`), "a GitHub token"},
	{"gitlab-token", regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`), "a GitLab token"},
	{"slack-token", regexp.MustCompile(`\bxox[abeoprs]-[0-9A-Za-z-]{20,}`), "a Slack token"},
	{"stripe-key", regexp.MustCompile(`\b[rs]k_live_[0-9A-Za-z]{20,}`), "a Stripe key"},
	{"sendgrid-key", regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}`), "a SendGrid key"},
	{"npm-token", regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`), "an npm token"},
	{"vault-token", regexp.MustCompile(`\bhvs\.[A-Za-z0-9_-]{24,}`), "a Vault token"},
	{"jwt", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}`), "a signed token (RFC 7519)"},
	{"url-password", regexp.MustCompile(`\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'<>{}$%*]{1,60}:[^\s/@"'<>{}$%*\\]{12,}@[A-Za-z0-9]`), "a password in an URL"},
	{"machine-path", regexp.MustCompile(`(^|[\s"'=(:,` + "`" + `])/(work|root)/[A-Za-z0-9._-]`), "a path of somebody's machine"},
	{"registry-host", regexp.MustCompile(`\b((proxy|sum)\.golang\.org|registry\.npmjs\.org|(deb|security)\.debian\.org|pypi\.org|files\.pythonhosted\.org|index\.crates\.io)\b`), "the host of a package registry"},
}

// allowance says that a rule may fit in a file, and why.
type allowance struct {
	path, rule, reason string
}

// finding is a place where a rule fits.
type finding struct {
	path string
	line int
	rule string
	why  string
}

func (f finding) String() string {
	if f.line == 0 {
		return fmt.Sprintf("%s: %s: %s", f.path, f.rule, f.why)
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.path, f.line, f.rule, f.why)
}

// allowances reads allowed.txt: a path, a rule and the reason on each line, separated by blanks.
func allowances(text string) ([]allowance, error) {
	var all []allowance
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 3 {
			return nil, fmt.Errorf("allowed.txt line %d: give a path, a rule and a reason", n)
		}
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.id == f[1] }) {
			return nil, fmt.Errorf("allowed.txt line %d: there is no rule %s", n, f[1])
		}
		all = append(all, allowance{f[0], f[1], strings.Join(f[2:], " ")})
	}
	return all, nil
}

// file is a tracked file.
type file struct {
	path string
	data []byte
}

// scan returns what stands in the files and is not allowed, and each allowance that is not needed.
func scan(files []file, allowed []allowance) []finding {
	var found []finding
	needed := map[allowance]bool{}
	for _, f := range files {
		if bytes.IndexByte(f.data[:min(len(f.data), 8000)], 0) >= 0 {
			continue // not text
		}
		n := 0
		for line := range bytes.Lines(f.data) {
			n++
			for _, r := range rules {
				if !fits(r, line) {
					continue
				}
				if i := slices.IndexFunc(allowed, func(a allowance) bool { return a.path == f.path && a.rule == r.id }); i >= 0 {
					needed[allowed[i]] = true
					continue
				}
				found = append(found, finding{f.path, n, r.id, r.because})
			}
		}
	}
	for _, a := range allowed {
		if !needed[a] {
			found = append(found, finding{a.path, 0, a.rule, "allowed.txt allows this, but it does not stand there"})
		}
	}
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.line, b.line), cmp.Compare(a.rule, b.rule))
	})
	return found
}

func fits(r rule, line []byte) bool {
	for _, m := range r.shape.FindAll(line, -1) {
		if !bytes.Contains(bytes.ToUpper(m), []byte("EXAMPLE")) {
			return true
		}
	}
	return false
}
