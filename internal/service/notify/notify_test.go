package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/service/accounts"
	"c4arch/internal/service/change"
	"c4arch/internal/service/notify"
	"c4arch/internal/service/talk"
	"c4arch/internal/trust/ledger"
)

func (w *world) comment(text string) string {
	w.t.Helper()
	name, err := w.talk.Say(w.t.Context(), w.as(ada, access.Owner), talk.Subject{Project: w.project, About: talk.Element, ID: "el-shop"}, text, nil)
	w.check(err)
	return name
}

// TestMention: who is mentioned is told once, in the product and by one mail, however often the ledger is followed.
func TestMention(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.comment("Look at this, @bob.a, and @Eve Viewer. And @ada.")
		w.comment("Again, @Bob Architect: a secret word")
		w.job()
		w.want(bob, access.Architect, notify.Mentioned, notify.Mentioned)
		w.want(eve, access.Viewer, notify.Mentioned)
		w.want(ada, access.Owner) // nobody is told what they did themselves
		if len(w.post.letters) != 0 {
			t.Fatal("what comes together is not waited for")
		}
		w.minutes(5)
		if len(w.post.letters) != 2 {
			t.Fatalf("%d mails for two people", len(w.post.letters))
		}
		i := slices.IndexFunc(w.post.letters, func(l notify.Letter) bool { return l.To == "bob.a@contoso.example" })
		l := w.post.letters[i]
		if len(l.Items) != 2 || l.Items[0].By != "Ada Owner" || l.Items[0].ProjectName != "Shop" || l.Organisation != "Contoso" || !strings.HasPrefix(l.Unsubscribe, "https://arch.contoso.example/unsubscribe/og_") {
			t.Errorf("%+v", l)
		}
		n, err := w.Unread(t.Context(), w.as(bob, access.Architect))
		if err != nil || n != 2 {
			t.Errorf("%d are new, %v", n, err)
		}
		// Followed from the start again, as after an older backup of the position: nobody is told twice.
		w.rows(`UPDATE notice_position SET next = 0`)
		w.minutes(5)
		w.want(bob, access.Architect, notify.Mentioned, notify.Mentioned)
		if len(w.post.letters) != 2 {
			t.Errorf("%d mails", len(w.post.letters))
		}
		// Not by index alone: nothing of another person can be opened.
		items, err := w.List(t.Context(), w.as(bob, access.Architect), notify.Query{})
		w.check(err)
		_, err = w.Open(t.Context(), w.as(eve, access.Viewer), items[0].ID)
		w.refused(err, fault.NotFound)
		to, err := w.Open(t.Context(), w.as(bob, access.Architect), items[0].ID)
		if err != nil || !strings.HasPrefix(to, "/projects/"+string(w.project)+"/comments?element=el-shop#cm_") {
			t.Errorf("it leads to %q, %v", to, err)
		}
	})
}

// TestSeen: all can be marked as seen, and that undone; what was seen is not mailed.
func TestSeen(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, b := t.Context(), w.as(bob, access.Architect)
		w.comment("@bob.a one")
		w.comment("@bob.a two")
		w.job()
		at, n, err := w.SeeAll(ctx, b)
		if err != nil || n != 2 {
			t.Fatalf("%d, %v", n, err)
		}
		w.minutes(5)
		if n, err := w.Unread(ctx, b); err != nil || n != 0 || len(w.post.letters) != 0 {
			t.Errorf("%d are new, %v, %d mails", n, err, len(w.post.letters))
		}
		w.check(w.Unsee(ctx, b, at))
		if n, err := w.Unread(ctx, b); err != nil || n != 2 {
			t.Errorf("%d are new again, %v", n, err)
		}
		items, err := w.List(ctx, b, notify.Query{Unseen: true, Kinds: []notify.Kind{notify.Finding}})
		if err != nil || len(items) != 0 {
			t.Errorf("%v, %v", items, err)
		}
	})
}

