// Package compose reads Compose files with the reference loader (compose-spec/compose-go):
// services with all profiles, networks, volumes, secrets and configs, after interpolation,
// include, extends and the override file beside the base.
//
// It promises that a scan is the same on every machine: the environment of the process is
// not read, only the .env file beside the Compose file and the env_file entries, and those
// through the input's file system alone. A variable without a value is not an error and
// gets no value: its expression stays in the properties as it is written, and it is said
// to be not read. What has variables in it is an expression of its resource, with the text of the
// file. Nothing is fetched, nothing outside the scanned root is opened, and the
// file behind a secret or a config is never opened at all.
//
// The reference loader opens included and extended files on its own, so that part is done
// here, with its merge rules, and it gets everything in memory; so is the environment.
// COMPOSE_FILE and COMPOSE_PROFILES in .env are not followed: every file is its own input
// and every profile is read.
package compose

import (
	"context"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Reader reads Compose files. Its zero value is ready.
type Reader struct{}

// Files returns the reader.
func Files() Reader { return Reader{} }

// Name returns "compose".
func (Reader) Name() string { return "compose" }

// limits are those of the reference loader, which refuses more than 100,000 nodes too.
var limits = tree.Limits{Depth: 100, Nodes: 100_000}

// maxValues bounds all files of a project together, with what their services extend.
const maxValues = 250_000

// Read gives the services, networks, volumes, secrets and configs of the input to out. An
// override file whose base stands beside it gives nothing: it is read with its base.
func (Reader) Read(ctx context.Context, in evidence.Input, out evidence.Sink) error {
	p := newProject(ctx, in, out)
	if p.readWithBase() {
		return nil
	}
	docs, err := parse(in.Data, in.Outline.Format)
	if err != nil {
		return refuse(err, "this Compose file cannot be read")
	}
	if len(docs) == 0 {
		return fault.New(fault.Invalid, "the Compose file is empty")
	}
	if err := p.assemble(docs); err != nil {
		return err
	}
	model, err := p.load()
	if err != nil {
		return err
	}
	if err := p.finish(&model); err != nil {
		return err
	}
	return p.emit(&model)
}

func parse(data []byte, format string) ([]tree.Value, error) {
	if format == "json" {
		v, err := tree.ParseJSON(data, limits)
		return []tree.Value{v}, err
	}
	return tree.ParseYAML(data, limits)
}

// refuse turns a parser's error into ours.
func refuse(err error, what string) error {
	return fault.Wrap(fault.Invalid, err, "%s", what).
		WithHelp("docker compose config shows what Compose says of it")
}
