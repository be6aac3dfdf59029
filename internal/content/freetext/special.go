package freetext

import (
	"maps"
	"slices"
	"strings"
)

// A term is words in a row. One that says enough by itself counts wherever it stands; any other one counts where the same sentence speaks of a person, near it.
type term struct {
	rule  string
	words []string
	sure  bool
}

// reach is how many words around a term are asked for a person.
const reach = 8

// alone are terms that are about a person whatever stands around, by rule. docs/portal/free-text.md says where the list comes from.
var alone = map[string]string{
	"health": `sick leave|is pregnant|was pregnant|i am pregnant|i'm pregnant|her pregnancy|maternity complications|had a miscarriage|hiv positive|hiv-positive|medical certificate|medical leave|
		mental illness|mental breakdown|nervous breakdown|diagnosed with|undergoing chemotherapy|severely disabled|registered disabled|reduced mobility of|off sick|called in sick|had a stroke|
		had a heart attack|in rehab|suffers from|suffering from burnout|krankgeschrieben|ist schwanger|ist krank|schwerbehindert|schwerbehinderung|ziek gemeld|ziekgemeld|is zwanger|burn-out klachten|
		arrêt maladie|est enceinte|baja médica|está embarazada`,
	"belief":      `converted to islam|converted to christianity|is a practising muslim|practising catholic|religious beliefs|religious affiliation|ist evangelisch|ist katholisch|konfession ist|is a jehovah`,
	"politics":    `political opinion|political opinions|political affiliation|voted for the|votes for the|member of the labour party|member of the conservative party|member of the communist party|parteimitglied|lid van de partij`,
	"union":       `trade union member|trade union membership|union membership|member of the union|member of a union|member of a trade union|joined the union|gewerkschaftsmitglied|gewerkschaftsmitgliedschaft|vakbondslid|lid van de vakbond|syndiqué`,
	"origin":      `ethnic origin|racial origin|ethnicity of|ethnische herkunft|etnische afkomst|because of her race|because of his race|of african descent|of asian descent|of turkish descent|of jewish descent|of roma descent|of arab descent|of moroccan descent`,
	"sexLife":     `sexual orientation|came out as gay|came out as lesbian|is openly gay|is gay|is lesbian|is bisexual|is transgender|is homosexual|sexuelle orientierung|ist schwul|ist lesbisch|seksuele geaardheid`,
	"genetic":     `genetic test|genetic testing|genetic predisposition|brca mutation|dna test|dna sample|gentest|dna-test`,
	"biometric":   `fingerprint scan|fingerprints were taken|iris scan|retina scan|face scan of|facial scan|voice print of|palm vein`,
	"convictions": `criminal record|criminal conviction|convicted of|served a sentence|was in prison|is in prison|arrested for|vorbestraft|strafblad`,
}

// spoken are terms that count where a person is spoken of.
var spoken = map[string]string{
	"health": `cancer|tumour|tumor|leukaemia|leukemia|diabetes|diabetic|epilepsy|epileptic|depression|depressed|hiv|pregnant|pregnancy|miscarriage|surgery|hospital|hospitalised|hospitalized|illness|disability|
		schizophrenia|bipolar|psychotherapy|psychiatrist|psychiatric|therapist|medication|antidepressants|autism|autistic|adhd|addiction|alcoholic|alcoholism|burnout|chemotherapy|covid|covid-19|dementia|
		wheelchair|sick|asthma|stroke|migraine|arthritis|krank|krankheit|depressionen|schwanger|behinderung|zwanger|ziek|ziekte|malade|enceinte`,
	"belief":      `catholic|muslim|jewish|protestant|hindu|buddhist|sikh|atheist|mosque|synagogue|ramadan|church|evangelisch|katholisch|muslimisch|moslim|katholiek|joods`,
	"politics":    `communist|socialist|republican|social democrat|far right|far left|extremist|neo nazi|sozialdemokrat|kommunist`,
	"union":       `trade union|shop steward|unionised|unionized|gewerkschaft|vakbond|syndicat`,
	"origin":      `roma|sinti|ethnicity|immigrant|migrationshintergrund|afkomst|black woman|black man|mixed race`,
	"sexLife":     `gay|lesbian|bisexual|transgender|homosexual|queer|schwul|lesbisch|homo|extramarital|escort`,
	"genetic":     `gene mutation|hereditary|genetic disorder|genetic disease`,
	"biometric":   `fingerprint|fingerprints|iris|retina|voiceprint|fingerabdruck|vingerafdruk`,
	"convictions": `prison|imprisonment|felony|probation|gefängnis|gevangenis`,
}

