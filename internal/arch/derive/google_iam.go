package derive

import (
	"iter"
	"slices"
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// grant lets a member act in a role.
type grant struct {
	member, role string
	line         int
}

// grantsIn yields what an IAM member, binding or policy says, and where.
func grantsIn(v *tree.Value) iter.Seq2[tree.Path, grant] {
	return func(yield func(tree.Path, grant) bool) {
		role := v.Get("role").Str()
		if m := v.Get("member"); m.Str() != "" && !yield("member", grant{m.Text, role, int(m.Line)}) {
			return
		}
		for i := range v.Get("members").List() {
			if m := &v.Get("members").Items[i]; !yield(tree.Path("members").Index(i), grant{m.Str(), role, int(m.Line)}) {
				return
			}
		}
		text := v.Get("policy_data")
		if text.Str() == "" || evidence.HasLeft(text.Text) {
			return
		}
		policy, err := tree.ParseJSON([]byte(text.Text), tree.Limits{})
		if err != nil {
			return
		}
		for _, b := range policy.Get("bindings").List() {
			for _, m := range b.Get("members").List() {
				if !yield("policy_data", grant{m.Str(), b.Get("role").Str(), int(text.Line)}) {
					return
				}
			}
		}
	}
}

// roleWord is what roles whose names begin so permit, and which types of resources a role that is given on a whole project
// is for (cloud.google.com/iam/docs/roles-permissions).
type roleWord struct{ role, label, types, layer string }

// roleWords are looked through in order; a role is known by its beginning.
var roleWords = []roleWord{
	{"roles/secretmanager.secretAccessor", "may read secrets from", googleStore, ""},
	{"roles/secretmanager.viewer", "may list secrets of", googleStore, ""},
	{"roles/secretmanager.", "may change secrets of", googleStore, ""},
	{"roles/storage.objectViewer", "may read from", "google_storage_bucket", ""},
	{"roles/storage.legacyObjectReader", "may read from", "google_storage_bucket", ""},
	{"roles/storage.legacyBucketReader", "may read from", "google_storage_bucket", ""},
	{"roles/storage.objectCreator", "may write to", "google_storage_bucket", ""},
	{"roles/storage.legacyBucketWriter", "may write to", "google_storage_bucket", ""},
	{"roles/storage.", "may read from and write to", "google_storage_bucket", ""},
	{"roles/pubsub.publisher", "may publish to", gcpTopics, ""},
	{"roles/pubsub.subscriber", "may receive from", "google_pubsub_subscription", ""},
	{"roles/pubsub.viewer", "may inspect", gcpTopics, ""},
	{"roles/pubsub.", "may publish to and receive from", gcpTopics, ""},
	{"roles/cloudsql.client", "may connect to", "google_sql_database_instance", ""},
	{"roles/cloudsql.instanceUser", "may log in to", "google_sql_database_instance", ""},
	{"roles/cloudsql.", "may administer", "google_sql_database_instance", ""},
	{"roles/alloydb.client", "may connect to", "google_alloydb_instance", ""},
	{"roles/spanner.databaseReader", "may read from", "google_spanner_database", ""},
	{"roles/spanner.databaseUser", "may read from and write to", "google_spanner_database", ""},
	{"roles/datastore.viewer", "may read from", "google_firestore_database", ""},
	{"roles/datastore.user", "may read from and write to", "google_firestore_database", ""},
	{"roles/datastore.owner", "may read from and write to", "google_firestore_database", ""},
	{"roles/bigtable.reader", "may read from", "google_bigtable_instance", ""},
	{"roles/bigtable.user", "may read from and write to", "google_bigtable_instance", ""},
	{"roles/bigquery.dataViewer", "may read from", "google_bigquery_dataset", ""},
	{"roles/bigquery.dataEditor", "may read from and write to", "google_bigquery_dataset", ""},
	{"roles/bigquery.dataOwner", "may read from and write to", "google_bigquery_dataset", ""},
	{"roles/bigquery.jobUser", "may run queries in", "", ""},
	{"roles/bigquery.user", "may run queries in", "", ""},
	{"roles/redis.", "may use", "google_redis_instance google_redis_cluster", ""},
	{"roles/run.invoker", "may call", gcpRuns + " google_cloud_run_v2_job", ""},
	{"roles/run.jobsExecutor", "may run", "google_cloud_run_v2_job", ""},
	{"roles/cloudfunctions.invoker", "may call", gcpFuncs, ""},
	{"roles/workflows.invoker", "may run", "google_workflows_workflow", ""},
	{"roles/cloudtasks.enqueuer", "may add tasks to", "google_cloud_tasks_queue", ""},
	{"roles/eventarc.eventReceiver", "may receive events of", "", "hidden"},
	{"roles/aiplatform.user", "may call", "google_vertex_ai_endpoint", ""},
	{"roles/artifactregistry.reader", "may pull images from", "google_artifact_registry_repository google_container_registry", ""},
	{"roles/artifactregistry.writer", "may push images to", "google_artifact_registry_repository google_container_registry", ""},
	{"roles/dataflow.worker", "may run jobs of", "google_dataflow_job google_dataflow_flex_template_job", ""},
	{"roles/cloudkms.", "may use keys of", "google_kms_crypto_key", "hidden"},
	{"roles/logging.", "may write logs to", "", "observability"},
	{"roles/monitoring.", "may write metrics to", "", "observability"},
	{"roles/cloudtrace.", "may write traces to", "", "observability"},
	{"roles/cloudprofiler.", "may write profiles to", "", "observability"},
	{"roles/errorreporting.", "may report errors to", "", "observability"},
	{"roles/stackdriver.", "may write metrics to", "", "observability"},
	{"roles/iam.serviceAccountUser", "may act as", "", "governance"},
	{"roles/iam.serviceAccountTokenCreator", "may act as", "", "governance"},
	{"roles/iam.workloadIdentityUser", "may act as", "", "governance"},
}

// roleOf returns what a role permits.
func roleOf(role string) roleWord {
	for _, w := range roleWords {
		if strings.HasPrefix(role, w.role) {
			return w
		}
	}
	name := role[strings.LastIndexByte(role, '/')+1:]
	switch {
	case role == "":
		return roleWord{label: "has a role on"}
	case name == "viewer" || name == "editor" || name == "owner":
		return roleWord{label: "has the role " + name + " on", layer: "governance"}
	}
	return roleWord{label: "has the role " + name + " on"}
}

// accountKey is the key under which what runs as a service account is known: the account's own id where it was scanned, or
// its address.
func (b *builder) accountKey(text string) string {
	text = strings.TrimPrefix(text, "serviceAccount:")
	for _, t := range b.nameOf(text) {
		if t.typ == "google_service_account" {
			return t.id
		}
	}
	return strings.ToLower(text[strings.LastIndexByte(text, '/')+1:])
}

// joinAccounts finds what runs as each service account: what names it itself, and Kubernetes workloads whose own account may act
// as it (cloud.google.com/kubernetes-engine/docs/concepts/workload-identity).
func (b *builder) joinAccounts() {
	add := func(key string, t *thing) {
		if key != "" && !slices.Contains(b.owners[key], t) {
			b.owners[key] = append(b.owners[key], t)
		}
	}
	kube := map[string][]*thing{} // workloads by namespace/account
	for _, t := range b.things {
		if r := b.resource(t); r != nil && r.Form == evidence.Kubernetes && t.fact.account != "" {
			kube[r.Scope+"/"+t.fact.account] = append(kube[r.Scope+"/"+t.fact.account], t)
		}
	}
	for _, t := range b.things {
		for _, a := range t.fact.tied("runs as") {
			if strings.Contains(a, "@") || evidence.HasLeft(a) {
				add(b.accountKey(a), t)
			}
		}
		if r := b.resource(t); r != nil && t.typ == "kubernetes:ServiceAccount" {
			for _, a := range t.fact.tied("acts as") {
				for _, w := range kube[r.Scope+"/"+r.Name] {
					add(b.accountKey(a), w)
				}
			}
		}
		if t.typ != googleGrant {
			continue
		}
		for _, m := range t.fact.tied("workload identity") {
			at, who, _ := strings.Cut(m, "\x00")
			for _, w := range kube[who] {
				add(b.accountKey(at), w)
			}
		}
		b.openGrant(t)
	}
	for key := range b.owners {
		slices.SortFunc(b.owners[key], func(x, y *thing) int { return x.n - y.n })
	}
}

// openGrant takes back that a grant to everybody opens what takes traffic from inside the cloud only.
func (b *builder) openGrant(t *thing) {
	if t.fact.public == "" {
		return
	}
	v, err := b.resource(t).Tree()
	if err != nil {
		return
	}
	target, _ := b.grantedOn(t, &v)
	if target == nil || len(target.fact.tied("takes")) > 0 {
		t.fact.public = ""
	}
}

// grantBase returns the types of what a grant's type is for, and reports whether it is a project.
func grantBase(typ string) (types string, project bool) {
	base := typ
	for _, suffix := range []string{"_member", "_binding", "_policy"} {
		base = strings.TrimSuffix(base, suffix)
	}
	base = strings.TrimSuffix(base, "_iam")
	switch base {
	case "google_project":
		return base, true
	case "google_cloud_run_service", "google_cloud_run_v2_service":
		return gcpRuns + " google_cloudfunctions2_function", false // such a function is served by a service of its name
	case "google_cloudfunctions_function", "google_cloudfunctions2_function":
		return gcpFuncs, false
	case "google_storage_managed_folder":
		return "google_storage_bucket", false
	case "google_bigquery_table":
		return "google_bigquery_table google_bigquery_dataset", false
	}
	return base, false
}

// grantedOn returns what a grant is on, and the property that says so.
func (b *builder) grantedOn(t *thing, v *tree.Value) (*thing, tree.Path) {
	r := b.resource(t)
	types, project := grantBase(r.Type)
	if project {
		return nil, "project"
	}
	var best *thing
	var at tree.Path
	for i := range v.Members {
		m := &v.Members[i]
		switch m.Name {
		case "id", "role", "member", "etag", "project", "policy_data", "location", "region", "zone":
			continue
		}
		// The most special attribute is meant: a database of an instance, a table of a dataset.
		if ts := b.named(types, m.Value.Str(), r); len(ts) == 1 && (best == nil || strings.HasPrefix(ts[0].id, best.id+"/")) {
			best, at = ts[0], tree.Path(m.Name)
		}
	}
	return best, at
}

// grants joins who acts in a role with what the role is given on.
func (rd *reader) grants() {
	target, _ := rd.b.grantedOn(rd.t, rd.root)
	_, project := grantBase(rd.r.Type)
	for p, g := range grantsIn(rd.root) {
		rd.grant(p, g, target, project)
	}
}

// grant claims one member of a grant.
func (rd *reader) grant(p tree.Path, g grant, target *thing, project bool) {
	word := roleOf(g.role)
	c := claim{path: p, line: g.line, value: g.member, rule: "GR4", act: relate, label: word.label, conf: c4.May, layer: word.layer, joined: true, from: rd.who(g.member)}
	if target != nil {
		c.targets = []*thing{target}
	}
	c.mentioned = rd.b.nameOf(g.member)
	switch {
	case g.member == "allUsers" || g.member == "allAuthenticatedUsers":
		c.act, c.from = ownedBy, []*thing{rd.t}
		if target == nil {
			c.act = ignore
		}
	case platformMember(g.member):
		c.act, c.targets = ignore, nil
	case len(c.from) == 0:
		c.from, c.targets, c.reason = []*thing{rd.t}, nil, "the member of the grant is not among what was scanned (a person, a group, or an account of another project)"
	case project:
		rd.onProject(&c, word)
	case target == nil:
		c.from, c.reason = []*thing{rd.t}, "what the grant is on is not among what was scanned"
	}
	if c.reason != "" {
		c.mentioned = append(c.mentioned, c.targets...)
	}
	rd.add(c)
}

// who returns the things that act as a member of a grant; a service account that nothing runs as stands for itself.
func (rd *reader) who(member string) []*thing {
	if ts := rd.b.owners[rd.b.accountKey(member)]; len(ts) > 0 {
		return ts
	}
	return ofTypes(rd.b.nameOf(strings.TrimPrefix(member, "serviceAccount:")), "google_service_account")
}

// onProject decides where the line of a grant on a whole project ends: at the one resource of its kind that the project has, or else
// at the project.
func (rd *reader) onProject(c *claim, word roleWord) {
	project := strings.TrimPrefix(rd.root.Get("project").Str(), "projects/")
	var kind []*thing
	for typ := range strings.FieldsSeq(word.types) {
		kind = append(kind, rd.b.ofProject[googleKind{typ, "projects/" + project}]...)
	}
	if len(kind) == 1 {
		c.targets = kind
		return
	}
	c.host = "google:projects/" + project
}

// googleKind is a type of resources of one project.
type googleKind struct{ typ, scope string }

// platformMember reports whether a member is no one's choice: the project's own roles, and Google's agents.
func platformMember(m string) bool {
	_, host, _ := strings.Cut(m, "@")
	for _, p := range []string{"projectOwner:", "projectEditor:", "projectViewer:", "deleted:"} {
		if strings.HasPrefix(m, p) {
			return true
		}
	}
	return strings.HasPrefix(host, "gcp-sa-") || host == "cloudservices.gserviceaccount.com" || host == "cloudbuild.gserviceaccount.com" || host == "serverless-robot-prod.iam.gserviceaccount.com" ||
		host == "container-engine-robot.iam.gserviceaccount.com" || host == "gs-project-accounts.iam.gserviceaccount.com" || host == "compute-system.iam.gserviceaccount.com" || host == "gcf-admin-robot.iam.gserviceaccount.com"
}

// datasetAccess joins the accounts that a BigQuery dataset lets in with the dataset.
func (rd *reader) datasetAccess() {
	one := func(v *tree.Value, at func(string) tree.Path, dataset *thing) {
		for _, key := range []string{"user_by_email", "iam_member"} {
			m := v.Get(key)
			if m.Str() == "" || dataset == nil {
				continue
			}
			role := map[string]string{"READER": "roles/bigquery.dataViewer", "WRITER": "roles/bigquery.dataEditor", "OWNER": "roles/bigquery.dataOwner"}[v.Get("role").Str()]
			rd.grant(at(key), grant{m.Text, or(role, v.Get("role").Str()), int(m.Line)}, dataset, false)
		}
	}
	if rd.t.typ == "google_bigquery_dataset" {
		for i := range rd.root.Get("access").List() {
			one(&rd.root.Get("access").Items[i], func(key string) tree.Path { return tree.Path("access").Index(i).Key(key) }, rd.t)
		}
		return
	}
	if ts := rd.b.named("google_bigquery_dataset", rd.root.Get("dataset_id").Str(), rd.r); len(ts) == 1 {
		one(rd.root, func(key string) tree.Path { return tree.Path(key) }, ts[0])
	}
}
