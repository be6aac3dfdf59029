package trustcentre

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/account/access"
	"c4arch/internal/base/fault"
	"c4arch/internal/base/id"
	"c4arch/internal/content/freetext"
	"c4arch/internal/service/change"
	"c4arch/internal/trust/ledger"
)

// About is what a request is about.
type About string

// What can be asked: the three types of clause MSP-CON-1, and data processing (DPA-16.1).
const (
	Question      About = "question"
	Contract      About = "contract"
	Questionnaire About = "questionnaire"
	Processing    About = "privacy"
)

// Abouts are all.
func Abouts() []About { return []About{Question, Contract, Questionnaire, Processing} }

// Progress is where a request stands.
type Progress string

// The steps.
const (
	Open         Progress = "open"
	Acknowledged Progress = "acknowledged"
	Answered     Progress = "answered"
	Closed       Progress = "closed"
)

// Request is what somebody asks of the platform.
type Request struct {
	ID       string // tr_…
	About    About
	Progress Progress
	Words    Words
	Hash     []byte // of the code of its link
	Received time.Time
	AckDue   time.Time
	Acked    time.Time
	Due      time.Time
	Answered time.Time // or closed
	By       string    // who answered or closed it: an actor
	Version  int64
}

// Words are what was said, which is kept sealed.
type Words struct {
	Name, Email, Organisation, Text, Answer string
}

// Late reports whether a clock of it ran out before it was stopped, or has run out now.
func (r Request) Late(now time.Time) bool {
	over := func(due, done time.Time) bool {
		if done.IsZero() {
			done = now
		}
		return done.After(due)
	}
	return over(r.AckDue, r.Acked) || r.Progress != Closed && over(r.Due, r.Answered)
}

// Targets of ours, in working days.
const (
	AckDays    = 1
	AnswerDays = 5
)

// Limits of what somebody sends.
const (
	MaxName = 120
	MaxText = 4000
	maxMail = 254 // RFC 5321 section 4.5.3.1.3
	maxOpen = 1000
	listed  = 300
)

// Asked is what somebody asks.
type Asked struct {
	About                           About
	Name, Email, Organisation, Text string
}

func (q *Asked) check() error {
	q.Name, q.Email, q.Organisation, q.Text = strings.TrimSpace(q.Name), strings.TrimSpace(q.Email), strings.TrimSpace(q.Organisation), strings.TrimSpace(strings.ReplaceAll(q.Text, "\r\n", "\n"))
	if !slices.Contains(Abouts(), q.About) {
		return fault.New(fault.Invalid, "it is not said what you ask about").WithHelp("choose one of the list")
	}
	for _, x := range []struct {
		what, text string
		most       int
		optional   bool
	}{{"your name", q.Name, MaxName, true}, {"your organisation", q.Organisation, MaxName, true}, {"what you ask", q.Text, MaxText, false}} {
		switch {
		case x.text == "" && !x.optional:
			return fault.New(fault.Invalid, "%s is missing", x.what).WithHelp("write it in your own words")
		case len(x.text) > x.most:
			return fault.New(fault.Limited, "%s has at most %d bytes", x.what, x.most)
		case !utf8.ValidString(x.text) || strings.ContainsFunc(x.text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }):
			return fault.New(fault.Invalid, "%s has characters that are no text", x.what)
		}
	}
	if a, err := mail.ParseAddress(q.Email); err != nil || a.Address != q.Email || len(q.Email) > maxMail {
		return fault.New(fault.Invalid, "that is no address of mail").WithHelp("write it as name@example.com; we write to it when we answer")
	}
	return screened(q.Text)
}

// screened refuses a text that holds a secret: what a stranger sends by mistake is not kept here (clause SE-5.7).
func screened(text string) error {
	hits, err := freetext.Find(text)
	if err != nil {
		return err
	}
	for _, h := range hits {
		if h.Class == freetext.Secret {
			return fault.New(fault.Invalid, "the text seems to hold a secret, such as a key or a password, and was not kept").WithHelp("take it out, and send the rest; a secret that was written down anywhere should be changed")
		}
	}
	return nil
}

const codeBytes = 20

var codeText = base32.StdEncoding.WithPadding(base32.NoPadding)

func hashOf(code string) []byte {
	sum := sha256.Sum256([]byte("c4arch/v1/request/" + code))
	return sum[:]
}

