package secret

import "strings"

// Class says what a name tells of its value.
type Class uint8

// The classes.
const (
	Open       Class = iota // nothing
	Opaque                  // the value is a secret as a whole
	Connection              // the value is a connection string: it holds a secret
	Reference               // the value names something, even if the name speaks of a secret: secretName, tokenEndpoint
)

// nouns are the words that make a value secret wherever they stand in a name.
var nouns = set("password passwords passwd passwds pwd pwds passphrase passcode pass secret secrets token tokens credential credentials " +
	"cred creds apikey apikeys sas psk accesskey accesskeys secretkey sharedkey accountkey masterkey privatekey authkey storagekey " +
	"signingkey encryptionkey primarykey secondarykey subscriptionkey " +
	"htpasswd kubeconfig dockercfg dockerconfigjson pfx pkcs keytab totp otp bearer requirepass masterauth protectedsettings")

// connections are the words that announce a connection string.
var connections = set("connectionstring connectionstrings connstring connstr dsn")

// keyWords make a secret of the word "key" behind them.
var keyWords = set("access account api primary secondary shared master secret private encryption decryption signing storage auth " +
	"authorization admin service session subscription function functions host system symmetric license deploy hmac registration " +
	"recovery join cookie app application integration client ssl tls cipher crypto wrapping root readonly readwrite only query " +
	"management preshared consumer bot sas server ca ssh webhook push write jwt")

// references are the words that, standing last, make a name one of a thing, a place or a setting
// rather than of a secret.
var references = set("id ids identifier identifiers name names uri uris url urls endpoint endpoints arn arns ref refs reference references " +
	"version versions type types kind path paths file filename files dir directory folder mount mounts policy policies enabled disabled enable disable " +
	"required require allowed ttl expiry expires expire expiration expired lifetime validity valid duration period interval timeout days hours " +
	"minutes seconds ms length len size count max min limit limits rotation rotated store provider providers source target format " +
	"mode algorithm alg algorithms hint thumbprint thumbprints fingerprint permissions permission usage use user username userid host hostname port " +
	"server service owner contact description scope scopes audience audiences issuer issuers location region state status created " +
	"updated changed time date timestamp at on by identity role roles account accounts strategy method methods vault manager operator " +
	"controller driver authentication complexity history protection validation exchange compression cache bucket budget index number label " +
	"labels title domain namespace prefix suffix pattern regex field header param parameter column attribute claim claims selector " +
	"scheme schema template tag group subject through items optional public class profile rule rules settings email")

// keyReferences are more such words for names in which a key, not a password, is meant.
var keyReferences = set("source data spec opts options usages curve ring")

// idWords say that what stands under the name is an identity or a digest; hex is no secret there.
var idWords = set("id ids uid uuid guid oid name names hash digest checksum checksums sha md5 crc etag commit revision rev thumbprint thumbprints " +
	"fingerprint version resourceversion arn image images tag address uri url endpoint scope definition parent subnet network host hostname fqdn")

// digestWords say that it is a digest or the like, in whichever alphabet.
var digestWords = set("hash digest checksum checksums sha md5 crc etag thumbprint thumbprints fingerprint certificate certificates cert certs integrity")

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// trait is what a name says.
type trait struct {
	class  Class
	id     bool // hex under it is an identity
	digest bool // whatever stands under it is public
	token  bool // secret for the word token or key only, so that a number is no secret
	points bool // the last word is one of a thing or a place: inside of something secret it is no secret itself
}

// maxWords bounds how much of a name is looked at.
const maxWords = 16

