package federate

import (
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
)

var domainForm = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// mail are domains under which anybody can have an address. Whoever could write a TXT record there would speak for strangers; that the proof cannot be had is no reason to
// let somebody try. The list is short, of the largest; the proof by DNS is the guard, this is a clear answer to a mistake.
var mail = []string{
	"126.com", "163.com", "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr",
	"hushmail.com", "icloud.com", "inbox.com", "laposte.net", "libero.it", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com",
	"outlook.de", "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rocketmail.com", "seznam.cz", "t-online.de", "tuta.io", "tutanota.com", "wanadoo.fr", "web.de",
	"wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
}

// shared are names below which different parties register names, as the Public Suffix List has them: of countries the second level that is for everybody, of clouds the name
// under which each customer gets one. One label alone is always refused.
var shared = []string{
	"ac.at", "ac.jp", "ac.nz", "ac.uk", "ac.za", "co.at", "co.id", "co.il", "co.in", "co.jp", "co.kr", "co.nz", "co.th", "co.uk", "co.za", "com.ar", "com.au", "com.br", "com.cn",
	"com.co", "com.hk", "com.mx", "com.my", "com.pl", "com.sg", "com.tr", "com.tw", "com.ua", "edu.au", "gov.au", "gov.br", "gov.in", "gov.uk", "go.jp", "ltd.uk", "me.uk", "ne.jp",
	"net.au", "net.br", "net.cn", "net.nz", "net.uk", "nhs.uk", "nom.br", "or.at", "or.jp", "or.kr", "org.au", "org.br", "org.cn", "org.nz", "org.uk", "plc.uk", "police.uk", "sch.uk",
	"amazonaws.com", "appspot.com", "azure.com", "azurewebsites.net", "blogspot.com", "cloudapp.net", "cloudfront.net", "eu.org", "firebaseapp.com", "github.io", "gitlab.io",
	"herokuapp.com", "netlify.app", "onmicrosoft.com", "pages.dev", "sharepoint.com", "uk.com", "us.com", "vercel.app", "web.app", "windows.net", "workers.dev", "wordpress.com",
}

// never are top-level names that are of nobody: RFC 6761, RFC 7686, RFC 8375, RFC 9476.
var never = []string{"alt", "arpa", "internal", "invalid", "local", "localhost", "onion"}

// checkDomain says why a domain cannot be an organisation's.
func checkDomain(name string) error {
	labels := strings.Split(name, ".")
	switch {
	case len(name) > 253 || !domainForm.MatchString(name):
		return fault.New(fault.Invalid, "the domain is not one").WithHelp("write it as example.com, in its ASCII form")
	case slices.Contains(mail, name):
		return fault.New(fault.Invalid, "anybody can have an address at that domain, so it is no organisation's")
	case slices.Contains(shared, name):
		return fault.New(fault.Invalid, "different parties have names below that domain, so it is no organisation's").WithHelp("name the one that was registered for you")
	case slices.Contains(never, labels[len(labels)-1]):
		return fault.New(fault.Invalid, "no domain ends like that in the public name service")
	}
	return nil
}
