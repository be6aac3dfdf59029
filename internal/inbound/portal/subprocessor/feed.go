package subprocessor

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"c4arch/internal/base/canon"
	"c4arch/internal/base/fault"
	"c4arch/internal/inbound/web"
	"c4arch/internal/trust/subprocessor"
)

// schema names the form of the JSON, which docs/trust/subprocessors.md describes.
const schema = "c4arch.subprocessors/1"

// published is the list as JSON.
type published struct {
	Schema  string               `json:"schema"`
	Version string               `json:"version"`
	Number  int                  `json:"number"`
	Digest  string               `json:"digest"` // SHA-256 of the canonical form of entries
	Updated time.Time            `json:"updated,omitzero"`
	Entries []shown              `json:"entries"`
	Events  []subprocessor.Event `json:"events"`
}

// shown is an entry with where it is.
type shown struct {
	State subprocessor.State `json:"state"`
	subprocessor.Entry
}

func (d desk) json(c *web.Call) error {
	l, err := d.version(c)
	if err != nil {
		return err
	}
	out := published{Schema: schema, Version: l.Version(), Number: l.Number, Digest: l.Digest, Updated: l.At, Entries: []shown{}, Events: append([]subprocessor.Event{}, l.Events...)}
	for _, e := range l.Entries {
		out.Entries = append(out.Entries, shown{e.State(), e})
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "the list cannot be written")
	}
	return send(c, "application/json; charset=utf-8", b, l.At)
}

// send answers with what everybody may keep: whoever has the newest is told so (RFC 9110 section 13.1.2).
func send(c *web.Call, kind string, body []byte, at time.Time) error {
	w, r := c.HTTP()
	h := w.Header()
	tag := `"` + strings.TrimPrefix(string(canon.Sum(body)), "sha256:")[:32] + `"`
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age=300")
	if !at.IsZero() {
		h.Set("Last-Modified", at.UTC().Format(http.TimeFormat))
	}
	for _, one := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Type", kind)
	_, err := w.Write(body)
	return err
}

// version is the list that the address names, the newest where it names none.
func (d desk) version(c *web.Call) (subprocessor.List, error) {
	text := c.Query("version")
	if text == "" {
		return d.Service.List(c.Context())
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<30 {
		return subprocessor.List{}, fault.New(fault.NotFound, "the list has no such version")
	}
	return d.Service.At(c.Context(), n)
}

// feed is an Atom feed (RFC 4287), in the order of the elements that it recommends.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Sub     string      `xml:"subtitle"`
	Updated string      `xml:"updated"`
	Author  author      `xml:"author"`
	Links   []link      `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID      string  `xml:"id"`
	Title   string  `xml:"title"`
	Updated string  `xml:"updated"`
	Links   []link  `xml:"link"`
	Content content `xml:"content"`
}

type content struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// began is from when a feed without a version is: RFC 4287 section 4.1.1 wants a time.
var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (d desk) atom(c *web.Call) error {
	past, err := d.Service.Past(c.Context())
	if err != nil {
		return err
	}
	b, at, err := feedOf(c.Base(), past)
	if err != nil {
		return err
	}
	return send(c, "application/atom+xml; charset=utf-8", b, at)
}

// feedOf is the feed of versions, the newest first. Ids are tags (RFC 4151) of the authority of the service, which stay whatever becomes of addresses.
func feedOf(base string, past []subprocessor.List) ([]byte, time.Time, error) {
	at := began
	if len(past) > 0 {
		at = past[0].At
	}
	authority := "localhost"
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" {
		authority = u.Hostname()
	}
	tag := "tag:" + authority + ",2026:subprocessors"
	f := feed{
		ID: tag, Title: "Subprocessors: changes of the list", Sub: "Each entry is one version of the list of who processes personal data of customers on behalf of the service.", Updated: moment(at),
		Author: author{Name: authority},
		Links: []link{
			{Rel: "self", Type: "application/atom+xml", Href: base + publicPath + ".atom"},
			{Rel: "alternate", Type: "text/html", Href: base + publicPath},
		},
	}
	for i := range past {
		l := &past[i]
		f.Entries = append(f.Entries, feedEntry{
			ID: tag + "/" + strconv.Itoa(l.Number), Title: titleOf(l), Updated: moment(l.At), Content: content{Type: "text", Text: textOf(l)},
			Links: []link{{Rel: "alternate", Type: "text/html", Href: base + publicPath + "?version=" + strconv.Itoa(l.Number)}},
		})
	}
	b, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, at, fault.Wrap(fault.Internal, err, "the feed cannot be written")
	}
	return append([]byte(xml.Header), b...), at, nil
}

func moment(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

func titleOf(l *subprocessor.List) string {
	if len(l.Events) == 1 {
		return l.Events[0].Name + ": " + l.Events[0].What
	}
	return fmt.Sprintf("Version %s: %d changes", l.Version(), len(l.Events))
}

func textOf(l *subprocessor.List) string {
	var b strings.Builder
	for _, e := range l.Events {
		b.WriteString(e.Name + ": " + e.What + ".")
		if e.Why != "" {
			b.WriteString(" " + e.Why)
		}
		b.WriteString("\n")
	}
	b.WriteString("Version " + l.Version() + ", SHA-256 of the entries " + l.Digest + "\n")
	return b.String()
}
