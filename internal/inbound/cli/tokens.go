package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/account/access"
	"c4arch/internal/account/identity"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
)

func (r *run) token() *cobra.Command {
	return holder("token", "API tokens of the organisation", "A token is shown once, when it is made; of its text a hash is kept. It is for one purpose and is refused everywhere else.",
		r.tokenCreate(), r.tokenList(), r.tokenReach(), r.withReason("revoke TOKEN", "Revoke a token from the next request on", "/tokens/%s/revocation"))
}

func (r *run) tokenCreate() *cobra.Command {
	var body struct {
		Name      string    `json:"name"`
		About     string    `json:"about,omitempty"`
		Purpose   string    `json:"purpose"`
		Scopes    []string  `json:"scopes,omitempty"`
		Project   string    `json:"project,omitempty"`
		Addresses []string  `json:"addresses,omitempty"`
		Account   string    `json:"account,omitempty"`
		Expires   time.Time `json:"expires"`
	}
	var asJSON bool
	days := 90
	cmd := r.verb("create", "Make a token of a program", "  c4arch token create --name pipeline --purpose ci --project shop --days 90\n"+
		"  c4arch token create --name dashboard --purpose reporting --scope finding.read --scope project.read --address 192.0.2.0/24", none, func(ctx context.Context, c Remote, _ []string) error {
		sent := body
		sent.Expires = r.env.Now().Add(time.Duration(days) * 24 * time.Hour)
		if sent.Project != "" {
			at, err := projectPath(ctx, c, sent.Project)
			if err != nil {
				return err
			}
			sent.Project = strings.TrimPrefix(at, "/projects/")
		}
		var made struct {
			Token identity.Token `json:"token"`
			Text  string         `json:"text"`
		}
		if err := c.Call(ctx, http.MethodPost, "/tokens", "", sent, &made); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, made)
		}
		of := ""
		if made.Token.Account != "" {
			of = " of the service account " + made.Token.Account
		}
		if _, err := fmt.Fprintf(r.env.Stderr, "Token %s%s, good until %s; it is shown once:\n", made.Token.ID, of, day(made.Token.Expires)); err != nil {
			return err
		}
		_, err := io.WriteString(r.env.Stdout, made.Text+"\n")
		return err
	})
	cmd.Long = "Create makes a token for a program. It is for one purpose: ci (a pipeline: hands over, scans, compares, reads what came of it), reporting (reads), provisioning (SCIM),\n" +
		"streaming (a SIEM), and on the platform operation. It can do nothing that you may not, and can be narrowed further. It belongs to a service account, for which you answer;\n" +
		"one of the token's name is made unless --account names one. A token that acts as you is made by c4arch login alone."
	f := cmd.Flags()
	f.StringVar(&body.Name, "name", "", "`NAME` by which you know it")
	f.StringVar(&body.Purpose, "purpose", "", "ci, reporting, provisioning, streaming or operation")
	f.StringVar(&body.About, "about", "", "what it is for, in a few `WORDS`")
	f.StringVar(&body.Project, "project", "", "the one `PROJECT` that it is for")
	f.StringArrayVar(&body.Scopes, "scope", nil, "an `ACTION` of the purpose that it may, again for each; all without")
	f.StringArrayVar(&body.Addresses, "address", nil, "`CIDR` from which it can be used, again for each; any without")
	f.StringVar(&body.Account, "account", "", "`ID` of its service account")
	f.IntVar(&days, "days", 90, "how long it is good, 366 at most")
	purposes := cobra.FixedCompletions([]string{"ci", "reporting", "provisioning", "streaming", "operation"}, cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("purpose", purposes)
	return jsonFlag(required(cmd, "name", "purpose"), &asJSON)
}

func (r *run) tokenList() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("list", "List tokens; never their text", "  c4arch token list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[identity.Token](ctx, c, "/tokens")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|PURPOSE|OF|PROJECT|LAST USED|EXPIRES|STATE", func(row func(...any)) {
			for _, t := range items {
				of := t.Account
				if t.Person != "" {
					of = t.Person + " " + string(t.Role)
				}
				row(t.ID, t.Name, t.Purpose, of, t.Project, end(t.Used), day(t.Expires), tokenState(t, r.env.Now()))
			}
		})
	}), &asJSON)
}

func tokenState(t identity.Token, now time.Time) string {
	switch {
	case t.Revoked:
		return "revoked"
	case !t.Good(now):
		return "expired"
	}
	return "good"
}

// reached is what the server says that a token could reach.
type reached struct {
	accounts.Reach
	Routes []struct {
		Method string        `json:"method"`
		Path   string        `json:"path"`
		Action access.Action `json:"action"`
	} `json:"routes"`
}

func (r *run) tokenReach() *cobra.Command {
	var asJSON bool
	cmd := r.verb("reach TOKEN", "Show what a token could reach", "  c4arch token reach tk_…", exactly(1, "a token"), func(ctx context.Context, c Remote, args []string) error {
		var got reached
		if err := c.Call(ctx, http.MethodGet, "/tokens/"+pathSegment(args[0])+"/reach", "", nil, &got); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, got)
		}
		good := "It is good now."
		if !got.Effective {
			good = "It is refused now: " + got.Why + "."
		}
		if err := r.say("Token %s for %s, as %s. %s\n", got.Token.ID, visible(string(got.Token.Purpose)), visible(got.As), visible(good)); err != nil {
			return err
		}
		from := "anywhere"
		if len(got.Addresses) > 0 {
			from = strings.Join(got.Addresses, ", ")
		}
		names := make([]string, len(got.Projects))
		for i, p := range got.Projects {
			names[i] = p.Slug
		}
		if err := r.say("From %s; %s: %s\n", visible(from), count(len(names), "project", "projects"), visible(strings.Join(names, ", "))); err != nil {
			return err
		}
		return r.rows("ACTION|METHOD|PATH", func(row func(...any)) {
			for _, act := range got.Actions {
				none := true
				for _, x := range got.Routes {
					if x.Action == act {
						row(act, x.Method, x.Path)
						none = false
					}
				}
				if none {
					row(act, "", "")
				}
			}
		})
	})
	return jsonFlag(cmd, &asJSON)
}

