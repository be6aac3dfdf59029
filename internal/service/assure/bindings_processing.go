package assure

import "c4arch/internal/trust/control"

// The checks of processing.
const (
	JobsInstructed   = "jobs-instructed"
	RecordWhole      = "record-whole"
	TransfersCovered = "transfers-covered"
	ActivitiesTold   = "activities-told"
	ImpactPacks      = "impact-packs"
)

const noSuchTransfer = "each mechanism by itself: the check sees that one is registered and valid, and that the evidence behind it is sound a person says"

// processingBindings are the checks of instructions, records of processing, transfers.
var processingBindings = []control.Check{
	{
		ID: JobsInstructed, Title: "Every job on an organisation's data that ended in the last 7 days names an instruction that was in force and that nobody had flagged; what is held has not ended",
		Controls: []string{"ARC-PRI-01"},
		Partly: []control.Part{
			{Clause: "DPA-2.2", Missing: "jobs that leave no entry when they end, as the delivery of a stream: they are held in the same way, and their instruction stands in no row"},
			{Clause: "DPA-4.1", Missing: "requests of people at pages and programs: they are the instruction of who makes them, and have no entry in the register of instructions"},
			{Clause: "DPA-4.2", Missing: "a message to the organisation besides its page of instructions, its ledger and its streams"},
			{Clause: "DPA-5.1", Missing: "what each outgoing connection is for, held against the instruction"},
		},
		Mutation: "TestInstructedFails has a job name no instruction, one that is not there, one that had not begun, was flagged or withdrawn, and has a held job end",
	},
	{
		ID: RecordWhole, Title: "Every column of personal data is in a category of the record of processing, annex A names the tables and the places of people, and no version of it was changed",
		Controls: []string{"ARC-PRI-02"}, Clauses: []string{"DPA-A.4", "DPA-A.5"},
		Partly: []control.Part{
			{Clause: "DPA-3.1", Missing: "subject, duration and purposes, which are made from closed lists and which the check does not read"},
			{Clause: "DPA-1.1", Missing: "that exports, deletions and the scope of incidents go by the map"},
			{Clause: "DPA-2.1", Missing: "that the role of an organisation changes who is told of an incident or a request"},
		},
		Mutation: "TestWholeFails adds a column of personal data, changes a version of an annex, and takes a place away",
	},
	{
		ID: ActivitiesTold, Title: "Every kind of entry that stands in a ledger has a purpose and one of the twelve operations that annex A names",
		Controls: []string{"ARC-PRI-02"},
		Partly: []control.Part{
			{Clause: "DPA-A.1", Missing: "that nothing is done to improve the product with what an organisation handed over, for which there is no switch since nothing does it"},
			{Clause: "DPA-A.3", Missing: "jobs and requests that leave no entry"},
			{Clause: "DPA-A.7", Missing: "that processing can be restricted for one person: it can for a whole organisation"},
		},
		Mutation: "TestToldFails has an entry of a kind that no activity tells",
	},
	{
		ID: ImpactPacks, Title: "The pack for impact assessments can be made for each organisation, holds its record, annexes, transfers and measures, and has the digests of its manifest",
		Controls: []string{"ARC-TRU-01"}, Clauses: []string{"DPA-5.7"},
		Mutation: "TestImpactPackFails changes a bit of a pack, leaves a file out, asks it of another organisation and under another digest",
	},
	{
		ID: TransfersCovered, Title: "Every region of a subprocessor, and every place of the deployment, is inside the European Economic Area or has a mechanism in the register of transfers that is valid today",
		Controls: []string{"ARC-PRI-06"},
		Partly: []control.Part{
			{Clause: "DPA-9.2", Missing: noSuchTransfer},
			{Clause: "DPA-9.3", Missing: noSuchTransfer},
			{Clause: "DPA-9.4", Missing: noSuchTransfer},
			{Clause: "DPA-9.5", Missing: noSuchTransfer},
		},
		Mutation: "TestTransfersFail has a recipient without a line, lets a line run out, and takes the line of a place away",
	},
}