// Receive takes in what somebody asks. The code is for the link by which they follow it, and is told once.
func (s *Service) Receive(ctx context.Context, q Asked) (r Request, code string, err error) {
	scope, err := access.Decide(access.System(id.Platform, "trust centre", access.Actor{}), access.PublicAsk, access.Resource{})
	if err != nil {
		return r, "", err
	}
	if err := q.check(); err != nil {
		return r, "", err
	}
	all, err := s.Store.Requests(ctx, scope, maxOpen)
	if err != nil {
		return r, "", err
	}
	if len(all) >= maxOpen && all[maxOpen-1].Progress == Open {
		return r, "", fault.New(fault.Limited, "more is asked of us now than we can keep").WithHelp("write to us by mail, or come back tomorrow")
	}
	now := s.now()
	raw := make([]byte, codeBytes)
	if _, err := io.ReadFull(s.Random, raw); err != nil {
		return r, "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	code = strings.ToLower(codeText.EncodeToString(raw))
	r = Request{
		About: q.About, Progress: Open, Hash: hashOf(code), Received: now, AckDue: s.Calendar.WorkingDays(now, AckDays).UTC(), Due: s.Calendar.WorkingDays(now, AnswerDays).UTC(),
		Words: Words{Name: q.Name, Email: q.Email, Organisation: q.Organisation, Text: q.Text},
	}
	if r.ID, err = id.Mint(id.PrefixAsked, s.Random, now); err != nil {
		return r, "", fault.Wrap(fault.Unavailable, err, "there is no randomness")
	}
	_, err = s.Store.Platform(ctx, &PlatformChange{Request: &r, Envelope: change.New(scope, now, draft("request.received", ledger.Text("asked", r.ID), ledger.Text("about", string(r.About)), ledger.Time("due", r.Due)))})
	return r, code, err
}

func draft(kind string, fields ...ledger.Field) ledger.Draft {
	return ledger.Draft{Kind: kind, Fields: fields}
}

// Follow is a request for whoever has its code.
func (s *Service) Follow(ctx context.Context, code string) (Request, error) {
	if raw, err := codeText.DecodeString(strings.ToUpper(code)); err != nil || len(raw) != codeBytes {
		return Request{}, fault.New(fault.NotFound, "there is no such request")
	}
	scope, err := published()
	if err != nil {
		return Request{}, err
	}
	return s.Store.Tracked(ctx, scope, hashOf(code))
}

// Requests are all, for those who answer.
func (s *Service) Requests(ctx context.Context, a access.Actor) ([]Request, error) {
	scope, err := access.Decide(a, access.RequestRead, access.Resource{})
	if err != nil {
		return nil, err
	}
	return s.Store.Requests(ctx, scope, listed)
}

// Request is one of them.
func (s *Service) Request(ctx context.Context, a access.Actor, request string) (Request, error) {
	scope, err := access.Decide(a, access.RequestRead, access.Resource{})
	if err != nil {
		return Request{}, err
	}
	return s.Store.Request(ctx, scope, request)
}

// Acknowledge says to whoever asked that somebody has seen it.
func (s *Service) Acknowledge(ctx context.Context, a access.Actor, request string) error {
	return s.step(ctx, a, request, func(r *Request, now time.Time) (string, error) {
		if r.Progress != Open {
			return "", nil
		}
		r.Progress, r.Acked = Acknowledged, now
		return "request.acknowledged", nil
	})
}

// Answer answers it; whoever has the link reads the answer there. An answer of before is replaced.
func (s *Service) Answer(ctx context.Context, a access.Actor, request, text string) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return fault.New(fault.Invalid, "the answer is empty")
	case len(text) > MaxText || !utf8.ValidString(text):
		return fault.New(fault.Limited, "an answer has at most %d bytes", MaxText)
	}
	if err := screened(text); err != nil {
		return err
	}
	return s.step(ctx, a, request, func(r *Request, now time.Time) (string, error) {
		if r.Progress == Closed {
			return "", fault.New(fault.Conflict, "the request is closed")
		}
		if r.Acked.IsZero() {
			r.Acked = now
		}
		if r.Answered.IsZero() {
			r.Answered = now
		}
		r.Progress, r.Words.Answer = Answered, text
		return "request.answered", nil
	})
}

// Close ends it without an answer, or after one.
func (s *Service) Close(ctx context.Context, a access.Actor, request string) error {
	return s.step(ctx, a, request, func(r *Request, now time.Time) (string, error) {
		if r.Progress == Closed {
			return "", nil
		}
		if r.Acked.IsZero() {
			r.Acked = now
		}
		if r.Answered.IsZero() {
			r.Answered = now
		}
		r.Progress = Closed
		return "request.closed", nil
	})
}

// step takes a request on; a kind that is "" changes nothing.
func (s *Service) step(ctx context.Context, a access.Actor, request string, decide func(r *Request, now time.Time) (string, error)) error {
	scope, err := access.Decide(a, access.RequestAnswer, access.Resource{})
	if err != nil {
		return err
	}
	return change.Again(func() error {
		r, err := s.Store.Request(ctx, scope, request)
		if err != nil {
			return err
		}
		now := s.now()
		kind, err := decide(&r, now)
		if err != nil || kind == "" {
			return err
		}
		r.By = string(a.ID)
		late := "no"
		if r.Late(now) {
			late = "yes"
		}
		_, err = s.Store.Platform(ctx, &PlatformChange{Request: &r, Envelope: change.New(scope, now, draft(kind, ledger.Text("asked", r.ID), ledger.Text("late", late)))})
		return err
	})
}
