package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/base/fault"
)

func (r *run) login() *cobra.Command {
	var setup string
	cmd := &cobra.Command{
		Use:   "login SERVER",
		Short: "Log in to a c4arch server",
		Long: "Login reads an API token from standard input, tries it, and keeps it for this user in a file that nobody else can read. Commands with --project, and\n" +
			"those under Organise, speak to that server. In a pipeline set C4ARCH_SERVER and C4ARCH_TOKEN instead; nothing is kept then.\n\n" +
			"With --setup the one-time link that c4arch serve prints takes the place of a token: the operator's token is made, printed once and kept.",
		Example: "  c4arch login https://arch.contoso.example < token.txt\n  c4arch login --setup 'http://127.0.0.1:8642/setup#code=c4s_…'",
		Args: func(cmd *cobra.Command, args []string) error {
			if setup != "" {
				return none(cmd, args)
			}
			return exactly(1, "the address of a server")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if setup != "" {
				return r.doSetup(cmd.Context(), setup)
			}
			return r.doLogin(cmd.Context(), args[0])
		},
	}
	cmd.Flags().StringVar(&setup, "setup", "", "one-time `LINK` of a new server")
	return cmd
}

// maxToken bounds what is read as a token.
const maxToken = 1024

func (r *run) doLogin(ctx context.Context, server string) error {
	server, err := r.Logins.CheckServer(server)
	if err != nil {
		return err
	}
	if r.env.StderrTerminal {
		_, _ = io.WriteString(r.env.Stderr, "Token (then Enter): ")
	}
	line, err := bufio.NewReader(io.LimitReader(r.env.Stdin, maxToken)).ReadString('\n')
	token := strings.TrimSpace(line)
	if token == "" || err != nil && err != io.EOF {
		return fault.New(fault.Invalid, "no token was given").WithHelp("hand it over on standard input: c4arch login %s < FILE", server)
	}
	return r.keepLogin(ctx, Login{Server: server, Token: token})
}

// keepLogin tries a login, and keeps it when it is good.
func (r *run) keepLogin(ctx context.Context, l Login) error {
	c, err := r.Logins.Open(r.env, l)
	if err != nil {
		return err
	}
	var who struct {
		Actor, Organisation, Name string
		Roles                     []string
	}
	if err := c.Call(ctx, http.MethodGet, "/whoami", "", nil, &who); err != nil {
		return err
	}
	file, err := r.Logins.Save(r.env, l)
	if err != nil {
		return err
	}
	return r.say("Logged in to %s as %s (%s) of %s; kept in %s\n", l.Server, visible(who.Actor), visible(strings.Join(who.Roles, ", ")), visible(who.Organisation), visible(file))
}

// doSetup makes the operator's token with a one-time link.
func (r *run) doSetup(ctx context.Context, link string) error {
	u, err := url.Parse(link)
	code := ""
	if err == nil {
		if values, err := url.ParseQuery(u.Fragment); err == nil {
			code = values.Get("code")
		}
		u.Fragment, u.Path = "", ""
	}
	if code == "" {
		return fault.New(fault.Invalid, "that is not a link for the set-up").WithHelp("give the link that c4arch serve printed, in quotes")
	}
	server, err := r.Logins.CheckServer(u.String())
	if err != nil {
		return err
	}
	c, err := r.Logins.Open(r.env, Login{Server: server})
	if err != nil {
		return err
	}
	var made struct{ Token string }
	if err := c.Call(ctx, http.MethodPost, "/setup", "", map[string]string{"code": code}, &made); err != nil {
		return err
	}
	if err := r.say("The operator's token, which is shown once:\n%s\n", made.Token); err != nil {
		return err
	}
	return r.keepLogin(ctx, Login{Server: server, Token: made.Token})
}

func (r *run) logout() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Forget the login on this machine", Args: none,
		Long:    "Logout removes the token that login has kept. The token itself stays good until it expires or is revoked: c4arch token revoke.",
		Example: "  c4arch logout",
		RunE: func(*cobra.Command, []string) error {
			was, err := r.Logins.Forget(r.env)
			if err != nil || !was {
				return err
			}
			return r.say("Logged out; the token stays good until it expires or is revoked\n")
		},
	}
}
