// Package mail has the words of what people are told, on pages and in mails.
//
// It promises: a sentence names who and where, and quotes nothing that somebody wrote but names; a mail is plain text with a simple page of the same words beside it; what is a name
// cannot become markup or another line. It leaves out sending.
package mail

import (
	"bytes"
	"context"
	"html/template"
	"strings"
	"time"
	"unicode"

	"c4arch/internal/base/fault"
	"c4arch/internal/content/say"
)

// Item is one thing that somebody is told.
type Item struct {
	What    string // what happened, as package notify names it
	Project string // its name, or ""
	By      string // the name of whoever did it, or ""
	Count   int
	Role    string
	When    time.Time // when something ends
	URL     string    // where it can be looked at, or ""
}

// Letter is a mail.
type Letter struct {
	Name, Organisation string
	Items              []Item
	Unsubscribe        string
	Settings           string
}

// Written is a mail in words.
type Written struct{ Subject, Text, HTML string }

// Line is a name as it can stand in a line: without what would begin another one, and not too long.
func Line(name string) string {
	const most = 120
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if runes := []rune(strings.Join(strings.Fields(name), " ")); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return strings.Join(strings.Fields(name), " ")
}

// Sentence says what happened.
func Sentence(ctx context.Context, it Item) string {
	by, project := Line(it.By), Line(it.Project)
	if by == "" {
		by = say.T(ctx, "Somebody")
	}
	if project == "" {
		project = say.T(ctx, "a project")
	}
	switch it.What {
	case "comment.mention":
		return say.T(ctx, "%s mentioned you in a comment in %s", by, project)
	case "baseline.proposed":
		return say.T(ctx, "%s proposed a baseline of %s: it waits for your approval", by, project)
	case "exception.proposed":
		return say.T(ctx, "%s proposed an exception in %s: it waits for your approval", by, project)
	case "proposal.approved":
		return say.T(ctx, "%s approved what you proposed in %s", by, project)
	case "proposal.rejected":
		return say.T(ctx, "%s did not approve what you proposed in %s", by, project)
	case "finding.new":
		return say.N(ctx, it.Count, "A new critical or high finding in %[2]s", "%[1]d new critical or high findings in %[2]s", project)
	case "scan.failed":
		return say.T(ctx, "A scan of %s failed", project)
	}
	return sentence(ctx, it, by, project)
}

func sentence(ctx context.Context, it Item, by, project string) string {
	day := it.When.UTC().Format("2 Jan 2006")
	switch it.What {
	case "exception.soon":
		return say.T(ctx, "An exception in %s ends on %s", project, day)
	case "exception.over":
		return say.T(ctx, "An exception in %s has ended: what it accepted counts again", project)
	case "connection.broken":
		return say.T(ctx, "A connection of %s cannot read any more", project)
	case "stream.disabled":
		return say.T(ctx, "A stream was switched off: for days nothing could be delivered")
	case "stream.dead":
		return say.T(ctx, "Some entries could not be delivered to a stream and were put aside")
	case "token.soon":
		return say.T(ctx, "A token ends on %s", day)
	case "member.added":
		return say.T(ctx, "You were made a member, as %s", it.Role)
	case "member.changed":
		return say.T(ctx, "Your role is %s now", it.Role)
	case "grant.asked":
		return say.T(ctx, "The operator's staff asks to look into your organisation")
	case "grant.used":
		return say.T(ctx, "The operator's staff looked into your organisation, under an access that you can see")
	case "subprocessor.noticed":
		return say.T(ctx, "A subprocessor is to change: until when your organisation can object is said on its page")
	}
	return say.T(ctx, "Something happened that concerns you")
}

// Write writes a letter.
func Write(ctx context.Context, l Letter) (Written, error) {
	var w Written
	org := Line(l.Organisation)
	if len(l.Items) == 1 {
		w.Subject = Sentence(ctx, l.Items[0])
	} else {
		w.Subject = say.N(ctx, len(l.Items), "%d notification from %s", "%d notifications from %s", org)
	}
	type line struct{ Text, URL string }
	v := struct {
		Lang, Subject, Hello, Because, Choose, Off, Settings, Unsubscribe string
		Lines                                                             []line
	}{
		say.Language(ctx), w.Subject, say.T(ctx, "Hello %s,", Line(l.Name)),
		say.T(ctx, "You are told this as a member of %s.", org), say.T(ctx, "Choose what you are told"), say.T(ctx, "No more mails"), l.Settings, l.Unsubscribe, nil,
	}
	var t strings.Builder
	t.WriteString(v.Hello + "\n\n")
	for _, it := range l.Items {
		x := line{Sentence(ctx, it) + ".", it.URL}
		v.Lines = append(v.Lines, x)
		t.WriteString("- " + x.Text + "\n")
		if x.URL != "" {
			t.WriteString("  " + x.URL + "\n")
		}
	}
	t.WriteString("\n-- \n" + v.Because + "\n" + v.Choose + ": " + v.Settings + "\n" + v.Off + ": " + v.Unsubscribe + "\n")
	var h bytes.Buffer
	if err := page.Execute(&h, v); err != nil {
		return w, fault.Wrap(fault.Internal, err, "a mail cannot be written")
	}
	w.Text, w.HTML = t.String(), h.String()
	return w, nil
}

// page is the same as a page: no picture, no style, nothing that is fetched.
var page = template.Must(template.New("mail").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Subject}}</title></head><body>
<p>{{.Hello}}</p>
<ul>
{{range .Lines}}<li>{{if .URL}}<a href="{{.URL}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</li>
{{end}}</ul>
<hr>
<p>{{.Because}}<br><a href="{{.Settings}}">{{.Choose}}</a> - <a href="{{.Unsubscribe}}">{{.Off}}</a></p>
</body></html>
`))
