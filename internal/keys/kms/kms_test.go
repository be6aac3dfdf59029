package kms_test

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"testing"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/egress/egresstest"
	"c4arch/internal/keys/keystest"
	"c4arch/internal/keys/kms"
	"c4arch/internal/keys/ring"
)

const (
	orgA = id.Org("og_01hzzzzzzz0000000000000001")
	orgB = id.Org("og_01hzzzzzzz0000000000000002")
)

func setup(t *testing.T, key string, older ...string) (*keystest.KMS, func(key string, older ...string) *ring.Ring) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	t.Setenv("AWS_CA_BUNDLE", "")
	k := keystest.NewKMS(append([]string{key}, older...)...)
	front := egresstest.New(t, map[string]http.Handler{keystest.KMSHost: k})
	return k, func(key string, older ...string) *ring.Ring {
		t.Helper()
		for i := range older {
			older[i] = keystest.ARN(older[i])
		}
		root, err := kms.New(t.Context(), kms.Config{Key: keystest.ARN(key), Older: older, Client: front.Client})
		if err != nil {
			t.Fatal(err)
		}
		r, err := ring.New(rand.Reader, kms.Scheme, map[string]ring.Root{kms.Scheme: root})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func TestWrapAndRotate(t *testing.T) {
	k, open := setup(t, "one", "two")
	ctx := t.Context()
	first := open("one")
	key, wrapped, root, err := first.New(ctx, orgA)
	if err != nil {
		t.Fatal(err)
	}
	if root != "kms:"+keystest.ARN("one") {
		t.Errorf("the root key is called %s", root)
	}
	opened, err := first.Open(ctx, orgA, wrapped, root)
	if err != nil || opened.Org() != key.Org() {
		t.Fatal(err)
	}
	if _, err := first.Open(ctx, orgB, wrapped, root); fault.KindOf(err) != fault.Internal {
		t.Errorf("another organisation's: %v", err)
	}
	both := open("two", "one")
	again, newest, changed, err := both.Rewrap(ctx, orgA, wrapped, root)
	if err != nil || !changed || newest != "kms:"+keystest.ARN("two") {
		t.Fatalf("%s, %v, %v", newest, changed, err)
	}
	second := open("two")
	if _, err := second.Open(ctx, orgA, again, newest); err != nil {
		t.Error(err)
	}
	before := len(k.Lines())
	if _, err := second.Open(ctx, orgA, wrapped, root); fault.KindOf(err) != fault.Unavailable || len(k.Lines()) != before {
		t.Errorf("a key that is not configured is asked: %v", err)
	}
	changedBytes := slices.Clone(again)
	changedBytes[len(changedBytes)-1] ^= 1
	if _, err := second.Open(ctx, orgA, changedBytes, newest); fault.KindOf(err) != fault.Internal {
		t.Errorf("a changed byte: %v", err)
	}
	k.Deny(true)
	if _, err := second.Open(ctx, orgA, again, newest); fault.KindOf(err) != fault.Denied || strings.Contains(err.Error(), "a text of the service") {
		t.Errorf("%v", err)
	}
	if s := second.States(ctx); len(s) != 1 || s[0].Protection != ring.Unknown || s[0].Why == "" {
		t.Errorf("%+v", s)
	}
	k.Deny(false)
	if s := second.States(ctx); len(s) != 1 || s[0].Protection != ring.Hardware || !slices.Contains(s[0].Detail, "rotated by KMS") {
		t.Errorf("%+v", s)
	}
}

func TestConfiguration(t *testing.T) {
	for _, c := range []kms.Config{
		{Key: "alias/c4arch"},
		{Key: "arn:aws:kms:eu-west-1:111122223333:alias/c4arch"},
		{Key: keystest.ARN("a"), Older: []string{"arn:aws:kms:us-east-1:111122223333:key/b"}},
		{Key: keystest.ARN("a")},
		{Key: keystest.ARN("a"), Client: http.DefaultClient, Endpoint: "http://localhost"},
	} {
		if _, err := kms.New(t.Context(), c); err == nil {
			t.Errorf("%+v is a configuration", c)
		}
	}
}
