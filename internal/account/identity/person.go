package identity

import (
	"net/netip"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Realm keeps sessions of members and sessions of the platform's own people apart: one never becomes the other.
type Realm string

// The realms.
const (
	Members Realm = "members"
	Staff   Realm = "staff"
)

// Method is how a person signed in.
type Method string

// The methods.
const (
	ByPasskey    Method = "passkey"
	ByProvider   Method = "provider" // OpenID Connect
	ByBreakGlass Method = "breakGlass"
	ByRecovery   Method = "recovery" // can do nothing but register a passkey
)

// Strength is what was proven at signing in. It is kept as it was told, so that it can be judged again.
type Strength struct {
	Phishing  bool     `json:"phishingResistant"`  // WebAuthn, or what the provider says of it
	Hardware  bool     `json:"hardware"`           // an attested authenticator of the list, whose key cannot be copied
	AAGUID    string   `json:"aaguid,omitempty"`   // of the authenticator
	Provider  string   `json:"provider,omitempty"` // id of the provider, ip_…
	Issuer    string   `json:"issuer,omitempty"`
	ACR       string   `json:"acr,omitempty"`   // OpenID Connect Core section 2
	AMR       []string `json:"amr,omitempty"`   // RFC 8176
	Proof     string   `json:"proof,omitempty"` // SHA-256 of the ID token or of the assertion, hexadecimal
	Passkey   string   `json:"passkey,omitempty"`
	Undertook string   `json:"undertaking,omitempty"` // of staff: digest of the undertaking that was in force
}

// Session is a person who is signed in, in one realm, in one organisation at a time. Of its text, a cookie's, the platform's home has a hash.
type Session struct {
	ID       string    `json:"id"` // ss_…
	Hash     []byte    `json:"-"`
	Realm    Realm     `json:"realm"`
	Person   string    `json:"person"`
	Org      id.Org    `json:"organisation,omitempty"` // "" until one was chosen; of staff the platform, or an organisation under a grant
	Grant    string    `json:"grant,omitempty"`
	Method   Method    `json:"method"`
	Strength Strength  `json:"strength"`
	Device   string    `json:"device"` // browser and system in two words: "Firefox on Linux"
	Created  time.Time `json:"createdAt"`
	Seen     time.Time `json:"seenAt"`
	Proven   time.Time `json:"provenAt"` // when the person last proved to be there (step-up)
	Expires  time.Time `json:"expiresAt"`
	Ended    bool      `json:"ended"`
	Version  int64     `json:"version"`
}

// Limits of sessions.
type Limits struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // since it began
	Fresh    time.Duration // how long a proof counts for what is critical
}

// The limits of the realms: NIST SP 800-63B-4 section 2.2.3 (AAL2: at most an hour idle and a day in all) for members, its AAL3 (15 minutes, 12 hours) for staff.
var (
	MemberLimits = Limits{Idle: time.Hour, Absolute: 24 * time.Hour, Fresh: 10 * time.Minute}
	StaffLimits  = Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour, Fresh: 5 * time.Minute}
)

// Live reports whether the session is good at that time.
func (s Session) Live(now time.Time) bool {
	l := MemberLimits
	if s.Realm == Staff {
		l = StaffLimits
	}
	return !s.Ended && now.Before(s.Expires) && now.Sub(s.Seen) < l.Idle && now.Sub(s.Created) < l.Absolute
}

// Passkey is a WebAuthn credential of a person.
type Passkey struct {
	ID        string    `json:"id"` // pk_…
	Person    string    `json:"person"`
	Name      string    `json:"name"`
	Handle    []byte    `json:"-"` // credential id of WebAuthn
	PublicKey []byte    `json:"-"` // COSE
	AAGUID    string    `json:"aaguid"`
	Format    string    `json:"attestation"` // attestation statement format
	Trusted   bool      `json:"attested"`    // the attestation chains to a root that the operator trusts
	Eligible  bool      `json:"backupEligible"`
	BackedUp  bool      `json:"backedUp"`
	Count     uint32    `json:"-"`
	Created   time.Time `json:"createdAt"`
	Used      time.Time `json:"usedAt"`
	Removed   bool      `json:"removed"`
	Version   int64     `json:"version"`
}

