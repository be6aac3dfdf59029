package cli

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
)

// Remote is a c4arch server, asked with the token of this user.
type Remote interface {
	// Call sends body as JSON and reads the answer into into; either may be nil. key is an Idempotency-Key, or "".
	Call(ctx context.Context, method, path, key string, body, into any) error
	Upload(ctx context.Context, path, key, kind string, open func() (io.Reader, error), into any) error
	Fetch(ctx context.Context, path string, to io.Writer) error
	// Form posts parameters to an endpoint of OAuth, without a token. code is the error of RFC 6749 section 5.2 that the server answers with, or "".
	Form(ctx context.Context, path string, parameters map[string]string, into any) (code string, err error)
}

// Login is what the user is known by on this machine.
type Login struct {
	Server string
	Token  string // "" only where it is read
	From   string // where it was found: variables, or a file
}

// Logins are the port to where logins are kept.
type Logins interface {
	// Find is the login of the variables C4ARCH_SERVER and C4ARCH_TOKEN, else that of the file; notfound where there is none.
	Find(Env) (Login, error)
	// Save keeps a login in a file that nobody else can read, and returns its name.
	Save(Env, Login) (string, error)
	// Forget removes the file; it says whether there was one.
	Forget(Env) (bool, error)
	// Open speaks to the server.
	Open(Env, Login) (Remote, error)
	// CheckServer says what is wrong with the address of a server.
	CheckServer(text string) (string, error)
	// Wait waits; it ends with ctx.
	Wait(ctx context.Context, d time.Duration) error
}

const loginHelp = "log in with: c4arch login https://SERVER, or set C4ARCH_SERVER and C4ARCH_TOKEN"

// remote is the server that the user is logged in to.
func (r *run) remote() (Remote, error) {
	l, err := r.Logins.Find(r.env)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, fault.New(fault.NotFound, "there is no server to speak to").WithHelp(loginHelp)
		}
		return nil, err
	}
	return r.Logins.Open(r.env, l)
}

// pageOf is a page of a list of the API.
type pageOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// all reads every page of a list, up to a bound that no honest server reaches.
func all[T any](ctx context.Context, c Remote, path string) ([]T, error) {
	items, after := []T{}, ""
	for range 1000 {
		var page pageOf[T]
		at := path
		if after != "" {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			at += sep + "after=" + url.QueryEscape(after)
		}
		if err := c.Call(ctx, http.MethodGet, at, "", nil, &page); err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
		if after = page.Next; after == "" {
			return items, nil
		}
	}
	return nil, fault.New(fault.Limited, "the list does not end")
}

// projectPath is the path of a project's routes; it may be named by its id or by its short name.
func projectPath(ctx context.Context, c Remote, name string) (string, error) {
	if strings.HasPrefix(name, "pj_") {
		return "/projects/" + url.PathEscape(name), nil
	}
	projects, err := all[tenant.Project](ctx, c, "/projects")
	if err != nil {
		return "", err
	}
	for _, p := range projects {
		if p.Slug == name {
			return "/projects/" + string(p.ID), nil
		}
	}
	return "", fault.New(fault.NotFound, "there is no project %s", visible(name)).WithHelp("c4arch project list shows those that there are")
}

// hosted opens the server and the project of --project.
func (r *run) hosted(ctx context.Context, project string) (Remote, string, error) {
	c, err := r.remote()
	if err != nil {
		return nil, "", err
	}
	at, err := projectPath(ctx, c, project)
	return c, at, err
}

// asProject adds --project to a command that also works on a project of the server.
func asProject(cmd *cobra.Command, project *string) {
	cmd.Flags().StringVar(project, "project", "", "`PROJECT` of the server to work on, by id or short name (see: c4arch login --help)")
	_ = cmd.RegisterFlagCompletionFunc("project", cobra.NoFileCompletions)
}

// pathSegment is an id as a part of a path.
func pathSegment(id string) string { return url.PathEscape(id) }
