package scim

import (
	"net/http"

	"c4arch/internal/account/access"
)

// documents are what the service says of itself: RFC 7643 sections 5 to 7.
func (h *Handler) documents() {
	h.document("/ServiceProviderConfig", "scim-config", func() any { return h.config() })
	h.document("/ResourceTypes", "scim-resource-types", func() any { return listed(h.types()) })
	h.document("/Schemas", "scim-schemas", func() any { return listed(h.schemas()) })
	h.one("/ResourceTypes/{type}", "scim-resource-type", "type", h.types)
	h.one("/Schemas/{schema}", "scim-schema", "schema", h.schemas)
}

func (h *Handler) document(path, name string, make func() any) {
	h.add(http.MethodGet, path, name, access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		if _, err := access.Decide(a, access.UserRead, access.Resource{}); err != nil {
			return 0, nil, err
		}
		return http.StatusOK, make(), nil
	})
}

func (h *Handler) one(path, name, key string, all func() []map[string]any) {
	h.add(http.MethodGet, path, name, access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		if _, err := access.Decide(a, access.UserRead, access.Resource{}); err != nil {
			return 0, nil, err
		}
		for _, one := range all() {
			if one["id"] == r.PathValue(key) {
				return http.StatusOK, one, nil
			}
		}
		return 0, nil, notFound
	})
}

func listed(all []map[string]any) any {
	return map[string]any{"schemas": []string{schemaList}, "totalResults": len(all), "startIndex": 1, "itemsPerPage": len(all), "Resources": all}
}

func (h *Handler) place(kind, path string) map[string]any {
	return map[string]any{"resourceType": kind, "location": h.Origin() + Prefix + path}
}

func (h *Handler) config() map[string]any {
	no := map[string]any{"supported": false}
	yes := map[string]any{"supported": true}
	return map[string]any{
		"schemas": []string{schemaConfig}, "patch": yes, "etag": yes, "sort": no, "changePassword": no,
		"bulk":   map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter": map[string]any{"supported": true, "maxResults": maxPage},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "API token", "description": "A token of the organisation whose one purpose is provisioning", "primary": true,
		}},
		"meta": h.place("ServiceProviderConfig", "/ServiceProviderConfig"),
	}
}

func (h *Handler) types() []map[string]any {
	one := func(name, path, schema string) map[string]any {
		return map[string]any{"schemas": []string{schemaType}, "id": name, "name": name, "endpoint": path, "schema": schema, "meta": h.place("ResourceType", "/ResourceTypes/"+name)}
	}
	return []map[string]any{one("User", "/Users", schemaUser), one("Group", "/Groups", schemaGroup)}
}

func (h *Handler) schemas() []map[string]any {
	one := func(schema, name string, all []attribute) map[string]any {
		var list []any
		for _, a := range all {
			list = append(list, described(a))
		}
		return map[string]any{"schemas": []string{schemaSchema}, "id": schema, "name": name, "attributes": list, "meta": h.place("Schema", "/Schemas/"+schema)}
	}
	return []map[string]any{one(schemaUser, "User", userAttributes), one(schemaGroup, "Group", groupAttributes)}
}

func described(a attribute) map[string]any {
	kinds := map[kindOf]string{simple: "string", truth: "boolean", compound: "complex", many: "complex"}
	v := property(a.name, kinds[a.kind])
	v["multiValued"] = a.kind == many
	var subs []any
	for _, s := range a.subs {
		kind := "string"
		if kindOfSub(s) == truth {
			kind = "boolean"
		}
		one := property(s, kind)
		one["multiValued"] = false
		subs = append(subs, one)
	}
	if subs != nil {
		v["subAttributes"] = subs
	}
	return v
}

func property(name, kind string) map[string]any {
	unique := "none"
	if name == "userName" {
		unique = "server"
	}
	return map[string]any{
		"name": name, "type": kind, "required": name == "userName", "caseExact": name == "externalId" || name == "value", "mutability": "readWrite", "returned": "default", "uniqueness": unique,
	}
}
