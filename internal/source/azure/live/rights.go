package live

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"c4arch/internal/base/fault"
)

// Subscription is one that was looked at.
type Subscription struct {
	ID, Name string
	Seen     bool // it can be read
	Problem  string
	Roles    []Role
	Unseen   bool // which roles there are could not be read
}

// Role is a role that the application has in a subscription.
type Role struct {
	Name   string
	Scope  string // where it was given: the subscription itself, above it, or below
	Excess string // what of it is more than reading, "" nothing
}

// Seen is what a look at the subscriptions found.
type Seen struct {
	Object        string // id of the application's principal, "" where the token does not say
	Subscriptions []Subscription
}

// maxRoles bounds what is looked up.
const maxRoles = 200

// Look signs in, and asks of each subscription whether it can be read and which roles the application has there.
func (c *Client) Look(ctx context.Context) (*Seen, error) {
	if _, err := c.bearer(ctx); err != nil {
		return nil, err
	}
	s, known := &Seen{Object: c.object}, map[string]Role{}
	for _, id := range c.config.Subscriptions {
		one, err := c.subscription(ctx, id, known)
		if err != nil {
			return nil, err
		}
		s.Subscriptions = append(s.Subscriptions, *one)
	}
	return s, nil
}

func (c *Client) subscription(ctx context.Context, id string, known map[string]Role) (*Subscription, error) {
	one := &Subscription{ID: id}
	var about struct {
		Name string `json:"displayName"`
	}
	if err := c.get(ctx, "/subscriptions/"+id+"?api-version=2022-12-01", &about); err != nil {
		if fault.KindOf(err) == fault.Unavailable || ctx.Err() != nil {
			return nil, err
		}
		one.Problem, _ = fault.Public(err)
		return one, nil
	}
	one.Name, one.Seen = about.Name, true
	if c.object == "" {
		one.Unseen = true
		return one, nil
	}
	err := c.roles(ctx, one, known)
	if err != nil && (fault.KindOf(err) == fault.Unavailable || ctx.Err() != nil) {
		return nil, err
	}
	one.Unseen = err != nil
	return one, nil
}

// roles are those that the application has by itself or by a group, here, above or below (ARM, roleAssignments 2022-04-01, assignedTo).
func (c *Client) roles(ctx context.Context, s *Subscription, known map[string]Role) error {
	q := url.Values{"api-version": {"2022-04-01"}, "$filter": {"assignedTo('" + c.object + "')"}}
	var list struct {
		Value []struct {
			Properties struct {
				Role  string `json:"roleDefinitionId"`
				Scope string `json:"scope"`
			} `json:"properties"`
		} `json:"value"`
	}
	if err := c.get(ctx, "/subscriptions/"+s.ID+"/providers/Microsoft.Authorization/roleAssignments?"+q.Encode(), &list); err != nil {
		return err
	}
	for i, a := range list.Value {
		if i == maxRoles {
			return fault.New(fault.Limited, "more than %d roles", maxRoles)
		}
		r, err := c.role(ctx, s.ID, a.Properties.Role, known)
		if err != nil {
			return err
		}
		r.Scope = a.Properties.Scope
		s.Roles = append(s.Roles, r)
	}
	return nil
}

var roleForm = regexp.MustCompile(`^[0-9a-f-]{36}$`)

// role looks a definition up, once.
func (c *Client) role(ctx context.Context, subscription, definition string, known map[string]Role) (Role, error) {
	name := strings.ToLower(path.Base(definition))
	if r, ok := known[name]; ok {
		return r, nil
	}
	if !roleForm.MatchString(name) {
		return Role{}, fault.New(fault.Invalid, "a role has no id")
	}
	var d struct {
		Properties struct {
			Name        string `json:"roleName"`
			Permissions []struct {
				Actions     []string `json:"actions"`
				DataActions []string `json:"dataActions"`
			} `json:"permissions"`
		} `json:"properties"`
	}
	if err := c.get(ctx, "/subscriptions/"+subscription+"/providers/Microsoft.Authorization/roleDefinitions/"+name+"?api-version=2022-04-01", &d); err != nil {
		return Role{}, err
	}
	r := Role{Name: d.Properties.Name}
	for _, p := range d.Properties.Permissions {
		r.Excess = beyond(r.Excess, p.Actions, p.DataActions)
	}
	known[name] = r
	return r, nil
}

// beyond names the first right of a role that is more than reading what resources are. NotActions are left aside: they take away from a role, and what is left is still more.
func beyond(have string, actions, data []string) string {
	if have != "" {
		return have
	}
	for _, a := range actions {
		if !strings.HasSuffix(strings.ToLower(a), "/read") {
			return a
		}
	}
	if len(data) > 0 {
		return data[0]
	}
	return ""
}

func (c *Client) get(ctx context.Context, at string, to any) error {
	got, err := c.ask(ctx, http.MethodGet, c.base()+at, nil)
	if err != nil {
		return err
	}
	if got.status != http.StatusOK {
		return refused(got)
	}
	if json.Unmarshal(got.body, to) != nil {
		return fault.New(fault.Unavailable, "an answer of Azure cannot be read")
	}
	return nil
}
