package tenant

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/base/fault"
)

// The kinds that are read where they run. Each is read only; what its client may send says its package below internal/source.
const (
	Azure      ConnectionKind = "azure"      // Resource Graph
	Kubernetes ConnectionKind = "kubernetes" // the API server of a cluster
	Repository ConnectionKind = "repository" // git over https
)

// Live reports whether a scan by the connection goes out and reads.
func (k ConnectionKind) Live() bool { return k == Azure || k == Kubernetes || k == Repository }

// Target is what a live connection reads. Only the fields of its kind are set.
type Target struct {
	// Azure: which cloud ("public", "usgov", "china"), the directory, the application in it, and the subscriptions.
	Cloud         string   `json:"cloud,omitempty" enum:"public,usgov,china"`
	Tenant        string   `json:"tenant,omitempty" maxLength:"36"`
	Client        string   `json:"client,omitempty" maxLength:"36"`
	Subscriptions []string `json:"subscriptions,omitempty" maxItems:"100"`

	// Kubernetes: the address of the API server, the authority that its certificate is checked by (PEM; none means the public ones), and the namespaces (none means all).
	Server     string   `json:"server,omitempty" maxLength:"500"`
	CA         string   `json:"ca,omitempty" maxLength:"65536"`
	Namespaces []string `json:"namespaces,omitempty" maxItems:"100"`

	// Repository: its https address, a branch (none means the one that the repository names), a folder (none means all), and the name that goes with the token.
	Address string `json:"address,omitempty" maxLength:"500"`
	Branch  string `json:"branch,omitempty" maxLength:"200"`
	Folder  string `json:"folder,omitempty" maxLength:"500"`
	User    string `json:"user,omitempty" maxLength:"100" thing:"-"`
}

// Verdict is what a right of a connection is.
type Verdict string

// The verdicts.
const (
	Enough  Verdict = "enough"  // it is what is needed
	Missing Verdict = "missing" // it is needed, and not there
	Excess  Verdict = "excess"  // more than needed
	Unseen  Verdict = "unseen"  // cannot be known from here
)

// Right is one right that the credential of a connection has, lacks, or has beyond need.
type Right struct {
	Name    string  `json:"name"`
	Where   string  `json:"where,omitempty"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"`
}

// Verification is what a look at a connection found. It holds nothing of the credential.
type Verification struct {
	At       time.Time `json:"at"`
	Reached  bool      `json:"reached"`            // it answered, and took the credential
	Identity string    `json:"identity,omitempty"` // as whom it knows us
	Rights   []Right   `json:"rights,omitempty"`
	Problem  string    `json:"problem,omitempty"`
	Help     string    `json:"help,omitempty"`
}

// Counts are how many rights are more than needed, and how many are missing.
func (v *Verification) Counts() (excess, missing int) {
	if v == nil {
		return 0, 0
	}
	for _, r := range v.Rights {
		switch r.Verdict {
		case Excess:
			excess++
		case Missing:
			missing++
		}
	}
	return excess, missing
}

// Bounds of a target.
const (
	maxSubscriptions = 100
	maxNamespaces    = 100
	maxAddress       = 500
	maxAuthority     = 64 << 10
	maxBranch        = 200
	maxUser          = 100
)

