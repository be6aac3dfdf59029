package live

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strings"

	"c4arch/internal/base/fault"
)

// Seen is what a look at a cluster found.
type Seen struct {
	Version    string
	User       string // as whom the cluster knows the credential, "" where it does not say
	Lists      bool   // it may list everything that is read
	Lacks      []string
	Excess     []string // rights beyond listing, in words, in order
	Incomplete bool     // the cluster does not tell all: an authorizer of its own decides too
}

// needed are kinds that an architecture cannot do without.
var needed = [][2]string{
	{"", "pods"},
	{"", "services"},
	{"", "namespaces"},
	{"apps", "deployments"},
	{"apps", "statefulsets"},
	{"networking.k8s.io", "ingresses"},
	{"networking.k8s.io", "networkpolicies"},
	{"rbac.authorization.k8s.io", "rolebindings"},
}

// rule is one of SelfSubjectRulesReview.
type rule struct {
	Verbs     []string `json:"verbs"`
	Groups    []string `json:"apiGroups"`
	Resources []string `json:"resources"`
	Names     []string `json:"resourceNames"`
}

// Look asks the cluster who the credential is and what it may do.
func (c *Client) Look(ctx context.Context) (*Seen, error) {
	s := &Seen{}
	var version struct {
		Git string `json:"gitVersion"`
	}
	if err := c.read(ctx, "/version", &version); err == nil && len(version.Git) < 100 {
		s.Version = version.Git
	} else if fault.KindOf(err) == fault.Unavailable || ctx.Err() != nil {
		return nil, err
	}
	spaces := c.config.Namespaces
	if len(spaces) == 0 {
		spaces = []string{"default"}
	}
	var all [][]rule
	for _, ns := range spaces {
		rules, partly, err := c.rules(ctx, ns)
		if err != nil {
			return nil, err
		}
		s.Incomplete = s.Incomplete || partly
		all = append(all, rules)
	}
	s.User = c.user(ctx)
	s.judge(all)
	return s, nil
}

// user asks as whom the cluster knows the credential; older clusters do not say.
func (c *Client) user(ctx context.Context) string {
	status, _, body, err := c.send(ctx, http.MethodPost, whoPath, []byte(`{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`), maxRules)
	var answer struct {
		Status struct {
			User struct {
				Name string `json:"username"`
			} `json:"userInfo"`
		} `json:"status"`
	}
	if err != nil || status != http.StatusCreated && status != http.StatusOK || json.Unmarshal(body, &answer) != nil || len(answer.Status.User.Name) > 300 {
		return ""
	}
	return answer.Status.User.Name
}

func (c *Client) rules(ctx context.Context, namespace string) (rules []rule, partly bool, err error) {
	content, err := json.Marshal(map[string]any{
		"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": map[string]string{"namespace": namespace},
	})
	if err != nil {
		return nil, false, fault.New(fault.Internal, "a question cannot be written")
	}
	status, _, body, err := c.send(ctx, http.MethodPost, rulesPath, content, maxRules)
	if err != nil {
		return nil, false, err
	}
	if status != http.StatusCreated && status != http.StatusOK {
		return nil, false, refused(status, body)
	}
	return decodeRules(body)
}

func decodeRules(body []byte) ([]rule, bool, error) {
	var answer struct {
		Status struct {
			Rules      []rule `json:"resourceRules"`
			Incomplete bool   `json:"incomplete"`
		} `json:"status"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil, false, fault.New(fault.Unavailable, "an answer of the cluster cannot be read")
	}
	return answer.Status.Rules, answer.Status.Incomplete, nil
}

// reading are the verbs that change nothing.
var reading = []string{"get", "list", "watch"}

// about are the kinds by which everybody may ask about itself; the cluster gives them to all (system:basic-user).
var about = []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"}

// judge says what is missing and what is too much.
func (s *Seen) judge(all [][]rule) {
	excess := map[string]bool{}
	for _, rules := range all {
		for _, r := range rules {
			r.beyond(excess)
		}
		for _, n := range needed {
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.lists(n[0], n[1]) }) && !slices.Contains(s.Lacks, n[1]) {
				s.Lacks = append(s.Lacks, n[1])
			}
		}
	}
	for e := range excess {
		s.Excess = append(s.Excess, e)
	}
	sort.Strings(s.Excess)
	s.Lists = len(s.Lacks) == 0
}

func holds(list []string, what string) bool {
	return slices.Contains(list, what) || slices.Contains(list, "*")
}

func (r rule) lists(group, resource string) bool {
	return len(r.Names) == 0 && holds(r.Verbs, "list") && holds(r.Groups, group) && holds(r.Resources, resource)
}

// beyond adds what of the rule is more than listing.
func (r rule) beyond(to map[string]bool) {
	var more []string
	for _, v := range r.Verbs {
		if !slices.Contains(reading, v) {
			more = append(more, v)
		}
	}
	for _, res := range r.Resources {
		if slices.Contains(about, res) {
			continue
		}
		for _, v := range more {
			to[plain(v)+" "+plain(res)] = true
		}
		core := holds(r.Groups, "")
		switch {
		case core && (res == "secrets" || res == "*") && len(more) < len(r.Verbs):
			to["read secrets"] = true
		case core && slices.Contains([]string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "nodes/proxy", "services/proxy"}, res):
			to["get "+res+": a way into containers"] = true
		case core && res == "pods/log":
			to["read the logs of pods"] = true
		}
	}
}

// plain is a word of a rule as it is shown.
func plain(word string) string {
	if word == "*" {
		return "everything"
	}
	if len(word) > 80 {
		word = word[:80]
	}
	return strings.ToValidUTF8(word, "")
}
