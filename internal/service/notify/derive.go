package notify

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/account/tenant"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/trust/ledger"
)

// Soon is how long before something ends people are told.
const Soon = 7 * 24 * time.Hour

// tooOld is how old an entry is of which nobody is told any more: an organisation whose ledger is followed for the first time is not told its history.
const tooOld = 3 * 24 * time.Hour

// event is what one entry, or one reminder, comes to.
type event struct {
	what    What
	key     string
	project id.Project
	subject Subject
	actor   id.Actor
	to      []string      // persons, or
	all     access.Action // everybody who may do that
	at      time.Time
}

// follower turns entries into a batch.
type follower struct {
	*Service
	scope    access.Scope
	now      time.Time
	members  []tenant.Member
	settings map[string]Settings
	messages map[string]bool // that the batch has already
	batch    Batch
}

// field is a text of an entry, "" where it has none or it was erased.
func field(e *ledger.Entry, name string) string {
	var s string
	if json.Unmarshal(e.Openings[name].Value, &s) != nil {
		return ""
	}
	return s
}

// moment is a time of an entry: an instant, or a day, which ends when the next one begins.
func moment(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	t, err := time.Parse(time.DateOnly, text)
	return t, err == nil
}

// derived is what an entry comes to: at most one event, and reminders. What else it says concerns nobody in person.
func (f *follower) derived(ctx context.Context, e *ledger.Entry) error {
	ev := event{key: e.Kind + "/" + strconv.FormatInt(e.Index, 10), project: id.Project(field(e, "project")), actor: id.Actor(field(e, "actor")), at: e.At}
	if on := id.Actor(field(e, "onBehalf")); on != "" {
		ev.actor = on
	}
	fill, ok := fills[e.Kind]
	if !ok {
		return nil
	}
	err := fill(ctx, f, e, &ev)
	if k := fault.KindOf(err); err != nil && k != fault.NotFound { // what is gone meanwhile tells nobody anything
		return err
	}
	if err != nil || ev.what == "" || f.now.Sub(e.At) > tooOld {
		return nil
	}
	return f.tell(ctx, ev)
}

