package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/evidence"
)

// googleAny stands in the table for every type of the google provider.
const googleAny = "google_*"

func isGoogle(typ string) bool { return strings.HasPrefix(typ, "google_") }

// googleType returns the type by which the rules know a type of the provider: one for all grants.
func googleType(typ string) string {
	if isGoogle(typ) && typ != "google_iam_policy" && (strings.HasSuffix(typ, "_iam_member") || strings.HasSuffix(typ, "_iam_binding") || strings.HasSuffix(typ, "_iam_policy")) {
		return googleGrant
	}
	return typ
}

// googleParents are the attributes that name what a resource is a part of where its own id does not say so, and the type of that.
var googleParents = map[string][2]string{
	"google_spanner_database":        {"instance", "google_spanner_instance"},
	"google_spanner_backup_schedule": {"instance", "google_spanner_instance"},
	"google_sql_database":            {"instance", "google_sql_database_instance"},
	"google_sql_user":                {"instance", "google_sql_database_instance"},
	"google_storage_bucket_object":   {"bucket", "google_storage_bucket"},
	"google_storage_notification":    {"bucket", "google_storage_bucket"},
	"google_container_node_pool":     {"cluster", "google_container_cluster"},
	"google_bigtable_table":          {"instance_name", "google_bigtable_instance"},
	"google_bigtable_gc_policy":      {"instance_name", "google_bigtable_instance"},
	"google_bigquery_table":          {"dataset_id", "google_bigquery_dataset"},
	"google_pubsub_subscription":     {"topic", "google_pubsub_topic"},
	"google_managed_kafka_topic":     {"cluster", "google_managed_kafka_cluster"},
}

// borrowedAlias reports whether an alias of a resource of the google provider does not name it alone: a bare name, which
// others may have, or the name of what it configures.
func (b *builder) borrowedAlias(t *thing, alias string) bool {
	if !isGoogle(t.typ) || strings.HasPrefix(alias, "tf:") {
		return false
	}
	name := evidence.GoogleName(alias)
	if strings.HasPrefix(alias, "organizations/") || strings.HasPrefix(alias, "folders/") || strings.HasPrefix(alias, "apps/") {
		return t.typ == googleGrant
	}
	if name == "" || t.typ == googleGrant {
		return true
	}
	other := b.byID["google:"+name]
	return other != nil && other != t && !strings.HasPrefix(t.id, "google://") // those share it with another type's
}

// joinGoogle finds what the things of the google provider are parts of, by their ids, by the attributes that say so, or else
// by their projects; and which parts of load balancers send traffic to which.
func (b *builder) joinGoogle() {
	b.ofProject = map[googleKind][]*thing{}
	for _, t := range b.things {
		if !isGoogle(t.typ) {
			continue
		}
		b.googleParent(t)
		k := googleKind{t.typ, strings.TrimSuffix(strings.TrimPrefix(t.id, "google:"), "/secrets")}
		if r := b.resource(t); r != nil {
			k.scope = r.Scope
		}
		b.ofProject[k] = append(b.ofProject[k], t)
		if t.parent != nil && holdsData(t.parent.typ) && t.rule.role == container {
			b.inServer[t.parent] = append(b.inServer[t.parent], t)
		}
		for _, tie := range t.fact.ties {
			if tie.kind != "sends to" && tie.kind != "gets from" {
				continue
			}
			for _, to := range b.nameOf(tie.to) {
				from := t
				if tie.kind == "gets from" {
					from, to = to, from
				}
				if from != to && !slices.Contains(to.senders, from) {
					to.senders = append(to.senders, from)
				}
			}
		}
	}
	b.joinAccounts()
	b.joinAddresses()
	b.joinNamesOfHosts()
}

// tied returns the other ends of the ties of a kind.
func (f *fact) tied(kind string) []string {
	var out []string
	for _, t := range f.ties {
		if t.kind == kind {
			out = append(out, t.to)
		}
	}
	return out
}

// googleParent finds what a thing is a part of.
func (b *builder) googleParent(t *thing) {
	r := b.resource(t)
	if t.parent != nil || r == nil {
		return
	}
	if strings.HasPrefix(t.id, "google:") {
		for id := t.id; t.parent == nil; {
			i := strings.LastIndexByte(id, '/')
			if i <= 0 {
				break
			}
			id = id[:i]
			t.parent = b.byID[id]
		}
	}
	if t.parent == nil || isScope(t.parent) {
		for _, name := range t.fact.tied("part of") {
			if ts := b.named(googleParents[t.typ][1], name, r); len(ts) == 1 {
				t.parent = ts[0]
			}
		}
	}
	_, project, _ := strings.Cut(r.Scope, "/")
	if app := b.byID["google:google_app_engine_application:"+project]; app != nil && strings.HasSuffix(t.typ, "_app_version") {
		t.parent = app
	}
	if p := b.byID["google:"+r.Scope]; t.parent == nil && p != nil && p != t && isScope(p) {
		t.parent = p
	}
}

// named returns the things of some types that a name means: those in the same project, and of these those in the same place,
// where there are any.
func (b *builder) named(types, name string, by *evidence.Resource) []*thing {
	if ts := ofTypes(b.nameOf(name), types); ts != nil {
		return ts
	}
	if name == "" || evidence.GoogleName(name) != "" || strings.Contains(name, "://") {
		return nil // a full name that is not scanned; its last part may be another's
	}
	found := b.plainly(types, name[strings.LastIndexByte(name, '/')+1:], by)
	var here []*thing
	for _, t := range found {
		if r := b.resource(t); r != nil && r.Location != "" && r.Location == by.Location {
			here = append(here, t)
		}
	}
	if len(here) > 0 {
		return here
	}
	return found
}

// nameOf returns what answers to a name, or what an expression that is left open speaks of.
func (b *builder) nameOf(name string) []*thing {
	if name == "" {
		return nil
	}
	ns, _ := b.names.ID(name)
	if refs := evidence.Symbols(name); ns == nil && len(refs) == 1 {
		ns, _ = b.names.ID(refs[0].ID)
	}
	return (&reader{b: b}).things(ns)
}

// ofTypes returns the things that are of one of the types.
func ofTypes(ts []*thing, types string) []*thing {
	var out []*thing
	for _, t := range ts {
		for typ := range strings.FieldsSeq(types) {
			if t.typ == typ {
				out = append(out, t)
			}
		}
	}
	return out
}

// googleScope makes the node of the project that a thing is in.
func googleScope(r *evidence.Resource) (id, name string) {
	project, ok := strings.CutPrefix(r.Scope, "projects/")
	if !ok || r.Provider != "google" || project == "" || strings.Contains(project, "/") {
		return "", ""
	}
	return "google:" + r.Scope, project
}

// storeLabel says what a use of a Google resource is for, where the kind of it tells.
func storeLabel(t *thing) string {
	switch t.typ {
	case googleStore, googleSecret, "google_secret_manager_regional_secret":
		return "reads secrets from"
	case "google_artifact_registry_repository", "google_container_registry":
		return "pulls images from"
	}
	return ""
}
