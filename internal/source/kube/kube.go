// Package kube reads Kubernetes objects: manifests (a YAML stream, JSON, or JSON objects
// one behind the other as kubectl prints them), the answers of
// `kubectl get -o json|yaml`, lists included, and kustomizations.
//
// It promises one draft for each object that has a kind, an apiVersion and a name; any
// other object of the stream is said to be not read, with its line. A stream that breaks
// off or does not parse is an error as a whole: half a manifest is not a fact. An object that
// bears what only an API server sets is live, any other is declared; what a kustomization makes is declared.
// Package kustomize says how a kustomization is built. Neither reader talks to a cluster, and Helm templates
// are refused with what to run first.
package kube

import (
	"bytes"
	"context"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Reader reads Kubernetes objects. Its zero value is ready.
type Reader struct{}

// Manifests returns the reader.
func Manifests() Reader { return Reader{} }

// Name returns "kubernetes".
func (Reader) Name() string { return "kubernetes" }

// Read gives every object of the input to out. An error means that nothing of the input
// is to be kept.
func (Reader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	w := walk{ctx: ctx, in: in, out: out, braces: mayBeTemplate(in.Data)}
	if in.Outline.Format == "json" { // by its first letter
		if bytes.HasPrefix(bytes.TrimLeft(in.Data, " \t\r\n"), []byte("{{")) {
			return helmError(0)
		}
		return w.json()
	}
	docs, err := tree.ParseYAML(in.Data, tree.Limits{})
	if err != nil {
		if w.braces {
			return helmError(0)
		}
		return refuse(err)
	}
	for i := range docs {
		if err := w.object(&docs[i], typed{}, ""); err != nil {
			return err
		}
	}
	return nil
}

// json reads JSON texts that stand one behind the other.
func (w *walk) json() error {
	j := tree.NewJSON(w.in.Data, tree.Limits{})
	for j.More() {
		v, err := j.Value()
		if err != nil {
			return refuse(err)
		}
		if err := w.object(&v, typed{}, ""); err != nil {
			return err
		}
	}
	if err := j.End(); err != nil {
		return refuse(err)
	}
	return nil
}

// refuse turns a parser's error into ours.
func refuse(err error) error {
	kind := fault.Invalid
	if msg := err.Error(); strings.Contains(msg, "nested more than") || strings.Contains(msg, " to more than ") ||
		strings.Contains(msg, ": more than ") {
		kind = fault.Limited
	}
	return fault.Wrap(kind, err, "these Kubernetes objects cannot be read").
		WithHelp("nothing of the file is used, since half a manifest is not a fact; check it with kubectl apply --dry-run=client -f FILE")
}

func helmError(line int32) error {
	e := fault.New(fault.Invalid, "this is a template ({{ ... }}), not a manifest")
	if line > 0 {
		e = fault.New(fault.Invalid, "line %d: this is a template ({{ ... }}), not a manifest", line)
	}
	return e.WithHelp("render it first and scan what comes out: helm template CHART > manifests.yaml")
}
