package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/talk"
)

// saidComment is a comment as programs of a person read it.
type saidComment struct {
	ID     string    `json:"id"`
	Author string    `json:"author,omitempty" doc:"the person; nothing of somebody who was erased"`
	Name   string    `json:"name,omitempty"`
	Text   string    `json:"text,omitempty"`
	State  string    `json:"state" doc:"shown, withdrawn, redacted or erased"`
	At     time.Time `json:"at"`
}

// AboutWhat names what comments are on.
type AboutWhat struct {
	About   string `query:"about" enum:"element,finding,proposal" required:"true"`
	Subject string `query:"subject" maxLength:"300" required:"true" doc:"its id"`
}

type OneComment struct {
	InProject
	Comment string `path:"comment" maxLength:"40"`
}

// madeComment is one that was added.
type madeComment struct {
	ID string `json:"id"`
}

// comments are the routes of what people say.
func (a *api) comments() {
	route(a, http.MethodGet, "/projects/{project}/comments", "list-comments", "List the comments on an element, a finding or a proposal, the oldest first", inside(access.CommentRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			AboutWhat
		},
		) (list[saidComment], error) {
			t, err := a.Talk.Thread(ctx, actor, talk.Subject{Project: in.id(), About: talk.About(in.About), ID: in.Subject})
			all := list[saidComment]{Items: []saidComment{}}
			for _, c := range t.Comments {
				all.Items = append(all.Items, saidComment{ID: c.ID, Author: c.Author, Name: c.Name, Text: plain(c.Pieces), State: string(c.State), At: c.At})
			}
			return all, err
		})
	route(a, http.MethodPost, "/projects/{project}/comments", "add-comment", "Comment on an element, a finding or a proposal; @ and a name mentions somebody", inside(access.CommentWrite),
		func(ctx context.Context, actor access.Actor, in *struct {
			InProject
			Once
			Body struct {
				About   string `json:"about" enum:"element,finding,proposal"`
				Subject string `json:"subject" maxLength:"300"`
				Text    string `json:"text" minLength:"1" maxLength:"4000"`
			}
		},
		) (madeComment, error) {
			name, err := a.Talk.Say(ctx, actor, talk.Subject{Project: in.id(), About: talk.About(in.Body.About), ID: in.Body.Subject}, in.Body.Text, in.key("add-comment", in.Body))
			return madeComment{name}, err
		})
	route(a, http.MethodPost, "/projects/{project}/comments/{comment}/withdrawal", "withdraw-comment", "Take a comment of one's own back", inside(access.CommentWrite),
		func(ctx context.Context, actor access.Actor, in *OneComment) (none, error) {
			_, err := a.Talk.TakeBack(ctx, actor, in.id(), in.Comment)
			return none{}, err
		})
}

// plain is a comment as text: a mention is an @ and the name.
func plain(pieces []talk.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Person != "" {
			b.WriteByte('@')
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// toldNotice is a notification of whoever asks.
type toldNotice struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"`
	What    string         `json:"what"`
	Project string         `json:"project,omitempty"`
	Subject notify.Subject `json:"subject"`
	At      time.Time      `json:"at"`
	Seen    time.Time      `json:"seenAt,omitzero"`
	Path    string         `json:"path,omitempty" doc:"the page of what it is about"`
}

// notices are the routes of what a person is told.
func (a *api) notices() {
	route(a, http.MethodGet, "/notifications", "list-notifications", "List what you are told, the newest first", inside(access.SelfRead),
		func(ctx context.Context, actor access.Actor, in *struct {
			Page
			New bool `query:"new" doc:"only what you have not seen"`
		},
		) (list[toldNotice], error) {
			at, err := in.from(actor, "list-notifications")
			if err != nil {
				return list[toldNotice]{}, err
			}
			all, err := a.Notify.List(ctx, actor, notify.Query{Unseen: in.New, Before: at, Limit: in.Limit})
			items := make([]toldNotice, len(all))
			for i, n := range all {
				items[i] = toldNotice{n.ID, string(n.Kind), string(n.What), string(n.Project), n.Subject, n.At, n.Seen, n.Path}
			}
			return goesOn(actor, "list-notifications", items, in.Limit, func(n toldNotice) string { return n.ID }), err
		})
	route(a, http.MethodPost, "/notifications/seen", "see-notifications", "Mark all that you are told as seen", inside(access.SelfChange),
		func(ctx context.Context, actor access.Actor, _ *struct{}) (none, error) {
			_, _, err := a.Notify.SeeAll(ctx, actor)
			return none{}, err
		})
}
