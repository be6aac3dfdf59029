package processing

import (
	"slices"
	"time"
)

// eea are the countries of the European Economic Area by ISO 3166-1 alpha-2: the 27 member states of the Union (article 52 of the Treaty on European Union), and Iceland, Liechtenstein
// and Norway, for which decision 154/2018 of the EEA Joint Committee took the GDPR over. Read in 2026.
var eea = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
}

// EEA are the countries to which a transfer is none.
func EEA() []string { return slices.Clone(eea) }

// Inside reports whether a region, "EU", "EEA" or a country, lies in the European Economic Area.
func Inside(region string) bool {
	return region == "EU" || region == "EEA" || slices.Contains(eea, region)
}

// Region reports whether a text names a region.
func Region(s string) bool {
	return s == "EU" || s == "EEA" || len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// Adequacy is a decision of the Commission under article 45 GDPR, or under article 25(6) of directive 95/46/EC, which article 45(9) keeps in force.
type Adequacy struct {
	Country  string    `json:"country"`
	Decision string    `json:"decision"`
	Adopted  string    `json:"adopted"`        // the day
	Until    time.Time `json:"until,omitzero"` // the zero time: no end is set
	// Only says for whom it is; a transfer that relies on it names the evidence that the recipient is one of them.
	Only string `json:"only,omitempty"`
}

// AdequacyRead is when the list was read, and from where: it is data that somebody renews.
const (
	AdequacyRead   = "2026-01"
	AdequacySource = "the decisions as published in the Official Journal of the European Union"
)

// adequate are the countries of which the decision is known here. One that is missing, or was taken back, is no obstacle to another mechanism: the register takes that with its evidence.
// The Commission renewed that on the United Kingdom on 19 December 2025, until 27 December 2031. That on Brazil, of 26 January 2026, is in the Official Journal of 28 January 2026.
var adequate = []Adequacy{
	{Country: "AD", Decision: "2010/625/EU", Adopted: "2010-10-19"},
	{Country: "AR", Decision: "2003/490/EC", Adopted: "2003-06-30"},
	{Country: "BR", Decision: "(EU) 2026/179", Adopted: "2026-01-26"},
	{Country: "CA", Decision: "2002/2/EC", Adopted: "2001-12-20", Only: "organisations under the Canadian Personal Information Protection and Electronic Documents Act"},
	{Country: "CH", Decision: "2000/518/EC", Adopted: "2000-07-26"},
	{Country: "FO", Decision: "2010/146/EU", Adopted: "2010-03-05"},
	{Country: "GB", Decision: "(EU) 2021/1772", Adopted: "2021-06-28", Until: time.Date(2031, 12, 27, 0, 0, 0, 0, time.UTC)},
	{Country: "GG", Decision: "2003/821/EC", Adopted: "2003-11-21"},
	{Country: "IL", Decision: "2011/61/EU", Adopted: "2011-01-31", Only: "automated transfers, and what is processed automatically there"},
	{Country: "IM", Decision: "2004/411/EC", Adopted: "2004-04-28"},
	{Country: "JE", Decision: "2008/393/EC", Adopted: "2008-05-08"},
	{Country: "JP", Decision: "(EU) 2019/419", Adopted: "2019-01-23", Only: "business operators under the Japanese Act on the Protection of Personal Information"},
	{Country: "KR", Decision: "(EU) 2022/254", Adopted: "2021-12-17", Only: "controllers under the Korean Personal Information Protection Act"},
	{Country: "NZ", Decision: "2013/65/EU", Adopted: "2012-12-19"},
	{Country: "US", Decision: "(EU) 2023/1795", Adopted: "2023-07-10", Only: "organisations on the list of the EU-US Data Privacy Framework"},
	{Country: "UY", Decision: "2012/484/EU", Adopted: "2012-08-21"},
}

// Adequate are the decisions that are known here.
func Adequate() []Adequacy { return slices.Clone(adequate) }

// DecisionFor is the decision on a country that is in force at that time.
func DecisionFor(country string, now time.Time) (Adequacy, bool) {
	i := slices.IndexFunc(adequate, func(a Adequacy) bool { return a.Country == country && (a.Until.IsZero() || now.Before(a.Until)) })
	if i < 0 {
		return Adequacy{}, false
	}
	return adequate[i], true
}
