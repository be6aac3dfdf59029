package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/service/accounts"
)

// verb is a command on the server that the user is logged in to.
func (r *run) verb(use, short, example string, args cobra.PositionalArgs, do func(ctx context.Context, c Remote, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: args,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := r.remote()
			if err != nil {
				return err
			}
			return do(cmd.Context(), c, args)
		},
	}
}

// holder is a command that only holds others.
func holder(use, short, long string, cmds ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: long, Args: none, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(cmds...)
	return cmd
}

// jsonFlag adds --json.
func jsonFlag(cmd *cobra.Command, to *bool) *cobra.Command {
	cmd.Flags().BoolVar(to, "json", false, "print JSON")
	return cmd
}

// required marks flags that must be given.
func required(cmd *cobra.Command, names ...string) *cobra.Command {
	for _, n := range names {
		_ = cmd.MarkFlagRequired(n)
	}
	return cmd
}

// rows prints rows under a heading.
func (r *run) rows(heading string, each func(row func(cells ...any))) error {
	w := tabwriter.NewWriter(r.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(heading, "|", "\t"))
	each(func(cells ...any) {
		for i, c := range cells {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, visible(fmt.Sprint(c)))
		}
		fmt.Fprintln(w)
	})
	return w.Flush()
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (r *run) organisation() *cobra.Command {
	return holder("organisation", "Make organisations, and change or destroy your own", "Organisations are made by the operator's token; all else is about the organisation of the token.",
		r.organisationCreate(), r.organisationList(), r.organisationShow(), r.organisationChange(), r.organisationDestroy())
}

func (r *run) organisationCreate() *cobra.Command {
	var body struct {
		Slug       string `json:"slug"`
		Name       string `json:"name"`
		OwnerName  string `json:"ownerName"`
		OwnerEmail string `json:"ownerEmail"`
		Approvals  int    `json:"approvals"`
	}
	var asJSON bool
	cmd := r.verb("create SLUG", "Make an organisation with its first owner", "  c4arch organisation create contoso --name Contoso --owner-name \"Platform team\" --owner-email platform@contoso.example",
		exactly(1, "a short name"), func(ctx context.Context, c Remote, args []string) error {
			body.Slug = args[0]
			var made struct {
				Organisation tenant.Organisation `json:"organisation"`
				Owner        tenant.Member       `json:"owner"`
				Token        string              `json:"token"`
			}
			if err := c.Call(ctx, http.MethodPost, "/organisations", "", body, &made); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(r.env.Stdout, made)
			}
			return r.say("Organisation %s (%s), owner %s. The owner's token, which is shown once:\n%s\n", visible(made.Organisation.Slug), made.Organisation.ID, made.Owner.Person, made.Token)
		})
	cmd.Flags().StringVar(&body.Name, "name", "", "`NAME` of the organisation")
	cmd.Flags().StringVar(&body.OwnerName, "owner-name", "", "`NAME` of its first owner")
	cmd.Flags().StringVar(&body.OwnerEmail, "owner-email", "", "e-mail `ADDRESS` of its first owner")
	cmd.Flags().IntVar(&body.Approvals, "approvals", 1, "how many people a baseline takes: 1 or 2")
	return jsonFlag(required(cmd, "name", "owner-name", "owner-email"), &asJSON)
}

func (r *run) organisationList() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("list", "List organisations, as the operator", "  c4arch organisation list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[accounts.Listed](ctx, c, "/organisations")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|SHORT NAME|STATE|CREATED", func(row func(...any)) {
			for _, o := range items {
				row(o.ID, o.Slug, o.State, day(o.Created))
			}
		})
	}), &asJSON)
}

func (r *run) organisationShow() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("show", "Show the organisation of the token", "  c4arch organisation show", none, func(ctx context.Context, c Remote, _ []string) error {
		var o tenant.Organisation
		if err := c.Call(ctx, http.MethodGet, "/organisation", "", nil, &o); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, o)
		}
		return r.say("%s (%s, %s): a baseline takes %s\n", visible(o.Name), visible(o.Slug), o.ID, count(o.Approvals, "person", "people"))
	}), &asJSON)
}

