package app

import (
	"c4arch/internal/inbound/portal/consent"
	"c4arch/internal/inbound/web"
)

// desks are the pages of an organisation and its projects, and of the Admin Hub, each from its own package.
func (in *instance) desks() []web.Desk {
	return []web.Desk{
		in.architectureDesk().Add,
		in.driftDesk(),
		in.decisionDesk(),
		in.exceptionDesk(),
		in.ledgerDesk(),
		in.evidenceDesk(),
		in.homeDesk(),
		in.projectDesk(),
		in.scanDesk(),
		in.talkDesk(), in.noticeDesk(),
		in.connectionDesk(),
		in.hubDesk(), in.commitmentDesk(),
		in.streamsDesk(),
		in.governanceDesk(), consent.Desk(in.now), in.legalDesk(), in.agreementDesk(),
		in.trustDesk(),
		in.freeTextDesk(), in.dutiesDesk(), in.trendsDesk(),
		in.subprocessorDesk(),
		in.processingDesk(), in.engagementDesk(),
	}
}
