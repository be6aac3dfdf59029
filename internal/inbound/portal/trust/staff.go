package trust

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"c4arch/internal/account/access"
	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
	"c4arch/internal/inbound/web"
	"c4arch/internal/service/trustcentre"
)

const (
	staffPath    = "/staff/trust"
	requestsPath = staffPath + "/requests"
)

func (d desk) staff(s *web.Site) {
	s.Says("received", "We have it. The address of this page is the only way back to it.")
	s.Says("noted", "The request is acknowledged.")
	s.Says("answered", "The answer is there for whoever has the link. Tell them by mail, too.")
	s.Says("closed", "The request is closed.")
	s.Says("certified", "The certification is recorded, and is shown while it is valid.")
	s.Says("uncertified", "The certification is withdrawn, and is shown no more.")
	s.Says("documented", "The document is kept, and is shown while it is valid.")
	s.Says("undocumented", "The document is withdrawn. Its file is gone.")
	s.StaffPage(staffPath, "staff-trust", access.RequestRead, d.overview)
	s.StaffPage(requestsPath+"/{request}", "staff-request", access.RequestRead, d.request)
	s.StaffForm(requestsPath+"/{request}/acknowledge", "staff-request-acknowledge", access.RequestAnswer, d.acknowledge)
	s.StaffForm(requestsPath+"/{request}/answer", "staff-request-answer", access.RequestAnswer, d.answer)
	s.StaffForm(requestsPath+"/{request}/close", "staff-request-close", access.RequestAnswer, d.finish)
	s.StaffForm(staffPath+"/certifications", "staff-certify", access.TrustChange, d.certify)
	s.StaffForm(staffPath+"/certifications/{certificate}/withdraw", "staff-uncertify", access.TrustChange, d.uncertify)
	s.StaffUpload(staffPath+"/documents/uploads", "staff-document", access.TrustChange, d.upload)
	s.StaffForm(staffPath+"/documents/{item}/withdraw", "staff-document-withdraw", access.TrustChange, d.retire)
}

// staffView is what the platform's people see of it.
type staffView struct {
	Requests     []trustcentre.Request
	Certificates []trustcentre.Certificate
	Items        []trustcentre.Item
	Page         *trustcentre.Page
	Contact      trustcentre.Contact
	Now          time.Time
	Change       bool
}

// Open are how many requests wait, Late how many of all ran over.
func (v staffView) Open() (n int) {
	for _, r := range v.Requests {
		if r.Progress == trustcentre.Open || r.Progress == trustcentre.Acknowledged {
			n++
		}
	}
	return n
}

func (d desk) overview(c *web.Call) error {
	ctx, a := c.Context(), c.Asker()
	v := staffView{Now: d.Now(), Contact: d.Contact, Change: c.May(access.TrustChange, "")}
	var err error
	if v.Requests, err = d.Staff.Requests(ctx, a); err != nil {
		return err
	}
	if v.Certificates, err = d.Staff.Certificates(ctx, a); err != nil {
		return err
	}
	if v.Items, err = d.Staff.Items(ctx, a); err != nil {
		return err
	}
	if v.Page, err = d.Public.Public(ctx); err != nil {
		return err
	}
	return c.Show(web.View{
		Section: staffPath, Title: say.T(ctx, "Trust centre"),
		Lead: say.T(ctx, "What is asked of us, what we show, and how what we say stands."),
	}, staffPage(v))
}

func (d desk) request(c *web.Call) error {
	r, err := d.Staff.Request(c.Context(), c.Asker(), c.Path("request"))
	if err != nil {
		return err
	}
	return c.Show(web.View{
		Section: staffPath, Title: aboutName(c.Context(), r.About), Crumbs: []web.Crumb{{Path: staffPath, Name: say.T(c.Context(), "Trust centre")}},
	}, requestPage(r, d.Now(), c.May(access.RequestAnswer, "")))
}

func (d desk) acknowledge(c *web.Call) error {
	if err := d.Staff.Acknowledge(c.Context(), c.Asker(), c.Path("request")); err != nil {
		return err
	}
	return c.Done(requestsPath+"/"+c.Path("request"), "noted")
}