func (r *run) organisationChange() *cobra.Command {
	var name string
	var approvals int
	cmd := r.verb("change", "Change its name, or how many people a baseline takes", "  c4arch organisation change --approvals 2", none, nil)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := r.remote()
		if err != nil {
			return err
		}
		body := map[string]any{}
		if cmd.Flags().Changed("name") {
			body["name"] = name
		}
		if cmd.Flags().Changed("approvals") {
			body["approvals"] = approvals
		}
		if len(body) == 0 {
			return fault.New(fault.Invalid, "nothing to change was given").WithHelp("give --name or --approvals")
		}
		return c.Call(cmd.Context(), http.MethodPatch, "/organisation", "", body, nil)
	}
	cmd.Flags().StringVar(&name, "name", "", "`NAME` of the organisation")
	cmd.Flags().IntVar(&approvals, "approvals", 1, "how many people a baseline takes: 1 or 2")
	return cmd
}

func (r *run) organisationDestroy() *cobra.Command {
	var reason string
	cmd := r.verb("destroy SLUG", "Destroy the organisation's key, and with it everything that it has", "  c4arch organisation destroy contoso --reason \"end of contract\"",
		exactly(1, "the short name, typed again"), func(ctx context.Context, c Remote, args []string) error {
			if err := c.Call(ctx, http.MethodPost, "/organisation/destruction", "", map[string]string{"slug": args[0], "reason": reason}, nil); err != nil {
				return err
			}
			return r.say("The key of %s will be destroyed, and with it everything that it has\n", visible(args[0]))
		})
	cmd.Long = "Destroy cannot be undone, by anybody: without the key nothing that the organisation has can be read, in any backup either."
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that the ledger keeps")
	return required(cmd, "reason")
}

func (r *run) project() *cobra.Command {
	var name string
	var createJSON, listJSON bool
	create := r.verb("create SLUG", "Make a project", "  c4arch project create shop --name \"Contoso shop\"", exactly(1, "a short name"), func(ctx context.Context, c Remote, args []string) error {
		var p tenant.Project
		if err := c.Call(ctx, http.MethodPost, "/projects", "", map[string]string{"slug": args[0], "name": name}, &p); err != nil {
			return err
		}
		if createJSON {
			return writeJSON(r.env.Stdout, p)
		}
		return r.say("Project %s (%s)\n", visible(p.Slug), p.ID)
	})
	create.Flags().StringVar(&name, "name", "", "`NAME` of the project")
	list := r.verb("list", "List projects", "  c4arch project list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[tenant.Project](ctx, c, "/projects")
		if err != nil {
			return err
		}
		if listJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|SHORT NAME|NAME|CREATED", func(row func(...any)) {
			for _, p := range items {
				row(p.ID, p.Slug, p.Name, day(p.Created))
			}
		})
	})
	archive := func(use, short string, to bool) *cobra.Command {
		return r.verb(use+" PROJECT", short, "  c4arch project "+use+" shop", exactly(1, "a project"), func(ctx context.Context, c Remote, args []string) error {
			at, err := projectPath(ctx, c, args[0])
			if err != nil {
				return err
			}
			return c.Call(ctx, http.MethodPatch, at, "", map[string]bool{"archived": to}, nil)
		})
	}
	return holder("project", "Make and list projects of the server", "Projects are what is scanned, compared and approved together.",
		jsonFlag(required(create, "name"), &createJSON), jsonFlag(list, &listJSON), archive("archive", "Put a project into the archive: it is read and not written", true), archive("restore", "Take a project out of the archive", false))
}

func (r *run) member() *cobra.Command {
	var body struct {
		Name  string `json:"name"`
		Email string `json:"email"`
		Role  string `json:"role"`
	}
	var asJSON, listJSON, removed bool
	add := r.verb("add", "Make a person a member", "  c4arch member add --name \"Security team\" --email security@contoso.example --role architect", none, func(ctx context.Context, c Remote, _ []string) error {
		var m tenant.Member
		if err := c.Call(ctx, http.MethodPost, "/members", "", body, &m); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, m)
		}
		return r.say("Member %s (%s)\n", m.Person, m.Role)
	})
	add.Flags().StringVar(&body.Name, "name", "", "`NAME` of the person")
	add.Flags().StringVar(&body.Email, "email", "", "e-mail `ADDRESS`")
	add.Flags().StringVar(&body.Role, "role", "viewer", "owner, admin, architect, approver, auditor, viewer or billing")
	list := r.verb("list", "List members", "  c4arch member list", none, func(ctx context.Context, c Remote, _ []string) error {
		path := "/members"
		if removed {
			path += "?removed=true"
		}
		items, err := all[tenant.Member](ctx, c, path)
		if err != nil {
			return err
		}
		if listJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|E-MAIL|ROLE|STATE", func(row func(...any)) {
			for _, m := range items {
				state := "member"
				switch {
				case m.Erased:
					state = "erased"
				case m.Removed:
					state = "removed"
				}
				row(m.Person, m.Name, m.Email, m.Role, state)
			}
		})
	})
	list.Flags().BoolVar(&removed, "removed", false, "those too that were removed")
	erase := r.withReason("erase MEMBER", "Erase the personal data of a person, in the ledger too", "/members/%s/erasure")
	erase.Long = "Erase cannot be undone. Entries of the ledger lose name, address and every other value of the person with their salts; leaves and proofs stay, and go on verifying."
	return holder("member", "Members of the organisation", "Members are people. What they may is their role.",
		jsonFlag(required(add, "name", "email"), &asJSON), jsonFlag(list, &listJSON), r.withReason("remove MEMBER", "Take a member out", "/members/%s/removal"), erase)
}