var (
	guid      = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	namespace = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`) // RFC 1123
	branch    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/@+-]*$`)
	userName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]*$`)
)

// checkTarget says what is wrong with the target of a live connection.
func (c Connection) checkTarget() error {
	t := c.Target
	if t == nil || c.Path != "" {
		return fault.New(fault.Invalid, "a connection of the kind %s says what it reads in its target", c.Kind)
	}
	switch c.Kind {
	case Azure:
		return t.checkAzure()
	case Kubernetes:
		return t.checkKubernetes()
	}
	return t.checkRepository()
}

func (t *Target) checkAzure() error {
	if t.Cloud != "public" && t.Cloud != "usgov" && t.Cloud != "china" {
		return fault.New(fault.Invalid, "there is no such cloud").WithHelp("it is public, usgov or china")
	}
	if !guid.MatchString(t.Tenant) {
		return fault.New(fault.Invalid, "the directory (tenant) is not an id").WithHelp("az account show --query tenantId")
	}
	if !guid.MatchString(t.Client) {
		return fault.New(fault.Invalid, "the application (client) is not an id").WithHelp("it is the appId that az ad sp create-for-rbac prints")
	}
	if n := len(t.Subscriptions); n == 0 || n > maxSubscriptions {
		return fault.New(fault.Invalid, "a connection names 1 to %d subscriptions", maxSubscriptions)
	}
	for _, s := range t.Subscriptions {
		if !guid.MatchString(s) {
			return fault.New(fault.Invalid, "a subscription is not an id").WithHelp("az account list --query '[].id'")
		}
	}
	return nil
}

func (t *Target) checkKubernetes() error {
	if err := checkAddress("the API server", t.Server); err != nil {
		return err
	}
	if len(t.CA) > maxAuthority || t.CA != "" && !strings.Contains(t.CA, "-----BEGIN CERTIFICATE-----") {
		return fault.New(fault.Invalid, "the authority of the cluster is not a certificate in PEM").WithHelp("kubectl config view --raw --minify --flatten prints it in base64")
	}
	if len(t.Namespaces) > maxNamespaces {
		return fault.New(fault.Invalid, "a connection names at most %d namespaces", maxNamespaces)
	}
	for _, n := range t.Namespaces {
		if !namespace.MatchString(n) {
			return fault.New(fault.Invalid, "a namespace is not the name of one").WithHelp("kubectl get namespaces")
		}
	}
	return nil
}

func (t *Target) checkRepository() error {
	if err := checkAddress("the repository", t.Address); err != nil {
		return err
	}
	if u, _ := url.Parse(t.Address); strings.Trim(u.Path, "/") == "" {
		return fault.New(fault.Invalid, "the address names a host and no repository").WithHelp("write it as https://HOST/ORGANISATION/REPOSITORY")
	}
	if t.Branch != "" && (len(t.Branch) > maxBranch || !branch.MatchString(t.Branch) || strings.Contains(t.Branch, "..") || strings.Contains(t.Branch, "//") || strings.HasSuffix(t.Branch, "/")) {
		return fault.New(fault.Invalid, "that is not the name of a branch").WithHelp("write it as in: git branch --list")
	}
	if t.Folder != "" {
		if err := checkPath(t.Folder); err != nil {
			return err
		}
	}
	if t.User != "" && (len(t.User) > maxUser || !userName.MatchString(t.User)) {
		return fault.New(fault.Invalid, "that is not a name that goes with a token")
	}
	return nil
}

// checkAddress wants https and nothing in it that could be a credential, or leave the path that it names.
func checkAddress(what, text string) error {
	bad := func(why string) error {
		return fault.New(fault.Invalid, "the address of %s %s", what, why).WithHelp("write it as https://HOST/PATH, without a name or a token in it")
	}
	u, err := url.Parse(text)
	switch {
	case text == "" || len(text) > maxAddress || err != nil:
		return bad("is none")
	case u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return bad("does not begin with https://")
	case u.User != nil:
		return bad("holds a name or a token")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return bad("holds more than a path")
	case u.Path != "" && (path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") && u.Path != "/") || strings.ContainsAny(u.Path, "\\%\x00"):
		return bad("has a path that is not a plain one")
	}
	return nil
}

// To is where a live connection reads, in words: for lists and the ledger.
func (c Connection) To() string {
	t := c.Target
	if t == nil {
		return ""
	}
	switch c.Kind {
	case Azure:
		return "directory " + t.Tenant + ", application " + t.Client
	case Kubernetes:
		return t.Server
	}
	return t.Address
}
