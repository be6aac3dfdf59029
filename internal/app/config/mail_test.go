package config

import (
	"net/url"
	"strings"
	"testing"
)

// TestNextServerOfMail: what replaces the server of mail is on another host, and comes with what is its own.
func TestNextServerOfMail(t *testing.T) {
	at := func(text string) *url.URL {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	old := Mail{Server: at("smtp://old.contoso.example"), From: "no-reply@contoso.example"}
	for says, change := range map[string]func(*Mail){
		"":                            func(m *Mail) { m.Next = at("smtps://new.contoso.example") },
		"no server that it replaces":  func(m *Mail) { *m = Mail{Next: at("smtp://new.contoso.example")} },
		"on the host of mail.server":  func(m *Mail) { m.Next = at("smtp://OLD.contoso.example:2525") },
		"no server to sign in to":     func(m *Mail) { m.NextUser, m.NextPassword = "u", Secret{address: "x"} },
		"mail.next: a user and a pas": func(m *Mail) { m.Next, m.NextUser = at("smtp://new.contoso.example"), "u" },
	} {
		m := old
		change(&m)
		all := ""
		for _, err := range m.rules() {
			all += err.Error() + "\n"
		}
		if says == "" && all != "" || !strings.Contains(all, says) {
			t.Errorf("%q is said, and not %q", all, says)
		}
	}
}