// withReason is a command that posts a reason.
func (r *run) withReason(use, short, path string) *cobra.Command {
	var reason string
	verb, what, _ := strings.Cut(use, " ")
	cmd := r.verb(use, short, "", exactly(1, "a "+strings.ToLower(what)), func(ctx context.Context, c Remote, args []string) error {
		return c.Call(ctx, http.MethodPost, fmt.Sprintf(path, pathSegment(args[0])), "", map[string]string{"reason": reason}, nil)
	})
	cmd.Example = "  c4arch " + strings.ToLower(what) + " " + verb + " ID --reason TEXT"
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that the ledger keeps")
	return required(cmd, "reason")
}

func (r *run) token() *cobra.Command {
	var body struct {
		Name    string    `json:"name"`
		Person  string    `json:"person,omitempty"`
		Role    string    `json:"role"`
		Project string    `json:"project,omitempty"`
		Purpose string    `json:"purpose"`
		Expires time.Time `json:"expires"`
	}
	var asJSON, listJSON bool
	days := 90
	create := r.verb("create", "Make a token of a member or of a program", "  c4arch token create --name pipeline --role scanner --project shop --purpose ci --days 90\n"+
		"  c4arch token create --name laptop --member pn_… --role architect --purpose interactive", none, func(ctx context.Context, c Remote, _ []string) error {
		body.Expires = r.env.Now().Add(time.Duration(days) * 24 * time.Hour)
		if body.Project != "" {
			at, err := projectPath(ctx, c, body.Project)
			if err != nil {
				return err
			}
			body.Project = strings.TrimPrefix(at, "/projects/")
		}
		var made struct {
			Token identity.Token `json:"token"`
			Text  string         `json:"text"`
		}
		if err := c.Call(ctx, http.MethodPost, "/tokens", "", body, &made); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, made)
		}
		if _, err := fmt.Fprintf(r.env.Stderr, "Token %s, good until %s; it is shown once:\n", made.Token.ID, day(made.Token.Expires)); err != nil {
			return err
		}
		_, err := io.WriteString(r.env.Stdout, made.Text+"\n")
		return err
	})
	create.Flags().StringVar(&body.Name, "name", "", "`NAME` by which you know it")
	create.Flags().StringVar(&body.Person, "member", "", "`ID` of the member as whom it acts; without, it is a program's")
	create.Flags().StringVar(&body.Role, "role", "scanner", "architect, auditor, viewer, scanner …; never above your own")
	create.Flags().StringVar(&body.Project, "project", "", "the one `PROJECT` that it is for")
	create.Flags().StringVar(&body.Purpose, "purpose", "", "what it is for, in a few words: ci")
	create.Flags().IntVar(&days, "days", 90, "how long it is good, 366 at most")
	list := r.verb("list", "List tokens; never their text", "  c4arch token list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[identity.Token](ctx, c, "/tokens")
		if err != nil {
			return err
		}
		if listJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|ROLE|PURPOSE|MEMBER|PROJECT|EXPIRES|STATE", func(row func(...any)) {
			for _, t := range items {
				state := "good"
				switch {
				case t.Revoked:
					state = "revoked"
				case !r.env.Now().Before(t.Expires):
					state = "expired"
				}
				row(t.ID, t.Name, t.Role, t.Purpose, t.Person, t.Project, day(t.Expires), state)
			}
		})
	})
	return holder("token", "API tokens of the organisation", "A token is shown once, when it is made; of its text a hash is kept.",
		jsonFlag(required(create, "name", "purpose"), &asJSON), jsonFlag(list, &listJSON), r.withReason("revoke TOKEN", "Revoke a token from the next request on", "/tokens/%s/revocation"))
}