// TestLeft: who lost the role, or left, is told nothing any more: not in the product, and not by a mail that waited.
func TestLeft(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.comment("@bob.a @eve look")
		w.job()
		w.member(bob, func(m *tenant.Member) { m.Role = access.Billing })
		w.member(eve, func(m *tenant.Member) { m.Removed = true })
		w.minutes(5)
		if len(w.post.letters) != 1 || w.post.letters[0].To != "bob.a@contoso.example" || w.post.letters[0].Items[0].What != notify.RoleChanged || len(w.post.letters[0].Items) != 1 {
			t.Errorf("%+v", w.post.letters)
		}
		w.want(bob, access.Billing, notify.RoleChanged)
		if n, err := w.Unread(t.Context(), w.as(bob, access.Billing)); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// member changes one, as a use case does.
func (w *world) member(person string, with func(*tenant.Member)) {
	w.t.Helper()
	m, err := w.accounts.Member(w.t.Context(), w.inside(access.MemberList), person)
	w.check(err)
	with(&m)
	kind, fields := "member.changed", []ledger.Field{ledger.Personal("person", person, person), ledger.Text("role", string(m.Role))}
	if m.Removed {
		kind, fields = "member.removed", fields[:1]
	}
	c := &accounts.Change{Envelope: change.New(w.inside(access.MemberList), w.clock.now(), ledger.Draft{Kind: kind, Fields: fields}), Members: []tenant.Member{m}}
	_, err = w.accounts.Commit(w.t.Context(), c)
	w.check(err)
}

// TestErased: with a person goes what the person said, was told and chose; and where others mentioned the person no name stands.
func TestErased(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		sub := talk.Subject{Project: w.project, About: talk.Element, ID: "el-shop"}
		w.comment("Ask @bob.a about it")
		w.clock.add(time.Second)
		_, err := w.talk.Say(ctx, w.as(bob, access.Architect), sub, "my words, @ada", nil)
		w.check(err)
		_, err = w.Choose(ctx, w.as(bob, access.Architect), notify.Settings{Address: "https://chat.contoso.example/x"})
		w.check(err)
		w.job()
		w.member(bob, func(m *tenant.Member) { m.Name, m.Email, m.Removed, m.Erased = "", "", true, true })
		w.minutes(4)
		thread, err := w.talk.Thread(ctx, w.as(ada, access.Owner), sub)
		w.check(err)
		if c := thread.Comments[1]; c.State != talk.Erased || c.Author != "" || len(c.Pieces) != 0 {
			t.Errorf("%+v", c)
		}
		if p := thread.Comments[0].Pieces; len(p) != 3 || p[1].Text != "" || p[1].Person != bob {
			t.Errorf("%+v", p)
		}
		w.want(bob, access.Architect)
		if st, err := w.Settings(ctx, w.as(bob, access.Architect)); err != nil || st.Address != "" || st.Version != 0 {
			t.Errorf("%+v, %v", st, err)
		}
		w.want(ada, access.Owner) // what the comment said is gone: nobody is sent to it
		for _, l := range w.post.letters {
			if strings.HasPrefix(l.To, "bob") {
				t.Errorf("%+v", l)
			}
		}
	})
}

