package derive

import (
	"slices"
	"strings"

	"c4arch/internal/arch/census"
	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// googleText reads one string of a resource of the google provider. It reports false for what is to be read like any other's.
func (rd *reader) googleText(s string, ns []census.Thing, name string, rule *refRule, p tree.Path, line int32) bool {
	if rd.r.Provider != "google" || evidence.HasLeft(s) {
		return false
	}
	targets, mentioned, joined := rd.googleTargets(s, rd.things(ns), rule)
	switch {
	case slices.Contains(targets, rd.t):
		return true // its own name
	case rule != nil && (rule.id == "GR3" && targets != nil && rd.withSubnet(p) || rule.id == "GR10" && rule.act == own && targets == nil):
		rd.add(claim{path: p, line: int(line), value: "", rule: rule.id, act: ignore}) // the subnetwork, or the front itself, says it
		return true
	case targets == nil:
		return rd.googleUnknown(s, rule, p, int(line))
	}
	before := len(rd.claims)
	rd.idRef(s, name, targets, rule, p, int(line))
	for _, c := range rd.claims[before:] {
		c.joined, c.mentioned = c.joined || joined, append(c.mentioned, mentioned...)
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

// googleTargets returns what a string names: of what answers to it, what is of the types that the rule speaks of, or what has it as a
// bare name. A text that names the resource itself and another thing of the same name, such as a job's schedule, means the
// other. It also returns what else answers to the text, and whether its place had to tell.
func (rd *reader) googleTargets(s string, found []*thing, rule *refRule) (targets, mentioned []*thing, joined bool) {
	if rule != nil && rule.setting && len(found) > 1 && slices.Contains(found, rd.t) {
		return slices.DeleteFunc(slices.Clone(found), func(t *thing) bool { return t == rd.t }), nil, true
	}
	if rule == nil || rule.names == "" || slices.Contains(found, rd.t) {
		return found, nil, false
	}
	if ts := ofTypes(found, rule.names); ts != nil {
		return ts, nil, false
	}
	if ts := rd.b.named(rule.names, s, rd.r); ts != nil {
		return ts, found, true
	}
	return found, nil, false
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

// specialName claims the other forms of a name: of an image in a repository, and those in a text. It reports whether there is
// nothing more to be read: a setting may name hosts besides.
func (rd *reader) specialName(s string, rule *refRule, p tree.Path, line int) bool {
	switch {
	case rule == nil || rule.act == ignore:
		return false
	case rule.id == "GR9":
		return rd.imageName(s, rule, p, line)
	case rd.t.typ == "google_api_gateway_api_config":
		rd.apiBackends(s, rule, p, line)
		return true
	}
	found := false
	if types := rd.settingFor(p); rule.setting && types != "" {
		found = rd.means(s, rd.b.named(types, s, rd.r), s, rule, p, line)
	}
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`,;=?&()[]{}<>$", r) }) {
		name, targets := rd.b.wordName(w, rd.r)
		found = rd.means(name, targets, s, rule, p, line) || found
	}
	return found && !rule.setting
}

// means claims what a part of a text was found to name.
func (rd *reader) means(name string, targets []*thing, s string, rule *refRule, p tree.Path, line int) bool {
	if len(targets) == 0 || slices.Contains(targets, rd.t) {
		return false
	}
	c := rule.claim()
	c.path, c.line, c.value, c.targets, c.joined = p, line, name, targets, true
	rd.settingLabel(&c, s)
	rd.connected(&c)
	rd.googleLine(&c)
	rd.add(c)
	return true
}

// imageName claims the repository that an image is in. One of the own project that is not scanned is missing; others' are not.
func (rd *reader) imageName(s string, rule *refRule, p tree.Path, line int) bool {
	repo := imageRepository(s)
	if !rd.means(s, rd.b.nameOf(repo), s, rule, p, line) && strings.HasPrefix(repo, rd.r.Scope+"/") {
		c := rule.claim()
		c.path, c.line, c.value, c.reason = p, line, s, "the image's repository is not among what was scanned"
		rd.add(c)
	}
	return repo != ""
}

// wordName returns what a word of a text names, in a form that is no id: a bucket (gs://bucket), a Cloud Run job that is run, a
// database server (project:region:instance), a table (project:dataset.table), or a relative name.
func (b *builder) wordName(w string, by *evidence.Resource) (name string, targets []*thing) {
	switch {
	case strings.HasPrefix(w, "gs://"):
		bucket, _, _ := strings.Cut(w[len("gs://"):], "/")
		return "gs://" + bucket, b.named("google_storage_bucket", bucket, by)
	case strings.Contains(w, "run.googleapis.com/apis/"):
		return w, ofTypes(b.nameOf(runJob(w)), "google_cloud_run_v2_job")
	case evidence.GoogleName(w) != "":
		return w, b.nameOf(w)
	case strings.Count(w, ":") >= 2:
		conn := connectionName(w)
		return conn, b.nameOf(conn)
	case strings.ContainsAny(w, ".:"):
		return w, b.nameOf(tableName(w))
	}
	return w, nil
}

// connectionName returns the connection name of a database server in a word: alone, as the path of a socket
// (/cloudsql/project:region:instance), or with what an older proxy does with it (…=tcp:5432).
func connectionName(w string) string {
	if _, rest, ok := strings.Cut(w, "/cloudsql/"); ok {
		w = rest
	}
	if parts := strings.SplitN(w, ":", 4); len(parts) > 3 {
		w = strings.Join(parts[:3], ":")
	}
	w, _, _ = strings.Cut(w, "/")
	return w
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
	names := map[string]bool{}
	for p, leaf := range rd.root.Leaves() {
		if leaf.Str() != "" && rd.databaseSetting(p) {
			names[leaf.Text] = true
		}
	}
	var found []*thing
	for _, db := range rd.b.inServer[c.targets[0]] {
		if db.rule.role == container && names[db.name] {
			found = append(found, db)
		}
	}
	if len(found) == 1 {
		c.mentioned, c.targets = c.targets, found
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
