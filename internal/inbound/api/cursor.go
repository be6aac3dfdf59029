package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
)

// A cursor is a position in a list: cu_ and base64url of a version, of what tells in which organisation's list, and of the position. It is no secret and gives nothing: whatever the
// position is, what is listed is the actor's own. That a cursor of another organisation or another list is refused keeps a mistake from looking like the end of a list.
const (
	cursorPrefix  = "cu_"
	cursorVersion = 1
	cursorBound   = 8 // bytes of the digest of the organisation and the list
	maxPosition   = 120
)

var errCursor = fault.New(fault.Invalid, "that is no place in this list").WithHelp("give what next was in the page before, or nothing to begin")

func cursorOf(org id.Org, list string) []byte {
	sum := sha256.Sum256([]byte(string(org) + "\x00" + list))
	return sum[:cursorBound]
}

// cursor names a position in a list of an organisation.
func cursor(org id.Org, list, position string) string {
	b := append(append([]byte{cursorVersion}, cursorOf(org, list)...), position...)
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(b)
}

// position reads a cursor of that list of that organisation; "" is the beginning.
func position(org id.Org, list, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	rest, ok := strings.CutPrefix(text, cursorPrefix)
	if !ok {
		return "", errCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || len(b) <= 1+cursorBound || len(b) > 1+cursorBound+maxPosition || b[0] != cursorVersion || subtle.ConstantTimeCompare(b[1:1+cursorBound], cursorOf(org, list)) != 1 {
		return "", errCursor
	}
	at := string(b[1+cursorBound:])
	if strings.ContainsFunc(at, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errCursor
	}
	return at, nil
}

// Part is which part of a list.
type Part struct {
	After string `query:"after" doc:"what next was in the page before" maxLength:"200" thing:"-"`
	Limit int    `query:"limit" doc:"at most so many" minimum:"1" maximum:"500" default:"100"`
}

// part is a page of a list that is there as a whole.
func part[T any](actor access.Actor, name string, in Part, items []T, key func(T) string) (list[T], error) {
	at, err := position(actor.Org, name, in.After)
	if err != nil {
		return list[T]{}, err
	}
	if at != "" {
		i := slices.IndexFunc(items, func(x T) bool { return key(x) == at })
		if i < 0 {
			return list[T]{}, fault.New(fault.Invalid, "what the page before ended with is not in the list any more").WithHelp("begin again, without after")
		}
		items = items[i+1:]
	}
	limit := in.Limit
	if limit < 1 {
		limit = 100
	}
	l := list[T]{Items: items[:min(limit, len(items))]}
	if l.Items == nil {
		l.Items = []T{}
	}
	if len(items) > limit {
		l.Next = cursor(actor.Org, name, key(items[limit-1]))
	}
	return l, nil
}

// from is the position of a page in a list that its service pages. What is no cursor is a position as it was told before there were any.
func (p Page) from(actor access.Actor, name string) (string, error) {
	if !strings.HasPrefix(p.After, cursorPrefix) {
		return p.After, nil
	}
	return position(actor.Org, name, p.After)
}

// goesOn is a page with the cursor of the next one.
func goesOn[T any](actor access.Actor, name string, items []T, limit int, key func(T) string) list[T] {
	l := paged(items, limit, key)
	if l.Next != "" {
		l.Next = cursor(actor.Org, name, l.Next)
	}
	return l
}
