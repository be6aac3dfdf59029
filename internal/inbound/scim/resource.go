package scim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/service/provision"
)

// versioned is a resource with what its headers say.
type versioned map[string]any

func (v versioned) meta(name string) string {
	m, _ := v["meta"].(map[string]any)
	text, _ := m[name].(string)
	return text
}

func (v versioned) tag() string      { return v.meta("version") }
func (v versioned) location() string { return v.meta("location") }

// etag is the version of a resource, as RFC 7644 section 3.14 has it: a weak one.
func etag(version int64) string { return fmt.Sprintf(`W/"%d"`, version) }

// expected is the version that If-Match names; 0 is any. A tag that is none of ours is of no version.
func expected(r *http.Request) int64 {
	text := r.Header.Get("If-Match")
	if text == "" || text == "*" {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "W/"), `"`), `"`), 10, 64)
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (h *Handler) metaOf(kind, path, name string, created, changed time.Time, version int64) map[string]any {
	return map[string]any{
		"resourceType": kind, "created": stamp(created), "lastModified": stamp(changed), "version": etag(version), "location": h.Origin() + Prefix + path + "/" + name,
	}
}

// put adds what is not empty.
func put(to map[string]any, name, text string) {
	if text != "" {
		to[name] = text
	}
}

func (h *Handler) userResource(u provision.User) versioned {
	v := versioned{"schemas": []any{schemaUser}, "id": u.ID, "userName": u.UserName, "active": u.Active}
	put(v, "externalId", u.External)
	put(v, "displayName", u.Kept.Display)
	name := map[string]any{}
	put(name, "formatted", u.Kept.Formatted)
	put(name, "givenName", u.Kept.Given)
	put(name, "familyName", u.Kept.Family)
	if len(name) > 0 {
		v["name"] = name
	}
	var emails []any
	for _, e := range u.Kept.Emails {
		one := map[string]any{"value": e.Value}
		put(one, "type", e.Type)
		if e.Primary {
			one["primary"] = true
		}
		emails = append(emails, one)
	}
	if emails != nil {
		v["emails"] = emails
	}
	var groups []any
	for _, g := range u.Groups {
		groups = append(groups, map[string]any{"value": g.ID, "display": g.Name, "type": "direct", "$ref": h.Origin() + Prefix + "/Groups/" + g.ID})
	}
	if groups != nil {
		v["groups"] = groups
	}
	v["meta"] = h.metaOf("User", "/Users", u.ID, u.Created, u.Changed, u.Version)
	return v
}

// userOf puts the attributes of a resource in the form of [normal] into a user.
func userOf(m map[string]any, u *provision.User) {
	text := func(from map[string]any, name string) string { s, _ := from[name].(string); return s }
	u.UserName, u.External = text(m, "userName"), text(m, "externalId")
	if active, there := m["active"].(bool); there {
		u.Active = active
	} else {
		u.Active = true
	}
	name, _ := m["name"].(map[string]any)
	u.Kept = provision.Kept{Display: text(m, "displayName"), Formatted: text(name, "formatted"), Given: text(name, "givenName"), Family: text(name, "familyName")}
	emails, _ := m["emails"].([]any)
	for _, e := range emails {
		one, _ := e.(map[string]any)
		primary, _ := one["primary"].(bool)
		if text(one, "value") != "" {
			u.Kept.Emails = append(u.Kept.Emails, provision.Email{Value: text(one, "value"), Type: text(one, "type"), Primary: primary})
		}
	}
}

func (h *Handler) groupResource(g provision.Group) versioned {
	v := versioned{"schemas": []any{schemaGroup}, "id": g.ID, "displayName": g.Name}
	put(v, "externalId", g.External)
	members := []any{}
	for _, p := range g.Members {
		members = append(members, map[string]any{"value": p, "type": "User", "$ref": h.Origin() + Prefix + "/Users/" + p})
	}
	v["members"] = members
	v["meta"] = h.metaOf("Group", "/Groups", g.ID, g.Created, g.Changed, g.Version)
	return v
}

func groupOf(m map[string]any, g *provision.Group) {
	text := func(from map[string]any, name string) string { s, _ := from[name].(string); return s }
	g.Name, g.External, g.Members = text(m, "displayName"), text(m, "externalId"), nil
	members, _ := m["members"].([]any)
	for _, e := range members {
		one, _ := e.(map[string]any)
		g.Members = append(g.Members, text(one, "value"))
	}
}

// shown leaves out what was not asked for: RFC 7644 section 3.9. What every resource has stays.
func shown(r *http.Request, v versioned) versioned {
	q := r.URL.Query()
	only, but := names(q.Get("attributes")), names(q.Get("excludedAttributes"))
	if only == nil && but == nil {
		return v
	}
	out := versioned{}
	for name, value := range v {
		low := strings.ToLower(name)
		switch {
		case name == "schemas" || name == "id" || name == "meta":
		case only != nil && !slices.Contains(only, low), only == nil && slices.Contains(but, low):
			continue
		}
		out[name] = value
	}
	return out
}

// names are the attributes of a list, without what is behind a dot; nil for none.
func names(text string) (out []string) {
	if text == "" || len(text) > maxFilter {
		return nil
	}
	for one := range strings.SplitSeq(text, ",") {
		name, _, _ := strings.Cut(plain(strings.TrimSpace(one)), ".")
		out = append(out, name)
	}
	return out
}

// Pages.
const (
	pageSize = 100
	maxPage  = 200
)

// page is a part of what was found: RFC 7644 section 3.4.2.4.
func page(r *http.Request, all []versioned) (any, error) {
	q := r.URL.Query()
	start, err := number(q.Get("startIndex"), 1)
	if err != nil {
		return nil, err
	}
	count, err := number(q.Get("count"), pageSize)
	if err != nil {
		return nil, err
	}
	start, count = max(start, 1), min(max(count, 0), maxPage)
	from := min(start-1, len(all))
	part := all[from:min(from+count, len(all))]
	items := make([]versioned, 0, len(part))
	for _, v := range part {
		items = append(items, shown(r, v))
	}
	return map[string]any{"schemas": []string{schemaList}, "totalResults": len(all), "startIndex": start, "itemsPerPage": len(items), "Resources": items}, nil
}

func number(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > 1<<30 || n < -1<<30 {
		return 0, badValue
	}
	return n, nil
}
