package live

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/fault"
	"c4arch/internal/source/gathered"
)

// tables are what is read, in order. Each has an id, by which pages are in order.
var tables = []struct{ name, what string }{
	{"resourcecontainers", "subscriptions and resource groups"},
	{"resources", "resources"},
	{"authorizationresources", "role assignments and definitions"},
}

// page is one answer of Resource Graph.
type page struct {
	Total     json.Number       `json:"totalRecords"`
	Truncated string            `json:"resultTruncated"`
	Token     string            `json:"$skipToken"`
	Data      []json.RawMessage `json:"data"`
}

// Collect reads all tables. An error means that nothing was read; what a table lacks is noted in the box.
func (c *Client) Collect(ctx context.Context, to *gathered.Box) error {
	var first error
	for _, t := range tables {
		err := c.table(ctx, t.name, to)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case fault.KindOf(err) == fault.Limited && to.Empty():
			return err
		default:
			if first == nil {
				first = err
			}
			msg, help := fault.Public(err)
			to.Note(evidence.ResourceNotRead, t.name, t.name, fmt.Sprintf("%s were not read to their end: %s", t.what, msg), help)
		}
	}
	if to.Empty() && first != nil {
		return first
	}
	return nil
}

// table reads the pages of one table, a file for each.
func (c *Client) table(ctx context.Context, name string, to *gathered.Box) error {
	token, seen := "", map[string]bool{}
	for n := 1; ; n++ {
		if n > maxPages || token != "" && seen[token] {
			return fault.New(fault.Limited, "the answer has no end")
		}
		seen[token] = true
		p, err := c.query(ctx, name+" | order by id asc", token)
		if err != nil {
			return err
		}
		if err := to.Add(name+"/"+fmt.Sprintf("%04d", n)+".json", p.file(), len(p.Data)); err != nil {
			return err
		}
		if token = p.Token; token == "" {
			if p.Truncated == "true" {
				return fault.New(fault.Unavailable, "Resource Graph cut the answer off").WithHelp("name fewer subscriptions in a connection")
			}
			return nil
		}
	}
}

// file is a page as package azure reads it: the rows as they came, without what says that there are more.
func (p *page) file() []byte {
	n := strconv.Itoa(len(p.Data))
	var b bytes.Buffer
	b.WriteString(`{"totalRecords":` + n + `,"count":` + n + `,"resultTruncated":"false","facets":[],"data":[`)
	for i, row := range p.Data {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n")
		b.Write(row)
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// query asks Resource Graph for one page.
func (c *Client) query(ctx context.Context, text, token string) (*page, error) {
	options := map[string]any{"resultFormat": "objectArray", "$top": pageRows}
	if c.rows > 0 {
		options["$top"] = c.rows
	}
	if token != "" {
		options["$skipToken"] = token
	}
	body, err := json.Marshal(map[string]any{"subscriptions": c.config.Subscriptions, "query": text, "options": options})
	if err != nil {
		return nil, fault.New(fault.Internal, "a query cannot be written")
	}
	got, err := c.ask(ctx, http.MethodPost, c.base()+graphPath+"?api-version=2022-10-01", body)
	if err != nil {
		return nil, err
	}
	if got.status != http.StatusOK {
		return nil, refused(got)
	}
	return decodePage(got.body)
}

func (c *Client) base() string { return "https://" + c.config.Cloud.Manage }

// decodePage reads an answer of Resource Graph.
func decodePage(body []byte) (*page, error) {
	p := &page{}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(p); err != nil {
		return nil, fault.New(fault.Unavailable, "the answer of Resource Graph cannot be read")
	}
	for _, row := range p.Data {
		if len(row) == 0 || row[0] != '{' {
			return nil, fault.New(fault.Unavailable, "the answer of Resource Graph has a row that is no object")
		}
	}
	return p, nil
}

// refused says why Azure answered with an error, by its code and never by its words.
func refused(a *answer) error {
	var e struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	_ = json.Unmarshal(a.body, &e) // no code is a code too
	code := plainCode(e.Error.Code)
	switch a.status {
	case http.StatusUnauthorized:
		return fault.New(fault.Denied, "Azure does not take the token%s", code)
	case http.StatusForbidden:
		return fault.New(fault.Denied, "the application may not read there%s", code).WithHelp("give it the role Reader: az role assignment create --assignee APPLICATION --role Reader --scope /subscriptions/SUBSCRIPTION")
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "Azure knows no such thing%s", code).WithHelp("look whether the ids of the subscriptions are right")
	}
	return fault.New(fault.Invalid, "Azure refuses the question (status %d)%s", a.status, code)
}

func plainCode(code string) string {
	if code == "" || len(code) > 80 {
		return ""
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' {
			return ""
		}
	}
	return " (" + code + ")"
}