// fills are the kinds of entries that concern somebody.
var fills = map[string]func(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error{
	"comment.added":      mentioned,
	"baseline.proposed":  proposed(BaselineProposed),
	"exception.proposed": proposed(ExceptionProposed),
	"baseline.approved":  decided(ProposalApproved),
	"exception.accepted": accepted,
	"exception.revoked":  revoked,
	"proposal.rejected":  decided(ProposalRejected),
	"proposal.withdrawn": decided(ProposalRejected),
	"drift.compared":     compared,
	"scan.failed":        scanFailed,
	"stream.disabled":    broken(StreamOff, "stream", access.StreamChange),
	"stream.dead":        broken(StreamDead, "stream", access.StreamChange),
	"connection.verified": func(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
		if field(e, "outcome") != "failed" {
			return nil
		}
		return broken(ConnectionBroken, "connection", access.ConnectionChange)(ctx, f, e, ev)
	},
	"token.created":   tokenMade,
	"token.revoked":   tokenGone,
	"member.added":    memberIs(MemberAdded),
	"member.changed":  memberIs(RoleChanged),
	"member.provided": memberIs(RoleChanged),
	"grant.asked": func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error {
		ev.what, ev.subject, ev.all, ev.actor = GrantAsked, Subject{ID: field(e, "grant")}, access.GrantChange, ""
		return nil
	},
	"subprocessor.noticed": func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error { // those who can object
		ev.what, ev.subject, ev.all, ev.actor = SupplierNoticed, Subject{ID: field(e, "change")}, access.ObjectionRaise, ""
		return nil
	},
	"access.looked": func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error {
		if g := field(e, "grant"); g != "" { // once for each grant, however much is read
			ev.what, ev.key, ev.subject, ev.all, ev.actor = GrantUsed, "grant.used/"+g, Subject{ID: g}, access.GrantChange, ""
		}
		return nil
	},
}

func mentioned(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
	c, err := f.Store.Comment(ctx, f.scope, field(e, "comment"))
	if err != nil || !c.Shown {
		return err
	}
	ev.what, ev.subject, ev.to = Mentioned, Subject{ID: field(e, "comment"), About: c.About, On: c.Subject}, c.Mentions
	return nil
}

func proposed(w What) func(context.Context, *follower, *ledger.Entry, *event) error {
	return func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error {
		ev.what, ev.subject, ev.all = w, Subject{ID: field(e, "proposal")}, access.BaselineApprove
		return nil
	}
}

// decided tells whoever proposed, unless that is who decided.
func decided(w What) func(context.Context, *follower, *ledger.Entry, *event) error {
	return func(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
		name := field(e, "proposal")
		if name == "" {
			return nil
		}
		who, err := f.Store.Asker(ctx, f.scope, "proposal", name)
		if err != nil {
			return err
		}
		ev.what, ev.subject, ev.to = w, Subject{ID: name}, []string{who.Person()}
		return nil
	}
}

func accepted(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
	name := field(e, "exception")
	if until, ok := moment(field(e, "expires")); ok && until.After(f.now) {
		f.remind(Reminder{What: ExceptionSoon, Subject: name, At: until.Add(-Soon), Project: ev.project}, Reminder{What: ExceptionOver, Subject: name, At: until, Project: ev.project})
	}
	return decided(ProposalApproved)(ctx, f, e, ev)
}

func revoked(_ context.Context, f *follower, e *ledger.Entry, _ *event) error {
	name := field(e, "exception")
	f.forget(Reminder{What: ExceptionSoon, Subject: name}, Reminder{What: ExceptionOver, Subject: name})
	return nil
}

func compared(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
	name := field(e, "comparison")
	n, err := f.Store.Fresh(ctx, f.scope, name)
	if err != nil || n == 0 {
		return err
	}
	ev.what, ev.subject, ev.all, ev.actor = FindingsNew, Subject{ID: name, Count: n}, access.ExceptionChange, ""
	return nil
}

// scanFailed tells whoever asked for the scan; where that was a program, those who can ask for one.
func scanFailed(ctx context.Context, f *follower, e *ledger.Entry, ev *event) error {
	who, err := f.Store.Asker(ctx, f.scope, "scan", field(e, "scan"))
	if err != nil {
		return err
	}
	ev.what, ev.subject, ev.actor = ScanFailed, Subject{ID: field(e, "scan")}, ""
	if p := who.Person(); p != "" && f.live(p) {
		ev.to = []string{p}
	} else {
		ev.all = access.ScanStart
	}
	return nil
}

// broken tells those who can mend it, of the same thing once a day.
func broken(w What, name string, act access.Action) func(context.Context, *follower, *ledger.Entry, *event) error {
	return func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error {
		ev.what, ev.subject, ev.all, ev.actor = w, Subject{ID: field(e, name)}, act, ""
		ev.key = string(w) + "/" + field(e, name) + "/" + e.At.UTC().Format(time.DateOnly)
		return nil
	}
}

func tokenMade(_ context.Context, f *follower, e *ledger.Entry, _ *event) error {
	until, ok := moment(field(e, "expires"))
	if at := until.Add(-Soon); ok && at.After(f.now) { // one that lives for less than a week is not told of
		f.remind(Reminder{What: TokenSoon, Subject: field(e, "token"), At: at, Person: strings.TrimPrefix(field(e, "person"), "person:")})
	}
	return nil
}

func tokenGone(_ context.Context, f *follower, e *ledger.Entry, _ *event) error {
	f.forget(Reminder{What: TokenSoon, Subject: field(e, "token")})
	return nil
}

func memberIs(w What) func(context.Context, *follower, *ledger.Entry, *event) error {
	return func(_ context.Context, _ *follower, e *ledger.Entry, ev *event) error {
		if p := strings.TrimPrefix(field(e, "person"), "person:"); p != "" {
			ev.what, ev.subject, ev.to = w, Subject{Role: field(e, "role")}, []string{p}
		}
		return nil
	}
}

func (f *follower) remind(all ...Reminder) {
	f.batch.Reminders = append(f.batch.Reminders, all...)
}

// forget takes reminders away, those of the same batch too.
func (f *follower) forget(all ...Reminder) {
	for _, r := range all {
		kept := f.batch.Reminders[:0]
		for _, x := range f.batch.Reminders {
			if x.What != r.What || x.Subject != r.Subject {
				kept = append(kept, x)
			}
		}
		f.batch.Reminders = kept
	}
	f.batch.Over = append(f.batch.Over, all...)
}
