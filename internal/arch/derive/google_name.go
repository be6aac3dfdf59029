package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/census"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
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

// googleText reads one string of a resource of the google provider. It reports false for what is to be read like any other's.
func (rd *reader) googleText(s string, ns []census.Thing, name string, rule *refRule, p tree.Path, line int32) bool {
	if rd.r.Provider != "google" || evidence.HasLeft(s) {
		return false
	}
	found := rd.things(ns)
	targets, joined := found, false
	if slices.Contains(found, rd.t) { // its own name, unless it speaks of another thing that has the same
		if rule == nil || !rule.setting || len(found) == 1 {
			return true
		}
		targets, joined = slices.DeleteFunc(found, func(t *thing) bool { return t == rd.t }), true
	}
	if rule != nil && rule.names != "" {
		if targets = ofTypes(found, rule.names); targets == nil {
			targets, joined = rd.b.named(rule.names, s, rd.r), true
		}
		if targets == nil && found != nil {
			targets, joined = found, false
		}
	}
	if slices.Contains(targets, rd.t) {
		return true
	}
	if rule != nil && (rule.id == "GR3" && targets != nil && rd.withSubnet(p) || rule.id == "GR10" && rule.act == own && targets == nil) {
		rd.add(claim{path: p, line: int(line), value: "", rule: rule.id, act: ignore}) // the subnetwork, or the front itself, says it
		return true
	}
	if targets == nil {
		return rd.googleUnknown(s, rule, p, int(line))
	}
	before := len(rd.claims)
	rd.idRef(s, name, targets, rule, p, int(line))
	for _, c := range rd.claims[before:] {
		c.joined = c.joined || joined
		if joined {
			c.mentioned = append(c.mentioned, found...)
		}
		if rule != nil && rule.setting {
			rd.settingLabel(c, s)
		}
		if c.act == relate && (rule != nil && rule.setting || strings.Count(s, ":") >= 2) {
			c.byID = false // what uses a database server uses its databases
			rd.connected(c)
		}
		rd.googleLine(c)
	}
	return true
}

// platformNames are the collections of what Google provides and nobody deploys, and of what the platform makes by itself.
var platformNames = set(`zones regions locations machineTypes diskTypes acceleratorTypes licenses operations builds family roles instanceConfigs
metricDescriptors monitoredResourceDescriptors firewalls revisions executions tenants`)

// googleUnknown claims what a string names that was not scanned.
func (rd *reader) googleUnknown(s string, rule *refRule, p tree.Path, line int) bool {
	if rd.specialName(s, rule, p, line) {
		return true
	}
	rel := evidence.GoogleName(s)
	if rule != nil && rule.act == ignore {
		rd.add(claim{path: p, line: line, value: "", rule: rule.id, act: ignore})
		return true
	}
	if rule != nil && rule.names != "" && rule.act != ignore {
		c := rule.claim()
		c.path, c.line, c.value, c.reason = p, line, s, "it names a resource that is not among what was scanned"
		rd.add(c)
		return true
	}
	parts := strings.Split(rel, "/")
	if len(parts) < 4 || platformNames[parts[len(parts)-2]] || rel != s && !strings.HasSuffix(s, rel) {
		return false
	}
	c := claim{rule: "A0", act: relate}
	if rule != nil {
		c = rule.claim()
	}
	c.path, c.line, c.value, c.reason = p, line, s, "it names a resource that is not among what was scanned"
	rd.add(c)
	return true
}

