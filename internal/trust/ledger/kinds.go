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

	"project.created":     {"a project was made", "project slug name example"},
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
	"connection.created":  {"a connection was made", "connection kind name path secret to"},
	"connection.changed":  {"a connection was changed", "connection kind name path secret to"},
	"connection.verified": {"a connection was looked at", "connection outcome excess missing"},
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
	"layout.changed":     {"boxes of pictures were placed, or let go", "views count"},
	"snapshot.kept":      {"a snapshot was kept", "scan snapshot name root resources notRead"},
	"snapshot.collected": {"snapshots were removed by the rules of retention", "snapshots count bytes"},
	"snapshot.redacted":  {"contents of snapshots were erased", "snapshot snapshots resource reason count"},

	"baseline.proposed":  {"one person proposed a snapshot as the baseline, and another one has to approve", "proposal snapshot root expect reason"},
	"baseline.approved":  {"a snapshot became the baseline", "baseline snapshot root previous reason proposal proposer?"},
	"proposal.withdrawn": {"a proposal was withdrawn", "proposal kind reason"},
	"proposal.rejected":  {"a second person rejected a proposal", "proposal kind reason proposer?"},
	"drift.compared":     {"a snapshot was held against the baseline", "comparison baseline snapshot findings counts report"},
	"exception.proposed": {"one person proposed an exception, and another one has to approve", "proposal exception entry reason"},
	"exception.accepted": {"an exception was accepted", "exception finding entry reason expires proposal proposer?"},
	"exception.revoked":  {"an exception was revoked", "exception reason"},

	"evidence.asked":   {"a pack of evidence was asked for", "pack what snapshot baseline from to"},
	"evidence.made":    {"a pack of evidence was made, with a manifest of this digest", "pack what digest files cited"},
	"evidence.kept":    {"a pack of evidence is there to be downloaded", "pack digest size until"},
	"evidence.failed":  {"a pack of evidence could not be made", "pack error"},
	"evidence.taken":   {"a pack of evidence was downloaded", "pack digest"},
	"evidence.removed": {"a pack of evidence was removed", "pack reason"},

	"request.received":      {"somebody asked something of the trust centre", "asked about due"},
	"request.acknowledged":  {"a request to the trust centre was acknowledged", "asked late"},
	"request.answered":      {"a request to the trust centre was answered", "asked late"},
	"request.closed":        {"a request to the trust centre was closed", "asked late"},
	"certificate.recorded":  {"a certification by somebody else was recorded", "certificate title issuer from until digest"},
	"certificate.withdrawn": {"the record of a certification was withdrawn", "certificate reason"},
	"item.added":            {"a document of the trust centre was added", "item kind title version level organisation until digest"},
	"item.withdrawn":        {"a document of the trust centre was withdrawn, and its file removed", "item reason"},
	"trust.accepted":        {"the terms of confidential documents were accepted", "version digest until"},
	"trust.taken":           {"a document of the trust centre was handed out", "item title version digest"},
	"trust.asked":           {"a trust pack was asked for", "pack"},
	"trust.made":            {"a trust pack was made, with a manifest of this digest", "pack what digest files cited"},
	"trust.kept":            {"a trust pack is there to be downloaded", "pack digest size until"},
	"trust.failed":          {"a trust pack could not be made", "pack error"},
	"trust.packTaken":       {"a trust pack was downloaded", "pack digest"},
	"trust.removed":         {"a trust pack was removed", "pack reason"},

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
	"control.attested":        {"a person of the platform vouched for what no check can look at, until a day", "attestation wanted person* until reference evidence seal"},
	"control.unattested":      {"an attestation was withdrawn", "attestation wanted person* reason"},
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
	"comment.added":           {"somebody said something about an element, a finding or a proposal", "comment about subject"},
	"comment.withdrawn":       {"somebody took a comment of their own back", "comment"},
	"comment.restored":        {"somebody put a comment back that they had taken back", "comment"},
	"comment.redacted":        {"an administrator took a comment away", "comment reason"},
	"notice.changed":          {"somebody chose what to be told, and how", "person* by"},
	"notice.tested":           {"a test message was sent to a person's own webhook", "person* outcome"},
	"notice.dead":             {"a message to a person could not be delivered and is not tried any more", "person* channel message attempts error"},
	"subprocessor.proposed":   {"a change of the list of subprocessors was proposed", "change kind name material reason emergency"},
	"subprocessor.approved":   {"a second person approved a change of the list of subprocessors", "change kind proposer* material emergency"},
	"subprocessor.declined":   {"a change of the list of subprocessors was declined", "change proposer* reason"},
	"subprocessor.withdrawn":  {"a change of the list of subprocessors was withdrawn", "change reason"},
	"subprocessor.listed":     {"a version of the list of subprocessors was published", "list digest count"},
	"subprocessor.standing":   {"the platform noted where a change of subprocessors is for an organisation", "change organisation stage"},
	"subprocessor.settled":    {"a change of subprocessors is settled for all whom it concerns", "change"},
	"subprocessor.noticed":    {"the organisation was told of a change of subprocessors", "change kind name emergency days"},
	"subprocessor.received":   {"a notice of subprocessors was delivered on a channel, or was not", "change stage delivered closes"},
	"subprocessor.went":       {"a change of subprocessors went on for the organisation: its window opened or closed, it began, or it was withdrawn", "change stage delivered closes"},
	"objection.raised":        {"the organisation objected to a subprocessor", "change objection"},
	"objection.withdrawn":     {"the organisation took its objection back", "change objection"},
	"objection.noted":         {"a line, or the outcome, was written into the log of an objection", "change objection by option outcome"},
	"freeText.changed":        {"what becomes of free text that holds what it should not was changed", "secret special identifier"},
	"freeText.found":          {"somebody wrote a text that holds what it should not, and it was refused, kept as confirmed, or taken without that", "field rules became"},
	"freeText.asked":          {"somebody asked that the free text that there is be looked through", "scan"},
	"freeText.scanned":        {"the free text that there is was looked through", "scan count found"},
	"freeText.judged":         {"what was found in free text was said to be right where it is, or was removed", "hit place ref rule became"},
	"instruction.given":       {"an instruction to process data was given, or was written down since something else said it", "instruction source reference title purposes from until"},
	"instruction.ended":       {"an instruction to process data is over: what it came from is, or the organisation took it back", "instruction state"},
	"instruction.missing":     {"work was held, since no instruction covers it", "instruction title job kind purposes"},
	"instruction.flagged":     {"the platform flagged an instruction that seems unlawful, and work that rests on it is held", "instruction organisation title reason barred"},
	"instruction.held":        {"work that rests on an instruction is held by the platform", "instruction"},
	"instruction.unflagged":   {"the platform took a flag away from an instruction, and work goes on", "instruction organisation reason"},
	"instruction.answered":    {"the organisation answered to a flag on an instruction", "instruction answer"},
	"processing.completed":    {"the organisation, or the platform, completed its part of the record of processing", "version digest"},
	"processing.taken":        {"a record of processing, or a pack for an impact assessment, was downloaded", "what digest"},
	"transfer.registered":     {"a transfer outside of the European Economic Area was registered with its mechanism", "transfer country recipient mechanism module evidence from until"},
	"transfer.ended":          {"a mechanism of a transfer is not relied on any more", "transfer country recipient reason"},
	"transfer.blocked":        {"a destination without a valid mechanism was refused", "country recipient reason"},
	"annex.made":              {"a new version of an annex of the addendum was made, since what it says changed", "annex version digest"},
	"acceptance.given":        {"somebody accepted a version of a document for the organisation", "acceptance document slug edition digest list listDigest person* name* authority* method origin"},
	"terms.changed":           {"the platform changed the terms of the organisation's order form", "number reference reason plan users projects subscriptions repositories scans ai objectionDays incidentHours digest"},
	"terms.set":               {"the terms of an organisation's order form were changed in its home", "organisation number reference reason digest"},
	"engagement.asked":        {"the organisation asked for an audit engagement, or for another form of one", "engagement firstDay lastDay digest"},
	"engagement.offered":      {"the platform agreed to the terms of an audit engagement", "engagement digest"},
	"engagement.returned":     {"the platform sent an audit engagement back", "engagement digest reason"},
	"engagement.agreed":       {"the organisation agreed to the terms of an audit engagement, as the platform had", "engagement digest"},
	"engagement.withdrawn":    {"the organisation gave an audit engagement up before both sides had agreed", "engagement"},
	"engagement.ended":        {"the organisation ended an audit engagement, and its auditors were removed", "engagement reason"},
	"engagement.issued":       {"somebody was given the role of an auditor under an audit engagement", "engagement person* until"},
	"engagement.answered":     {"the platform answered an organisation that asked for an audit engagement", "organisation engagement state reason digest"},
	"owner.assigned":          {"items of the programme have an owner now", "person* items count"},
	"owner.reassign":          {"an owner is not active any more: items of the programme need another one", "person* items count"},
	"owner.returned":          {"an owner is active again, and keeps items of the programme", "person* items count"},
	"risk.added":              {"a risk became one of the register", "risk title treatment inherent target controls review"},
	"risk.changed":            {"a risk was changed", "risk title treatment inherent target controls review"},
	"risk.accepted":           {"a person accepted what remains of a risk, until its review", "risk person* until"},
	"risk.reviewed":           {"somebody looked at a risk again", "risk person* note review"},
	"risk.closed":             {"a risk was closed", "risk person* note review"},
	"risk.opened":             {"a risk that was closed is open again", "risk person* note review"},
	"risk.measured":           {"what remains of a risk changed, since a control holds or does not any more", "risk from to failing"},
	"decision.proposed":       {"somebody proposed a decision of the programme: the digest is of what it says", "decision decisionKind trigger digest person* supersedes"},
	"decision.approved":       {"a second person approved a decision of the programme", "decision decisionKind digest person* reason"},
	"decision.refused":        {"a second person refused a decision of the programme", "decision decisionKind digest person* reason"},
	"catalogue.recorded":      {"the controls and checks of a version of the program were taken as those to compare with", "digest program measures weaker decision"},
	"legal.imported":          {"starter texts of the legal registry became drafts", "slugs"},
	"legal.drafted":           {"a draft of a legal document was made", "document slug digest"},
	"legal.written":           {"a draft of a legal document was written anew", "document slug digest"},
	"legal.withdrawn":         {"a draft of a legal document was put aside", "document slug"},
	"legal.restored":          {"a draft of a legal document was taken back", "document slug"},
	"legal.asked":             {"somebody asked that a draft of a legal document be published", "document slug digest effective material weakens"},
	"legal.returned":          {"a draft of a legal document was sent back and not published", "document slug reason"},
	"legal.published":         {"a version of a legal document was published, asked for by one person and approved by another", "document slug version digest effective audience material accept template weakens decision supersedes asker* approver*"},
	"legal.verified":          {"the legal registry was held against the ledger and what was accepted", "versions acceptances mismatches outcome detail"},
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
