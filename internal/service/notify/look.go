package notify

import (
	"context"
	"errors"
	"net/url"
	"time"

	"c4arch/internal/account/access"
)

// MaxPage is how many notices a page has at most.
const MaxPage = 50

// List are the notices of the actor, the newest first: of what the actor may read at this moment.
func (s *Service) List(ctx context.Context, a access.Actor, q Query) ([]Item, error) {
	scope, p, err := own(a, access.SelfRead)
	if errors.Is(err, errNobody) { // programs and the platform's people read what is their own: nothing
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	q.Kinds = narrowed(told(a), q.Kinds)
	if q.Limit <= 0 || q.Limit > MaxPage {
		q.Limit = MaxPage
	}
	all, err := s.Store.Notices(ctx, scope, p, q)
	if err != nil {
		return nil, err
	}
	var some []Notice
	for _, n := range all {
		if may(a, n.What, n.Project) {
			some = append(some, n)
		}
	}
	members, err := s.Tenancy.Members(ctx, scope)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, scope, members, some)
}

// narrowed are those of may that are wanted; none wanted is all.
func narrowed(may, wanted []Kind) (both []Kind) {
	for _, k := range may {
		if len(wanted) == 0 {
			both = append(both, k)
		}
		for _, w := range wanted {
			if k == w {
				both = append(both, k)
			}
		}
	}
	return both
}

// Unread is how many the actor has not seen. It is asked on every page: one count by an index. Nobody who is told nothing has any.
func (s *Service) Unread(ctx context.Context, a access.Actor) (int, error) {
	scope, p, err := own(a, access.SelfRead)
	if err != nil || a.Org == "" {
		return 0, nil //nolint:nilerr // who is nobody here has no notices
	}
	return s.Store.Unseen(ctx, scope, p, told(a))
}

// Open marks a notice as seen and says where it leads, "" where there is no page.
func (s *Service) Open(ctx context.Context, a access.Actor, notice string) (string, error) {
	scope, p, err := own(a, access.SelfRead)
	if err != nil {
		return "", err
	}
	n, err := s.Store.Notice(ctx, scope, p, notice)
	if err != nil {
		return "", err
	}
	if n.Seen.IsZero() {
		if _, err := s.Store.See(ctx, scope, p, notice, s.now()); err != nil {
			return "", err
		}
	}
	if !may(a, n.What, n.Project) {
		return "", nil
	}
	return path(n), nil
}

// SeeAll marks all as seen. The time that it returns takes that back, by [Service.Unsee].
func (s *Service) SeeAll(ctx context.Context, a access.Actor) (at time.Time, n int, err error) {
	scope, p, err := own(a, access.SelfChange)
	if errors.Is(err, errNobody) {
		return s.now(), 0, nil
	}
	if err != nil {
		return at, 0, err
	}
	at = s.now()
	n, err = s.Store.See(ctx, scope, p, "", at)
	return at, n, err
}

// Unsee is said at [Service.SeeAll].
func (s *Service) Unsee(ctx context.Context, a access.Actor, at time.Time) error {
	scope, p, err := own(a, access.SelfChange)
	if err != nil {
		return err
	}
	return s.Store.Unsee(ctx, scope, p, at)
}

// Messages are the newest that were sent to the actor, or were not.
func (s *Service) Messages(ctx context.Context, a access.Actor) ([]Message, error) {
	scope, p, err := own(a, access.SelfRead)
	if err != nil {
		return nil, err
	}
	const newest = 20
	return s.Store.Messages(ctx, scope, p, newest)
}

// path is the page of what a notice is about.
func path(n Notice) string {
	base := "/projects/" + string(n.Project)
	of := n.Subject
	switch n.What {
	case Mentioned:
		return base + "/comments?" + url.QueryEscape(of.About) + "=" + url.QueryEscape(of.On) + "#" + of.ID
	case BaselineProposed, ProposalApproved, ProposalRejected:
		return base + "/baseline"
	case ExceptionProposed, ExceptionSoon, ExceptionOver:
		return base + "/exceptions"
	case FindingsNew:
		return base + "/drift"
	case ScanFailed:
		return base + "/scans/" + url.PathEscape(of.ID)
	case ConnectionBroken:
		return base + "/connections"
	case StreamOff, StreamDead:
		return "/organisation/streams"
	case TokenSoon:
		return "/account"
	case GrantAsked, GrantUsed:
		return "/organisation/access"
	case SupplierNoticed:
		return "/organisation/subprocessors/" + url.PathEscape(of.ID)
	case MemberAdded, RoleChanged:
	}
	return ""
}
