package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c4arch/internal/account/identity"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
)

const roleHelp = "owner, admin, architect, approver, auditor, viewer or billing"

func (r *run) member() *cobra.Command {
	return holder("member", "Members of the organisation", "Members are people. What they may is their role. They come in by an invitation or by the organisation's own provider; nobody makes a token for somebody else.",
		r.memberInvite(), r.memberAdd(), r.memberList(), r.memberChange(), r.withReason("remove MEMBER", "Take a member out: nothing is allowed any more, sessions and tokens end", "/members/%s/removal"), r.memberErase())
}

func (r *run) memberErase() *cobra.Command {
	erase := r.withReason("erase MEMBER", "Erase the personal data of a person, in the ledger too", "/members/%s/erasure")
	erase.Long = "Erase cannot be undone. Entries of the ledger lose name, address and every other value of the person with their salts; leaves and proofs stay, and go on verifying."
	return erase
}

// untilDay reads a day, at whose end in UTC a membership ends; "" is none.
func untilDay(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return "", fault.New(fault.Invalid, "--until is not a day").WithHelp("write it as 2027-01-31")
	}
	return t.AddDate(0, 0, 1).Format(time.RFC3339), nil
}

type newMember struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Role  string `json:"role"`
	Until string `json:"until,omitempty"`
}

func (m *newMember) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&m.Name, "name", "", "`NAME` of the person")
	cmd.Flags().StringVar(&m.Email, "email", "", "e-mail `ADDRESS`")
	cmd.Flags().StringVar(&m.Role, "role", "viewer", roleHelp)
	cmd.Flags().StringVar(&m.Until, "until", "", "last `DAY` of the membership, 2027-01-31; an auditor's ends after 90 days unless it is said")
}

func (r *run) memberInvite() *cobra.Command {
	var body newMember
	var asJSON bool
	cmd := r.verb("invite", "Ask a person to join, by a link that can be used once", "  c4arch member invite --name \"Security team\" --email security@contoso.example --role architect\n"+
		"  c4arch member invite --name \"External auditor\" --email audit@fabrikam.example --role auditor --until 2027-01-31", none, func(ctx context.Context, c Remote, _ []string) error {
		sent := body
		var err error
		if sent.Until, err = untilDay(body.Until); err != nil {
			return err
		}
		var made struct {
			Invitation identity.Invitation `json:"invitation"`
			Link       string              `json:"link"`
		}
		if err := c.Call(ctx, http.MethodPost, "/invitations", "", sent, &made); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, made)
		}
		if _, err := fmt.Fprintf(r.env.Stderr, "Invitation %s, good until %s. Send the link to the person and to nobody else; it is shown once:\n", made.Invitation.ID, day(made.Invitation.Expires)); err != nil {
			return err
		}
		return r.say("%s\n", visible(made.Link))
	})
	body.flags(cmd)
	return jsonFlag(required(cmd, "name", "email"), &asJSON)
}

func (r *run) memberAdd() *cobra.Command {
	var body newMember
	var asJSON bool
	cmd := r.verb("add", "Make a person a member who comes in by the organisation's provider", "  c4arch member add --name \"Security team\" --email security@contoso.example --role architect", none, func(ctx context.Context, c Remote, _ []string) error {
		sent := body
		var err error
		if sent.Until, err = untilDay(body.Until); err != nil {
			return err
		}
		var m tenant.Member
		if err := c.Call(ctx, http.MethodPost, "/members", "", sent, &m); err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, m)
		}
		return r.say("Member %s (%s)\n", m.Person, m.Role)
	})
	cmd.Long = "Add makes somebody a member without anything to sign in with: the person comes in by a provider of the organisation, or by an invitation (c4arch member invite)."
	body.flags(cmd)
	return jsonFlag(required(cmd, "name", "email"), &asJSON)
}

