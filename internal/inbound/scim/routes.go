package scim

import (
	"net/http"

	"c4arch/internal/account/access"
	"c4arch/internal/service/provision"
)

func (h *Handler) users() {
	h.add(http.MethodGet, "/Users", "scim-list-users", access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		f, err := filterOf(r)
		if err != nil {
			return 0, nil, err
		}
		all, err := h.Users.Users(r.Context(), a, lookup(f, "username"))
		if err != nil {
			return 0, nil, err
		}
		return found(r, f, all, h.userResource)
	})
	h.add(http.MethodPost, "/Users", "scim-create-user", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		var u provision.User
		if err := fresh(r, userAttributes, func(m map[string]any) { userOf(m, &u) }); err != nil {
			return 0, nil, err
		}
		u, err := h.Users.CreateUser(r.Context(), a, u)
		return http.StatusCreated, h.userResource(u), err
	})
	h.add(http.MethodGet, "/Users/{user}", "scim-user", access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		u, err := h.Users.User(r.Context(), a, r.PathValue("user"))
		return http.StatusOK, shown(r, h.userResource(u)), err
	})
	change := func(r *http.Request, a access.Actor, fn func(map[string]any) (map[string]any, error)) (int, any, error) {
		u, err := h.Users.UpdateUser(r.Context(), a, r.PathValue("user"), expected(r), func(u *provision.User) error {
			is, err := normal(userAttributes, h.userResource(*u))
			if err != nil {
				return err
			}
			if is, err = fn(is); err == nil {
				userOf(is, u)
			}
			return err
		})
		return http.StatusOK, shown(r, h.userResource(u)), err
	}
	h.add(http.MethodPut, "/Users/{user}", "scim-replace-user", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return replacing(r, a, userAttributes, change)
	})
	h.add(http.MethodPatch, "/Users/{user}", "scim-patch-user", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return patching(r, a, userAttributes, change)
	})
	h.add(http.MethodDelete, "/Users/{user}", "scim-delete-user", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return http.StatusNoContent, nil, h.Users.DeleteUser(r.Context(), a, r.PathValue("user"), expected(r))
	})
}

func (h *Handler) groups() {
	h.add(http.MethodGet, "/Groups", "scim-list-groups", access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		f, err := filterOf(r)
		if err != nil {
			return 0, nil, err
		}
		all, err := h.Users.Groups(r.Context(), a, lookup(f, "displayname"), true)
		if err != nil {
			return 0, nil, err
		}
		return found(r, f, all, h.groupResource)
	})
	h.add(http.MethodPost, "/Groups", "scim-create-group", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		var g provision.Group
		if err := fresh(r, groupAttributes, func(m map[string]any) { groupOf(m, &g) }); err != nil {
			return 0, nil, err
		}
		g, err := h.Users.CreateGroup(r.Context(), a, g)
		return http.StatusCreated, h.groupResource(g), err
	})
	h.add(http.MethodGet, "/Groups/{group}", "scim-group", access.UserRead, func(r *http.Request, a access.Actor) (int, any, error) {
		g, err := h.Users.Group(r.Context(), a, r.PathValue("group"))
		return http.StatusOK, shown(r, h.groupResource(g)), err
	})
	change := func(r *http.Request, a access.Actor, fn func(map[string]any) (map[string]any, error)) (int, any, error) {
		g, err := h.Users.UpdateGroup(r.Context(), a, r.PathValue("group"), expected(r), func(g *provision.Group) error {
			is, err := normal(groupAttributes, h.groupResource(*g))
			if err != nil {
				return err
			}
			if is, err = fn(is); err == nil {
				groupOf(is, g)
			}
			return err
		})
		return http.StatusOK, shown(r, h.groupResource(g)), err
	}
	h.add(http.MethodPut, "/Groups/{group}", "scim-replace-group", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return replacing(r, a, groupAttributes, change)
	})
	h.add(http.MethodPatch, "/Groups/{group}", "scim-patch-group", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return patching(r, a, groupAttributes, change)
	})
	h.add(http.MethodDelete, "/Groups/{group}", "scim-delete-group", access.UserChange, func(r *http.Request, a access.Actor) (int, any, error) {
		return http.StatusNoContent, nil, h.Users.DeleteGroup(r.Context(), a, r.PathValue("group"), expected(r))
	})
}

type changing func(r *http.Request, a access.Actor, fn func(map[string]any) (map[string]any, error)) (int, any, error)

func replacing(r *http.Request, a access.Actor, all []attribute, change changing) (int, any, error) {
	var next map[string]any
	if err := fresh(r, all, func(m map[string]any) { next = m }); err != nil {
		return 0, nil, err
	}
	return change(r, a, func(map[string]any) (map[string]any, error) { return next, nil })
}

func patching(r *http.Request, a access.Actor, all []attribute, change changing) (int, any, error) {
	ops, err := patchOf(r)
	if err != nil {
		return 0, nil, err
	}
	return change(r, a, func(is map[string]any) (map[string]any, error) { return is, patch(all, is, ops) })
}

// fresh reads a whole resource.
func fresh(r *http.Request, all []attribute, take func(map[string]any)) error {
	var sent map[string]any
	if err := read(r, &sent); err != nil {
		return err
	}
	m, err := normal(all, sent)
	if err == nil {
		take(m)
	}
	return err
}

func filterOf(r *http.Request) (*filter, error) {
	text := r.URL.Query().Get("filter")
	if text == "" {
		return nil, nil //nolint:nilnil // no filter is none
	}
	return parseFilter(text)
}

// lookup is what of a filter the store looks up by itself; the filter is asked about what it finds all the same.
func lookup(f *filter, name string) provision.Find {
	if v, ok := f.exactly("id"); ok {
		return provision.Find{ID: v}
	}
	if v, ok := f.exactly("externalid"); ok {
		return provision.Find{External: v}
	}
	if v, ok := f.exactly(name); ok && name == "username" { // of groups the case of a name counts in the store and not in the filter
		return provision.Find{Name: v}
	}
	return provision.Find{}
}

func found[T any](r *http.Request, f *filter, all []T, resource func(T) versioned) (int, any, error) {
	hits := []versioned{}
	for _, one := range all {
		if v := resource(one); f == nil || f.matches(v) {
			hits = append(hits, v)
		}
	}
	body, err := page(r, hits)
	return http.StatusOK, body, err
}
