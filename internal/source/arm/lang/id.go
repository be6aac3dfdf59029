package lang

import (
	"errors"
	"fmt"
	"strings"

	"c4arch/internal/arch/evidence"
)

// idFunctions make ids of resources (page "resource" of the reference). What is not known of one is a blank in it.
func idFunctions() []function {
	return []function{
		{name: "resourceId", min: 2, max: -1, need: needNothing, call: (*eval).resourceID},
		{name: "subscriptionResourceId", min: 2, max: -1, need: needNothing, call: (*eval).subscriptionResourceID},
		{name: "managementGroupResourceId", min: 2, max: -1, need: needNothing, call: (*eval).groupResourceID},
		{name: "tenantResourceId", min: 2, max: -1, need: needNothing, call: func(e *eval, args []Value) (Value, error) {
			return e.id(e.scope.ScopeID("tenant"), args, 0)
		}},
		{name: "extensionResourceId", min: 3, max: -1, need: needNothing, call: (*eval).extensionResourceID},
	}
}

// typeAt is where the type stands: the first argument with a slash. Neither subscriptions nor resource groups hold one.
func typeAt(args []Value) (int, error) {
	for i := range args {
		switch {
		case args[i].Kind == String && strings.Contains(head(&args[i]), "/"):
			return i, nil
		case args[i].Kind != String && args[i].Kind != Open:
			return 0, wrong(args, i, "a text")
		}
	}
	for i := range args {
		if args[i].open() {
			return 0, errOpen
		}
	}
	return 0, errors.New("no argument is a resource type such as Microsoft.Storage/storageAccounts")
}

// resourceID is resourceId([subscription], [group], type, names...).
func (e *eval) resourceID(args []Value) (Value, error) {
	at, err := typeAt(args)
	if err != nil {
		return Value{}, err
	}
	own := e.scope.ScopeID("group")
	switch at {
	case 0:
	case 1:
		if subscription(&args[0]) {
			own = inSubscription(own, segment(&args[0]))
			break
		}
		before, _, _ := cutFold(own, "/resourceGroups/")
		own = before + "/resourceGroups/" + segment(&args[0])
	case 2:
		own = "/subscriptions/" + segment(&args[0]) + "/resourceGroups/" + segment(&args[1])
	default:
		return Value{}, errors.New("at most a subscription and a resource group stand before the type")
	}
	return e.id(own, args, at)
}

// subscription reports whether a single argument before the type is a subscription, and not a group.
func subscription(v *Value) bool {
	if v.Kind == Open {
		return strings.HasSuffix(strings.ToLower(v.Text), "subscriptionid")
	}
	if strings.HasPrefix(v.Text, "@(") && strings.Contains(strings.ToLower(v.Text), "subscription") {
		return true
	}
	return isGUID(v.Text)
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && hexValue(s[i]) < 0 {
			return false
		}
	}
	return true
}

// inSubscription puts another subscription into the id of a scope.
func inSubscription(scope, subscription string) string {
	_, rest, ok := cutFold(scope, "/subscriptions/")
	if !ok {
		return "/subscriptions/" + subscription
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return "/subscriptions/" + subscription + rest[i:]
	}
	return "/subscriptions/" + subscription
}

func cutFold(s, mark string) (before, after string, ok bool) {
	if i := strings.Index(strings.ToLower(s), strings.ToLower(mark)); i >= 0 && len(strings.ToLower(s)) == len(s) {
		return s[:i], s[i+len(mark):], true
	}
	return s, "", false
}

func (e *eval) subscriptionResourceID(args []Value) (Value, error) {
	at, err := typeAt(args)
	if err != nil {
		return Value{}, err
	}
	own := e.scope.ScopeID("subscription")
	if at > 1 {
		return Value{}, errors.New("at most a subscription stands before the type")
	}
	if at == 1 {
		own = "/subscriptions/" + segment(&args[0])
	}
	return e.id(own, args, at)
}

func (e *eval) groupResourceID(args []Value) (Value, error) {
	at, err := typeAt(args)
	if err != nil {
		return Value{}, err
	}
	own := e.scope.ScopeID("managementGroup")
	if at > 1 {
		return Value{}, errors.New("at most a management group stands before the type")
	}
	if at == 1 {
		own = "/providers/Microsoft.Management/managementGroups/" + segment(&args[0])
	}
	return e.id(own, args, at)
}

// extensionResourceID is the id of a resource upon another.
func (e *eval) extensionResourceID(args []Value) (Value, error) {
	base := &args[0]
	if base.Kind == Open {
		return Value{}, errOpen
	}
	text, err := str(args, 0)
	if err != nil {
		return Value{}, err
	}
	if base.Why != "" {
		text = blanked(text)
	}
	at, err := typeAt(args[1:])
	if err != nil {
		return Value{}, err
	}
	if at != 0 {
		return Value{}, errors.New("argument 2 is no resource type such as Microsoft.Authorization/locks")
	}
	v, err := e.id(strings.TrimRight(text, "/"), args, 1)
	if v.blend(base); v.Why != "" {
		v.Why = base.Why
	}
	return v, err
}

// id joins a scope, the type at args[at] and the names behind it.
func (e *eval) id(scope string, args []Value, at int) (Value, error) {
	kind, names := strings.Trim(args[at].Text, "/"), args[at+1:]
	if args[at].Why != "" {
		kind = blanked(kind)
	}
	parts := strings.Split(kind, "/")
	if len(parts)-1 != len(names) {
		return Value{}, fmt.Errorf("the type has %d segments behind its provider and %d names are given", len(parts)-1, len(names))
	}
	var b strings.Builder
	b.WriteString(scope + "/providers/" + parts[0])
	for i, name := range names {
		if name.Kind != String && name.Kind != Open && name.Kind != Int {
			return Value{}, wrong(args, at+1+i, "a text")
		}
		b.WriteString("/" + parts[i+1] + "/" + segment(&name))
	}
	v, err := e.text(b.String())
	for i := range args {
		v.blend(&args[i])
	}
	if v.Why == "" && evidence.HasBlank(scope) {
		v.Why = evidence.UnknownScope
	}
	return v, err
}

// segment is a value as one segment of an id. Known text stands as it is.
func segment(v *Value) string {
	switch {
	case v.Kind == String && v.Why == "":
		return v.Text
	case v.Kind == Open:
		return evidence.Blank(v.Text)
	case v.Kind == String && blanks(v):
		return v.Text
	}
	return evidence.Segment(v.Str())
}
