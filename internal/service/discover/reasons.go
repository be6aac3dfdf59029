package discover

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/tree"
)

// Readable says in one sentence what can be read.
const Readable = "c4arch reads Terraform and OpenTofu code, state (version 4) and `terraform show -json`, " +
	"ARM templates (and Bicep, where bicep is installed), Azure Resource Graph and `az` output, " +
	"Kubernetes manifests, kustomizations and `kubectl get -o json|yaml`, and Compose files"

// errPanic stands for a panic in a reader.
var errPanic = fault.New(fault.Internal, "the reader stopped on this text, which is a defect of c4arch").
	WithHelp("leave the file out for now, and report it")

// lineFirst is how our readers begin a message about a place.
var lineFirst = regexp.MustCompile(`^line (\d{1,9}): `)

// failure says why an input was not read. Every word of it passes through text, since a
// library's message may quote the input.
func failure(input, format string, err error, text func(string) string) evidence.NotRead {
	n := evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: input, Thing: format}
	var parts []string
	for err != nil {
		switch e := err.(type) {
		case *fault.Error:
			parts = append(parts, e.Msg)
			if n.Help == "" {
				n.Help = e.Help
			}
			err = e.Err
			continue
		case *tree.Error:
			n.Line = e.Line
			parts = append(parts, e.Msg)
		default:
			// A foreign error: its text as a whole, with the line if one of ours is inside.
			msg := err.Error()
			if in := (*tree.Error)(nil); errors.As(err, &in) {
				n.Line = in.Line
				msg = strings.Replace(msg, in.Error(), in.Msg, 1)
			}
			if in := (*fault.Error)(nil); errors.As(err, &in) && n.Help == "" {
				n.Help = in.Help
				msg = strings.Replace(msg, " ("+in.Help+")", "", 1)
			}
			parts = append(parts, msg)
		}
		break
	}
	n.Reason = strings.Join(parts, ": ")
	if m := lineFirst.FindStringSubmatch(n.Reason); m != nil {
		n.Line, _ = strconv.Atoi(m[1])
		n.Reason = n.Reason[len(m[0]):]
	}
	n.Reason = text(n.Reason)
	if n.Help == "" {
		n.Help = "mend the file or export it again; nothing of it was used"
	}
	n.Help = text(n.Help)
	return n
}

// notUnderstood says what to tell about an input that no reader claims, and whether to tell it
// at all. Of what was found in a directory most is none of our business; listed is only what
// looks like infrastructure by the names at its root (see seemsLike). What the user named is
// always listed.
func notUnderstood(in evidence.Input) (n evidence.NotRead, listed bool) {
	n = evidence.NotRead{Kind: evidence.InputNotUnderstood, Input: in.Name, Line: 1, Help: Readable}
	if in.Dir {
		n.Reason, n.Line = "it is a directory of code, which c4arch does not read", 0
		return n, true
	}
	if what, help := seemsLike(in.Outline); what != "" {
		n.Reason = "it looks like " + what + ", which c4arch does not read"
		if help != "" {
			n.Help = help
		}
		return n, true
	}
	if !in.Explicit {
		return n, false
	}
	switch {
	case len(in.Data) == 0:
		n.Line, n.Reason = 0, "it is empty"
	case in.Outline.Format == "":
		n.Reason = "it is neither JSON nor YAML"
	default:
		n.Reason = "it is " + strings.ToUpper(in.Outline.Format) + ", but none of the formats that c4arch reads"
	}
	return n, true
}

// seemsLike tells infrastructure that no reader claims from other JSON and YAML, by the names at
// the document's root and nothing else. It returns "" for everything else.
func seemsLike(o tree.Outline) (what, help string) {
	if o.Format == "" || o.Root != tree.Object && o.Root != tree.Array {
		return "", ""
	}
	switch {
	case o.Has("AWSTemplateFormatVersion"):
		return "a CloudFormation template", ""
	case o.Has("apiVersion", "kind", "metadata"):
		return "a Kubernetes object", ""
	case o.Has("terraform_version"), o.Has("lineage", "serial"):
		return "Terraform state", ""
	case evidence.IsARM(o.Keys["id"]) && o.Has("type"):
		return "an Azure resource", ""
	}
	return "", ""
}
