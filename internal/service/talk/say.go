package talk

import (
	"context"
	"slices"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/base/job"
	"c4arch/internal/service/change"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/ledger"
)

// View is a comment for whoever reads it.
type View struct {
	ID      string
	Author  string // a person, or ""
	Name    string // of the author; "" of somebody who is not known any more
	Pieces  []Piece
	State   State
	At      time.Time
	Mine    bool
	Undo    bool // whoever reads it can put it back
	Mention bool // whoever reads it is mentioned
}

// Thread is what was said about something.
type Thread struct {
	Subject  Subject
	Thing    Thing
	Comments []View
	// Write and Redact say what whoever reads it may.
	Write, Redact bool
	// Names are of those who can be mentioned.
	Names []string
}

// Thread is what was said about something. Something that is gone has a thread where something was said about it.
func (s *Service) Thread(ctx context.Context, a access.Actor, sub Subject) (Thread, error) {
	scope, err := decide(a, access.CommentRead, sub)
	if err != nil {
		return Thread{}, err
	}
	all, err := s.Store.Comments(ctx, scope, sub.About, sub.ID, MaxComments)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{Subject: sub}
	t.Thing, err = s.Things.Thing(ctx, a, sub)
	if fault.KindOf(err) == fault.NotFound && len(all) > 0 {
		t.Thing, err = Thing{Label: all[len(all)-1].Label}, nil
	}
	if err != nil {
		return Thread{}, err
	}
	members, err := s.People.Members(ctx, scope)
	if err != nil {
		return Thread{}, err
	}
	now := s.now()
	for _, c := range all {
		t.Comments = append(t.Comments, view(c, a, members, now))
	}
	for _, m := range s.readers(members, a.Org, sub.Project) {
		t.Names = append(t.Names, m.Name)
	}
	slices.Sort(t.Names)
	t.Write = allowed(a, access.CommentWrite, sub.Project) && a.ID.Person() != "" && len(all) < MaxComments
	t.Redact = allowed(a, access.CommentRedact, sub.Project)
	return t, nil
}

// Count is how much was said about something.
func (s *Service) Count(ctx context.Context, a access.Actor, sub Subject) (int, error) {
	scope, err := decide(a, access.CommentRead, sub)
	if err != nil {
		return 0, err
	}
	all, err := s.Store.Comments(ctx, scope, sub.About, sub.ID, MaxComments)
	return len(slices.DeleteFunc(all, func(c Comment) bool { return c.State != Shown })), err
}

func view(c Comment, a access.Actor, members []tenant.Member, now time.Time) View {
	names := func(person string) string {
		if i := slices.IndexFunc(members, func(m tenant.Member) bool { return m.Person == person }); i >= 0 {
			return members[i].Name
		}
		return ""
	}
	me := a.ID.Person()
	v := View{ID: c.ID, Author: c.Author, Name: names(c.Author), State: c.State, At: c.Created, Mine: c.Author != "" && c.Author == me}
	if c.State == Shown {
		v.Pieces = Pieces(c.Text, names)
		v.Mention = me != "" && slices.ContainsFunc(v.Pieces, func(p Piece) bool { return p.Person == me })
	}
	v.Undo = v.Mine && c.State == Withdrawn && c.Text != "" && now.Sub(c.Changed) < UndoFor
	return v
}

func decide(a access.Actor, act access.Action, sub Subject) (access.Scope, error) {
	if err := sub.check(); err != nil {
		return access.Scope{}, err
	}
	return access.Decide(a, act, access.Resource{Project: sub.Project})
}

func allowed(a access.Actor, act access.Action, p id.Project) bool {
	a.Fresh = true
	_, err := access.Decide(a, act, access.Resource{Project: p})
	return err == nil
}

// readers are the members who may read comments of a project.
func (s *Service) readers(all []tenant.Member, org id.Org, p id.Project) (some []tenant.Member) {
	now := s.now()
	for _, m := range all {
		a := access.Actor{ID: id.Actor("person:" + m.Person), Kind: access.Person, Org: org, Roles: []access.Role{m.Role}, Surface: access.Portal, Session: "-"}
		if m.Live(now) && allowed(a, access.CommentRead, p) {
			some = append(some, m)
		}
	}
	return some
}

