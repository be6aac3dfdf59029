package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parsers and the evaluation call themselves for each level of an expression, so that its depth has to be known
// before either starts.
const (
	maxNesting = 400       // levels of brackets and operators within each other
	maxTokens  = 1_000_000 // of one file
)

// roughTokens is at least about the number of tokens of a text: a word is one, and so is each sign.
func roughTokens(b []byte) int {
	n, word := 0, false
	for _, c := range b {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
		if letter && !word || !letter && c != ' ' && c != '\t' && c != '\r' {
			n++
		}
		word = letter
	}
	return n
}

// tooDeep returns the line on which a text nests deeper than is read, or 0.
func tooDeep(tokens hclsyntax.Tokens) int {
	// Of each open bracket: how many operators stand in the expression at hand, since each is a level, and
	// whether a line break ends that expression.
	type level struct {
		operators int
		lines     bool
	}
	open := []level{{lines: true}}
	depth := 0
	end := func(l *level) { depth -= l.operators; l.operators = 0 }
	for _, t := range tokens {
		top := &open[len(open)-1]
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			if t.Type == hclsyntax.TokenOBrack || t.Type == hclsyntax.TokenTemplateControl {
				// a[x][y] and %{if a}%{if b} are levels too, although the bracket is closed again.
				top.operators++
				depth++
			}
			open = append(open, level{lines: t.Type == hclsyntax.TokenOBrace})
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
			hclsyntax.TokenTemplateSeqEnd:
			if len(open) > 1 {
				end(top)
				open = open[:len(open)-1]
				depth--
			}
		case hclsyntax.TokenComma:
			end(top)
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
			if top.lines && bytes.HasSuffix(t.Bytes, []byte{'\n'}) {
				end(top)
			}
		case hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPlus, hclsyntax.TokenMinus, hclsyntax.TokenPercent,
			hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
			hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenAnd, hclsyntax.TokenOr,
			hclsyntax.TokenBang, hclsyntax.TokenQuestion:
			top.operators++
			depth++
		}
		if depth > maxNesting {
			return t.Range.Start.Line
		}
	}
	return 0
}

// deepTemplate reports whether a template nests deeper than is read.
func deepTemplate(s string) bool {
	if len(s) < maxNesting {
		return false
	}
	tokens, _ := hclsyntax.LexTemplate([]byte(s), "", hcl.InitialPos)
	return tooDeep(tokens) > 0
}

// deepJSON returns the line on which a JSON text nests deeper than is read, or 0.
func deepJSON(b []byte) int {
	depth, line := 0, 1
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\n':
			line++
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			if depth++; depth > maxNesting {
				return line
			}
		case ']', '}':
			depth--
		}
	}
	return 0
}
