package freetext

import (
	"context"
	"net/url"
	"strings"

	found "c4arch/internal/content/freetext"
	"c4arch/internal/content/say"
	"c4arch/internal/service/freetext"
)

func classes(ctx context.Context, p freetext.Policy) []aboutClass {
	return []aboutClass{
		{found.Secret, "secret", say.T(ctx, "Secrets"), say.T(ctx, "Private keys, tokens, connection strings, passwords in addresses and under their names."), p.Secret},
		{found.Special, "special", say.T(ctx, "Special categories"), say.T(ctx, "Somebody's health, belief, politics, union, origin, sex life, genes, biometrics or convictions."), p.Special},
		{found.Identifier, "identifier", say.T(ctx, "Identifiers"), say.T(ctx, "Payment cards, bank accounts and national numbers with right check digits."), p.Identifier},
	}
}

// choice is a choice and what it means.
type choice struct {
	Value       freetext.Choice
	Name, Words string
}

func choices(ctx context.Context) []choice {
	return []choice{
		{freetext.Warn, say.T(ctx, "Warn"), say.T(ctx, "The writer sees what was found, and changes it or keeps it.")},
		{freetext.Redact, say.T(ctx, "Redact"), say.T(ctx, "The text is kept without what was found. A mark in its place says by which rule.")},
		{freetext.Block, say.T(ctx, "Block"), say.T(ctx, "The text is not kept until it is changed.")},
	}
}

func className(ctx context.Context, c found.Class) string {
	switch c {
	case found.Secret:
		return say.T(ctx, "Secret")
	case found.Special:
		return say.T(ctx, "Special category")
	}
	return say.T(ctx, "Identifier")
}

func classTag(c found.Class) string {
	if c == found.Secret {
		return "wrong"
	}
	return "warn"
}

func confidence(ctx context.Context, c found.Confidence) string {
	if c == found.Sure {
		return say.T(ctx, "Sure")
	}
	return say.T(ctx, "Likely")
}

// place says where a hit is.
func place(ctx context.Context, f freetext.Found) string {
	switch f.Place {
	case freetext.InLedger:
		return say.T(ctx, "Ledger, entry %s, field %s", f.Ref, f.Field)
	case freetext.Proposal:
		return say.T(ctx, "The reason of a proposal")
	case freetext.Exception:
		return say.T(ctx, "The entry of an exception")
	case freetext.Comment:
		return say.T(ctx, "A comment")
	case freetext.Member:
		return say.T(ctx, "The name of a member")
	case freetext.Project:
		return say.T(ctx, "The name of a project")
	case freetext.Account:
		return say.T(ctx, "The name of a service account")
	case freetext.TokenName:
		return say.T(ctx, "The name of a token")
	case freetext.Connection:
		return say.T(ctx, "The name of a connection")
	}
	return say.T(ctx, "The name of a stream")
}

// pathOf leads to where a text that is not removed from here is changed, "" where that is nowhere.
func pathOf(f freetext.Found) string {
	switch f.Place {
	case freetext.Member:
		return "/organisation/members"
	case freetext.Account, freetext.TokenName:
		return "/organisation/tokens"
	case freetext.Stream:
		return "/organisation/streams"
	case freetext.Project:
		return "/projects/" + url.PathEscape(f.Ref) + "/settings"
	}
	return ""
}

// removing says what removing does there.
func removing(ctx context.Context, f freetext.Found) string {
	switch f.Place {
	case freetext.InLedger:
		return say.T(ctx, "Erase the value of this field? The entry and its proof stay; the value cannot be brought back.")
	case freetext.Comment:
		return say.T(ctx, "Remove the text of the comment? It cannot be brought back.")
	}
	return say.T(ctx, "Remove what was found from the text? It cannot be brought back.")
}

// shortRef is an id that tells places of one sort apart.
func shortRef(ref string) string {
	if at := strings.IndexByte(ref, '_'); at == 2 && len(ref) > 10 {
		return "…" + ref[len(ref)-6:]
	}
	return ref
}

// reason says why something is a hit, in the reader's language.
func reason(ctx context.Context, h found.Hit) string { return say.T(ctx, h.Why) }
