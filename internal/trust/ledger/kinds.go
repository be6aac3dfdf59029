package ledger

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// KindRollback is the kind of the entry that says that an older backup of the log was brought back, and that the loss was accepted.
const KindRollback = "ledger.rollbackAccepted"

// kinds are all kinds of entries, one a line: what it means, and the fields that it may have besides the common ones. Behind the name of a field, "*" says that it is
// personal data and must name its subject, "?" that it may be. A kind is never removed nor given another meaning: old entries have it.
var kinds = map[string][2]string{
	"organisation.created":   {"an organisation was made", "organisation slug name approvals"},
	"organisation.changed":   {"settings of an organisation were changed", "organisation slug name approvals"},
	"organisation.finished":  {"what the making of an organisation left half was finished or undone", "organisation outcome"},
	"organisation.destroyed": {"the key of an organisation was destroyed, and all that it sealed with it", "organisation slug reason"},
	"destruction.asked":      {"an owner asked that the organisation be destroyed", "organisation slug reason"},
	"key.created":            {"a key was made", "key usedFor root"},
	"key.rotated":            {"a key was wrapped again, or replaced", "key organisation usedFor root from to count"},
	"key.destroyed":          {"a key was destroyed", "key organisation usedFor reason"},

	"project.created":    {"a project was made", "project slug name"},
	"project.changed":    {"a project was changed", "slug name archived"},
	"member.added":       {"a person became a member", "person* name* email* role"},
	"member.changed":     {"a member was changed", "person* name* email* role"},
	"member.removed":     {"a person is no member any more", "person* reason"},
	"member.announced":   {"the instance noted that a person belongs to an organisation", "person* organisation"},
	"erasure.asked":      {"the erasure of the personal data of a person was asked for", "person* reason"},
	"person.created":     {"a person became known to the instance", "person* email*"},
	"person.erased":      {"the personal data of a person were erased from the records and from entries before this one", "person* reason entries values records"},
	"token.created":      {"an API token was made", "token name? person? role usedFor project expires"},
	"token.used":         {"an API token was used", "token usedFor"},
	"token.revoked":      {"an API token was revoked", "token reason"},
	"setup.created":      {"a one-time link to set up the instance was made", "expires"},
	"setup.used":         {"the one-time link to set up the instance was used", "token"},
	"connection.created": {"a connection was made", "connection kind name path secret"},
	"connection.changed": {"a connection was changed", "connection kind name path secret"},
	"connection.removed": {"a connection was removed", "connection"},
	"secret.created":     {"a secret was sealed", "secret usedFor"},
	"secret.changed":     {"a secret was replaced", "secret usedFor"},
	"secret.opened":      {"a secret was opened", "secret usedFor why"},
	"secret.removed":     {"a secret was removed", "secret usedFor"},

	"upload.received":    {"inputs of a scan were handed over", "upload digest size files"},
	"upload.removed":     {"inputs of scans were removed", "upload uploads reason count"},
	"scan.queued":        {"a scan was asked for", "scan name connection upload digest"},
	"scan.started":       {"a scan began", "scan attempt"},
	"scan.finished":      {"a scan ended well", "scan snapshot root resources notRead"},
	"scan.failed":        {"a scan ended without a snapshot", "scan error attempt"},
	"snapshot.kept":      {"a snapshot was kept", "scan snapshot name root resources notRead"},
	"snapshot.collected": {"snapshots were removed by the rules of retention", "snapshots count bytes"},
	"snapshot.redacted":  {"contents of snapshots were erased", "snapshot snapshots resource reason count"},

	"baseline.proposed":  {"one person proposed a snapshot as the baseline, and another one has to approve", "proposal snapshot root expect reason"},
	"baseline.approved":  {"a snapshot became the baseline", "baseline snapshot root previous reason proposal proposer?"},
	"proposal.withdrawn": {"a proposal was withdrawn", "proposal kind reason"},
	"drift.compared":     {"a snapshot was held against the baseline", "comparison baseline snapshot findings counts report"},
	"exception.proposed": {"one person proposed an exception, and another one has to approve", "proposal exception entry reason"},
	"exception.accepted": {"an exception was accepted", "exception finding entry reason expires proposal proposer?"},
	"exception.revoked":  {"an exception was revoked", "exception reason"},

	"ledger.read":             {"entries were read by an auditor", "from to query"},
	"ledger.exported":         {"a bundle of entries was made", "from to size root openings digest"},
	"ledger.erased":           {"values were erased from entries before this one, whose leaves stay", "entries reason approver?"},
	"ledger.verified":         {"the log was read as a whole and verified", "size root outcome detail first"},
	"ledger.signed":           {"a checkpoint was signed", "size root key cosignatures"},
	"ledger.gathered":         {"the instance's log took in how far the log of an organisation is", "organisation size root"},
	"ledger.rollbackAccepted": {"an older backup of a log was brought back and the operator accepted that: the entries between are lost, and the log goes on under another origin", "organisation knownBy knownSize knownRoot size root origin reason"},
	"job.retried":             {"a job that had died was put back", "job kind"},
	"job.died":                {"a job failed for the last time", "job kind attempts error"},
	"job.finished":            {"a job ended that changed nothing else", "job kind outcome"},
	"home.swept":              {"what was left over in a home was removed", "objects keys uploads entries bytes"},
	"control.ran":             {"a check of controls ran", "run check outcome digest observations"},
	"control.pruned":          {"runs of checks that are old were removed; their outcomes and digests stay in entries before this one", "runs passedBefore othersBefore"},
	"instance.set":            {"a setting of the instance was changed", "setting key"},
}

// kind is a line of the table, taken apart.
type kind struct {
	meaning string
	fields  map[string]byte // "*", "?" or 0, by name
}

var catalogue = func() map[string]kind {
	all := make(map[string]kind, len(kinds))
	for name, line := range kinds {
		k := kind{meaning: line[0], fields: map[string]byte{}}
		for _, f := range strings.Fields(line[1]) {
			var mark byte
			if c := f[len(f)-1]; c == '*' || c == '?' {
				mark, f = c, f[:len(f)-1]
			}
			k.fields[f] = mark
		}
		all[name] = k
	}
	return all
}()

// Kinds are all kinds of entries with their meanings, sorted.
func Kinds() iter.Seq2[string, string] {
	return func(yield func(kind, meaning string) bool) {
		for _, name := range slices.Sorted(maps.Keys(kinds)) {
			if !yield(name, kinds[name][0]) {
				return
			}
		}
	}
}

// Meaning is what an entry of that kind says, or "" for a kind that this version does not know.
func Meaning(kind string) string { return kinds[kind][0] }

// allows says why an entry of the kind may not have that field, if so.
func (k kind) allows(name string, f Field) error {
	mark, known := k.fields[f.Name]
	switch {
	case !known:
		return refused(name, "may not have a field %.64q: the catalogue of kinds does not list it", f.Name)
	case mark == '*' && f.Subject == "":
		return refused(name, "has a field %s that is personal data, and names no subject", f.Name)
	case mark == 0 && f.Subject != "":
		return refused(name, "has a field %s with a subject, and the catalogue of kinds does not mark it as personal", f.Name)
	}
	return nil
}
