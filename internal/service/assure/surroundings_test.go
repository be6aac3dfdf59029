package assure

import (
	"context"
	"errors"
	"testing"

	"c4arch/internal/trust/control"
)

// outcome binds a check to code, runs it, and says what it amounts to.
func outcome(t *testing.T, check string, run func(context.Context) ([]control.Observation, error)) control.Outcome {
	t.Helper()
	p, err := Bind(check, run)
	if err != nil {
		t.Fatal(err)
	}
	return control.Worst(guarded(t.Context(), p))
}

func given[T any](list ...T) func(context.Context) ([]T, error) {
	return func(context.Context) ([]T, error) { return list, nil }
}

func TestSecretSourcesFail(t *testing.T) {
	good := []Source{{"database.url", FromFile, "x"}, {"root key", FromVault, "x"}, {"objects", FromIdentity, "x"}, {"other root key", FromKMS, "x"}}
	for want, bad := range map[control.Outcome][]Source{
		control.Pass:    {},
		control.Fail:    {{"a", FromArgument, "--secret"}, {"b", FromDefault, ""}, {"c", FromText, "line 3"}, {"d", FromVariable, "SECRET"}},
		control.Unknown: {{"e", "a drawer", ""}},
	} {
		if got := outcome(t, SecretSources, Sources(given(good...))); got != control.Pass {
			t.Errorf("what is right is %s", got)
		}
		for _, b := range bad {
			if got := outcome(t, SecretSources, Sources(given(append(good[:len(good):len(good)], b)...))); got != want {
				t.Errorf("%+v is %s, not %s", b, got, want)
			}
		}
	}
	if got := outcome(t, SecretSources, Sources(func(context.Context) ([]Source, error) { return good, errors.New("no file") })); got != control.Fail {
		t.Errorf("an error is %s", got)
	}
}

func TestKeyVaultFails(t *testing.T) {
	for from, want := range map[Origin]control.Outcome{FromVault: control.Pass, FromFile: control.Fail, FromKMS: control.Fail} {
		if got := outcome(t, KeyVault, Vault(func(context.Context) (Source, error) { return Source{Name: "k", From: from}, nil })); got != want {
			t.Errorf("%s is %s, not %s", from, got, want)
		}
	}
	if got := outcome(t, KeyVault, Vault(func(context.Context) (Source, error) { return Source{}, errors.New("no answer") })); got != control.Fail {
		t.Errorf("an error is %s", got)
	}
}

func TestInternalEdgesFail(t *testing.T) {
	good := []Edge{{"database", Machine, "a socket"}, {"metrics", MutualTLS, ""}, {"bucket", Private, ""}}
	if got := outcome(t, InternalEdges, Edges(given(good...))); got != control.Pass {
		t.Errorf("what is right is %s", got)
	}
	for mode, want := range map[Mode]control.Outcome{Plain: control.Fail, ServerTLS: control.Fail, "a string": control.Unknown} {
		if got := outcome(t, InternalEdges, Edges(given(append(good[:3:3], Edge{"new", mode, ""})...))); got != want {
			t.Errorf("%s is %s, not %s", mode, got, want)
		}
	}
}

func TestStorageFails(t *testing.T) {
	yes, no := true, false
	for _, x := range []struct {
		places []Place
		want   control.Outcome
	}{
		{[]Place{{"volume", &yes, ""}, {"database", &yes, ""}}, control.Pass},
		{[]Place{{"volume", &yes, ""}, {"bucket", nil, "it cannot be asked"}}, control.Unknown},
		{[]Place{{"volume", &no, ""}, {"bucket", nil, ""}}, control.Fail},
		{nil, control.Empty},
	} {
		if got := outcome(t, StorageEncryption, Places(given(x.places...))); got != x.want {
			t.Errorf("%+v is %s, not %s", x.places, got, x.want)
		}
	}
}

func TestBind(t *testing.T) {
	if _, err := Bind("no-such-check", nil); err == nil {
		t.Error("a check that is not there was bound")
	}
	// What one caller does with the list does not reach another.
	Checks()[0].Clauses[0] = "changed"
	if Checks()[0].Clauses[0] == "changed" {
		t.Error("the bindings can be changed")
	}
}

// What an instance has is looked at, and nothing else.
func TestSurroundings(t *testing.T) {
	listener := func(context.Context) ([]control.Observation, error) {
		return []control.Observation{{Subject: "listener", Outcome: control.Fail}}, nil
	}
	for _, x := range []struct {
		s    Surroundings
		want string
	}{
		{Surroundings{}, ""},
		{Surroundings{Listener: listener}, "tls-listener fail;"},
		{
			Surroundings{Secrets: given(Source{"a", FromFile, ""}), RootKey: func(context.Context) (Source, error) { return Source{From: FromVault}, nil }, Edges: given[Edge](), Storage: given[Place](), Listener: listener},
			"secret-sources pass;key-vault pass;internal-edges not exercised;storage-encryption not exercised;tls-listener fail;",
		},
	} {
		probes, err := x.s.Probes()
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range probes {
			got += p.Check().ID + " " + string(control.Worst(guarded(t.Context(), p))) + ";"
		}
		if got != x.want {
			t.Errorf("%s, not %s", got, x.want)
		}
	}
}
