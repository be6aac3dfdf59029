package evidence

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// The corpus of secrets against which the sealer is proven. Each sort is made from the format that its provider
// has published, with values drawn by a seeded generator; nothing here was chosen by looking
// at the detector, and nothing is shared with it. Prefixes are put together at run time, so that no scanner
// of repositories takes this file for a leak.

const (
	digits   = "0123456789"
	lowers   = "abcdefghijklmnopqrstuvwxyz"
	uppers   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	base62   = digits + uppers + lowers
	base36   = digits + lowers
	base32   = uppers + "234567"
	hexLower = digits + "abcdef"
	base64u  = base62 + "-_"
)

type maker struct{ r *rand.Rand }

func (m maker) from(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[m.r.IntN(len(alphabet))]
	}
	return string(b)
}

func (m maker) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.r.IntN(256))
	}
	return b
}

func (m maker) base64(n int) string { return base64.StdEncoding.EncodeToString(m.bytes(n)) }

// sort is one kind of secret and how often the corpus has it.
type sort struct {
	name string
	make func(m maker) string
}

func glue(parts ...string) string { return strings.Join(parts, "") }

// publishedFormats, each with the page of its provider that describes it.
func publishedFormats() []sort {
	return []sort{
		// docs.aws.amazon.com, IAM User Guide, "IAM identifiers: unique identifiers" and "Manage access keys".
		{"aws access key", func(m maker) string { return glue("AK", "IA", m.from(base32, 16)) }},
		{"aws temporary key", func(m maker) string { return glue("AS", "IA", m.from(base32, 16)) }},
		{"aws secret key", func(m maker) string { return m.base64(30) }}, // 40 characters
		// learn.microsoft.com, Azure Storage, "Manage storage account access keys": 64 bytes, base64.
		{"azure storage key", func(m maker) string { return m.base64(64) }},
		// learn.microsoft.com, Purview, "Azure Cosmos DB account access key", "Azure Service Bus shared access
		// signature", "Azure IoT shared access key", "Azure Redis Cache", "Azure SQL".
		{"azure 32 byte key", func(m maker) string { return m.base64(32) }},
		// The same pages: newer keys with a fixed signature inside.
		{"azure signed storage key", func(m maker) string { return m.from(base62, 76) + "+ASt" + m.from(base62, 6) + "==" }},
		{"azure functions key", func(m maker) string { return m.from(base62, 44) + "AzFu" + m.from(base62, 6) + "==" }},
		{"azure devops token", func(m maker) string { return m.from(base62, 75) + "AZDO" + m.from(base62, 5) }},
		// learn.microsoft.com, Purview, "Client secret / API key" and Entra ID password credentials.
		{"entra client secret", func(m maker) string { return m.from(base62, 3) + "8Q" + "~" + m.from(base62+"_-", 33) + "a" }},
		// docs.github.com, "Authenticating to the GitHub API"; github.blog, "Behind GitHub's new authentication token formats".
		{"github personal", func(m maker) string { return glue("gh", "p_", m.from(base62, 36)) }},
		{"github oauth", func(m maker) string { return glue("gh", "o_", m.from(base62, 36)) }},
		{"github server", func(m maker) string { return glue("gh", "s_", m.from(base62, 36)) }},
		{"github fine-grained", func(m maker) string { return glue("github", "_pat_", m.from(base62, 22), "_", m.from(base62, 59)) }},
		// docs.gitlab.com, "Token overview".
		{"gitlab personal", func(m maker) string { return glue("gl", "pat-", m.from(base64u, 19), "x") }},
		{"gitlab deploy", func(m maker) string { return glue("gl", "dt-", m.from(base62, 20)) }},
		// api.slack.com, "Token types".
		{"slack bot", func(m maker) string {
			return glue("xo", "xb-", m.from(digits, 12), "-", m.from(digits, 12), "-", m.from(base62, 24))
		}},
		{"slack user", func(m maker) string {
			return glue("xo", "xp-", m.from(digits, 12), "-", m.from(digits, 12), "-", m.from(hexLower, 32))
		}},
		// docs.stripe.com, "API keys".
		{"stripe secret", func(m maker) string { return glue("sk", "_live_", m.from(base62, 24)) }},
		{"stripe restricted", func(m maker) string { return glue("rk", "_live_", m.from(base62, 99)) }},
		// cloud.google.com, "Manage API keys"; developers.google.com, "OAuth 2.0".
		{"google api key", func(m maker) string { return glue("AI", "za", m.from(base64u, 34), "Q") }},
		{"google client secret", func(m maker) string { return glue("GOC", "SPX-", m.from(base64u, 27), "k") }},
		// platform.openai.com and docs.anthropic.com, "API keys".
		{"openai", func(m maker) string { return glue("s", "k-", m.from(base62, 48)) }},
		{"openai project", func(m maker) string { return glue("s", "k-proj-", m.from(base64u, 47), "A") }},
		{"anthropic", func(m maker) string { return glue("sk", "-ant-api03-", m.from(base64u, 92), "AA") }},
		// docs.sendgrid.com, "API keys"; twilio.com, "API keys overview".
		{"sendgrid", func(m maker) string { return glue("S", "G.", m.from(base64u, 21), "a.", m.from(base64u, 42), "b") }},
		{"twilio", func(m maker) string { return glue("S", "K", m.from(hexLower, 32)) }},
		// npm Docs "About access tokens"; PyPI help "API tokens"; docs.docker.com "Personal access tokens".
		{"npm", func(m maker) string { return glue("np", "m_", m.from(base62, 36)) }},
		{"pypi", func(m maker) string { return glue("py", "pi-AgEIcHlwaS5vcmc", m.from(base64u, 100), "a") }},
		{"docker hub", func(m maker) string { return glue("dckr", "_pat_", m.from(base62, 27)) }},
		// developer.hashicorp.com, Vault "Tokens: token prefixes"; HCP Terraform "API tokens".
		{"vault", func(m maker) string { return glue("hv", "s.", m.from(base62, 24)) }},
		{"terraform cloud", func(m maker) string { return glue(m.from(base62, 14), ".atlas", "v1.", m.from(base62, 67)) }},
		// age-encryption.org/v1: Bech32, upper-case.
		{"age", func(m maker) string {
			return glue("AGE-SECRET", "-KEY-1", m.from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))
		}},
		// docs.databricks.com "Personal access tokens"; grafana.com "Service account tokens"; docs.digitalocean.com "Tokens".
		{"databricks", func(m maker) string { return glue("da", "pi", m.from(hexLower, 32)) }},
		{"grafana", func(m maker) string { return glue("gl", "sa_", m.from(base62, 32), "_", m.from(hexLower, 8)) }},
		{"digitalocean", func(m maker) string { return glue("do", "p_v1_", m.from(hexLower, 64)) }},
		// shopify.dev "Access tokens"; huggingface.co "User access tokens"; core.telegram.org "Authorizing your bot".
		{"shopify", func(m maker) string { return glue("sh", "pat_", m.from(hexLower, 32)) }},
		{"hugging face", func(m maker) string { return glue("h", "f_", m.from(base62, 34)) }},
		{"telegram", func(m maker) string { return glue("7", m.from(digits, 8), ":AA", m.from(base64u, 32), "z") }},
		// RFC 7519 section 3.1.
		{"jwt", func(m maker) string {
			head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
			body := base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf(`{"sub":"%d","iat":1700000000}`, m.r.IntN(1e9))))
			return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(m.bytes(32))
		}},
	}
}

