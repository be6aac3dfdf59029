package assure

import "c4arch/internal/trust/control"

// The checks of the trust centre.
const (
	StatementsBound = "statements-bound"
	SecurityTxt     = "security-txt"
	BadgesRecorded  = "badges-recorded"
	PacksVerify     = "packs-verify"
	RequestsClocked = "requests-clocked"
	MatrixMaps      = "matrix-maps"
)

// trustBindings are the checks of the trust centre.
var trustBindings = []control.Check{
	{
		ID: StatementsBound, Title: "Every public statement is bound, and the public page, which is asked, shows each with a state that is no better than what its checks found, and with its time",
		Controls: []string{"ARC-GOV-04"}, Clauses: []string{"MSP-GEN-1", "MSP-GEN-2", "MSP-GEN-3"},
		Partly: []control.Part{
			{Clause: "SE-0.1", Missing: "the set of measures itself, which the checks of the other controls look at"},
			{Clause: "DPA-5.3", Missing: "the annex of measures, held against what runs"},
		},
		Mutation: "TestStatementsLook has a page that says better than a check found, one without a statement, one without a time, one that is old and a statement that nothing looks at",
	},
	{
		ID: SecurityTxt, Title: "security.txt is served, signed by the key of the instance, names a contact, a policy and its own address, and ends in the future within a year",
		Controls: []string{"ARC-TRU-01", "ARC-VUL-02"},
		Partly: []control.Part{
			{Clause: "SE-15.1", Missing: "mail that comes in becomes no request by itself"},
			{Clause: "SE-15.2", Missing: "reports in a queue of their own, each with the version of the policy"},
			{Clause: "MSP-VD-1", Missing: "mail that comes in becomes no report by itself"},
		},
		Mutation: "TestSecurityLook has one that has ended, one that ends after a year, one without a contact, one of another address and one that somebody else signed",
	},
	{
		ID: BadgesRecorded, Title: "Every certification on the public page has a record inside its validity, and every such record is on the page",
		Controls: []string{"ARC-TRU-03"}, Clauses: []string{"SE-14.1"},
		Mutation: "TestBadgesLook has a page that shows one without a record, one whose record has ended, and one that leaves a valid one out",
	},
	{
		ID: PacksVerify, Title: "The newest trust pack of each organisation verifies with the key of its log, holds what it lists, and is of that organisation",
		Controls: []string{"ARC-TRU-01", "ARC-GOV-05"}, Clauses: []string{"DPA-5.9", "SE-14.3", "SE-14.4"},
		Partly: []control.Part{
			{Clause: "SE-0.2", Missing: "the review of a customer, which is no document of the registry"},
			{Clause: "SE-14.2", Missing: "the architecture of the service itself; the pack has its measures as they stand"},
			{Clause: "MSP-MTX-1", Missing: "XLSX, OSCAL and PDF; the matrix is CSV and JSON"},
		},
		Mutation: "TestPacksLook changes a bit of a pack, and asks with the key of another log",
	},
	{
		ID: RequestsClocked, Title: "Every request to the trust centre has both due times as the calendar has them, and none is past one that was not met",
		Controls: []string{"ARC-TRU-01", "ARC-PRI-03"}, Clauses: []string{"MSP-CON-1"},
		Partly: []control.Part{
			{Clause: "SE-15.1", Missing: "mail that comes in becomes no request by itself"},
			{Clause: "DPA-16.1", Missing: "mail that comes in becomes no case by itself"},
		},
		Mutation: "TestRequestsLook has one without a due time, one with a later one, and one that nobody acknowledged in time",
	},
	{
		ID: MatrixMaps, Title: "The matrix that everybody can download names each control once, with the trust services criteria of the register, at least one of them, and says the same as CSV and as JSON",
		Controls: []string{"ARC-TRU-01"}, Clauses: []string{"MSP-SOC-2"},
		Partly:   []control.Part{{Clause: "MSP-SOC-1", Missing: "how effective each control was on each day of a period of audit"}},
		Mutation: "TestMatrixLook has one without a control, one with a control without a criterion, one with a criterion that there is not, one that the register does not map, and a table without a row",
	},
}
