package assure_test

import (
	"context"
	"errors"
	"testing"

	"c4arch/internal/service/assure"
	"c4arch/internal/trust/control"
)

func TestStaffSignInFails(t *testing.T) {
	whole := assure.Entrance{Provider: true, Hardware: true}
	for name, x := range map[string]struct {
		change func(*assure.Entrance)
		fails  string
	}{
		"nothing":     {func(*assure.Entrance) {}, ""},
		"no provider": {func(e *assure.Entrance) { e.Provider = false }, "the provider of the platform's people"},
		"no hardware": {func(e *assure.Entrance) { e.Hardware = false }, "the hardware of the platform's people"},
		"one below":   {func(e *assure.Entrance) { e.Below = 1 }, "admissions of the last ninety days"},
		"opened":      {func(e *assure.Entrance) { e.BreakGlass = true }, "the sealed account"},
	} {
		e := whole
		x.change(&e)
		seen, err := assure.StaffSignIn(func(context.Context) (assure.Entrance, error) { return e, nil })(t.Context())
		if err != nil || len(seen) != 4 {
			t.Fatal(name, err, seen)
		}
		for _, o := range seen {
			if fails := o.Outcome == control.Fail; fails != (o.Subject == x.fails) || o.Detail == "" {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
	broken := errors.New("the database is away")
	if _, err := assure.StaffSignIn(func(context.Context) (assure.Entrance, error) { return whole, broken })(t.Context()); !errors.Is(err, broken) {
		t.Error(err)
	}
}
