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
	var setup, invitation string
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "login SERVER",
		Short: "Log in to a c4arch server",
		Long: "Login signs you in with your browser: it prints an address and a code, you open the one, sign in and type the other. The token that the server then gives is kept for\n" +
			"this user in a file that nobody else can read. Commands with --project, and those under Organise, speak to that server.\n\n" +
			"Where nobody types, a token is read from standard input; --token-stdin does that always. In a pipeline set C4ARCH_SERVER and C4ARCH_TOKEN instead; nothing is kept\n" +
			"then. With --invitation the link by which you were asked to join takes the place of the browser. With --setup the one-time link that c4arch serve prints makes the\n" +
			"operator's token, which is printed once and kept.",
		Example: "  c4arch login https://arch.contoso.example\n  c4arch login https://arch.contoso.example --token-stdin < token.txt\n" +
			"  c4arch login --invitation 'https://arch.contoso.example/invitation#code=c4i_…'\n  c4arch login --setup 'http://127.0.0.1:8642/setup#code=c4s_…'",
		Args: func(cmd *cobra.Command, args []string) error {
			if setup != "" || invitation != "" {
				return none(cmd, args)
			}
			return exactly(1, "the address of a server")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case setup != "":
				return r.doSetup(cmd.Context(), setup)
			case invitation != "":
				return r.doInvitation(cmd.Context(), invitation)
			case fromStdin || !r.env.StdinTerminal:
				return r.doLogin(cmd.Context(), args[0])
			}
			return r.doDevice(cmd.Context(), args[0])
		},
	}
	cmd.Flags().StringVar(&setup, "setup", "", "one-time `LINK` of a new server")
	cmd.Flags().StringVar(&invitation, "invitation", "", "`LINK` by which you were asked to join an organisation")
	cmd.Flags().BoolVar(&fromStdin, "token-stdin", false, "read a token from standard input, also on a terminal")
	cmd.MarkFlagsMutuallyExclusive("setup", "invitation", "token-stdin")
	return cmd
}

// maxToken bounds what is read as a token.
const maxToken = 1024

func (r *run) doLogin(ctx context.Context, server string) error {
	server, err := r.Logins.CheckServer(server)
	if err != nil {
		return err
	}
	if r.env.StdinTerminal && r.env.StderrTerminal {
		_, _ = io.WriteString(r.env.Stderr, "Token (then Enter): ")
	}
	line, err := bufio.NewReader(io.LimitReader(r.env.Stdin, maxToken)).ReadString('\n')
	token := strings.TrimSpace(line)
	if token == "" || err != nil && err != io.EOF {
		return fault.New(fault.Invalid, "no token was given").WithHelp("hand it over on standard input: c4arch login %s < FILE; or log in at a terminal, with your browser", server)
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
	as := "a program"
	if len(who.Roles) > 0 {
		as = strings.Join(who.Roles, ", ")
	}
	return r.say("Logged in to %s as %s (%s) of %s; kept in %s\n", l.Server, visible(who.Actor), visible(as), visible(who.Organisation), visible(file))
}

// oneTime takes a link with a code apart: the code stands behind #, so that no server and no log on the way has seen it.
func (r *run) oneTime(link, what string) (server, code string, err error) {
	u, err := url.Parse(link)
	if err == nil {
		if values, err := url.ParseQuery(u.Fragment); err == nil {
			code = values.Get("code")
		}
		u.Fragment, u.RawFragment, u.Path, u.RawPath = "", "", "", ""
	}
	if code == "" {
		return "", "", fault.New(fault.Invalid, "that is not a link for %s", what).WithHelp("give the whole link, in quotes: it has #code= in it")
	}
	server, err = r.Logins.CheckServer(u.String())
	return server, code, err
}

// doSetup makes the operator's token with a one-time link.
func (r *run) doSetup(ctx context.Context, link string) error {
	server, code, err := r.oneTime(link, "the set-up")
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
	var revoke bool
	cmd := &cobra.Command{
		Use: "logout", Short: "Forget the login on this machine", Args: none,
		Long: "Logout removes the token that login has kept. With --revoke the server is told first to take the token back: nobody can use it any more, wherever it is. Without, it\n" +
			"stays good until it expires or is revoked.",
		Example: "  c4arch logout --revoke",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if revoke {
				if err := r.revokeOwn(cmd.Context()); err != nil {
					return err
				}
			}
			was, err := r.Logins.Forget(r.env)
			if err != nil || !was {
				return err
			}
			if revoke {
				return r.say("Logged out; the token is revoked\n")
			}
			return r.say("Logged out; the token stays good until it expires or is revoked\n")
		},
	}
	cmd.Flags().BoolVar(&revoke, "revoke", false, "revoke the token on the server too")
	return cmd
}

// revokeOwn revokes the token that is kept (RFC 7009). One that the server does not take any more needs no revoking.
func (r *run) revokeOwn(ctx context.Context) error {
	l, err := r.Logins.Find(r.env)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	c, err := r.Logins.Open(r.env, Login{Server: l.Server})
	if err != nil {
		return err
	}
	_, err = c.Form(ctx, "/oauth/revoke", map[string]string{"client_id": deviceClient, "token": l.Token}, &struct{}{})
	return err
}
