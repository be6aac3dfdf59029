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

	"project.created":     {"a project was made", "project slug name"},
	"project.changed":     {"a project was changed", "slug name archived"},
	"member.added":        {"a person became a member", "person* name* email* role until"},
	"member.changed":      {"a member was changed", "person* name* email* role until"},
	"member.removed":      {"a person is no member any more", "person* reason"},
	"member.announced":    {"the instance noted that a person belongs to an organisation", "person* organisation"},
	"erasure.asked":       {"the erasure of the personal data of a person was asked for", "person* reason"},
	"person.created":      {"a person became known to the instance", "person* email*"},
	"person.erased":       {"the personal data of a person were erased from the records and from entries before this one", "person* reason entries values records"},
	"token.created":       {"an API token was made", "token name? person? role tokenFor account scopes addresses usedFor project expires"},
	"token.used":          {"an API token was used", "token usedFor"},
	"token.revoked":       {"an API token was revoked", "token reason"},
	"service.created":     {"a service account was made", "account name owner*"},
	"service.changed":     {"a service account was changed", "account name owner*"},
	"service.disabled":    {"a service account was disabled: its tokens are refused", "account reason"},
	"service.enabled":     {"a service account was enabled again", "account"},
	"setup.created":       {"a one-time link to set up the instance was made", "expires"},
	"setup.used":          {"the one-time link to set up the instance was used", "token passkey"},
	"session.began":       {"a person signed in, or a session went on under another text", "session person* realm method organisation grant provider passkey proof phishingResistant hardware"},
	"session.ended":       {"a session ended", "session person* reason"},
	"passkey.added":       {"a passkey was registered", "passkey person* aaguid attestation attested backupEligible"},
	"passkey.changed":     {"a passkey was renamed", "passkey person*"},
	"passkey.removed":     {"a passkey is not taken any more", "passkey person* reason"},
	"passkey.trusted":     {"an organisation takes a passkey that a person had already", "passkey person* organisation"},
	"passkey.suspected":   {"a passkey was refused whose counter went back, as that of a copy does", "passkey person* count known reason"},
	"invitation.created":  {"a member was invited", "invitation person* role expires"},
	"invitation.accepted": {"an invitation was accepted", "invitation person* role method"},
	"invitation.revoked":  {"an invitation was taken back", "invitation person*"},
	"recovery.asked":      {"the recovery of a member who lost every passkey was asked for", "recovery person* role reason"},
	"recovery.approved":   {"a second person agreed to the recovery of a member", "recovery person* asker? reason expires"},
	"recovery.used":       {"the link of a recovery was used", "recovery person*"},
	"recovery.finished":   {"a passkey took the place of all others that an organisation took of a person", "recovery organisation person*"},
	"device.approved":     {"a person let a device in", "person* organisation session device*"},
	"person.forgotten":    {"sessions and passkeys of a person were taken away", "person*"},
	"connection.created":  {"a connection was made", "connection kind name path secret"},
	"connection.changed":  {"a connection was changed", "connection kind name path secret"},
	"connection.removed":  {"a connection was removed", "connection"},
	"secret.created":      {"a secret was sealed", "secret usedFor"},
	"secret.changed":      {"a secret was replaced", "secret usedFor"},
	"secret.opened":       {"a secret was opened", "secret usedFor why"},
	"secret.removed":      {"a secret was removed", "secret usedFor"},

	"provider.added":   {"a provider of OpenID Connect was added", "provider name issuer client groups join off"},
	"provider.changed": {"a provider of OpenID Connect was changed", "provider name issuer client groups join off"},
	"provider.removed": {"a provider of OpenID Connect was removed", "provider reason"},
	"domain.added":     {"a domain was said to be the organisation's, without a proof yet", "domain name provider"},
	"domain.verified":  {"a domain was proven to be the organisation's", "domain name provider"},
	"domain.removed":   {"a domain is the organisation's no more", "domain reason"},
	"domain.claimed":   {"the instance noted whose a proven domain is", "organisation name"},
	"domain.released":  {"the instance noted that a domain is nobody's", "organisation name"},
	"policy.changed":   {"what signing in to the organisation demands was changed", "sso grantsApproved networks session mapping"},
	"sso.bypassed":     {"an owner came in with a passkey although the organisation demands its provider", "person* passkey hardware"},
	"subject.linked":   {"the instance noted who a subject of a provider is", "person* organisation issuer"},
	"member.provided":  {"a provider or SCIM said what a member is", "person* role by"},
	"user.added":       {"SCIM made a user", "person* by"},
	"user.adopted":     {"SCIM took over a member whom a person had made", "person* by"},
	"user.changed":     {"SCIM changed a user", "person* active"},
	"user.removed":     {"SCIM removed a user", "person* reason"},
	"group.added":      {"SCIM made a group", "group name members"},
	"group.changed":    {"SCIM changed a group", "group name members"},
	"group.removed":    {"SCIM removed a group", "group"},

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
	"stream.created":          {"a stream to another system, or a webhook, was made", "stream kind name address sources kinds personal secret"},
	"stream.changed":          {"a stream or a webhook was changed", "stream kind name address sources kinds personal secret off"},
	"stream.removed":          {"a stream or a webhook was removed", "stream kind reason"},
	"stream.tested":           {"a test message was sent to a stream", "stream kind outcome"},
	"stream.dead":             {"what could not be delivered to a stream was put aside", "stream kind delivery source first last attempts error"},
	"stream.replayed":         {"a stream was set back, or what had been put aside was delivered", "stream kind delivery source first last"},
	"stream.disabled":         {"a stream that could not be delivered for days was switched off", "stream kind source error since"},
	"staff.added":             {"a person became one of the platform's own people", "person* name* email* roles contractor contract until"},
	"staff.changed":           {"the record of one of the platform's own people was changed", "person* name* email* roles contractor contract until"},
	"staff.left":              {"one of the platform's own people left, and has no role any more", "person* reason"},
	"staff.signed":            {"an undertaking of confidentiality was signed", "person* document digest"},
	"staff.keyAllowed":        {"somebody let one of the platform's own people register a key, once, with a code", "person* expires"},
	"staff.proposed":          {"one person of the platform proposed what takes two", "proposal kind person* organisation reason ticket expires"},
	"staff.approved":          {"another person of the platform approved what takes two", "proposal kind person* organisation proposer*"},
	"staff.declined":          {"what takes two people of the platform was declined", "proposal kind proposer* reason"},
	"staff.admitted":          {"what was proven at signing in was enough for the platform's own people", "person* method strength aaguid passkey issuer acr amr proof"},
	"staff.refused":           {"what was proven at signing in was not enough for the platform's own people", "person* method strength aaguid passkey issuer acr amr proof reason"},
	"breakGlass.sealed":       {"the account for the day when the provider is away was sealed with a new code", "account*"},
	"breakGlass.opened":       {"the sealed account was opened with its code, and acts as administrator for an hour", "account* until"},
	"breakGlass.refused":      {"a code was tried on the sealed account, and was not the one", "reason"},
	"breakGlass.acknowledged": {"an administrator said why the sealed account was opened", "account* reason"},
	"grant.requested":         {"one of the platform's own people asked an organisation for access", "grant organisation person* reason ticket"},
	"grant.asked":             {"one of the platform's own people asked to look into the organisation: in force at once, or waiting for its approval, as the state says", "grant staff* state reason ticket from until"},
	"grant.approved":          {"the organisation let one of the platform's own people look into it", "grant staff* state reason ticket from until"},
	"grant.refused":           {"the organisation did not let one of the platform's own people look into it", "grant staff* state reason ticket from until why"},
	"grant.revoked":           {"the organisation took back that one of the platform's own people looks into it", "grant staff* state reason ticket from until why"},
	"access.looked":           {"an auditor, or one of the platform's own people under a grant, read something", "reader? route subject grant"},
	"export.made":             {"two of the platform's own people had what the organisation's ledger holds exported", "proposal reason ticket proposer* approver*"},
	"export.done":             {"an export of an organisation that two people agreed to was made, and cannot be made again", "proposal organisation person*"},
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