func (r *run) serviceAccount() *cobra.Command {
	var asJSON bool
	list := r.verb("list", "List service accounts, with those whose owner has left", "  c4arch service-account list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[accounts.Account](ctx, c, "/service-accounts")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|OWNER|TOKENS|LAST USED|STATE", func(row func(...any)) {
			for _, x := range items {
				state := "enabled"
				switch {
				case x.Disabled:
					state = "disabled: " + x.Why
				case x.Orphaned:
					state = "its owner has left: give it another one"
				}
				row(x.ID, x.Name, x.Owner, x.Tokens, end(x.Used), state)
			}
		})
	})
	var reason, owner, name string
	change := func(use, short, example string, body func() map[string]any) *cobra.Command {
		return r.verb(use, short, example, exactly(1, "a service account"), func(ctx context.Context, c Remote, args []string) error {
			return c.Call(ctx, http.MethodPatch, "/service-accounts/"+pathSegment(args[0]), "", body(), nil)
		})
	}
	disable := change("disable ACCOUNT", "Refuse its tokens from the next request on", "  c4arch service-account disable sa_… --reason \"the pipeline is gone\"", func() map[string]any { return map[string]any{"disabled": true, "reason": reason} })
	disable.Flags().StringVar(&reason, "reason", "", "`TEXT` that the ledger keeps")
	enable := change("enable ACCOUNT", "Let its tokens in again", "  c4arch service-account enable sa_…", func() map[string]any { return map[string]any{"disabled": false} })
	give := change("give ACCOUNT", "Give it another owner", "  c4arch service-account give sa_… --owner pn_…", func() map[string]any { return map[string]any{"owner": owner} })
	give.Flags().StringVar(&owner, "owner", "", "`MEMBER` who answers for it")
	var createJSON bool
	create := r.verb("create", "Make a service account, for which you answer", "  c4arch service-account create --name pipelines", none, func(ctx context.Context, c Remote, _ []string) error {
		var x identity.Service
		if err := c.Call(ctx, http.MethodPost, "/service-accounts", "", map[string]string{"name": name}, &x); err != nil {
			return err
		}
		if createJSON {
			return writeJSON(r.env.Stdout, x)
		}
		return r.say("Service account %s (%s)\n", x.ID, visible(x.Name))
	})
	create.Flags().StringVar(&name, "name", "", "`NAME` of the program")
	return holder("service-account", "Service accounts: what programs are", "Each token of a program belongs to a service account, and a member answers for that. One that nobody uses for 30 days is disabled.",
		jsonFlag(list, &asJSON), jsonFlag(required(create, "name"), &createJSON), required(disable, "reason"), enable, required(give, "owner"))
}

func (r *run) access() *cobra.Command {
	var as string
	var asJSON bool
	explain := &cobra.Command{
		Use: "explain ACTION", Short: "Say who may do something, and why", Args: exactly(1, "an action"),
		Long:    "Explain asks the policies that are built into this program; a server of the same version decides by the same ones. Without --as it names every role that may.",
		Example: "  c4arch access explain baseline.approve\n  c4arch access explain token.change --as viewer",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, row := range access.Table() {
				names = append(names, string(row.Action))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return r.explain(access.Action(args[0]), access.Role(as), asJSON)
		},
	}
	explain.Flags().StringVar(&as, "as", "", "one `ROLE`: "+roleHelp+", or one of the platform")
	jsonFlag(explain, &asJSON)
	return holder("access", "Who may do what", "What a role may is decided by policies: nothing is allowed that none of them permits.", explain)
}

func (r *run) explain(act access.Action, role access.Role, asJSON bool) error {
	if !access.Known(act) {
		return fault.New(fault.NotFound, "there is no action of that name").WithHelp("docs/access.md lists them: project.read, baseline.approve, token.change …")
	}
	if role != "" && !role.Known() && !role.OfPlatform() {
		return fault.New(fault.NotFound, "there is no such role").WithHelp("it is %s; of the platform one of %v", roleHelp, access.PlatformRoles)
	}
	if role == "" {
		if asJSON {
			i := slices.IndexFunc(access.Table(), func(row access.Row) bool { return row.Action == act })
			return writeJSON(r.env.Stdout, access.Table()[i])
		}
		return r.say("%s\n", access.Explain(act))
	}
	// Somebody who has proven a moment ago to be there: what is asked about is the role.
	who := access.Actor{ID: "person:pn_00000000000000000000000000", Kind: access.Person, Org: "og_00000000000000000000000000", Roles: []access.Role{role}, Surface: access.CLI, Fresh: true}
	if role.OfPlatform() {
		who.Kind, who.Org = access.Staff, "platform"
	}
	x := access.ExplainDecision(who, act, access.Resource{Project: "local"})
	if asJSON {
		return writeJSON(r.env.Stdout, x)
	}
	answer := "may not"
	if x.Allowed {
		answer = "may"
	}
	if err := r.say("%s %s %s: %s\n", visible(string(role)), answer, act, visible(x.Why)); err != nil {
		return err
	}
	for _, p := range x.Policies {
		if err := r.say("  %s: %s\n", visible(p.Policy), visible(p.Words)); err != nil {
			return err
		}
	}
	return nil
}
