package derive

import (
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// madeTypes are what Terraform makes by itself or reads about where it runs: a random suffix, a rotating time, the account and the region of
// the provider. They are a part of what is made with them, and no part of an architecture (registry.terraform.io/providers/hashicorp).
const madeTypes = "random_bytes random_id random_integer random_password random_pet random_shuffle random_string random_uuid random_uuid4 random_uuid7 " +
	"time_offset time_rotating time_sleep time_static tls_private_key tls_public_key tls_cert_request tls_self_signed_cert tls_locally_signed_cert tls_certificate " +
	"null_resource null_data_source local_file local_sensitive_file template_file template_dir template_cloudinit_config terraform_data archive_file cloudinit_config " +
	"http external azurerm_client_config azuread_client_config azapi_client_config"

// madeProviders are those whose resources stand in the state alone.
var madeProviders = set("random time tls null local template terraform archive cloudinit http external")

// madeRules are the rules of types that tell of the account, of what providers list and of what Terraform makes.
var madeRules = set("M72 W66 G42")

// madeLocally reports whether a thing is a value that Terraform makes or reads itself.
func (b *builder) madeLocally(t *thing) bool {
	return madeRules[t.rule.id] || madeProviders[b.providerOf(t)]
}

// madeParts accounts for the values of Terraform itself in a name that was read as a whole.
func (rd *reader) madeParts(s string, p tree.Path, line int) {
	for _, ref := range evidence.Symbols(s) {
		if ns, _ := rd.b.names.ID(ref.ID); len(ns) == 1 && rd.b.madeLocally(rd.b.things[ns[0]]) {
			rd.add(claim{path: p, line: line, value: ref.ID, rule: "T-LOCAL", act: ignore, targets: rd.things(ns)})
		}
	}
}

// symbolic reports whether all that a text leaves open are attributes of known resources: two such texts that are the same mean the
// same, as a variable in two modules need not.
func symbolic(text string) bool {
	open := 0
	for rest := text; ; open++ {
		_, _, after, ok := evidence.CutLeft(rest)
		if !ok {
			return open == len(evidence.Symbols(text))
		}
		rest = after
	}
}
