package config

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// setting is one line of the table from which files, variables, flags, the explanation and docs/configuration.md are made.
type setting struct {
	key  string // in a file; a dot is a mapping
	flag string // on the command line, and with C4ARCH_ in the environment
	def  string // as somebody would write it; items of a list are parted by commas
	what string
	list bool
	hide bool // names the place of a secret
	set  setter
}

// variable is its name in the environment.
func (s *setting) variable() string {
	return "C4ARCH_" + strings.ToUpper(strings.ReplaceAll(s.flag, "-", "_"))
}

// inData is a default below the data directory.
const inData = "DATA/"

// letsEncrypt is the directory of the authority that most use.
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

// settings is the table. Every call makes it anew, so that nobody can change it.
func settings() []setting {
	return []setting{
		{
			key: "listen", flag: "listen", def: "127.0.0.1:8642", set: address(func(c *Config) *string { return &c.Server.Listen }),
			what: "Where the service listens. Beyond loopback it needs TLS, or a proxy of yours that ends TLS.",
		},
		{
			key: "external", flag: "external-url", set: web(func(c *Config) **url.URL { return &c.Server.External }, false, "https", "http"),
			what: "How people reach the service: scheme and host. Links are made from it, and requests for other hosts are refused.",
		},
		{
			key: "redirect", flag: "redirect", set: address(func(c *Config) *string { return &c.Server.Redirect }),
			what: "A second listener, for plain HTTP, that only redirects to HTTPS and answers the ACME authority.",
		},
		{
			key: "data", flag: "data", def: "", set: text(func(c *Config) *string { return &c.Data.Dir }),
			what: "The data directory, open to the service's user alone (0700); one process each. Without it, c4arch below the user's data directory.",
		},

		{
			key: "demo", flag: "demo", def: "false", set: boolean(func(c *Config) *bool { return &c.Server.Demo }),
			what: "For looking around: whoever sets the instance up finds an example in the first organisation, kept apart from what is real.",
		},

		{
			key: "database.url", flag: "database", hide: true, set: secretAt(func(c *Config) *Secret { return &c.Database.URL }),
			what: "The PostgreSQL database, signed in to as the application role. Without it the embedded database in the data directory is used.",
		},
		{
			key: "database.owner", flag: "database-owner", hide: true, set: secretAt(func(c *Config) *Secret { return &c.Database.Owner }),
			what: "The same database as the role that owns the tables; used to migrate at the start, and closed after it.",
		},
		{
			key: "database.connections", flag: "database-connections", def: "16", set: count(func(c *Config) *int { return &c.Database.Connections }, 2, 1000),
			what: "The most connections that this process holds to PostgreSQL.",
		},

		{
			key: "objects", flag: "objects", set: checked(text(func(c *Config) *string { return &c.Objects.Place }), objectPlace),
			what: "Where large things lie: s3://BUCKET/PREFIX?region=REGION, azblob://CONTAINER/PREFIX?account=NAME or file:///PATH. Without it, in the data directory.",
		},
		{
			key: "keys.root", flag: "root-key", def: "file:" + inData + "keys", list: true, set: rootKeys,
			what: "The root keys that wrap the keys of organisations: file:PATH, a folder of its own; vault:https://NAME.vault.azure.net/keys/KEY; kms:ARN. The first wraps; the others still open, while keys are re-wrapped.",
		},

		{
			key: "tls.certificate", flag: "tls-certificate", set: text(func(c *Config) *string { return &c.TLS.Certificate }),
			what: "The file with the certificate and its chain (PEM). It is read again when it changes.",
		},
		{
			key: "tls.key", flag: "tls-key", set: text(func(c *Config) *string { return &c.TLS.Key }),
			what: "The file with the private key of the certificate (PEM).",
		},
		{
			key: "acme.domains", flag: "acme-domains", list: true, set: hosts(func(c *Config) *[]string { return &c.ACME.Domains }),
			what: "The names for which certificates are fetched from an ACME authority, in place of files.",
		},
		{
			key: "acme.directory", flag: "acme-directory", def: letsEncrypt, set: web(func(c *Config) **url.URL { return &c.ACME.Directory }, true, "https"),
			what: "The directory of the ACME authority.",
		},
		{
			key: "acme.email", flag: "acme-email", set: checked(text(func(c *Config) *string { return &c.ACME.Email }), mailbox),
			what: "Where the authority writes to about certificates.",
		},
		{
			key: "acme.accept-terms", flag: "acme-accept-terms", def: "false", set: boolean(func(c *Config) *bool { return &c.ACME.AcceptTerms }),
			what: "That you accept the terms of the authority.",
		},
		{
			key: "proxy.trusted", flag: "trusted-proxy", list: true, set: prefixes(func(c *Config) *[]netip.Prefix { return &c.Proxy.Trusted }),
			what: "The addresses of a proxy that ends TLS. Only it may send X-Forwarded-For, -Proto and -Host, X-Request-Id and traceparent.",
		},
		{
			key: "proxy.owner", flag: "proxy-owner", set: text(func(c *Config) *string { return &c.Proxy.Owner }),
			what: "Who runs that proxy. It must be you or somebody who is bound to you: whoever ends TLS reads everything.",
		},
		{
			key: "proxy.pins", flag: "proxy-pin", list: true, set: pins,
			what: "The keys that the proxy serves under: for each the SHA-256 of its public key, 64 hexadecimal digits. With them the service sees, once an hour, whether somebody else ends TLS.",
		},

		{
			key: "names.server", flag: "name-server", set: checked(text(func(c *Config) *string { return &c.Names.Server }), nameServer),
			what: "The name server at which names are looked up, those of proofs of domains too: 192.0.2.53:53. Without it those of this machine.",
		},

		{
			key: "mail.server", flag: "mail-server", set: web(func(c *Config) **url.URL { return &c.Mail.Server }, false, "smtp", "smtps"),
			what: "The server by which people are told things by mail: smtp://HOST:587 with STARTTLS, which must be there but on this machine, or smtps://HOST:465. Without it nobody gets mail, and their settings say so.",
		},
		{
			key: "mail.from", flag: "mail-from", set: checked(text(func(c *Config) *string { return &c.Mail.From }), sender),
			what: "The address that mail comes from, with a name or without: c4arch <no-reply@contoso.example>.",
		},
		{
			key: "mail.user", flag: "mail-user", set: text(func(c *Config) *string { return &c.Mail.User }),
			what: "The user as whom the service signs in to the server of mail. Without one it does not sign in.",
		},
		{
			key: "mail.password", flag: "mail-password", hide: true, set: secretAt(func(c *Config) *Secret { return &c.Mail.Password }),
			what: "The password of that user.",
		},
		{
			key: "mail.next.server", flag: "mail-next-server", set: web(func(c *Config) **url.URL { return &c.Mail.Next }, false, "smtp", "smtps"),
			what: "The server of mail that replaces mail.server, on another host, written like it. An organisation's mail goes by it from when the list of subprocessors has that host in force for the organisation; until then, and where it objected, by mail.server.",
		},
		{
			key: "mail.next.user", flag: "mail-next-user", set: text(func(c *Config) *string { return &c.Mail.NextUser }),
			what: "The user as whom the service signs in to that one. What is set for mail.server is never sent to it.",
		},
		{
			key: "mail.next.password", flag: "mail-next-password", hide: true, set: secretAt(func(c *Config) *Secret { return &c.Mail.NextPassword }),
			what: "The password of that user.",
		},

		{
			key: "trust.contact", flag: "trust-contact", set: checked(text(func(c *Config) *string { return &c.Trust.Contact }), contact),
			what: "Where questions about security, reviews of contracts and questionnaires go: an address of mail, or of a page (https). Without it the form of the trust centre is the one way.",
		},
		{
			key: "trust.security", flag: "trust-security-contact", set: checked(text(func(c *Config) *string { return &c.Trust.Security }), contact),
			what: "Where vulnerabilities are reported: the first contact of security.txt. Without it the one above, and then the form.",
		},
		{
			key: "trust.privacy", flag: "trust-privacy-contact", set: checked(text(func(c *Config) *string { return &c.Trust.Privacy }), contact),
			what: "Where questions about personal data and its processing go. Without it the form of the trust centre.",
		},

		{
			key: "internal.listen", flag: "internal-listen", set: address(func(c *Config) *string { return &c.Internal.Listen }),
			what: "A second listener with /metrics and /readyz in detail. Beyond loopback it takes mutual TLS only.",
		},
		{
			key: "internal.certificate", flag: "internal-certificate", set: text(func(c *Config) *string { return &c.Internal.Certificate }),
			what: "The file with the certificate of the internal listener (PEM).",
		},
		{
			key: "internal.key", flag: "internal-key", set: text(func(c *Config) *string { return &c.Internal.Key }),
			what: "The file with its private key (PEM).",
		},
		{
			key: "internal.client-ca", flag: "internal-client-ca", set: text(func(c *Config) *string { return &c.Internal.ClientCA }),
			what: "The file with the authority (PEM) whose clients may use the internal listener.",
		},
		{
			key: "internal.profiling", flag: "internal-profiling", def: "false", set: boolean(func(c *Config) *bool { return &c.Internal.Profiling }),
			what: "Serve /debug/pprof on the internal listener. A profile can show what is in memory.",
		},

		{
			key: "telemetry.otlp", flag: "otlp", set: web(func(c *Config) **url.URL { return &c.Telemetry.OTLP }, true, "https", "http"),
			what: "Where traces are sent to (OpenTelemetry, OTLP over HTTP). Without it there are none.",
		},
		{
			key: "telemetry.sample", flag: "otlp-sample", def: "1", set: share(func(c *Config) *float64 { return &c.Telemetry.Sample }),
			what: "The share of requests and jobs that are traced.",
		},
		{
			key: "log.format", flag: "log-format", def: "json", set: oneOf(func(c *Config) *string { return &c.Log.Format }, "json", "text"),
			what: "How log lines are written: json or text.",
		},
		{
			key: "log.level", flag: "log-level", def: "info", set: oneOf(func(c *Config) *string { return &c.Log.Level }, "debug", "info", "warn", "error"),
			what: "The least level that is logged: debug, info, warn or error.",
		},

		{
			key: "work.workers", flag: "workers", def: "2", set: count(func(c *Config) *int { return &c.Work.Workers }, 0, 64),
			what: "How many jobs run at once in this process. With 0 another process must do them.",
		},
		{
			key: "work.scan-roots", flag: "scan-roots", list: true, set: list(func(c *Config) *[]string { return &c.Work.ScanRoots }),
			what: "The directories that connections may read on this machine. Without any, inputs are uploaded.",
		},
		{
			key: "work.canaries", flag: "canaries", def: "false", set: boolean(func(c *Config) *bool { return &c.Work.Canaries }),
			what: "Whether the service keeps two organisations of its own, canary-a and canary-b, and asks every hour in the name of the one for what the other has, at every route of the API, those that change something too. What is found fails the check canary-routes. Nobody can sign in to them; an organisation in a list says that it is one.",
		},

		{
			key: "legal.notice", flag: "legal-notice", def: "0s", set: duration(func(c *Config) *time.Duration { return &c.Legal.Notice }, 0, 366*24*time.Hour),
			what: "How long before it is in force a new material version of a document for organisations has to be published, as your agreements promise it: 720h is 30 days. A first version needs no notice.",
		},

		{
			key: "limits.body", flag: "limit-body", def: "1MiB", set: size(func(c *Config) *int64 { return &c.Limits.Body }, 1<<10, 64<<20),
			what: "The largest body of an ordinary request.",
		},
		{
			key: "limits.upload", flag: "limit-upload", def: "512MiB", set: size(func(c *Config) *int64 { return &c.Limits.Upload }, 1<<20, 16<<30),
			what: "The largest body of an upload.",
		},
		{
			key: "limits.connections", flag: "limit-connections", def: "2048", set: count(func(c *Config) *int { return &c.Limits.Connections }, 16, 1<<20),
			what: "The most connections to the public listener; more wait to be accepted.",
		},
		{
			key: "limits.header-time", flag: "limit-header-time", def: "10s", set: duration(func(c *Config) *time.Duration { return &c.Limits.Header }, time.Second, time.Minute),
			what: "How long a caller may take to send the head of a request.",
		},
		{
			key: "limits.read-time", flag: "limit-read-time", def: "1m", set: duration(func(c *Config) *time.Duration { return &c.Limits.Read }, time.Second, time.Hour),
			what: "How long a caller may take to send an ordinary request; an upload may pause no longer than that.",
		},
		{
			key: "limits.write-time", flag: "limit-write-time", def: "2m", set: duration(func(c *Config) *time.Duration { return &c.Limits.Write }, time.Second, time.Hour),
			what: "How long an answer may take.",
		},
		{
			key: "limits.idle-time", flag: "limit-idle-time", def: "2m", set: duration(func(c *Config) *time.Duration { return &c.Limits.Idle }, time.Second, time.Hour),
			what: "How long a connection may rest between requests.",
		},
		{
			key: "limits.drain-time", flag: "limit-drain-time", def: "30s", set: duration(func(c *Config) *time.Duration { return &c.Limits.Drain }, 0, time.Hour),
			what: "How long requests may go on after the service was asked to stop.",
		},
		{
			key: "limits.open-homes", flag: "limit-open-homes", def: "64", set: count(func(c *Config) *int { return &c.Limits.OpenHomes }, 2, 4096),
			what: "How many organisations' files are held open at once.",
		},

		{
			key: "ledger.origin", flag: "ledger-origin", set: checked(text(func(c *Config) *string { return &c.Ledger.Origin }), originName),
			what: "The name of this instance in its checkpoints. Without it, the host of the external URL. It must not change once a checkpoint was signed.",
		},
		{
			key: "ledger.witnesses", flag: "witnesses", list: true, set: witnesses,
			what: "Who cosigns checkpoints: for each a verifier key, a space, and an address.",
		},

		{
			key: "sign-in.private", flag: "private-providers", list: true, set: privateProviders,
			what: "The addresses of OpenID Connect providers on a private network or on this machine that organisations may name: https://id.corp.example. Without it they name those of the public internet alone.",
		},
		{
			key: "connections.private", flag: "private-connections", list: true, set: privateLive,
			what: "The addresses of clusters and repositories on a private network or on this machine that connections may name: https://10.0.0.4:6443. Without it they name those of the public internet alone.",
		},
		{
			key: "staff.issuer", flag: "staff-issuer", set: checked(text(func(c *Config) *string { return &c.Staff.Issuer }), issuer),
			what: "The OpenID Connect provider of the platform's own people, as it names itself. With it they sign in by it alone; without it with passkeys, and the register of commitments says so.",
		},
		{
			key: "staff.client", flag: "staff-client", set: text(func(c *Config) *string { return &c.Staff.Client }),
			what: "The id under which that provider knows this service.",
		},
		{
			key: "staff.secret", flag: "staff-secret", hide: true, set: secretAt(func(c *Config) *Secret { return &c.Staff.Secret }),
			what: "The secret of this service at that provider. Without it the service is a public client there, which PKCE protects.",
		},
		{
			key: "staff.acr", flag: "staff-acr", list: true, set: checked(list(func(c *Config) *[]string { return &c.Staff.ACR }), claim),
			what: "The values of the claim acr by which that provider says that a hardware key was used. They are asked for, and the proof is kept.",
		},
		{
			key: "staff.amr", flag: "staff-amr", list: true, set: checked(list(func(c *Config) *[]string { return &c.Staff.AMR }), claim),
			what: "The same, of the claim amr (RFC 8176): hwk is a key that is bound to hardware.",
		},
		{
			key: "staff.hardware", flag: "staff-hardware", def: "auto", set: oneOf(func(c *Config) *string { return &c.Staff.Hardware }, "auto", "yes", "no"),
			what: "Whether the platform's own people prove a hardware key: auto (where there is a provider), yes or no.",
		},
		{
			key: "staff.vendor-roots", flag: "staff-vendor-roots", set: text(func(c *Config) *string { return &c.Staff.Roots }),
			what: "The file with the authorities (PEM) of the makers of hardware keys, to which the attestation of a passkey has to lead.",
		},
		{
			key: "staff.aaguids", flag: "staff-aaguids", list: true, set: aaguids,
			what: "The models of hardware keys that count, each by its AAGUID, as its maker publishes it. Passkeys that can be backed up never count.",
		},
	}
}
