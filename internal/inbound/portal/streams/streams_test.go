package streams

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/inbound/web"
	"c4arch/internal/inbound/web/webtest"
	"c4arch/internal/service/stream"
)

// fake has one stream of each kind that matters.
type fake struct {
	all    []stream.View
	dead   []stream.Delivery
	did    []string
	made   stream.New
	edit   stream.Edit
	tested stream.Tested
}

func (f *fake) Streams(context.Context, access.Actor, ...stream.Kind) ([]stream.View, error) {
	return f.all, nil
}

func (f *fake) Stream(_ context.Context, _ access.Actor, name string) (stream.View, error) {
	for _, x := range f.all {
		if x.ID == name {
			return x, nil
		}
	}
	return stream.View{}, fault.New(fault.NotFound, "there is no such stream")
}

func (f *fake) note(words ...string) { f.did = append(f.did, strings.Join(words, " ")) }

func (f *fake) Create(_ context.Context, _ access.Actor, in stream.New) (stream.Made, error) {
	f.made = in
	m := stream.Made{Stream: stream.Stream{ID: "st_new", Name: in.Name, Kind: in.Kind}}
	if in.Kind == stream.Webhook {
		m.Signing = secret.New([]byte("whsec_c2VjcmV0"))
	}
	return m, nil
}

func (f *fake) Change(_ context.Context, _ access.Actor, name string, e stream.Edit) (stream.Stream, error) {
	f.edit = e
	f.note("change", name)
	return stream.Stream{}, nil
}

func (f *fake) Rotate(_ context.Context, _ access.Actor, name string, atOnce bool) (stream.Made, error) {
	f.note("rotate", name, map[bool]string{true: "at once", false: "by and by"}[atOnce])
	return stream.Made{Stream: stream.Stream{ID: name, Name: "Hook"}, Signing: secret.New([]byte("whsec_YW5vdGhlcg=="))}, nil
}

func (f *fake) Remove(_ context.Context, _ access.Actor, name string) error {
	f.note("remove", name)
	return nil
}

func (f *fake) Test(context.Context, access.Actor, string) (stream.Tested, error) {
	return f.tested, nil
}

func (f *fake) Rewind(_ context.Context, _ access.Actor, name string, source stream.Source, next int64) error {
	f.note("place", name, string(source), number(next))
	return nil
}

func (f *fake) Deliveries(_ context.Context, _ access.Actor, _ string, state stream.State, _ string, limit int) ([]stream.Delivery, error) {
	return f.dead[:min(len(f.dead), limit)], nil
}

func (f *fake) Redeliver(_ context.Context, _ access.Actor, name, delivery string) (int, error) {
	f.note("again", name, delivery)
	return 1, nil
}

func furnished() *fake {
	since, retry := webtest.Noon.Add(-time.Hour), webtest.Noon.Add(time.Minute)
	hook := stream.Stream{ID: "wh_1", Kind: stream.Webhook, Name: "Hook", Settings: stream.Settings{Address: "https://hooks.contoso.example/in?key=abc", Sources: []stream.Source{stream.FromLedger}, Kinds: []string{"scan.failed"}}, Version: 3}
	siem := stream.Stream{ID: "st_1", Kind: stream.OCSF, Name: "SIEM", Settings: stream.Settings{Address: "https://siem.contoso.example/", Sources: []stream.Source{stream.FromLedger, stream.FromAccess}}, Version: 1}
	pull := stream.Stream{ID: "st_2", Kind: stream.Pull, Name: "Pulled", Settings: stream.Settings{Sources: []stream.Source{stream.FromLedger}}, Off: true, Version: 1}
	f := &fake{all: []stream.View{
		{Stream: hook, Positions: []stream.Behind{{Source: stream.FromLedger, Next: 7, Behind: 2, Attempts: 3, Since: &since, RetryAt: &retry, Error: "it answers with 500", At: webtest.Noon}}},
		{Stream: siem, Positions: []stream.Behind{{Source: stream.FromLedger, Next: 9, At: webtest.Noon}, {Source: stream.FromAccess, Next: 4, Behind: 1, At: webtest.Noon}}},
		{Stream: pull, Positions: []stream.Behind{{Source: stream.FromLedger, Next: 1, Behind: 8, At: webtest.Noon}}},
	}}
	for range shownDeliveries + 1 {
		f.dead = append(f.dead, stream.Delivery{ID: "dl_1", Stream: "wh_1", Source: stream.FromLedger, First: 3, Last: 5, State: stream.Dead, Attempts: 9, Error: "it answers with 400", At: webtest.Noon})
	}
	return f
}

func site(t *testing.T, f *fake, o webtest.Options) *webtest.Site {
	t.Helper()
	o.Desks = []web.Desk{Desk(Parts{Streams: f, Now: func() time.Time { return webtest.Noon }})}
	return webtest.New(t, o)
}

