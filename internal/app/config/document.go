package config

import (
	"fmt"
	"strings"
)

// Document is docs/configuration.md: the table of settings, as a page.
func Document() []byte {
	var b strings.Builder
	b.WriteString(documentHead)
	b.WriteString("| in the file | flag | environment | default | what it is |\n|---|---|---|---|---|\n")
	for _, s := range settings() {
		def := "-"
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		what := strings.ReplaceAll(s.what, "|", "\\|")
		if s.list {
			what += " (a list)"
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | `%s` | %s | %s |\n", s.key, s.flag, s.variable(), def, what)
	}
	b.WriteString(documentTail)
	return []byte(b.String())
}

const documentHead = `# Configuration

This page is made from the table of settings (internal/app/config); a test fails when the two differ.

Settings come from four places, each stronger than the one before: the default, a YAML file (` + "`--config FILE`, or `C4ARCH_CONFIG`" + `), the environment, flags.
` + "`c4arch config explain`" + ` says of every setting what it is, where that comes from and what it means; with ` + "`--json`" + ` for programs. Nothing needs to be set
to try the service on one machine.

In the file a dot is a mapping, and a key that is not known is refused with its line. A list is a list in the file; in the environment commas part its items; a flag may
be given several times. An item that holds a comma can stand in the file only.

`

const documentTail = `
` + "`DATA`" + ` is the data directory.

## Secrets

A setting never holds a secret. It names the place of one:

- ` + "`file:PATH`" + `: a file that only the user of the service can reach, named by its whole path. It is refused when others can read or change it.
- ` + "`env:NAME`" + `: a variable of the environment.
- ` + "`keyvault:https://NAME.vault.azure.net/secrets/NAME`" + `: a secret of Azure Key Vault, fetched as the identity of the machine.

The address of a database may stand in the setting itself when there is no password in it. A password in it must have 15 characters or more and be none of those that
everybody tries first.

The private key of a certificate is a file under the same rule; it may also be a file of root that the group can read, where the service is not root, since that is how
Kubernetes mounts what a manager of certificates writes.

## What is refused

The service does not start, and says all of these at once, when

- a setting has a value that it cannot have, or two contradict each other;
- a secret is missing, empty, well known or short, or its file is open to others;
- it would listen beyond loopback without TLS, and no proxy that ends TLS is named with whoever runs it;
- the internal listener would be reached from other machines without mutual TLS;
- the data directory is open to others (wider than 0700), belongs to another user or is in use by another process;
- a directory that connections may read holds the data directory.

## An example

` + "```yaml" + `
` + Example + "```" + `
`

// Example is a whole file for a service behind nobody, with PostgreSQL.
const Example = `listen: 0.0.0.0:8443
external: https://arch.contoso.example
redirect: 0.0.0.0:8080
data: /var/lib/c4arch
database:
  url: file:/run/secrets/database
  owner: file:/run/secrets/database-owner
objects: azblob://evidence?account=contosoarch
keys:
  root:
    - vault:https://contoso-arch.vault.azure.net/keys/root
acme:
  domains:
    - arch.contoso.example
  email: ops@contoso.example
  accept-terms: true
internal:
  listen: 127.0.0.1:9090
log:
  level: info
`
