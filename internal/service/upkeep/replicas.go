package upkeep

import (
	"context"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/id"
)

// Replica is a process that serves, as it last said of itself.
type Replica struct {
	ID        string        `json:"id"`
	Version   string        `json:"version"`
	Started   time.Time     `json:"startedAt"`
	Seen      time.Time     `json:"seenAt"` // by its own clock
	Workers   int           `json:"workers"`
	Listening string        `json:"listening"`
	Engine    string        `json:"engine"`
	Step      int           `json:"schemaStep"` // that the program knows
	Ahead     time.Duration `json:"ahead"`      // its clock before that of the database; 0 where they are one
	Checks    []Found       `json:"checks"`
}

// Found is what one check of a replica came to; Says is "" where all is well.
type Found struct {
	Name     string `json:"name"`
	Advisory bool   `json:"advisory,omitempty"` // the replica serves all the same
	Says     string `json:"says,omitempty"`
}

// When a replica counts as silent, and when its row goes. One that ends in order takes its row away itself.
const (
	SilentAfter = 2 * time.Minute
	GoneAfter   = 24 * time.Hour
	skewed      = 10 * time.Second // a clock that is further away is worth a word
)

// Silent reports whether the replica has said nothing for too long.
func (r *Replica) Silent(now time.Time) bool { return now.Sub(r.Seen) > SilentAfter }

// Skewed reports whether its clock is too far from that of the database.
func (r *Replica) Skewed() bool { return r.Ahead.Abs() > skewed }

// Wrong are the checks that found something.
func (r *Replica) Wrong() (list []Found) {
	for _, f := range r.Checks {
		if f.Says != "" {
			list = append(list, f)
		}
	}
	return list
}

// Replicas is the port to the processes that serve, in the platform's home. None of it is a decision.
type Replicas interface {
	// Beat keeps what a replica says of itself, and removes those that were silent since before.
	Beat(ctx context.Context, s access.Scope, r Replica, before time.Time) error
	// Leave removes the row of one that ends.
	Leave(ctx context.Context, s access.Scope, replica string) error
	// Replicas are all, the one that was started last first.
	Replicas(ctx context.Context, s access.Scope) ([]Replica, error)
}

// Beat says that a replica is there.
func (s *Service) Beat(ctx context.Context, r Replica) error {
	scope, err := access.Decide(access.System(id.Platform, "heartbeat", access.Actor{}), access.PlatformOperate, access.Resource{})
	if err != nil {
		return err
	}
	r.Seen = s.Now()
	return s.Serving.Beat(ctx, scope, r, r.Seen.Add(-GoneAfter))
}

// Leave says that a replica ends in order.
func (s *Service) Leave(ctx context.Context, replica string) error {
	scope, err := access.Decide(access.System(id.Platform, "heartbeat", access.Actor{}), access.PlatformOperate, access.Resource{})
	if err != nil {
		return err
	}
	return s.Serving.Leave(ctx, scope, replica)
}

// Replicas are the processes that serve, and those that were silent for less than a day.
func (s *Service) Replicas(ctx context.Context, a access.Actor) ([]Replica, error) {
	scope, err := access.Decide(a, access.PlatformRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Serving.Replicas(ctx, scope)
}