// Say adds a comment.
func (s *Service) Say(ctx context.Context, a access.Actor, sub Subject, text string, key *change.Idempotency) (string, error) {
	scope, err := decide(a, access.CommentWrite, sub)
	if err != nil {
		return "", err
	}
	if a.ID.Person() == "" {
		return "", fault.New(fault.Denied, "people comment, and programs do not").WithHelp("sign in as yourself")
	}
	now := s.now()
	c := Comment{Project: sub.Project, About: sub.About, Subject: sub.ID, Author: a.ID.Person(), State: Shown, Created: now, Changed: now}
	var people []string
	if c.Text, people, err = s.worded(ctx, a, scope, sub, text); err != nil {
		return "", err
	}
	if c.Label, err = s.labelled(ctx, a, scope, sub); err != nil {
		return "", err
	}
	if c.ID, err = id.Mint(id.PrefixComment, s.Random, now); err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	ch := &Change{Comment: c, Mentions: people, Envelope: change.New(scope, now, entry("comment.added", ledger.Text("comment", c.ID), ledger.Text("about", string(c.About)), ledger.Text("subject", c.Subject)))}
	if len(people) > 0 {
		ch.Jobs = []job.New{{Kind: task.Notify, Key: "minutely", Args: []byte("{}")}}
	}
	answer := c.ID
	if err := change.Remember(&ch.Envelope, key, answer); err != nil {
		return "", err
	}
	done, err := s.Store.Commit(ctx, ch)
	if err != nil {
		return "", err
	}
	return answer, change.Replayed(done, &answer)
}

// worded is the text as it is kept, and who is mentioned.
func (s *Service) worded(ctx context.Context, a access.Actor, scope access.Scope, sub Subject, text string) (string, []string, error) {
	text, err := clean(text)
	if err != nil {
		return "", nil, err
	}
	if s.Screen != nil {
		if text, err = s.Screen(ctx, a, "comment", text); err != nil {
			return "", nil, err
		}
		if text, err = clean(text); err != nil {
			return "", nil, err
		}
	}
	members, err := s.People.Members(ctx, scope)
	if err != nil {
		return "", nil, err
	}
	return mentioned(text, s.readers(members, a.Org, sub.Project))
}

// labelled is what the subject is called. More about something that is gone can be said where something was said.
func (s *Service) labelled(ctx context.Context, a access.Actor, scope access.Scope, sub Subject) (string, error) {
	all, err := s.Store.Comments(ctx, scope, sub.About, sub.ID, MaxComments)
	if err != nil {
		return "", err
	}
	if len(all) >= MaxComments {
		return "", fault.New(fault.Limited, "there are %d comments on this already, and can be no more", len(all))
	}
	thing, err := s.Things.Thing(ctx, a, sub)
	if fault.KindOf(err) == fault.NotFound && len(all) > 0 {
		return all[len(all)-1].Label, nil
	}
	return thing.Label, err
}

// TakeBack takes a comment of one's own back; Undo puts it back within [UndoFor].
func (s *Service) TakeBack(ctx context.Context, a access.Actor, project id.Project, comment string) (Subject, error) {
	return s.own(ctx, a, project, comment, Shown, Withdrawn, "comment.withdrawn")
}

// Undo is said at [Service.TakeBack].
func (s *Service) Undo(ctx context.Context, a access.Actor, project id.Project, comment string) (Subject, error) {
	return s.own(ctx, a, project, comment, Withdrawn, Shown, "comment.restored")
}

func (s *Service) own(ctx context.Context, a access.Actor, project id.Project, comment string, from, to State, kind string) (sub Subject, err error) {
	scope, err := access.Decide(a, access.CommentWrite, access.Resource{Project: project})
	if err != nil {
		return sub, err
	}
	err = change.Again(func() error {
		c, err := s.Store.Comment(ctx, scope, comment)
		if err != nil {
			return err
		}
		sub = Subject{Project: project, About: c.About, ID: c.Subject}
		now := s.now()
		switch {
		case c.Author == "" || c.Author != a.ID.Person():
			return fault.New(fault.Denied, "that is not your comment")
		case c.State == to:
			return nil
		case c.State != from || to == Shown && (c.Text == "" || now.Sub(c.Changed) >= UndoFor):
			return fault.New(fault.Invalid, "what the comment said is not there any more")
		}
		c.State, c.Changed = to, now
		_, err = s.Store.Commit(ctx, &Change{Comment: c, Envelope: change.New(scope, now, entry(kind, ledger.Text("comment", c.ID)))})
		return err
	})
	return sub, err
}

// Redact takes a comment of anybody away. What it said is gone; that somebody said something stays.
func (s *Service) Redact(ctx context.Context, a access.Actor, project id.Project, comment, reason string) (sub Subject, err error) {
	scope, err := access.Decide(a, access.CommentRedact, access.Resource{Project: project})
	if err != nil {
		return sub, err
	}
	if err := tenant.CheckReason(reason); err != nil {
		return sub, err
	}
	if s.Screen != nil {
		if reason, err = s.Screen(ctx, a, "reason", reason); err != nil {
			return sub, err
		}
	}
	err = change.Again(func() error {
		c, err := s.Store.Comment(ctx, scope, comment)
		if err != nil {
			return err
		}
		sub = Subject{Project: project, About: c.About, ID: c.Subject}
		if c.State == Redacted || c.State == Erased {
			return nil
		}
		c.State, c.Text, c.Changed = Redacted, "", s.now()
		_, err = s.Store.Commit(ctx, &Change{Comment: c, Envelope: change.New(scope, c.Changed, entry("comment.redacted", ledger.Text("comment", c.ID), ledger.Text("reason", reason)))})
		return err
	})
	return sub, err
}