// specialName claims the other forms of a name: of a database server (project:region:instance), of a bucket (gs://bucket), of an
// image in a repository, of a table (project:dataset.table), of a Cloud Run job.
func (rd *reader) specialName(s string, rule *refRule, p tree.Path, line int) bool {
	if rule == nil || rule.act == ignore {
		return false
	}
	any := false
	join := func(value string, targets []*thing) {
		if len(targets) == 0 || slices.Contains(targets, rd.t) {
			return
		}
		c := rule.claim()
		c.path, c.line, c.value, c.targets, c.joined = p, line, value, targets, true
		rd.settingLabel(&c, s)
		rd.connected(&c)
		rd.googleLine(&c)
		rd.add(c)
		any = true
	}
	switch rule.id {
	case "GR9":
		repo := imageRepository(s)
		if join(s, rd.b.nameOf(repo)); !any && strings.HasPrefix(repo, rd.r.Scope+"/") {
			c := rule.claim()
			c.path, c.line, c.value, c.reason = p, line, s, "the image's repository is not among what was scanned"
			rd.add(c)
		}
		return repo != ""
	case "GR20":
		if rd.t.typ == "google_api_gateway_api_config" {
			rd.apiBackends(s, rule, p, line)
			return true
		}
	case "GR21":
		join(s, rd.b.nameOf("//"+s))
		return any
	}
	if types := rd.settingFor(p); rule.setting && types != "" {
		join(s, rd.b.named(types, s, rd.r))
	}
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`,;=?&()[]{}<>$", r) }) {
		switch {
		case strings.HasPrefix(w, "gs://"):
			bucket, _, _ := strings.Cut(w[5:], "/")
			join("gs://"+bucket, rd.b.named("google_storage_bucket", bucket, rd.r))
		case strings.Contains(w, "run.googleapis.com/"):
			join(w, ofTypes(rd.b.nameOf(runJob(w)), "google_cloud_run_v2_job"))
		case evidence.GoogleName(w) != "":
			join(w, rd.b.nameOf(w))
		case strings.Count(w, ":") >= 2:
			i := strings.LastIndex(w, "/cloudsql/")
			if i >= 0 {
				i += len("/cloudsql/")
			}
			conn := w[max(i, 0):]
			if parts := strings.Split(conn, ":"); len(parts) > 3 { // domain-scoped project, or a port behind it
				conn = strings.Join(parts[:3], ":")
			}
			conn, _, _ = strings.Cut(conn, "/")
			join(conn, rd.b.nameOf(conn))
		case strings.ContainsAny(w, ".:"):
			if table := tableName(w); table != "" {
				join(w, rd.b.nameOf(table))
			}
		}
	}
	return any && !rule.setting // a setting may name hosts besides
}

// imageRepository returns the relative name of the Artifact Registry repository that an image is in, or "":
// europe-docker.pkg.dev/project/repository/image.
func imageRepository(image string) string {
	parts := strings.Split(strings.TrimPrefix(image, "https://"), "/")
	if len(parts) < 3 {
		return ""
	}
	if location, ok := strings.CutSuffix(parts[0], ".pkg.dev"); ok {
		if i := strings.LastIndexByte(location, '-'); i > 0 {
			repo, _, _ := strings.Cut(parts[2], ":")
			return "projects/" + parts[1] + "/locations/" + location[:i] + "/repositories/" + repo
		}
	}
	region := map[string]string{"gcr.io": "us", "us.gcr.io": "us", "eu.gcr.io": "europe", "asia.gcr.io": "asia"}[parts[0]]
	if region == "" {
		return ""
	}
	return "projects/" + parts[1] + "/locations/" + region + "/repositories/" + parts[0]
}

// runJob returns the relative name of the Cloud Run job that a URL of the older API runs:
// https://REGION-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/PROJECT/jobs/JOB:run.
func runJob(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	region, rest, ok := strings.Cut(rest, "-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/")
	if !ok {
		return ""
	}
	project, rest, _ := strings.Cut(rest, "/")
	kind, job, _ := strings.Cut(rest, "/")
	job, _, _ = strings.Cut(job, ":")
	if kind != "jobs" || project == "" || job == "" {
		return ""
	}
	return "projects/" + project + "/locations/" + region + "/jobs/" + job
}

// tableName returns the relative name of a BigQuery table written project:dataset.table or project.dataset.table.
func tableName(w string) string {
	i := strings.IndexAny(w, ":.")
	dataset, table, ok := strings.Cut(w[i+1:], ".")
	if !ok || i <= 0 || dataset == "" || table == "" || strings.ContainsAny(dataset, "/:") || strings.ContainsAny(table, "/:") {
		return ""
	}
	return "projects/" + w[:i] + "/datasets/" + dataset + "/tables/" + table
}

// connected follows a connection to a server with several databases to the one that a setting beside it names.
func (rd *reader) connected(c *claim) {
	if len(c.targets) != 1 || !isDataHost(c.targets[0].typ) {
		return
	}
	var only *thing
	for _, db := range rd.b.inServer[c.targets[0]] {
		for p, leaf := range rd.root.Leaves() {
			if leaf.Str() == db.name && db.rule.role == container && rd.databaseSetting(p) {
				if only != nil && only != db {
					return
				}
				only = db
			}
		}
	}
	if only != nil {
		c.mentioned, c.targets = c.targets, []*thing{only}
	}
}

// databaseSetting reports whether a place is a setting whose name says that its value is a database's name.
func (rd *reader) databaseSetting(p tree.Path) bool {
	s := rd.settingName(p)
	return strings.Contains(s, "DATABASE") || strings.HasPrefix(s, "DB") || strings.Contains(s, "_DB")
}

// settingName is the name of the setting whose value stands at a place, in capitals.
func (rd *reader) settingName(p tree.Path) string {
	s := string(p)
	if at, ok := strings.CutSuffix(s, ".value"); ok {
		s = rd.root.At(tree.Path(at).Key("name")).Str()
	}
	return strings.ToUpper(s[strings.LastIndexByte(s, '.')+1:])
}

// settingWords say of what type the thing is whose bare name a setting holds.
var settingWords = [][2]string{
	{"BUCKET", "google_storage_bucket"},
	{"TOPIC", gcpTopics + " google_managed_kafka_topic"},
	{"SUBSCRIPTION", "google_pubsub_subscription"},
	{"QUEUE", "google_cloud_tasks_queue"},
	{"DATASET", "google_bigquery_dataset"},
	{"WORKFLOW", "google_workflows_workflow"},
}

// settingFor returns the types whose bare names a setting holds, as its own name says.
func (rd *reader) settingFor(p tree.Path) string {
	name := rd.settingName(p)
	for _, w := range settingWords {
		if strings.Contains(name, w[0]) {
			return w[1]
		}
	}
	return ""
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
