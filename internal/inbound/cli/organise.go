package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

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
	return holder("organisation", "Make organisations, and change or destroy your own", "Organisations are made by the operator's token, or by an administrator of the platform in a browser, at /staff/organisations of the server; all else is about the organisation of the token.",
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