// randomStrings are what generators of passwords and keys write: openssl rand, pwgen, secrets.token_hex and the like.
func randomStrings() []sort {
	var out []sort
	for _, n := range []int{32, 40, 48, 64, 128} {
		out = append(out, sort{fmt.Sprintf("hex %d", n), func(m maker) string { return m.from(hexLower, n) }})
	}
	out = append(out, sort{"hex 64 upper", func(m maker) string { return strings.ToUpper(hex.EncodeToString(m.bytes(32))) }})
	for _, n := range []int{16, 18, 24, 32, 33, 48, 64} { // bytes: 24 to 88 characters
		out = append(out, sort{fmt.Sprintf("base64 of %d", n), func(m maker) string { return m.base64(n) }})
		out = append(out, sort{fmt.Sprintf("base64url of %d", n), func(m maker) string { return base64.RawURLEncoding.EncodeToString(m.bytes(n)) }})
	}
	for _, n := range []int{20, 22, 24, 32, 40, 48, 64} {
		out = append(out, sort{fmt.Sprintf("base62 %d", n), func(m maker) string { return m.from(base62, n) }})
	}
	for _, n := range []int{24, 32, 52} {
		out = append(out, sort{fmt.Sprintf("base32 %d", n), func(m maker) string { return m.from(base32, n) }})
	}
	for _, n := range []int{32, 40} {
		out = append(out, sort{fmt.Sprintf("base36 %d", n), func(m maker) string { return m.from(base36, n) }})
	}
	return out
}

// privateKeys are PEM blocks as RFC 7468 section 10 and OpenSSH's PROTOCOL.key write them.
func privateKeys() []sort {
	var out []sort
	for _, label := range []string{"RSA PRIVATE", "PRIVATE", "ENCRYPTED PRIVATE", "EC PRIVATE", "OPENSSH PRIVATE", "DSA PRIVATE"} {
		out = append(out, sort{"pem " + label, func(m maker) string {
			var b strings.Builder
			b.WriteString("-----BEGIN " + label + " KEY-----\n")
			for range 6 {
				b.WriteString(m.base64(48) + "\n")
			}
			return b.String() + "-----END " + label + " KEY-----"
		}})
	}
	return out
}

// passwords are chosen by people: nothing in their shape gives them away, so that they are found only where
// a name or a syntax says what they are.
func passwords() []sort {
	words := []string{"correct", "horse", "battery", "staple", "winter", "dragon", "monkey", "contoso"}
	return []sort{
		{"word and number", func(m maker) string {
			return words[m.r.IntN(len(words))] + words[m.r.IntN(len(words))] + m.from(digits, 3)
		}},
		{"with signs", func(m maker) string {
			return strings.ToUpper(m.from(lowers, 1)) + m.from(lowers, 5) + "!" + m.from(digits, 2) + "#" + m.from(base62, 3)
		}},
		{"short", func(m maker) string { return m.from(lowers, 4) + m.from(digits, 2) + m.from(lowers, 1) }},
	}
}