func wants(t *testing.T, page webtest.Page, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page.Body, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

func TestPages(t *testing.T) {
	f := furnished()
	s := site(t, f, webtest.Options{})
	list := s.Check("/organisation/streams")
	wants(t, list, "Hook", "not delivered", "2 records wait", "behind", "paused", "it is fetched from here", "Webhook: one signed message")
	if strings.Contains(list.Body, "key=abc") {
		t.Error("the list shows the query of an address, which can be a credential")
	}
	for kind, word := range map[string]string{"syslog": "Collector", "ocsf": "Authorization header", "webhook": "Only these kinds", "pull": "at the first entry"} {
		wants(t, s.Check("/organisation/streams?kind="+kind), word)
	}
	wants(t, s.Check("/organisation/streams/wh_1"), "it answers with 500", "3 attempts since", "it answers with 400", "Send all again", "Make another secret", "Send from there", "after=dl_1", "Pause")
	f.dead = nil
	wants(t, s.Check("/organisation/streams/st_1"), "Another Authorization header", "Nothing. What a receiver refuses")
	wants(t, s.Check("/organisation/streams/st_2"), "GET /api/v1/streams/st_2/events", "Go on")
	f.all = nil
	wants(t, s.Check("/organisation/streams"), "Nothing is sent anywhere yet")
	for path, status := range map[string]int{"/organisation/streams/st_9": 404, "/organisation/streams?kind=carrier-pigeon": 400} {
		if got := s.Get(path).Status; got != status {
			t.Errorf("%s is answered with %d", path, got)
		}
	}
}

// Who has not proven to be there of late is asked to before a form is filled in; who may only read is offered nothing.
func TestOffers(t *testing.T) {
	stale := site(t, furnished(), webtest.Options{Stale: true})
	for _, path := range []string{"/organisation/streams", "/organisation/streams/wh_1"} {
		page := stale.Check(path)
		wants(t, page, "/step-up?next="+url.QueryEscape(path))
		if strings.Contains(page.Body, `action="/organisation/streams`) {
			t.Errorf("%s has a form that would be in vain", path)
		}
	}
	auditor := site(t, furnished(), webtest.Options{Role: access.Auditor})
	for _, path := range []string{"/organisation/streams", "/organisation/streams/wh_1"} {
		page := auditor.Check(path)
		if strings.Contains(page.Body, `action="/organisation/streams`) || strings.Contains(page.Body, "/step-up") {
			t.Errorf("%s offers an auditor what it may not", path)
		}
	}
}

// A secret is told once, in an answer that nobody keeps, and leads to no address.
func TestSecretIsToldOnce(t *testing.T) {
	f := furnished()
	s := site(t, f, webtest.Options{})
	for _, told := range []webtest.Page{
		s.Post("/organisation/streams", url.Values{"kind": {"webhook"}, "name": {"Hook"}, "address": {"https://hooks.contoso.example/"}, "kinds": {"scan.failed, member.*"}}),
		s.Post("/organisation/streams/wh_1/secret", url.Values{"at-once": {"yes"}}),
	} {
		if told.Status != 200 || !strings.Contains(told.Body, "whsec_") || told.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the secret is told with %d %q", told.Status, told.Header.Get("Cache-Control"))
		}
	}
	if len(f.made.Settings.Kinds) != 2 || f.made.Settings.Kinds[1] != "member.*" {
		t.Errorf("the kinds are %q", f.made.Settings.Kinds)
	}
}

func TestDecisions(t *testing.T) {
	f := furnished()
	s := site(t, f, webtest.Options{})
	post := func(path string, v url.Values, to string) {
		t.Helper()
		if got := s.Post(path, v); got.Status != 303 || got.To != to {
			t.Errorf("%s is answered with %d to %s", path, got.Status, got.To)
		}
	}
	one := "/organisation/streams/wh_1"
	post("/organisation/streams", url.Values{"kind": {"ocsf"}, "name": {"SIEM"}, "source": {"ledger"}, "authorization": {"Splunk abc"}, "personal": {"yes"}}, "/organisation/streams/st_new?done=stream-added")
	if string(f.made.Authorization.Expose()) != "Splunk abc" || !f.made.Settings.Personal {
		t.Errorf("made: %+v", f.made)
	}
	post(one, url.Values{"version": {"3"}, "name": {"Another"}, "address": {"https://x.example/"}}, one+"?done=stream-changed")
	if *f.edit.Name != "Another" || f.edit.Version != 3 || f.edit.Authorization != nil {
		t.Errorf("changed to %+v", f.edit)
	}
	post(one+"/state", url.Values{"off": {"yes"}}, one+"?done=stream-paused")
	post(one+"/state", url.Values{"off": {"no"}}, one+"?done=stream-resumed")
	post(one+"/place", url.Values{"source": {"ledger"}, "next": {"4"}}, one+"?done=stream-placed")
	post(one+"/again", nil, one+"?done=stream-again")
	post(one+"/deliveries/dl_1/again", nil, one+"?done=stream-again")
	post(one+"/removal", nil, "/organisation/streams?done=stream-removed")
	f.tested = stream.Tested{Delivered: true}
	post(one+"/test", nil, one+"?done=stream-tested")
	f.tested = stream.Tested{Error: "it answers with 403"}
	if got := s.Post(one+"/test", nil); got.Status != 200 || !strings.Contains(got.Body, "it answers with 403") {
		t.Errorf("a test in vain is answered with %d", got.Status)
	}
	for path, v := range map[string]url.Values{one: {"version": {"x"}}, one + "/place": {"next": {"much"}}} {
		if got := s.Post(path, v); got.Status != 400 {
			t.Errorf("%s with %v is answered with %d", path, v, got.Status)
		}
	}
	want := "change wh_1|change wh_1|change wh_1|place wh_1 ledger 4|again wh_1 |again wh_1 dl_1|remove wh_1"
	if got := strings.Join(f.did, "|"); got != want {
		t.Errorf("it did\n%s\nand not\n%s", got, want)
	}
}