// TestEvents: each kind of entry reaches those whom it concerns, and nobody else.
func TestEvents(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		o, b := w.as(ada, access.Owner), w.as(bob, access.Architect)
		at := w.clock.now().UnixMicro()
		w.rows(`INSERT INTO proposal (id, project, kind, subject, expect, reason, actor, state, decider, answer, decided_at, created_at, version) VALUES ('pr_1', $1, 'baseline', 's', '', 'r', $2, 'open', '', '', 0, $3, 1)`, string(w.project), "person:"+bob, at)
		w.did(b, access.BaselineApprove, ledger.Draft{Kind: "baseline.proposed", Fields: []ledger.Field{ledger.Text("proposal", "pr_1")}})
		w.job()
		w.want(ada, access.Owner, notify.BaselineProposed)
		w.want(bob, access.Architect)
		w.want(eve, access.Viewer)
		w.did(o, access.BaselineApprove, ledger.Draft{Kind: "baseline.approved", Fields: []ledger.Field{ledger.Text("proposal", "pr_1")}})
		w.job()
		w.want(bob, access.Architect, notify.ProposalApproved)

		w.rows(`INSERT INTO scan (id, project, name, state, stage, done, total, resources, not_read, error, actor, collected_at, created_at, version) VALUES ('sc_1', $1, 'x', 'failed', '', 0, 0, 0, 0, '', $2, $3, $3, 1)`, string(w.project), "person:"+eve, at)
		w.rows(`INSERT INTO scan (id, project, name, state, stage, done, total, resources, not_read, error, actor, collected_at, created_at, version) VALUES ('sc_2', $1, 'x', 'failed', '', 0, 0, 0, 0, '', 'token:tk_1', $2, $2, 1)`, string(w.project), at)
		failed := func(scan string) ledger.Draft {
			return ledger.Draft{Kind: "scan.failed", Fields: []ledger.Field{ledger.Text("scan", scan), ledger.Text("error", "invalid")}}
		}
		w.did(access.System(w.org, "job", o), access.ScanRun, failed("sc_1"), failed("sc_2"), failed("sc_none"))
		w.job()
		w.want(eve, access.Viewer, notify.ScanFailed)
		w.want(bob, access.Architect, notify.ScanFailed, notify.ProposalApproved)
		w.want(kim, access.Billing)

		w.rows(`INSERT INTO object (name, state, size, at) VALUES ('o', 'live', 1, $1)`, at)
		w.rows(`INSERT INTO comparison (id, project, baseline, snapshot, at, counts, findings, object) VALUES ('cp_1', $1, 'b', 's', $2, '{}', 3, 'o')`, string(w.project), at)
		for name, severity := range map[string]string{"f1": "critical", "f2": "high", "f3": "low"} {
			w.rows(`INSERT INTO finding (project, id, comparison, severity, state, title, resource, first_at, last_at, data) VALUES ($1, $2, 'cp_1', $3, 'open', 't', 'r', $4, $4, $5)`, string(w.project), name, severity, at, []byte("{}"))
		}
		w.did(access.System(w.org, "job", o), access.DriftCompare, ledger.Draft{Kind: "drift.compared", Fields: []ledger.Field{ledger.Text("comparison", "cp_1")}})
		w.job()
		items, err := w.List(t.Context(), o, notify.Query{Kinds: []notify.Kind{notify.Finding}})
		if err != nil || len(items) != 1 || items[0].Subject.Count != 2 {
			t.Errorf("%+v, %v", items, err)
		}
		w.want(eve, access.Viewer, notify.ScanFailed)

		grant := []ledger.Field{ledger.Text("grant", "gr_1")}
		w.did(access.System(w.org, "x", o), access.AccessRecord, ledger.Draft{Kind: "access.looked", Fields: grant}, ledger.Draft{Kind: "access.looked", Fields: grant}, ledger.Draft{Kind: "access.looked", Fields: []ledger.Field{ledger.Text("route", "GET /x")}})
		w.did(access.System(w.org, "x", o), access.StreamRead, ledger.Draft{Kind: "stream.dead", Fields: []ledger.Field{ledger.Text("stream", "st_1")}}, ledger.Draft{Kind: "stream.dead", Fields: []ledger.Field{ledger.Text("stream", "st_1")}})
		w.job()
		got := w.told(ada, access.Owner)
		for what, n := range map[notify.What]int{notify.GrantUsed: 1, notify.StreamDead: 1} {
			if c := len(slices.DeleteFunc(slices.Clone(got), func(x notify.What) bool { return x != what })); c != n {
				t.Errorf("%s is told %d times: %v", what, c, got)
			}
		}
	})
}

// TestEnds: what ends is told a week before, and when it has ended; what was taken back is not.
func TestEnds(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		o, b := w.as(ada, access.Owner), w.as(bob, access.Architect)
		until := w.clock.now().AddDate(0, 0, 10).Format(time.DateOnly)
		for _, name := range []string{"ex_1", "ex_2"} {
			w.did(o, access.ExceptionChange, ledger.Draft{Kind: "exception.accepted", Fields: []ledger.Field{ledger.Text("exception", name), ledger.Text("expires", until)}})
		}
		w.did(b, access.TokenDrop, ledger.Draft{Kind: "token.created", Fields: []ledger.Field{ledger.Text("token", "tk_1"), ledger.Personal("person", bob, bob), ledger.Text("role", "architect"), ledger.Time("expires", w.clock.now().AddDate(0, 0, 8))}})
		w.job()
		w.did(o, access.ExceptionChange, ledger.Draft{Kind: "exception.revoked", Fields: []ledger.Field{ledger.Text("exception", "ex_2")}})
		w.job()
		w.want(ada, access.Owner)
		w.clock.add(25 * time.Hour)
		w.job()
		w.want(bob, access.Architect, notify.TokenSoon)
		w.clock.add(48 * time.Hour)
		w.minutes(2)
		w.want(ada, access.Owner, notify.ExceptionSoon)
		w.clock.add(7 * 24 * time.Hour)
		w.minutes(2)
		w.want(ada, access.Owner, notify.ExceptionOver, notify.ExceptionSoon)
	})
}

