// Package terms is what an organisation has ordered, as data: what an order form fixes. It is pure.
//
// It promises that terms are checked as a whole and that what nothing was said of has a default that is written here. It leaves out prices and invoices.
package terms

import "time"

// Feature is a part of the service that an organisation may use, and that a subprocessor may stand behind.
type Feature string

// The features.
const (
	Portal      Feature = "portal"     // the service itself: storage, computing, its network
	Mail        Feature = "mail"       // notifications by mail
	LiveAzure   Feature = "live-azure" // connections that the organisation makes to its own providers
	LiveKube    Feature = "live-kubernetes"
	Repository  Feature = "repository"
	Billing     Feature = "billing"
	Support     Feature = "support"
	AI          Feature = "ai"
	SignIn      Feature = "sign-in" // the organisation's own identity provider
	KeyService  Feature = "key-service"
	ObjectStore Feature = "object-store"
)

// AIScope is what of an organisation may be shown to a model.
type AIScope string

// The scopes. Off is the default.
const (
	AIOff    AIScope = "off"
	AIOn     AIScope = "on"
	AIScoped AIScope = "scoped" // to the projects that are named
)

// Terms are those of one organisation, in one version of them.
type Terms struct {
	Version   int       `json:"version"` // from 1; 0 are the defaults
	Reference string    `json:"reference"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until,omitzero"`
	Plan      string    `json:"plan"` // free, pro, enterprise, payg
	// Limits; 0 is none.
	Users         int `json:"users"`
	Projects      int `json:"projects"`
	Subscriptions int `json:"subscriptions"`
	Repositories  int `json:"repositories"`
	ScansPerMonth int `json:"scansPerMonth"`
	// Residency are the regions in which what the organisation stores may lie, as "EU", "EEA" or ISO 3166-1 codes; none is wherever the instance is.
	Residency []string `json:"residency"`
	// SLA is the monthly availability in thousandths of a per cent ("99500" is 99.5 %); 0 is none.
	SLA         int     `json:"sla"`
	SupportTier string  `json:"supportTier"` // standard, priority
	RPO         string  `json:"rpo"`         // a duration that was agreed; "" is none
	RTO         string  `json:"rto"`
	AI          AIScope `json:"ai"`
	// ObjectionDays is the window for objections to subprocessors, never under 30. IncidentHours is the commitment to tell of an incident, never over 72.
	ObjectionDays int `json:"objectionDays"`
	IncidentHours int `json:"incidentHours"`
	// Zone is the IANA zone of obligations to the organisation.
	Zone string `json:"zone"`
	// Role is "controller", or "processor" where it acts for another.
	Role string `json:"role"`
}

// Default are the terms of an organisation that has ordered nothing else.
func Default() Terms {
	return Terms{Plan: "free", SupportTier: "standard", AI: AIOff, ObjectionDays: 30, IncidentHours: 72, Zone: "Europe/Brussels", Role: "controller"}
}