// Invitation asks somebody to become a member. Its text (c4i_…) names the organisation, is told once and is used once.
type Invitation struct {
	ID      string      `json:"id"` // iv_…
	Hash    []byte      `json:"-"`
	Person  string      `json:"person"` // the member that waits for it
	Role    access.Role `json:"role"`
	By      id.Actor    `json:"invitedBy"`
	Created time.Time   `json:"createdAt"`
	Expires time.Time   `json:"expiresAt"`
	Used    bool        `json:"used"`
	Revoked bool        `json:"revoked"`
	Version int64       `json:"version"`
}

// Recovery lets a member register a passkey again, once two people agreed to it. Its text is c4r_….
type Recovery struct {
	ID       string      `json:"id"` // rc_…
	Hash     []byte      `json:"-"`
	Person   string      `json:"person"`
	Role     access.Role `json:"role"` // of the person when it was asked for; of another one it is no recovery
	Reason   string      `json:"reason"`
	Asked    id.Actor    `json:"askedBy"`
	Approved id.Actor    `json:"approvedBy,omitempty"` // another person than the one who asked and the one who is recovered
	Created  time.Time   `json:"createdAt"`
	Expires  time.Time   `json:"expiresAt"`
	Used     bool        `json:"used"`
	Version  int64       `json:"version"`
}

// Service is a service account: what programs are in an organisation. It answers for its tokens, and a member for it.
type Service struct {
	ID       string    `json:"id"` // sa_…
	Name     string    `json:"name"`
	Owner    string    `json:"owner"` // the member who answers for it
	Created  time.Time `json:"createdAt"`
	Enabled  time.Time `json:"enabledAt"`       // when it was made or last enabled: from then on it can be unused
	Used     time.Time `json:"usedAt,omitzero"` // to five minutes; zero: never
	Disabled bool      `json:"disabled"`
	Why      string    `json:"why,omitempty"` // it is disabled
	Version  int64     `json:"version"`
}

// Provider is an OpenID Connect provider of an organisation, or of the platform.
type Provider struct {
	ID      string      `json:"id"` // ip_…
	Name    string      `json:"name"`
	Issuer  string      `json:"issuer"`
	Client  string      `json:"clientId"`
	Secret  string      `json:"secret,omitempty"` // id of the secret, sk_…; "" is a public client with PKCE
	Scopes  []string    `json:"scopes"`
	Groups  string      `json:"groupsClaim,omitempty"`
	Join    access.Role `json:"joinAs,omitempty"` // role of whoever signs in for the first time; "": only who is a member
	Off     bool        `json:"disabled"`
	Created time.Time   `json:"createdAt"`
	Version int64       `json:"version"`
}

// Domain is a domain of e-mail addresses that an organisation says is its own.
type Domain struct {
	ID       string    `json:"id"` // dm_…
	Name     string    `json:"name"`
	Proof    string    `json:"proof"` // what the TXT record _c4arch.NAME has to say
	Verified time.Time `json:"verifiedAt"`
	Provider string    `json:"provider,omitempty"`
	Created  time.Time `json:"createdAt"`
	Version  int64     `json:"version"`
}

// Policy is what an organisation demands of whoever signs in.
type Policy struct {
	SSO       bool           `json:"ssoRequired"`      // members sign in by a provider of the organisation; owners may use an attested passkey when it fails
	Addresses []string       `json:"addresses"`        // CIDR; none is any
	Session   time.Duration  `json:"session"`          // 0 is that of the realm; never longer
	Grants    bool           `json:"grantsApproved"`   // staff's access takes the organisation's approval
	Reviewed  time.Time      `json:"reviewedAt"`       // when the roles were last reviewed
	Groups    []GroupMapping `json:"groups,omitempty"` // SCIM group or claim value to role
	Version   int64          `json:"version"`
}

// Admits reports whether somebody may come from an address.
func (p Policy) Admits(addr netip.Addr) bool {
	if len(p.Addresses) == 0 {
		return true
	}
	for _, text := range p.Addresses {
		if prefix, err := netip.ParsePrefix(text); err == nil && prefix.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// GroupMapping gives the members of a group a role.
type GroupMapping struct {
	Group string      `json:"group" thing:"-"` // as the directory or the claim names it
	Role  access.Role `json:"role"`
}