// words takes a name apart at humps, separators and digits, in lower case. Digits are left out:
// key1 and primaryKey2 are a key and a primary key.
func words(name string, into *[maxWords]string) []string {
	n, start := 0, -1
	flush := func(end int) {
		if start >= 0 && n < maxWords {
			into[n] = strings.ToLower(name[start:end])
			n++
		}
		start = -1
	}
	for i := 0; i < len(name); i++ {
		k := class[name[i]]
		switch {
		case k&(isLower|isUpper) == 0 && name[i] < 0x80:
			flush(i)
			continue
		case k&isUpper != 0 && start >= 0:
			afterLower := class[name[i-1]]&isUpper == 0
			beforeLower := i+1 < len(name) && class[name[i+1]]&isLower != 0 && !pluralAt(name, i+1)
			if afterLower || beforeLower {
				flush(i)
			}
		}
		if start < 0 {
			start = i
		}
	}
	flush(len(name))
	return into[:n]
}

// pluralAt reports whether the s at i ends an acronym: the IDs of resourceIDs.
func pluralAt(name string, i int) bool {
	return name[i] == 's' && (i+1 == len(name) || class[name[i+1]]&isLower == 0)
}

// Hides reports whether a text under a name of the class is, or holds, a secret.
func (c Class) Hides() bool { return c == Opaque || c == Connection }

// Name returns the class of a value under that name.
func Name(name string) Class { return traits(name).class }

func traits(name string) trait {
	if len(name) > 256 {
		name = name[:256]
	}
	var buf [maxWords]string
	w := words(name, &buf)
	if len(w) == 0 {
		return trait{}
	}
	last := w[len(w)-1]
	var t trait
	for _, x := range w {
		t.digest = t.digest || digestWords[x]
	}
	t.id = t.digest || idWords[last]
	t.points = references[last]
	found, keyed := scanNouns(w, &t)
	for _, x := range w {
		t.points = t.points || x == "public"
	}
	switch {
	case !found || t.class == Opaque:
	case isReference(w, last, keyed):
		t.class = Reference
	case t.class == Open:
		t.class = Opaque
	}
	return t
}

// scanNouns looks for a word that speaks of a secret. keyed: it is a key.
func scanNouns(w []string, t *trait) (found, keyed bool) {
	t.token = true
	for i, x := range w {
		before := ""
		if i > 0 {
			before = w[i-1]
		}
		switch {
		case x == "pass" && i+1 < len(w) && (w[i+1] == "through" || w[i+1] == "thru"):
		case connections[x] || strings.HasSuffix(x, "connectionstring") || (x == "string" || x == "strings" || x == "str") && (before == "connection" || before == "conn"):
			found, t.class = true, Connection
		case nouns[x] || glued(x):
			found = true
			if x != "token" && x != "tokens" {
				t.token = false
			}
		case (x == "key" || x == "keys") && keyWords[before]:
			found, keyed = true, true
		case x == "settings" && before == "protected" || x == "config" && before == "kube" || x == "json" && before == "dockerconfig":
			found, t.token = true, false
			t.class = Opaque
		}
	}
	return found, keyed
}

// glued reports whether a word without humps ends in, or begins with, a noun: dbpassword,
// clientsecret, passwordhash.
func glued(x string) bool {
	if len(x) < 6 {
		return x == "dbpwd" || x == "dbpass"
	}
	for _, n := range [...]string{
		"password", "passwd", "passphrase", "secret", "apikey", "accesskey", "accountkey", "privatekey",
		"secretkey", "sharedkey", "masterkey", "authkey", "credential", "credentials", "passwords", "secrets", "token", "pwd",
	} {
		if strings.HasSuffix(x, n) {
			return true
		}
	}
	if strings.HasSuffix(x, "pass") {
		return x != "bypass" && x != "compass" && x != "underpass" && x != "overpass" && x != "trespass"
	}
	if i := strings.Index(x, "password"); i >= 0 {
		return !references[x[i+len("password"):]]
	}
	return false
}

// isReference reports whether a name that speaks of a secret only refers to it.
func isReference(w []string, last string, keyed bool) bool {
	if w[0] == "existing" || last == "public" {
		return true
	}
	for _, x := range w {
		if x == "public" {
			return true
		}
	}
	return references[last] && !nouns[last] || keyed && keyReferences[last]
}
