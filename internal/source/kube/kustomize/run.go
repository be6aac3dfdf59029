package kustomize

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// turn lets one goroutine at a time use the library, which keeps its OpenAPI schema in a global variable.
var turn = make(chan struct{}, 1)

// maxRetries is how many patches without a target may be left out one after the other.
const maxRetries = 50

// run builds what has been laid out. What refers to a thing that was left out is left out too.
func (s *stage) run(top *layer) ([]Object, error) {
	for try := 0; ; try++ {
		made, err := s.once(top)
		if err == nil {
			return s.objects(top, made)
		}
		var refused *refusal
		if !errors.As(err, &refused) {
			return nil, err
		}
		if s.left && try < maxRetries {
			again, err := s.without(refused)
			if err != nil {
				return nil, err
			}
			if again {
				continue
			}
		}
		if s.left {
			return nil, fault.New(fault.Invalid, "%s; parts of it were not read, see there", refused.reason).
				WithHelp("scan what `%s` prints", s.command)
		}
		return nil, fault.New(fault.Invalid, "%s", refused.reason).WithHelp("`%s` says more of it", s.command)
	}
}

// refusal is why the library builds nothing. Its own message may quote a secret and is not kept.
type refusal struct{ reason, id string }

func (r *refusal) Error() string { return r.reason }

// once lets the library work. It cannot be stopped, so after the end of ctx it goes on alone until it is done,
// which the limits bound.
func (s *stage) once(top *layer) ([][]byte, error) {
	select {
	case turn <- struct{}{}:
	case <-s.ctx.Done():
		return nil, s.timeout()
	}
	type outcome struct {
		made [][]byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-turn }()
		var o outcome
		defer func() {
			if recover() != nil {
				o = outcome{err: &refusal{reason: "kustomize breaks down on it"}}
				openapi.ResetOpenAPI()
			}
			done <- o
		}()
		if s.schema { // what was there would be a part of it
			openapi.ResetOpenAPI()
			defer openapi.ResetOpenAPI()
		}
		o.made, o.err = s.library("/" + top.entry)
	}()
	select {
	case o := <-done:
		return o.made, o.err
	case <-s.ctx.Done():
		return nil, s.timeout()
	}
}

func (s *stage) timeout() error {
	if err := s.ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.New(fault.Limited, "kustomize did not come to an end with it in time").WithHelp("scan what `%s` prints", s.command)
}

// library returns each object as YAML, with the annotation that tells its origin.
func (s *stage) library(dir string) ([][]byte, error) {
	options := &krusty.Options{
		Reorder: krusty.ReorderOptionNone, LoadRestrictions: types.LoadRestrictionsRootOnly, PluginConfig: types.DisabledPluginConfig(),
	}
	m, err := krusty.MakeKustomizer(options).Run(s.mem, dir)
	if err != nil {
		return nil, explain(err)
	}
	return texts(m)
}

func texts(m resmap.ResMap) ([][]byte, error) {
	var all [][]byte
	for _, r := range m.Resources() {
		text, err := r.RNode.String()
		if err != nil {
			return nil, &refusal{reason: "kustomize makes an object of it that cannot be written"}
		}
		all = append(all, []byte(text))
	}
	return all, nil
}

// id is how the library writes which object it means: Deployment.v1.apps/web.shop.
const id = `([\w.\-\[\]]{1,300}/[\w.:\-\[\]]{1,300})`

// known are messages of the library, in our words. A group in the pattern names an object and follows.
var known = []struct {
	pattern *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`no resource matches strategic merge patch "` + id), "a patch is for an object that the kustomization does not have"},
	{regexp.MustCompile(`no matches for Id ` + id), "something in it is for an object that the kustomization does not have"},
	{regexp.MustCompile(`may not add resource with an already registered id: ` + id), "an object is declared twice"},
	{regexp.MustCompile(`exists; behavior must be merge or replace`), "a generated object is already there, and its behavior is neither merge nor replace"},
	{regexp.MustCompile(`does not exist; cannot merge or replace`), "a generator merges into an object that the kustomization does not have"},
	{regexp.MustCompile(`nothing selected by|unable to find field|found no targets|multiple matches for selector|fieldPath .* is missing for replacement source`), "a replacement does not find its source or its target"},
	{regexp.MustCompile(`replacements must specify a source`), "a replacement has no source or no target"},
	{regexp.MustCompile(`trouble configuring builtin PatchTransformer`), "a patch is neither a strategic merge patch (apiVersion, kind, a name) nor a list of JSON operations"},
	{regexp.MustCompile(`must specify a target for JSON patch`), "a JSON patch says no target"},
	{regexp.MustCompile(`operation does not apply|operation could not be applied|missing path|jsonpatch `), "an operation of a JSON patch does not fit its object"},
	{regexp.MustCompile(`resource with name ([\w.\-]{1,253}) does not match a config`), "replicas are set for a workload that the kustomization does not have"},
	{regexp.MustCompile(`invalid literal source`), "a literal of a generator is not written key=value"},
	{regexp.MustCompile(`illegally repeats the key`), "a generator sets a key twice"},
	{regexp.MustCompile(`loading CRDs`), "a file under crds is not an OpenAPI definition"},
}

