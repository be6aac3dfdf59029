package layering

// floor is a part of the tree and what its packages may import. Test files are free.
type floor struct {
	dir string // below the module; the longest that fits a package counts
	may []string
	// siblings: the packages directly below dir may import each other. Otherwise each is on its own,
	// but for those in shared.
	siblings bool
	shared   []string
	// pure: no IO, no clock, no randomness of its own.
	pure bool
	// never are packages of the standard library with all that lies below them.
	never []string
	// alone are packages that no floor but this one may import.
	alone []string
	why   string
}

// io is what reaches outside the process. Some packages below net are only values; they are in values.
var io = []string{"net", "os", "database/sql", "log", "syscall", "plugin"}

// values are packages below those of io that do no IO.
var values = []string{"net/url", "net/netip", "net/mail", "log/slog"}

// random is randomness; pure code is handed a reader.
var random = []string{"math/rand", "crypto/rand"}

// nowhere is for no floor at all, but for those that have it alone.
var nowhere = []string{"os/exec", "plugin", "C", "unsafe"}

var table = []floor{
	{
		dir: "internal/base", siblings: true, pure: true, never: io,
		why: "the ground: values and formats, imported by all",
	},
	{
		dir: "internal/content", may: []string{"internal/base"}, siblings: true, pure: true, never: io,
		why: "embedded texts",
	},
	{
		dir: "internal/content/freetext", may: []string{"internal/base", "internal/arch/evidence/secret"}, pure: true, never: io,
		why: "what free text should not hold: one set of rules for secrets, here and in configuration",
	},
	{
		dir: "internal/arch", may: []string{"internal/base", "internal/content"}, siblings: true, pure: true, never: io,
		why: "a wing: the architecture; a laptop scan and a hosted scan are the same values",
	},
	{
		dir: "internal/account", may: []string{"internal/base", "internal/content"}, siblings: true, pure: true, never: io,
		why: "a wing: who, and on what terms",
	},
	{
		dir: "internal/trust", may: []string{"internal/base", "internal/content"}, pure: true, never: io,
		shared: []string{"internal/trust/clock", "internal/trust/terms"},
		why:    "a wing: what is owed and can be proven; no package here imports another, but for how time is counted and what was ordered",
	},
	{
		dir: "internal/render", may: []string{"internal/base", "internal/content", "internal/arch", "internal/trust"},
		shared: []string{"internal/render/layout", "internal/render/scene", "internal/render/figure", "internal/render/viewer", "internal/render/font"}, pure: true, never: io,
		why: "model in, bytes out; one format never imports another",
	},
	{
		dir: "internal/egress", may: []string{"internal/base"}, siblings: true,
		why: "the one way out",
	},
	{
		dir:    "internal/service",
		may:    []string{"internal/base", "internal/content", "internal/arch", "internal/account", "internal/trust"},
		shared: []string{"internal/service/change", "internal/service/task"}, never: io,
		why: "use cases; each declares the ports that it needs",
	},
	{
		dir: "internal/source", may: []string{"internal/base", "internal/arch/evidence", "internal/egress"}, shared: []string{"internal/source/gathered"},
		never: []string{"database/sql", "log", "net"},
		why:   "reads; one source never imports another",
	},
	{
		dir: "internal/source/azure/live", may: []string{"internal/base", "internal/arch/evidence", "internal/egress", "internal/source/gathered"},
		never: []string{"database/sql", "log", "os"},
		why:   "reads what is live, by a client of egress that is handed in",
	},
	{
		dir: "internal/source/kube/live", may: []string{"internal/base", "internal/arch/evidence", "internal/egress", "internal/source/gathered"},
		never: []string{"database/sql", "log", "os"},
		why:   "reads what is live, by a client of egress that is handed in",
	},
	{
		dir: "internal/source/git/remote", may: []string{"internal/base", "internal/arch/evidence", "internal/egress", "internal/source/git"},
		never: []string{"database/sql", "log", "os"},
		why:   "reads what is live, by a client of egress that is handed in",
	},
	{
		dir: "internal/source/bicep/compile", may: []string{"internal/base"},
		never: []string{"database/sql", "log", "net"}, alone: []string{"os/exec"},
		why: "runs bicep, the one command that is run (docs/adr/0006)",
	},
	{
		dir: "internal/outbound", may: []string{"internal/base", "internal/arch/remedy", "internal/egress", "internal/trust/ledger"},
		never: []string{"database/sql"},
		why:   "speaks out",
	},
	{
		dir: "internal/keys", may: []string{"internal/base", "internal/egress"},
		shared: []string{"internal/keys/ring", "internal/keys/own"},
		never:  []string{"database/sql", "log"},
		why:    "keys",
	},
	{
		dir:      "internal/store",
		may:      []string{"internal/base", "internal/arch", "internal/account", "internal/trust", "internal/service", "internal/store/blob"},
		siblings: true, never: []string{"net/http"},
		why: "keeps",
	},
	{
		dir: "internal/store/blob",
		may: []string{"internal/base", "internal/arch", "internal/account", "internal/trust", "internal/service", "internal/store/sqldb", "internal/egress"},
		why: "keeps large things; alone of the store it may speak to an object store",
	},
	{
		dir:    "internal/inbound",
		may:    []string{"internal/base", "internal/content", "internal/arch", "internal/account", "internal/trust", "internal/service", "internal/render"},
		shared: []string{"internal/inbound/route", "internal/inbound/web"}, never: []string{"database/sql"},
		why: "entry points; one never imports another",
	},
	{
		dir: "internal/app", may: []string{"internal", "examples"}, siblings: true,
		why: "the roof: the one place that builds everything",
	},
	{
		dir: "examples", pure: true, never: io,
		why: "the inputs that the example of the service is made from",
	},
	{
		dir: "internal/layering",
		why: "tests of this table",
	},
	{
		dir: "cmd/c4arch", may: []string{"internal/app", "internal/base", "internal/inbound/cli"},
		why: "builds the program, runs it, exits",
	},
	{
		dir: "cmd/c4arch-verify", may: []string{"internal/base", "internal/trust/ledger"},
		why: "the small offline verifier",
	},
	{
		dir: "test", may: []string{"internal"}, siblings: true,
		why: "generators and checks that are no part of the program",
	},
}

