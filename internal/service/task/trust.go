package task

// The kinds of jobs of the trust centre.
const (
	MakeTrustPack   = "trust.make"  // make a pack of the trust centre
	SweepTrustPacks = "trust.sweep" // remove those whose time is over
)

// TrustPackArgs are those of MakeTrustPack.
type TrustPackArgs struct {
	Pack string `json:"pack"`
}