// explain says in our words why the library builds nothing.
func explain(err error) error {
	msg := err.Error()
	for _, k := range known {
		if m := k.pattern.FindStringSubmatch(msg); m != nil {
			r := &refusal{reason: k.reason}
			if len(m) > 1 {
				r.id = m[1]
				r.reason += ": " + r.id
			}
			return r
		}
	}
	return &refusal{reason: "kustomize refuses to build it"}
}

// without takes the patches for an object that is not there out of all layers. It reports whether there were any.
func (s *stage) without(r *refusal) (again bool, err error) {
	if r.id == "" {
		return false, nil
	}
	for _, at := range sorted(s.layers) {
		l := s.layers[at]
		changed := false
		for _, list := range []*[]types.Patch{&l.k.Patches, &l.old.late} {
			var kept []types.Patch
			for _, p := range *list {
				if p.Target == nil && s.patches(p.Patch, r.id) {
					changed = true
					l.leave(evidence.ReferenceUnknown, l.lines[p.Patch], word(r.id), &trouble{
						reason: "a patch is for an object that was not read", help: "scan what `" + s.command + "` prints",
					})
					continue
				}
				kept = append(kept, p)
			}
			*list = kept
		}
		if changed {
			again = true
			if err := l.write(); err != nil {
				return false, err
			}
		}
	}
	return again, nil
}

// patches reports whether a patch is for the object with that id.
func (s *stage) patches(text, id string) bool {
	from, err := documents([]byte(text))
	if err != nil {
		return false
	}
	kind, _, _ := strings.Cut(id, ".")
	_, name, _ := strings.Cut(id, "/")
	for i := range from.docs {
		if own := from.docs[i].Get("metadata").Get("name").Str(); from.docs[i].Get("kind").Str() == kind && own != "" &&
			(name == own || strings.HasPrefix(name, own+".")) {
			return true
		}
	}
	return false
}

// objects reads the library's answer back and finds where each object stands.
func (s *stage) objects(top *layer, texts [][]byte) ([]Object, error) {
	var all []made
	for _, text := range texts {
		docs, err := tree.ParseYAML(text, tree.Limits{Depth: 150, Nodes: maxNodes})
		if err != nil || len(docs) != 1 {
			return nil, fault.New(fault.Invalid, "kustomize makes an object of it that cannot be read back").
				WithHelp("scan what `%s` prints", s.command)
		}
		all = append(all, s.trace(top, &docs[0]))
	}
	if err := s.fillVars(all); err != nil {
		return nil, err
	}
	var objects []Object
	for i := range all {
		objects = append(objects, all[i].Object)
	}
	return objects, nil
}

// origin is the library's annotation.
type origin struct {
	Path         string `json:"path"`
	ConfiguredIn string `json:"configuredIn"`
}

const (
	originKey  = "config.kubernetes.io/origin"
	changesKey = "alpha.config.kubernetes.io/transformations"
)

// takeOrigin reads the annotation and takes it off.
func takeOrigin(v *tree.Value) (o origin) {
	meta := v.Get("metadata")
	notes := meta.Get("annotations")
	if notes == nil {
		return o
	}
	if docs, err := tree.ParseYAML([]byte(notes.Get(originKey).Str()), tree.Limits{}); err == nil && len(docs) == 1 {
		_ = json.Unmarshal(appendJSON(nil, &docs[0]), &o) // what it does not say stays empty
	}
	notes.Delete(originKey)
	notes.Delete(changesKey)
	if len(notes.Members) == 0 {
		meta.Delete("annotations")
	}
	return o
}

// inMemory is where a path stands that the library tells relative to the outermost layer.
func inMemory(top *layer, p string) string { return path.Join(top.entry, p) }
