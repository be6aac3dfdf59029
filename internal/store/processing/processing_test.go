package processing_test

import (
	"context"
	"testing"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	service "c4arch/internal/service/processing"
	"c4arch/internal/service/task"
	"c4arch/internal/trust/processing"
)

const live = "cn_00000000000000000000000007"

// TestInstructed goes the way of a job: what a member configured is written down once and covers it; a flag and a withdrawal hold it; what another instruction takes the place of ends.
func TestInstructed(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.connection(us, live)
		scan := claimed(us, task.RunScan, `{"project":"pj_0000000000000000000000000a","scan":"sc_`+live[3:]+`"}`)
		v := w.asks(scan)
		if v.Hold != "" || v.Instruction == "" {
			t.Fatalf("what a member configured is not covered: %+v", v)
		}
		if again := w.asks(scan); again != v {
			t.Errorf("the second time it is %+v and not %+v", again, v)
		}
		before := w.instructions(us)
		w.check(w.Settle(ctx, us, owner(us)))
		if after := w.instructions(us); len(after) != len(before) || len(after) != 2 {
			t.Fatalf("there are %d instructions, and after settling again %d, and not the agreement and the connection", len(before), len(after))
		}
		w.check(w.Flag(ctx, lawyer(), us, v.Instruction, "it seems unlawful", false))
		if held := w.asks(scan); held.Hold == "" || !held.Flagged {
			t.Errorf("a flag holds nothing: %+v", held)
		}
		if i := w.instruction(us, v.Instruction); i.Mark != processing.Flagged || i.Reason != "it seems unlawful" {
			t.Errorf("the organisation is not told: %+v", i)
		}
		w.check(w.Unflag(ctx, lawyer(), us, v.Instruction, "it is lawful after all"))
		if free := w.asks(scan); free.Hold != "" {
			t.Errorf("it is held without a flag: %+v", free)
		}
		w.at = w.at.Add(time.Minute)
		w.check(w.Withdraw(ctx, owner(us), v.Instruction))
		if held := w.asks(scan); held.Hold == "" || held.Flagged {
			t.Errorf("what was withdrawn is done: %+v", held)
		}
		asked := w.waiting(us)
		if asked.Reference != live {
			t.Fatalf("nothing waits for the connection: %+v", asked)
		}
		w.at = w.at.Add(time.Minute)
		made, err := w.Give(ctx, owner(us), service.Given{Title: "read it again", Instead: asked.ID})
		w.check(err)
		if v := w.asks(scan); v.Instruction != made {
			t.Errorf("it rests on %+v and not on %s", v, made)
		}
		if i := w.instruction(us, made); i.By != string(owner(us).ID) || !i.Narrow || i.Version != 1 {
			t.Errorf("what was given is kept as %+v", i)
		}
	})
}

// TestAccepted: an addendum and an order form are instructions, once each, and end when another takes their place.
func TestAccepted(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		edition := "ac_1"
		w.Accepted = func(_ context.Context, org id.Org) ([]service.Fact, error) {
			if org != us {
				return nil, nil
			}
			return []service.Fact{
				{Source: processing.Addendum, Reference: edition, Title: "the addendum", Purposes: []processing.Purpose{processing.Provide}, From: w.at},
				{Source: processing.OrderForm, Reference: "terms/1", Title: "the order form", Purposes: []processing.Purpose{processing.Provide}, From: w.at, Until: w.at.AddDate(1, 0, 0)},
			}, nil
		}
		w.Ordered = func(context.Context, id.Org) (service.Ordered, error) {
			return service.Ordered{Residency: []string{"EU"}, Role: "processor", Models: processing.NoModels}, nil
		}
		states := func() map[string]processing.State {
			all := map[string]processing.State{}
			for _, i := range w.instructions(us) {
				all[string(i.Source)+" "+i.Reference] = i.State
			}
			return all
		}
		if s := states(); s["addendum ac_1"] != processing.InForce || s["order form terms/1"] != processing.InForce {
			t.Fatalf("what was agreed is no instruction: %v", s)
		}
		edition = "ac_2"
		if s := states(); s["addendum ac_1"] != processing.Ended || s["addendum ac_2"] != processing.InForce || len(s) != 4 {
			t.Errorf("after a newer addendum there are %v", s)
		}
		if n := len(w.instructions(them)); n != 1 {
			t.Errorf("another organisation has %d instructions and not its agreement alone", n)
		}
		r, err := w.Record(t.Context(), owner(us))
		w.check(err)
		if len(r.Residency) != 1 || r.Own.Role != "processor" || r.Models != processing.NoModels {
			t.Errorf("the record says %v, %q, %q", r.Residency, r.Own.Role, r.Models)
		}
		if err := w.AllowedFor(t.Context(), us, "US"); fault.KindOf(err) != fault.Denied {
			t.Errorf("data may lie outside of where it was ordered: %v", err)
		}
	})
}