func (r *run) memberChange() *cobra.Command {
	var name, role, until string
	cmd := r.verb("change MEMBER", "Give a member another role or name, or an end", "  c4arch member change pn_… --role approver\n  c4arch member change pn_… --until 2027-01-31", exactly(1, "a member"), nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		body := map[string]any{}
		for flag, value := range map[string]string{"name": name, "role": role} {
			if cmd.Flags().Changed(flag) {
				body[flag] = value
			}
		}
		if cmd.Flags().Changed("until") {
			end, err := untilDay(until)
			if err != nil {
				return err
			}
			body["until"] = end
		}
		if len(body) == 0 {
			return fault.New(fault.Invalid, "nothing to change was given").WithHelp("give --role, --name or --until")
		}
		c, err := r.remote()
		if err != nil {
			return err
		}
		return c.Call(cmd.Context(), http.MethodPatch, "/members/"+pathSegment(args[0]), "", body, nil)
	}
	cmd.Flags().StringVar(&name, "name", "", "`NAME` of the person")
	cmd.Flags().StringVar(&role, "role", "", roleHelp)
	cmd.Flags().StringVar(&until, "until", "", "last `DAY` of the membership; empty: it does not end by itself")
	return cmd
}

func (r *run) memberList() *cobra.Command {
	var asJSON, removed bool
	cmd := r.verb("list", "List members", "  c4arch member list", none, func(ctx context.Context, c Remote, _ []string) error {
		path := "/members"
		if removed {
			path += "?removed=true"
		}
		items, err := all[tenant.Member](ctx, c, path)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|NAME|E-MAIL|ROLE|UNTIL|STATE", func(row func(...any)) {
			for _, m := range items {
				row(m.Person, m.Name, m.Email, m.Role, end(m.Until), memberState(m, r.env.Now()))
			}
		})
	})
	cmd.Flags().BoolVar(&removed, "removed", false, "those too that were removed")
	return jsonFlag(cmd, &asJSON)
}

func memberState(m tenant.Member, now time.Time) string {
	switch {
	case m.Erased:
		return "erased"
	case m.Removed:
		return "removed"
	case !m.Live(now):
		return "over"
	}
	return "member"
}

// end is a time that may not be there.
func end(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t)
}

func (r *run) invitation() *cobra.Command {
	var asJSON bool
	list := r.verb("list", "List invitations; never their links", "  c4arch invitation list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[identity.Invitation](ctx, c, "/invitations")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|MEMBER|ROLE|EXPIRES|STATE", func(row func(...any)) {
			for _, v := range items {
				state := "open"
				switch {
				case v.Used:
					state = "used"
				case v.Revoked:
					state = "revoked"
				case !r.env.Now().Before(v.Expires):
					state = "expired"
				}
				row(v.ID, v.Person, v.Role, day(v.Expires), state)
			}
		})
	})
	revoke := r.verb("revoke INVITATION", "Take an invitation back", "  c4arch invitation revoke iv_…", exactly(1, "an invitation"), func(ctx context.Context, c Remote, args []string) error {
		return c.Call(ctx, http.MethodPost, "/invitations/"+pathSegment(args[0])+"/revocation", "", nil, nil)
	})
	return holder("invitation", "Invitations that are open or were", "An invitation is a link that one person can use once: c4arch member invite makes it, c4arch login --invitation accepts it.", jsonFlag(list, &asJSON), revoke)
}

// ownSession is one of the person's own sessions in a browser.
type ownSession struct {
	identity.Session
	Current bool `json:"current"`
}

func (r *run) session() *cobra.Command {
	var asJSON bool
	list := r.verb("list", "List where you are signed in with a browser", "  c4arch session list", none, func(ctx context.Context, c Remote, _ []string) error {
		items, err := all[ownSession](ctx, c, "/sessions")
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(r.env.Stdout, items)
		}
		return r.rows("ID|DEVICE|SIGNED IN|LAST SEEN|BY", func(row func(...any)) {
			for _, s := range items {
				row(s.ID, strings.TrimSpace(s.Device), day(s.Created), day(s.Seen), s.Method)
			}
		})
	})
	finish := r.verb("end SESSION", "End one of them", "  c4arch session end ss_…", exactly(1, "a session"), func(ctx context.Context, c Remote, args []string) error {
		return c.Call(ctx, http.MethodPost, "/sessions/"+pathSegment(args[0])+"/end", "", nil, nil)
	})
	return holder("session", "Your own sessions", "A session is you, signed in with a browser.", jsonFlag(list, &asJSON), finish)
}