// TestHistory: an organisation whose ledger is followed for the first time is not told its history.
func TestHistory(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.comment("@bob.a long ago")
		w.clock.add(10 * 24 * time.Hour)
		w.job()
		w.want(bob, access.Architect)
	})
}

// TestRetry: a server that is away is asked again, later each time; one that refuses for good is not, and that is said.
func TestRetry(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, b := t.Context(), w.as(bob, access.Architect)
		w.post.fail = fault.New(fault.Unavailable, "the server of mail takes the message later (451)\r\nX: y")
		w.comment("@bob.a look")
		w.minutes(3)
		all, err := w.Messages(ctx, b)
		if err != nil || len(all) != 1 || all[0].State != notify.Due || all[0].Attempts != 1 || strings.ContainsAny(all[0].Error, "\r\n") || all[0].Error == "" {
			t.Fatalf("%+v, %v", all, err)
		}
		w.post.fail = nil
		w.clock.add(time.Hour)
		w.minutes(2)
		if all, err = w.Messages(ctx, b); err != nil || all[0].State != notify.Sent || all[0].Attempts != 2 || len(w.post.letters) != 1 || w.post.letters[0].ID != all[0].ID {
			t.Errorf("%+v, %v", all, err)
		}
		w.post.fail = fault.New(fault.Denied, "the server of mail refused the message (550)")
		w.comment("@bob.a again")
		w.minutes(3)
		if all, err = w.Messages(ctx, b); err != nil || all[0].State != notify.Dead || all[0].Attempts != 1 {
			t.Errorf("%+v, %v", all, err)
		}
		w.post.fail = fault.New(fault.Unavailable, "away")
		w.comment("@bob.a a third time")
		for range notify.MaxAttempts + 4 {
			w.clock.add(2 * time.Hour)
			w.job()
		}
		if all, err = w.Messages(ctx, b); err != nil || all[0].State != notify.Dead || all[0].Attempts != notify.MaxAttempts {
			t.Errorf("%+v, %v", all[0], err)
		}
	})
}

// TestChoices: a person says for each kind where it is told.
func TestChoices(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, b := t.Context(), w.as(bob, access.Architect)
		choose := func(s notify.Settings) string {
			t.Helper()
			key, err := w.Choose(ctx, b, s)
			w.check(err)
			return key
		}
		choose(notify.Settings{Choices: map[notify.Kind]notify.Choice{notify.Mention: {Mail: notify.Never}}})
		w.comment("@bob.a one")
		w.minutes(4)
		w.want(bob, access.Architect)
		key := choose(notify.Settings{Address: "https://chat.contoso.example/hook", Choices: map[notify.Kind]notify.Choice{notify.Mention: {Listed: true, Mail: notify.Daily, Hook: true}}})
		if !strings.HasPrefix(key, "whsec_") {
			t.Errorf("the secret is %q", key)
		}
		w.comment("@bob.a two: words that somebody wrote")
		w.minutes(4)
		if len(w.post.requests) != 1 || len(w.post.letters) != 0 {
			t.Fatalf("%d requests, %d mails", len(w.post.requests), len(w.post.letters))
		}
		r := w.post.requests[0]
		if r.Key.Empty() || r.Address != "https://chat.contoso.example/hook" || strings.Contains(string(r.Body), "words") || !strings.Contains(string(r.Body), `"what":"comment.mention"`) {
			t.Errorf("%+v: %s", r, r.Body)
		}
		w.clock.add(22 * time.Hour) // behind 06:00
		w.job()
		if len(w.post.letters) != 1 {
			t.Errorf("%d mails", len(w.post.letters))
		}
		if key := choose(notify.Settings{Address: "https://chat.contoso.example/hook"}); key != "" {
			t.Error("the same address has another secret")
		}
		w.check(w.Test(ctx, b))
		w.post.status = 500
		w.refused(w.Test(ctx, b), fault.Unavailable)
		choose(notify.Settings{})
		w.refused(w.Test(ctx, b), fault.Invalid)
		for _, bad := range []notify.Settings{
			{Address: "http://chat.contoso.example/"},
			{Address: "https://user:password@chat.contoso.example/"},
			{Address: "https://x/\r\nHost: y"},
			{Address: "file:///etc/passwd"},
			{Choices: map[notify.Kind]notify.Choice{"x": {Mail: notify.Never}}},
			{Choices: map[notify.Kind]notify.Choice{notify.Scan: {Mail: "hourly"}}},
		} {
			_, err := w.Choose(ctx, b, bad)
			w.refused(err, fault.Invalid)
		}
		_, err := w.Choose(ctx, access.Actor{ID: "token:tk_1", Kind: access.Token, Org: w.org, For: access.CI}, notify.Settings{})
		w.refused(err, fault.Denied)
	})
}

