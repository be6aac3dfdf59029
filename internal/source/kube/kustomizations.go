package kube

import (
	"context"
	"path"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/source/kube/kustomize"
)

// Overlays reads kustomizations: what they make of their bases and files. Its zero value is ready.
type Overlays struct{}

// Kustomizations returns the reader.
func Kustomizations() Overlays { return Overlays{} }

// Name returns "kustomize".
func (Overlays) Name() string { return "kustomize" }

// Sniff reports whether the input is a kustomization: by the names under which kustomize looks for one, unless it says
// itself that it is something else (Flux has an object of that kind), or by what it says that it is.
func (Overlays) Sniff(in evidence.Input) bool {
	api, kind := in.Outline.Keys["apiVersion"], in.Outline.Keys["kind"]
	if api != "" {
		return strings.HasPrefix(api, "kustomize.config.k8s.io/") && (kind == "Kustomization" || kind == "Component" || kind == "")
	}
	return kustomize.IsName(path.Base(in.Path)) || kustomize.IsName(path.Base(in.Name))
}

// Read gives every object that the kustomization declares to out, and says which other inputs are parts of it. When it
// cannot be built its bases and files stand for themselves.
func (o Overlays) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	prefix := strings.TrimSuffix(in.Name, in.Path)
	name := func(p string) string {
		if p == in.Path || in.FS == nil {
			return in.Name
		}
		return prefix + p
	}
	built, err := kustomize.Build(ctx, kustomize.Source{FS: in.FS, Path: in.Path, Data: in.Data, Name: name})
	for _, p := range built.Parts {
		out.Part(p)
		if err == nil {
			out.Used(p)
		}
	}
	for _, n := range built.NotRead {
		out.NotRead(n)
	}
	if err != nil {
		return err
	}
	if built.Component {
		out.NotRead(evidence.NotRead{
			Kind: evidence.InputNotUnderstood, Input: in.Name, Line: 1, Thing: "Component",
			Reason: "a Component is a part of other kustomizations, and none that was scanned uses it",
			Help:   "scan the kustomizations that do",
		})
		return nil
	}
	for i := range built.Objects {
		if err := o.object(ctx, &built.Objects[i], name, out); err != nil {
			return err
		}
	}
	return nil
}

func (Overlays) object(ctx context.Context, obj *kustomize.Object, name func(string) string, out evidence.Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	group, _, found := strings.Cut(obj.Value.Get("apiVersion").Str(), "/")
	if !found {
		group = ""
	}
	kind := obj.Value.Get("kind").Str()
	d, reason, help := draft(&obj.Value, group, kind)
	at := evidence.Origin{Input: name(obj.File), Line: int(obj.Line), Path: string(obj.Path)}
	if reason != "" {
		out.NotRead(evidence.NotRead{
			Kind: evidence.ResourceNotRead, Input: at.Input, Line: at.Line, Thing: typeOf(group, kind), Reason: reason, Help: help,
		})
		return nil
	}
	d.Side, d.Origin = evidence.Declared, at
	return out.Resource(d)
}
