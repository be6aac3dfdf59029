package signin_test

import (
	"testing"

	"c4arch/internal/account/access"
	"c4arch/internal/service/signin"
	"c4arch/test/softkey"
)

// BenchmarkAuthenticate is what each request of a browser costs before its route: the session on the platform, member and organisation in its home.
func BenchmarkAuthenticate(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, engine)
			s := w.setUp(softkey.New(origin, domain))
			try := signin.Attempt{Cookie: string(s.Cookie.Expose()), Realm: s.Session.Realm, Addr: from.Addr, Surface: access.Portal, Request: "rq"}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := w.Authenticate(b.Context(), try); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
