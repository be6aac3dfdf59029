package assure

import (
	"context"
	"fmt"

	"c4arch/internal/trust/control"
)

// Entrance is how the platform's own people come in.
type Entrance struct {
	Provider   bool  // by a provider, and by nothing else
	Hardware   bool  // with a proof of hardware
	Below      int64 // admissions of the last ninety days without either
	BreakGlass bool  // the sealed account was opened, and no new code is sealed
}

// StaffSignIn says whether the platform's people come in by single sign-on and with hardware keys alone. What a deployment does not have is a failure of it, said as such.
func StaffSignIn(look func(context.Context) (Entrance, error)) func(context.Context) ([]control.Observation, error) {
	return func(ctx context.Context) ([]control.Observation, error) {
		e, err := look(ctx)
		if err != nil {
			return nil, err
		}
		return []control.Observation{
			observed("the provider of the platform's people", e.Provider, "they sign in by the provider alone", "this deployment has no provider: they sign in with passkeys"),
			observed("the hardware of the platform's people", e.Hardware, "a proof of a hardware key is required", "no proof of a hardware key is required"),
			observed("admissions of the last ninety days", e.Below == 0, "none was below that strength", fmt.Sprintf("%d were without the provider or without hardware", e.Below)),
			observed("the sealed account", !e.BreakGlass, "it is not open", "it was opened, and no new code is sealed"),
		}, nil
	}
}

func observed(subject string, ok bool, good, bad string) control.Observation {
	if ok {
		return control.Observation{Subject: subject, Outcome: control.Pass, Detail: good}
	}
	return control.Observation{Subject: subject, Outcome: control.Fail, Detail: bad}
}
