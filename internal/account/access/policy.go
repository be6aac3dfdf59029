package access

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
)

//go:embed policy/*.cedar
var files embed.FS

// book is the rules that the program was built with. Rules that cannot be read allow nothing; a test reads them.
var book = sync.OnceValue(func() *policies {
	b, err := load(policyFiles())
	if err != nil {
		return &policies{}
	}
	return b
})

func policyFiles() fs.FS {
	dir, err := fs.Sub(files, "policy")
	if err != nil { // only of a name that is no path
		return files
	}
	return dir
}

// clause is one policy, and what its head says of where it matters.
type clause struct {
	id     cedar.PolicyID
	words  string // annotation
	file   string
	policy *cedar.Policy // whole
	rest   *cedar.Policy // without its head
	head   head
}

// policies is all clauses, in the order of the files, and those of them that can matter to a type of principal and an action.
type policies struct {
	all   []clause
	slots map[slot]*slice
	base  cedar.EntityMap
}

type slot struct {
	who cedar.EntityType
	act Action
}

type slice []clause

// All makes a slice what Cedar evaluates: the heads are settled by the slot.
func (s *slice) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		if s == nil {
			return
		}
		for i := range *s {
			if !yield((*s)[i].id, (*s)[i].rest) {
				return
			}
		}
	}
}

// load reads the files of a folder. Each policy has an id of its own and words.
func load(dir fs.FS) (*policies, error) {
	names, err := fs.Glob(dir, "*.cedar")
	if err != nil {
		return nil, err
	}
	var all []clause
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		list, err := cedar.NewPolicyListFromBytes(name, text)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			c, err := newClause(name, p)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(all, func(o clause) bool { return o.id == c.id }) {
				return nil, fmt.Errorf("%s: two policies are named %s", name, c.id)
			}
			all = append(all, c)
		}
	}
	return newPolicies(all), nil
}

func newClause(file string, p *cedar.Policy) (clause, error) {
	notes := p.Annotations()
	c := clause{id: cedar.PolicyID(notes["id"]), words: string(notes["words"]), file: file, policy: p, rest: beheaded(p)}
	if c.id == "" || c.words == "" {
		return c, fmt.Errorf("%s:%d: a policy needs @id and @words", file, p.Position().Line)
	}
	text, err := p.MarshalJSON()
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c.head); err != nil {
		return c, err
	}
	if err := c.head.check(); err != nil {
		return c, fmt.Errorf("%s: %s: %w", file, c.id, err)
	}
	return c, nil
}

// newPolicies sorts the clauses into slots. The head of a clause says which types of principals and which actions it is about: that is settled here, once, and what is left
// to evaluate at a decision is the resource and the conditions of the few clauses of the slot. A test compares with the policies evaluated whole.
func newPolicies(all []clause) *policies {
	b := &policies{all: all, slots: map[slot]*slice{}, base: entities()}
	for _, who := range principals {
		for act, u := range actions {
			var s slice
			for _, c := range all {
				if c.head.matches(who, act, u) {
					s = append(s, c)
				}
			}
			b.slots[slot{who, act}] = &s
		}
	}
	return b
}

// beheaded is the policy for any principal and any action.
func beheaded(p *cedar.Policy) *cedar.Policy {
	rest, all := *p.AST(), ast.Permit()
	rest.Principal, rest.Action = all.Principal, all.Action
	return cedar.NewPolicyFromAST(&rest)
}

// entities are the actions with the groups that they are in, and the groups: one that is missing would make "in" silently false.
func entities() cedar.EntityMap {
	m := cedar.EntityMap{groupCritical: {UID: groupCritical}, groupInPerson: {UID: groupInPerson}}
	for act, u := range actions {
		uid := cedar.NewEntityUID(typeAction, cedar.String(act))
		m[uid] = cedar.Entity{UID: uid, Parents: cedar.NewEntityUIDSet(u.groups()...)}
	}
	return m
}

func (u rule) groups() (in []cedar.EntityUID) {
	if u.critical {
		in = append(in, groupCritical)
	}
	if u.inPerson {
		in = append(in, groupInPerson)
	}
	return in
}

// known is the entities of one question: those that never change, and who asks.
type known struct {
	base cedar.EntityMap
	who  cedar.Entity
}

// Get finds an entity, for Cedar.
func (k *known) Get(uid cedar.EntityUID) (cedar.Entity, bool) {
	if uid == k.who.UID {
		return k.who, true
	}
	e, ok := k.base[uid]
	return e, ok
}

// ask has the clauses that can matter evaluated.
func (b *policies) ask(who cedar.Entity, a Actor, act Action, how cedar.Record) (cedar.Decision, cedar.Diagnostic) {
	u := actions[act]
	if !u.place.has(a.Org) {
		return cedar.Deny, cedar.Diagnostic{}
	}
	return cedar.Authorize(b.slots[slot{who.UID.Type, act}], &known{b.base, who}, cedar.Request{
		Principal: who.UID, Action: cedar.EntityUID{Type: typeAction, ID: cedar.String(act)}, Resource: home(a.Org), Context: how,
	})
}
