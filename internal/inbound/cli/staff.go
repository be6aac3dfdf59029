package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"c4arch/internal/content/undertaking"
	"c4arch/internal/service/staff"
)

// staff are the commands about the platform's own people.
func (r *run) staff() *cobra.Command {
	return holder("staff", "The platform's own people", "Records are kept by administrators of the platform in a browser, since that takes a person who has just proven to be there; here they are read.",
		r.staffList(), r.staffState(), r.staffProposals(), r.undertakingText(), r.staffKey())
}

func (r *run) staffList() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("list", "List the platform's people, and the roles that are in effect", "  c4arch staff list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[staff.Standing](ctx, c, "/staff")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|E-MAIL|ROLES IN EFFECT|WHY NONE", func(row func(...any)) {
			for _, s := range items {
				names := make([]string, len(s.Roles))
				for i, x := range s.Roles {
					names[i] = string(x)
				}
				row(s.Personnel.Person, s.Personnel.Name, s.Personnel.Email, strings.Join(names, ", "), s.Missing)
			}
		})
	}), &asJSON)
}

func (r *run) staffState() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("state", "Show how the platform's people sign in, and what falls short", "  c4arch staff state", none, func(ctx context.Context, c Remote, _ []string) error {
		var x staff.State
		if err := c.Call(ctx, http.MethodGet, "/staff/state", "", nil, &x); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, x)
		}
		yes := map[bool]string{true: "yes", false: "no"}
		return r.rows("WHAT|NOW", func(row func(...any)) {
			row("sign in by the platform's provider alone", yes[x.Provider])
			row("a hardware key is required", yes[x.Hardware])
			row("admitted below that in ninety days", x.Below)
			row("administrators in effect", x.Administrators)
			row("people without a role in effect", x.Without)
			row("the sealed account", x.BreakGlass)
		})
	}), &asJSON)
}

func (r *run) staffProposals() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("proposals", "List what takes two people of the platform", "  c4arch staff proposals", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[staff.Motion](ctx, c, "/staff/proposals")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|KIND|STATE|ABOUT|REASON|UNTIL", func(row func(...any)) {
			for _, x := range items {
				row(x.ID, x.Kind, x.State, x.Person+string(x.Org), x.Reason, day(x.Expires))
			}
		})
	}), &asJSON)
}

func (r *run) undertakingText() *cobra.Command {
	var asJSON bool
	return jsonFlag(&cobra.Command{
		Use: "undertaking", Short: "Print the undertaking of confidentiality that the platform's people sign", Example: "  c4arch staff undertaking", Args: none,
		RunE: func(*cobra.Command, []string) error {
			d := undertaking.Current()
			if asJSON {
				return writeJSON(r.env.Stdout, d)
			}
			return r.say("%s\nSHA-256: %s\n", d.Text, d.Digest)
		},
	}, &asJSON)
}

// grant are the commands about what the platform's staff may look at.
func (r *run) grant() *cobra.Command {
	return holder("grant", "What staff of the platform may look at in your organisation", "Staff of the platform sees nothing of an organisation without a grant, which names a reason and a ticket and lasts eight hours at most. Each read under it is in your ledger.",
		r.grantList(), r.grantAnswer("approve", "approval", "Let staff look in, where your organisation demands to be asked", false),
		r.grantAnswer("refuse", "refusal", "Do not let staff look in", true), r.grantAnswer("revoke", "revocation", "Take a grant back: it ends at once", true))
}

func (r *run) grantList() *cobra.Command {
	var asJSON bool
	return jsonFlag(r.verb("list", "List grants, the newest first", "  c4arch grant list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[staff.Held](ctx, c, "/grants")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|STATE|IN FORCE|UNTIL|READS|TICKET|REASON", func(row func(...any)) {
			for _, g := range items {
				row(g.ID, g.State, g.Open, day(g.Until), g.Looked, g.Ticket, g.Reason)
			}
		})
	}), &asJSON)
}

func (r *run) grantAnswer(verb, path, short string, why bool) *cobra.Command {
	var body struct {
		Reason string `json:"reason,omitempty"`
	}
	example := "  c4arch grant " + verb + " GRANT"
	if why {
		example += " --reason 'not needed any more'"
	}
	cmd := r.verb(verb+" GRANT", short, example, exactly(1, "the id of a grant"), func(ctx context.Context, c Remote, args []string) error {
		var g staff.Held
		if err := c.Call(ctx, http.MethodPost, "/grants/"+args[0]+"/"+path, "", body, &g); err != nil {
			return err
		}
		return r.say("The grant %s is %s.\n", g.ID, g.State)
	})
	if !why {
		return cmd
	}
	cmd.Flags().StringVar(&body.Reason, "reason", "", "`TEXT` that says why, for the ledger")
	return required(cmd, "reason")
}

// staffKey is on the machine itself: who has no key, and no other administrator, gets one by whoever owns the machine.
func (r *run) staffKey() *cobra.Command {
	var at Instance
	cmd := &cobra.Command{
		Use: "key EMAIL", Short: "Let one of the platform's people register a hardware key, once", Args: exactly(1, "the e-mail address of the record"), Example: "  c4arch staff key security@contoso.example --data /var/lib/c4arch",
		Long: "It prints a code that is good for a day, once. The person opens /staff/sign-in, signs in at the platform's provider where there is one, and registers a key with the code; keys that were there\n" +
			"before are taken no more. The code alone lets nobody in where there is a provider. This command opens the instance on this machine; with the embedded database the service must be\n" +
			"stopped, or another administrator does the same in a browser, on the page of the personnel.",
		RunE: func(cmd *cobra.Command, args []string) error {
			code, err := r.Operator.AllowKey(cmd.Context(), r.env, at, args[0])
			if err != nil {
				return err
			}
			return r.say("Hand this code to the person, and to nobody else. It is shown once, works once, and is good for a day:\n%s\n", code.Expose())
		},
	}
	at.flags(cmd)
	return cmd
}

// breakGlass are the commands about the sealed account, on the machine itself.
func (r *run) breakGlass() *cobra.Command {
	var at Instance
	var reason string
	seal := &cobra.Command{
		Use: "seal", Short: "Seal the account with a new code, which is shown once", Args: none, Example: "  c4arch breakglass seal --data /var/lib/c4arch",
		RunE: func(cmd *cobra.Command, _ []string) error {
			code, err := r.Operator.SealBreakGlass(cmd.Context(), r.env, at)
			if err != nil {
				return err
			}
			return r.say("Write this on paper and lock it away. It is shown once, works once, and ends the code before it:\n%s\n", code.Expose())
		},
	}
	acknowledge := &cobra.Command{
		Use: "acknowledge", Short: "Say why the account was opened", Args: none, Example: "  c4arch breakglass acknowledge --reason 'the provider was away'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.Operator.AcknowledgeBreakGlass(cmd.Context(), r.env, at, reason); err != nil {
				return err
			}
			return r.say("It is noted. Seal a new code: c4arch breakglass seal\n")
		},
	}
	acknowledge.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, for the ledger")
	cmd := holder("breakglass", "The sealed account for the day when the provider is away",
		"Its code begins an hour as administrator, once, and that is loud: /readyz, a metric and the log say so until somebody has said why and a new code is sealed. These commands open the\n"+
			"instance on this machine; with the embedded database the service must be stopped, or an administrator does the same in a browser.", seal, required(acknowledge, "reason"))
	at.flags(cmd)
	return cmd
}
