package assure

import "c4arch/internal/trust/control"

// The checks of what the product does.
const (
	BuildTraced    = "build-traced"
	SchemaSteps    = "schema-steps"
	ConfigLayers   = "config-layers"
	HealthAnswers  = "health-answers"
	LogLines       = "log-lines"
	MetricSeries   = "metric-series"
	ChangesEntered = "changes-entered"
	ReadOnly       = "read-only-clients"
	ConnectionMay  = "connection-rights"
	DutiesPage     = "duties-page"
)

// productBindings are the checks of what the product does.
var productBindings = []control.Check{
	{
		ID: BuildTraced, Title: "What runs was built from a commit, and from nothing that was not committed",
		Controls: []string{"ARC-OPS-01"}, Clauses: []string{"SE-7.1"},
		Mutation: "TestTracedFails has a build of changed files, one that says no commit, and one whose commit is none",
	},
	{
		ID: SchemaSteps, Title: "Every home has the steps of the schema that this program knows, no more and no fewer",
		Controls: []string{"ARC-OPS-01"},
		Partly:   []control.Part{{Clause: "SE-8.3", Missing: "what a deployment is tried with once it runs, and going back by itself"}},
		Mutation: "TestStepsFail takes a step back in a file, and changes the text of one on a server",
	},
	{
		ID: ConfigLayers, Title: "Each setting in force comes from one of three layers: the product, the file, the deployment; and no secret from the product",
		Controls: []string{"ARC-OPS-03"}, Clauses: []string{"SE-7.8"},
		Mutation: "TestLayeredFails has a setting from nowhere, one twice, a default that is none and a secret by default",
	},
	{
		ID: HealthAnswers, Title: "Health and readiness answer on the listener; readiness asks what it depends on, and says when it is away",
		Controls: []string{"ARC-MON-01"}, Clauses: []string{"SE-8.5"},
		Mutation: "TestHealthFails has a dependency that is away, readiness that depends on nothing, and a listener that is not ready",
	},
	{
		ID: LogLines, Title: "Lines of the log are JSON with request, organisation and actor, and without what is secret in them",
		Controls: []string{"ARC-MON-01"}, Clauses: []string{"SE-8.6"},
		Mutation: "TestLogLinesFail has a log that is text, one that knows no request, and one that shows secrets",
	},
	{
		ID: MetricSeries, Title: "The series by which availability and security are watched are handed out, and each check is told as it ended",
		Controls: []string{"ARC-MON-01"},
		Partly: []control.Part{
			{Clause: "SE-8.7", Missing: "rules of alerts, and an alert that is fired to try it"},
			{Clause: "DPA-B.12", Missing: "rules of alerts, and an alert that is fired to try it"},
		},
		Mutation: "TestMetricSeriesFail has metrics without a series, and a check that is told otherwise than it ended",
	},
	{
		ID: ChangesEntered, Title: "Each sign-in, token, key and grant, each project, scan, snapshot, comparison, approval and exception has its entry in the ledger, from the moment of the change",
		Controls: []string{"ARC-LOG-01"}, Clauses: []string{"SE-6.1", "SE-6.5"},
		Partly:   []control.Part{{Clause: "SE-6.6", Missing: "retention and incidents, which there are not yet"}},
		Mutation: "TestEnteredFails writes rows beside the ledger: a session, a token, a scan and an exception",
	},
	{
		ID: ReadOnly, Title: "The clients that read clouds, clusters and repositories send what reads and refuse all else, before it leaves the program",
		Controls: []string{"ARC-DIS-01"},
		Partly: []control.Part{
			{Clause: "SE-3.7", Missing: "a role that could write is told and kept, and not refused"},
			{Clause: "DPA-B.7", Missing: "a role that could write is told and kept, and not refused"},
		},
		Mutation: "TestReadOnlyFails has a client without its gate, one whose gate lets a method through, and one that lets nothing through",
	},
	{
		ID: ConnectionMay, Title: "What each live connection may is looked at, kept, entered in the ledger and told to its organisation where it is more than needed",
		Controls: []string{"ARC-DIS-01"}, Clauses: []string{"SE-3.6", "SE-5.8"},
		Mutation: "TestRightsFail has rights that are told to nobody, that are told though there are none, that stand in no ledger and that cannot be read",
	},
	{
		ID: DutiesPage, Title: "The page of each organisation shows its duties as they were judged, with the means to remove what is stale, and the rights of its connections as they are",
		Controls: []string{"ARC-IAM-08", "ARC-IAM-05"},
		Clauses:  []string{"SE-3.11", "SE-3.12", "SE-3.13", "SE-13.1", "SE-13.8", "DPA-13.5"},
		Partly: []control.Part{
			{Clause: "SE-13.2", Missing: "how the cloud accounts themselves are secured: the page says that this is not visible"},
			{Clause: "SE-13.3", Missing: "how the repositories themselves are secured: the page says that this is not visible"},
			{Clause: "SE-13.4", Missing: "how billing accounts are secured: none is connected, and the page says that this is not visible"},
			{Clause: "SE-13.5", Missing: "other systems than those that are connected or take the organisation's events"},
		},
		Mutation: "TestPagedFails has a page without a duty, one that says nothing of it, one without the means to remove, one that shows it as kept, and rights that are not told",
	},
}