// TestOff: the link of a mail switches mail off, and nothing else, until it ends; one that was made up, or of another organisation, does nothing.
func TestOff(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx, b := t.Context(), w.as(bob, access.Architect)
		w.comment("@bob.a look")
		w.minutes(4)
		link := w.post.letters[0].Unsubscribe
		parts := strings.Split(strings.TrimPrefix(link, "https://arch.contoso.example/unsubscribe/"), "/")
		for _, bad := range [][2]string{{parts[0], parts[1] + "A"}, {parts[0], ""}, {parts[0], "%%%"}, {"platform", parts[1]}, {"og_01jq8z6y5x4w3v2t1s0r9q8p7z", parts[1]}, {"", parts[1]}, {parts[0], strings.Repeat("A", 500)}} {
			w.refused(w.Off(ctx, id.Org(bad[0]), bad[1], "rq_1"), fault.NotFound)
		}
		w.check(w.Off(ctx, id.Org(parts[0]), parts[1], "rq_1"))
		w.check(w.Off(ctx, id.Org(parts[0]), parts[1], "rq_2")) // twice is once
		st, err := w.Settings(ctx, b)
		if err != nil || !st.MailOff {
			t.Errorf("%+v, %v", st, err)
		}
		w.comment("@bob.a again")
		w.minutes(4)
		w.want(bob, access.Architect, notify.Mentioned, notify.Mentioned)
		if len(w.post.letters) != 1 {
			t.Errorf("%d mails", len(w.post.letters))
		}
		w.clock.add(notify.TicketFor)
		w.refused(w.Off(ctx, id.Org(parts[0]), parts[1], "rq_1"), fault.NotFound)
	})
}

// TestSuppliers: those who can object are told of a change of subprocessors at the bell and by mail, once, with the way to its page; others are not.
func TestSuppliers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		said := []ledger.Field{ledger.Text("change", "sb_1"), ledger.Text("kind", "replace"), ledger.Text("name", "Contoso Mail"), ledger.Text("emergency", ""), ledger.Int("days", 30)}
		w.did(access.System(w.org, "a change of subprocessors", access.Actor{}), access.SubprocessorNotify, ledger.Draft{Kind: "subprocessor.noticed", Fields: said})
		w.job()
		w.want(ada, access.Owner, notify.SupplierNoticed)
		w.want(bob, access.Architect)
		w.want(eve, access.Viewer)
		items, err := w.List(t.Context(), w.as(ada, access.Owner), notify.Query{Kinds: []notify.Kind{notify.Supplier}})
		if err != nil || len(items) != 1 || items[0].Path != "/organisation/subprocessors/sb_1" {
			t.Errorf("%+v, %v", items, err)
		}
		w.minutes(3)
		if len(w.post.letters) != 1 || w.post.letters[0].Items[0].What != notify.SupplierNoticed {
			t.Errorf("the mails are %+v", w.post.letters)
		}
	})
}