func (d desk) answer(c *web.Call) error {
	if err := d.Staff.Answer(c.Context(), c.Asker(), c.Path("request"), c.Form("text")); err != nil {
		return err
	}
	return c.Done(requestsPath+"/"+c.Path("request"), "answered")
}

func (d desk) finish(c *web.Call) error {
	if err := d.Staff.Close(c.Context(), c.Asker(), c.Path("request")); err != nil {
		return err
	}
	return c.Done(requestsPath+"/"+c.Path("request"), "closed")
}

// span reads the first and the last day of a validity, which includes both.
func span(from, to string) (first, end time.Time, err error) {
	first, err = time.Parse(time.DateOnly, from)
	if err == nil {
		end, err = time.Parse(time.DateOnly, to)
	}
	if err != nil {
		return first, end, fault.New(fault.Invalid, "the days of the validity cannot be read").WithHelp("write them like 2026-01-31")
	}
	return first, end.AddDate(0, 0, 1), nil
}

func (d desk) certify(c *web.Call) error {
	x := trustcentre.Certificate{Name: c.Form("name"), Issuer: c.Form("issuer"), Scope: c.Form("scope")}
	x.Digest = canon.Digest("sha256:" + strings.ToLower(strings.TrimPrefix(c.Form("digest"), "sha256:")))
	var err error
	if x.From, x.To, err = span(c.Form("from"), c.Form("to")); err != nil {
		return err
	}
	if _, err := d.Staff.Record(c.Context(), c.Asker(), x); err != nil {
		return err
	}
	return c.Done(staffPath, "certified")
}

func (d desk) uncertify(c *web.Call) error {
	if err := d.Staff.Withdraw(c.Context(), c.Asker(), c.Path("certificate"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(staffPath, "uncertified")
}

func (d desk) retire(c *web.Call) error {
	if err := d.Staff.Retire(c.Context(), c.Asker(), c.Path("item"), c.Form("reason")); err != nil {
		return err
	}
	return c.Done(staffPath, "undocumented")
}

func (d desk) upload(c *web.Call) error {
	if _, err := access.Decide(c.Asker(), access.TrustChange, access.Resource{}); err != nil {
		return err // before anything of it is read
	}
	_, r := c.HTTP()
	h, err := handed(r)
	if err != nil {
		return err
	}
	i := trustcentre.Item{
		Sort: trustcentre.Sort(h.fields["kind"]), Title: h.fields["title"], Edition: h.fields["edition"], Level: trustcentre.Level(h.fields["level"]), Name: h.name,
	}
	if i.From, i.To, err = span(h.fields["from"], h.fields["to"]); err != nil {
		return err
	}
	if org := h.fields["organisation"]; org != "" {
		if i.Org, err = d.Find(c.Context(), c.Asker(), org); err != nil {
			return err
		}
	}
	if _, err := d.Staff.Add(c.Context(), c.Asker(), i, h.data); err != nil {
		return err
	}
	return c.Done(staffPath, "documented")
}

// handover is what a form with one file brought.
type handover struct {
	fields map[string]string
	name   string
	data   []byte
}

const (
	maxParts = 20
	maxField = 1000
)

// handed reads a form with one file (RFC 7578).
func handed(r *http.Request) (handover, error) {
	h := handover{fields: map[string]string{}}
	m, err := r.MultipartReader()
	if err != nil {
		return h, fault.Wrap(fault.Invalid, err, "the form has no file")
	}
	for range maxParts {
		part, err := m.NextRawPart()
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err == nil {
			err = h.take(part)
		}
		if err != nil {
			return h, fault.Wrap(fault.Invalid, err, "the form cannot be read").WithHelp("a document has at most %d MiB", trustcentre.MaxFile>>20)
		}
	}
	return h, fault.New(fault.Limited, "the form has too many parts")
}

func (h *handover) take(part *multipart.Part) error {
	most := int64(maxField)
	name := part.FileName()
	if name != "" {
		most = trustcentre.MaxFile + 1
	}
	data, err := io.ReadAll(io.LimitReader(part, most+1))
	switch {
	case err != nil:
		return err
	case int64(len(data)) > most:
		return fault.New(fault.Limited, "a part of the form is too large")
	case name != "":
		h.name, h.data = name, data
	default:
		h.fields[part.FormName()] = strings.TrimSpace(string(data))
	}
	return nil
}