// persons are words that speak of a person. Nobody else's: a service is "it", and who runs one is an owner, an approver, a user.
var persons = set(`he she him her his hers himself herself i i'm me my myself mr mrs ms colleague colleagues employee employees coworker coworkers patient patients wife husband son daughter mother father
	brother sister girlfriend boyfriend boss teammate intern trainee applicant candidate er sie ihm ihr ihre sein seine herr frau kollege kollegin mitarbeiter mitarbeiterin patientin hij zij hem haar zijn
	mevrouw meneer collega medewerker il elle lui collègue`)

// ours are words of the field by which a term beside them is about machines.
var ours = set(`cluster clusters database pod pods node nodes server servers endpoint endpoints probe probes certificate certificates key keys ssh tls host hosts subnet gateway container containers deployment vm disk
	checksum sha256 digest hash commit artifact artefact image images registry tag resource resources queue api cache browser device model schema app apps`)

// between may stand between a term and the word of the field: the fingerprint of the certificate.
var between = set("of the a an our this that its")

type terms map[string][]term // by the first word

var catalogue = func() terms {
	all := terms{}
	add := func(lists map[string]string, sure bool) {
		for _, rule := range slices.Sorted(maps.Keys(lists)) {
			list := lists[rule]
			for text := range strings.SplitSeq(list, "|") {
				if words := strings.Fields(text); len(words) > 0 {
					all[words[0]] = append(all[words[0]], term{rule, words, sure})
				}
			}
		}
	}
	add(alone, true)
	add(spoken, false)
	return all
}()

// articles of the GDPR, for the reason.
var about = map[string]string{
	"health": "health", "belief": "religious or philosophical beliefs", "politics": "political opinions", "union": "membership of a trade union", "origin": "racial or ethnic origin",
	"sexLife": "sex life or sexual orientation", "genetic": "genetic data", "biometric": "biometric data",
}

// special finds terms of special categories.
func special(words []word) (hits []Hit) {
	for i := 0; i < len(words); i++ {
		t, ok := best(words, i)
		if !ok {
			continue
		}
		last := i + len(t.words) - 1
		h := Hit{Rule: "special." + t.rule, Class: Special, From: words[i].from, To: words[last].to, Confidence: Likely, Why: reason(t)}
		if t.sure {
			h.Confidence = Sure
		}
		hits, i = append(hits, h), last
	}
	return hits
}

func reason(t term) string {
	what, near := "criminal convictions (GDPR Article 10)", "the words speak of "
	if x := about[t.rule]; x != "" {
		what = x + " (GDPR Article 9)"
	}
	if !t.sure {
		near = "the sentence is about a person and speaks of "
	}
	return near + what
}

// best is the term that begins at a word and counts there; one that says enough by itself before others, and a longer one before a shorter one.
func best(words []word, i int) (found term, ok bool) {
	for _, t := range catalogue[words[i].text] {
		if ok && (found.sure && !t.sure || found.sure == t.sure && len(t.words) <= len(found.words)) {
			continue
		}
		if !t.at(words, i) || !t.sure && !person(words, i, i+len(t.words)-1) || t.sure && machine(words, i, i+len(t.words)-1) {
			continue
		}
		found, ok = t, true
	}
	return found, ok
}

func (t term) at(words []word, i int) bool {
	if i+len(t.words) > len(words) {
		return false
	}
	for k, w := range t.words {
		if words[i+k].text != w || words[i+k].part || k+1 < len(t.words) && words[i+k].stop {
			return false
		}
	}
	return true
}

// person reports whether the sentence speaks of a person near the words [first, last], and not of a machine right beside them.
func person(words []word, first, last int) bool {
	if machine(words, first, last) {
		return false
	}
	for k := first - 1; k >= 0 && first-k <= reach && !words[k].stop; k-- {
		if who(words, k) {
			return true
		}
	}
	for k := last + 1; k < len(words) && k-last <= reach && !words[k-1].stop; k++ {
		if who(words, k) {
			return true
		}
	}
	return false
}

// who reports whether a word speaks of a person. "i" is one where it is written large.
func who(words []word, k int) bool {
	w := words[k]
	return !w.part && persons[w.text] && (w.text != "i" || w.capital) && (w.text != "me" && w.text != "my" || !w.stop)
}

func machine(words []word, first, last int) bool {
	if first > 0 && !words[first-1].stop && ours[words[first-1].text] {
		return true
	}
	for k := last + 1; k < len(words) && !words[k-1].stop; k++ {
		if ours[words[k].text] {
			return true
		}
		if !between[words[k].text] {
			break
		}
	}
	return false
}