// closed are parts that only those listed may import.
var closed = map[string][]string{
	"internal/app": {"internal/app", "cmd/c4arch", "test"},
	"test":         {"test"},
	"cmd":          {},

	"internal/source/bicep/compile": {"internal/app"},
}

// outwards are the files outside internal/egress that may use what opens connections or makes clients, and why that is no second way out.
var outwards = map[string]struct {
	names []string
	why   string
}{
	"internal/app/serve/probe.go": {
		[]string{"http.Client", "http.Transport", "tls.InsecureSkipVerify"},
		"looks at our own listener as a stranger does, over the dialer of egress that is handed in, and believes no certificate before it has looked at it",
	},
}

// clock are the functions of package time that pure code must not call: it is handed the time.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Sleep"}

// dependency says what a module of go.mod is for and where it may be imported.
type dependency struct {
	module, why string
	tests       bool     // never imported by the program
	through     string   // a module that brings it into the program all the same
	where       []string // folders; none means anywhere
}

var dependencies = []dependency{
	{
		module: "github.com/compose-spec/compose-go/v2", where: []string{"internal/source/compose"},
		why: "the reference loader of the Compose Specification",
	},
	{
		module: "github.com/go-json-experiment/json",
		why:    "streaming JSON that refuses duplicate names; canonical JSON (RFC 8785)",
	},
	{
		module: "cel.dev/cel-go", where: []string{"internal/arch/severity"},
		why: "the conditions of severity rules: typed expressions with a cost limit",
	},
	{
		module: "github.com/ncruces/go-sqlite3", where: []string{"internal/store/sqldb"},
		why: "the embedded database",
	},
	{
		module: "github.com/jackc/pgx/v5", where: []string{"internal/store/sqldb", "test/pg"},
		why: "PostgreSQL, with pipelines",
	},
	{
		module: "golang.org/x/mod", where: []string{"internal/trust/ledger", "internal/inbound/witness"},
		why: "Merkle trees of RFC 6962 and signed notes",
	},
	{
		module: "golang.org/x/crypto", where: []string{"internal/app"},
		why: "certificates by ACME",
	},
	{
		module: "gocloud.dev", where: []string{"internal/store/blob", "internal/keys", "internal/app"},
		why: "objects in S3 and Azure Blob Storage, root keys in Key Vault and other services",
	},
	{
		module: "github.com/Azure/azure-sdk-for-go/sdk/azcore", where: []string{"internal/egress/cloud", "internal/keys", "internal/store/blob"},
		why: "what the clients of Azure have in common: tokens, errors",
	},
	{
		module: "github.com/Azure/azure-sdk-for-go/sdk/azidentity", where: []string{"internal/egress/cloud"},
		why: "who the program is to Azure",
	},
	{
		module: "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys", where: []string{"internal/keys"},
		why: "the client of Key Vault, over our own dialer",
	},
	{
		module: "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob", where: []string{"internal/store/blob"},
		why: "the client of Azure Blob Storage, over our own dialer",
	},
	{
		module: "github.com/aws/aws-sdk-go-v2/config", where: []string{"internal/egress/cloud", "internal/keys", "internal/store/blob"},
		why: "who the program is to AWS",
	},
	{
		module: "github.com/aws/aws-sdk-go-v2/service/s3", where: []string{"internal/store/blob"},
		why: "the client of S3, over our own dialer",
	},
	{
		module: "github.com/aws/aws-sdk-go-v2/service/kms", where: []string{"internal/keys"},
		why: "the client of AWS KMS, over our own dialer",
	},
	{
		module: "github.com/wneessen/go-mail", where: []string{"internal/outbound/smtp"},
		why: "mails as RFC 5322 and MIME write them, and SMTP over our own dialer",
	},
	{
		module: "github.com/emersion/go-smtp", tests: true, where: []string{"internal/outbound/smtp"},
		why: "a server of mail, in tests",
	},
	{
		module: "github.com/emersion/go-sasl", tests: true, where: []string{"internal/outbound/smtp"},
		why: "how that server of mail asks for a password",
	},
	{
		module: "github.com/danielgtaylor/huma/v2", where: []string{"internal/inbound/api"},
		why: "the API: OpenAPI 3.1, all mistakes of a request at once",
	},
	{
		module: "github.com/prometheus/client_golang", where: []string{"internal/app"},
		why: "metrics",
	},
	{
		module: "go.opentelemetry.io/otel", where: []string{"internal/app"},
		why: "the values of traces",
	},
	{
		module: "go.opentelemetry.io/otel/trace", where: []string{"internal/app"},
		why: "the interface to traces",
	},
	{
		module: "go.opentelemetry.io/otel/sdk", where: []string{"internal/app"},
		why: "traces",
	},
	{
		module: "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp", where: []string{"internal/app"},
		why: "hands traces to a collector",
	},
	{
		module: "github.com/klauspost/compress", where: []string{"internal/store"},
		why: "zstd, for what is kept",
	},
	{
		module: "github.com/owenrumney/go-sarif/v3", where: []string{"internal/render/report/sarif"},
		why: "the values of SARIF 2.1.0",
	},
	{
		module: "github.com/go-git/go-git/v5", where: []string{"internal/source/git"},
		why: "reads a commit of a repository without running git",
	},
	{
		module: "github.com/spf13/cobra", where: []string{"internal/inbound/cli", "internal/app"},
		why: "commands, flags and shell completion",
	},
	{
		module: "github.com/hashicorp/hcl/v2", where: []string{"internal/source/terraform"},
		why: "the parser and the evaluation of the language of Terraform",
	},
	{
		module: "github.com/zclconf/go-cty", where: []string{"internal/source/terraform"},
		why: "the values of that language and the functions that it shares with others",
	},
	{
		module: "go.yaml.in/yaml/v3", where: []string{"internal/base/tree", "internal/source/compose", "internal/source/terraform/config/function"},
		why: "YAML with the line of every node",
	},
	{
		module: "golang.org/x/image", where: []string{"internal/render"},
		why: "fonts: widths and outlines of letters; coverage of pixels",
	},
	{
		module: "golang.org/x/text", where: []string{"internal/render/font", "internal/content/say", "internal/trust/legal"},
		why: "classes of characters for text that runs from the right, composed letters; texts and numbers in a reader's language",
	},
	{
		module: "github.com/go-fonts/dejavu", where: []string{"internal/render/font"},
		why: "a font for Arabic, Hebrew and signs, under a free licence; no code",
	},
	{
		module: "golang.org/x/term", where: []string{"internal/inbound/cli", "internal/app", "cmd/c4arch"},
		why: "is this a terminal, and how wide",
	},
	{
		module: "sigs.k8s.io/kustomize/api", where: []string{"internal/source/kube/kustomize"},
		why: "the reference implementation of kustomize, built on files in memory alone",
	},
	{
		module: "sigs.k8s.io/kustomize/kyaml", where: []string{"internal/source/kube/kustomize"},
		why: "the file system in memory, and the schema, of kustomize",
	},

	{
		module: "github.com/cedar-policy/cedar-go", where: []string{"internal/account/access"},
		why: "policies as readable text, deny by default; 1.5 microseconds a decision",
	},
	{
		module: "github.com/go-webauthn/webauthn", where: []string{"internal/service/signin", "internal/account/passkey"},
		why: "the ceremonies of WebAuthn, attestation among them",
	},
	{
		module: "github.com/ProtonMail/go-crypto", where: []string{"internal/keys/pgp"},
		why: "cleartext signatures of OpenPGP, for security.txt",
	},
	{
		module: "github.com/coreos/go-oidc/v3", where: []string{"internal/outbound/oidc"},
		why: "discovery and ID tokens of OpenID Connect",
	},
	{
		module: "golang.org/x/oauth2", where: []string{"internal/outbound/oidc"},
		why: "the authorisation code flow with PKCE",
	},
	{
		module: "github.com/a-h/templ", where: []string{"internal/inbound/web", "internal/inbound/portal", "internal/app"},
		why: "pages as typed code that escapes; the wiring hands what one desk shows on another desk's page",
	},
	{
		module: "golang.org/x/time", where: []string{"internal/app"},
		why: "token buckets for limits on rates",
	},
	{module: "github.com/chromedp/cdproto", tests: true, why: "the browser's protocol, as chromedp speaks it"},
	{module: "github.com/chromedp/chromedp", tests: true, why: "a real browser in the end-to-end tests"},
	{module: "github.com/gowebpki/jcs", tests: true, why: "a second opinion on canonical JSON"},
	{module: "golang.org/x/net", tests: true, through: "github.com/go-git/go-git/v5", why: "an HTML parser, to ask the page about its elements"},
	{module: "github.com/rogpeppe/go-internal", tests: true, why: "script files that specify the command line"},
	{module: "github.com/santhosh-tekuri/jsonschema/v6", tests: true, through: "github.com/compose-spec/compose-go/v2", why: "checks outputs against the published schemas"},
	{module: "github.com/letsencrypt/pebble/v2", tests: true, why: "a real ACME server"},
	{module: "pgregory.net/rapid", tests: true, why: "properties over generated values"},
}