// TestBarred: of a flag that may not be told no reason comes into the organisation's home.
func TestBarred(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		made, err := w.Give(t.Context(), owner(us), service.Given{Title: "do it", Purposes: []processing.Purpose{processing.Support}})
		w.check(err)
		w.check(w.Flag(t.Context(), lawyer(), us, made, "an order of a court", true))
		if i := w.instruction(us, made); i.Mark != processing.Held || i.Reason != "" {
			t.Errorf("it is kept as %+v", i)
		}
	})
}

// TestAnothers: an instruction of another organisation is not found, for whatever is asked, and nothing of it is in the own list.
func TestAnothers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		made, err := w.Give(ctx, owner(them), service.Given{Title: "do it", Purposes: []processing.Purpose{processing.Support}})
		w.check(err)
		for what, err := range map[string]error{
			"withdraw": w.Withdraw(ctx, owner(us), made), "confirm": w.Confirm(ctx, owner(us), made), "flag": w.Flag(ctx, lawyer(), us, made, "it seems unlawful", false),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("to %s another's: %v", what, err)
			}
		}
		if _, err := w.Give(ctx, owner(us), service.Given{Title: "instead", Instead: made}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("instead of another's: %v", err)
		}
		for _, i := range w.instructions(us) {
			if i.ID == made {
				t.Error("it is in the list of another organisation")
			}
		}
		if i := w.instruction(them, made); i.State != processing.InForce || i.Version != 1 {
			t.Errorf("it was changed: %+v", i)
		}
	})
}

// TestAnnexes: a version is made when what the annex says changes, and only then.
func TestAnnexes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for range 3 {
			w.check(w.KeepAnnexes(ctx))
			if all, err := w.Annexes(ctx, owner(us), service.AnnexA); err != nil || len(all) != 1 {
				t.Fatalf("there are %d versions and not one: %v", len(all), err)
			}
		}
		w.check(w.Complete(ctx, owner(us), processing.Own{Party: processing.Party{Name: "Contoso"}, Role: "processor", OnBehalf: "Fabrikam"}))
		if err := w.Complete(ctx, owner(us), processing.Own{Party: processing.Party{Name: "Contoso"}, Role: "controller"}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an older version is written over: %v", err)
		}
		all, err := w.Annexes(ctx, owner(us), service.AnnexA)
		if err != nil || len(all) != 2 || all[0].N != 2 || all[0].Digest == all[1].Digest {
			t.Fatalf("after a change there are %d versions: %v", len(all), err)
		}
		if theirs, err := w.Annexes(ctx, owner(them), service.AnnexA); err != nil || len(theirs) != 1 {
			t.Errorf("another organisation has %d versions: %v", len(theirs), err)
		}
	})
}

// TestTransfers: a destination without a mechanism is refused, one with is not until it is ended or runs out.
func TestTransfers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		refused := func(want bool) {
			t.Helper()
			if err := w.Allowed(ctx, "US", "Fabrikam"); (fault.KindOf(err) == fault.Denied) != want {
				t.Errorf("refused should be %v: %v", want, err)
			}
		}
		refused(true)
		w.check(w.Allowed(ctx, "BE", "Fabrikam"))
		line := processing.Transfer{Country: "US", Recipient: "Fabrikam", Mechanism: processing.ByClauses, Evidence: "clauses of that day", Until: w.at.AddDate(1, 0, 0)}
		made, err := w.Register(ctx, lawyer(), line)
		w.check(err)
		refused(false)
		w.at = line.Until
		refused(true)
		w.at = line.Until.AddDate(0, -6, 0)
		w.check(w.End(ctx, lawyer(), made, "it is not used any more"))
		refused(true)
		all, err := w.Transfers(ctx, lawyer())
		if err != nil || len(all) != 1 || all[0].Module != processing.DefaultModule || all[0].Version != 2 {
			t.Errorf("the register is %+v: %v", all, err)
		}
		if _, err := w.Register(ctx, owner(us), line); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.NotFound {
			t.Errorf("an organisation registers a transfer: %v", err)
		}
	})
}

func (w *world) instructions(org id.Org) []processing.Instruction {
	w.t.Helper()
	all, err := w.Instructions(w.t.Context(), owner(org))
	w.check(err)
	return all
}

func (w *world) instruction(org id.Org, name string) processing.Instruction {
	w.t.Helper()
	for _, i := range w.instructions(org) {
		if i.ID == name {
			return i
		}
	}
	w.t.Fatalf("there is no instruction %s", name)
	return processing.Instruction{}
}

// waiting is the instruction that work waits for.
func (w *world) waiting(org id.Org) processing.Instruction {
	for _, i := range w.instructions(org) {
		if i.State == processing.Asked {
			return i
		}
	}
	return processing.Instruction{}
}
