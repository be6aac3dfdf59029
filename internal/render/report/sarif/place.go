package sarif

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"c4arch/internal/arch/drift"
	"c4arch/internal/render/report"
)

// mostRelated is how many other places a result has at most: GitHub shows 100 places and refuses a log with a result of more than 1,000.
const mostRelated = 99

// places turns places into locations, relative to one root.
type places struct {
	root     string
	fallback string
}

func newPlaces(o Options) *places {
	p := &places{}
	if o.Root != "" {
		p.root = strings.TrimSuffix(path.Clean(slashes(o.Root)), "/")
	}
	p.fallback = p.relative(o.Fallback)
	return p
}

// add gives the result its places: the one to look at first is the location, the others are related. GitHub and editors show the first alone.
func (p *places) add(res *sarif.Result, f *drift.Finding) {
	logical := sarif.NewLogicalLocation().WithKind(kindOf(f)).
		WithName(report.Name(f, 200)).WithFullyQualifiedName(report.Line(f.Resource, 1000))
	var main *sarif.Location
	id := 0
	for _, at := range report.Places(f) {
		l := p.location(at.Input, at.Line, at.Column)
		if l == nil {
			continue
		}
		if main == nil {
			main = l
			continue
		}
		if id == mostRelated {
			break
		}
		id++
		if origin := report.Origin(&at); origin != "" {
			l.WithMessage(message(origin))
		}
		res.AddRelatedLocation(l.WithID(id))
	}
	if main == nil && p.fallback != "" {
		main = physical(p.fallback, 1, 0)
	}
	if main == nil {
		main = sarif.NewLocation()
	}
	res.AddLocation(main.WithLogicalLocations([]*sarif.LogicalLocation{logical}))
}

// location is a place, or nil when it lies outside of the root.
func (p *places) location(input string, line, column int) *sarif.Location {
	uri := p.relative(input)
	if uri == "" {
		return nil
	}
	return physical(uri, line, column)
}

func physical(uri string, line, column int) *sarif.Location {
	at := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri).WithURIBaseID(base))
	// GitHub wants a region; where the line is not known, the file begins it.
	region := sarif.NewRegion().WithStartLine(max(1, line))
	if line > 0 && column > 0 {
		region.WithStartColumn(column)
	}
	return sarif.NewLocation().WithPhysicalLocation(at.WithRegion(region))
}

// slashes is a path of Windows with slashes; elsewhere a backslash is a letter of a name.
func slashes(name string) string {
	if drive(name) || strings.HasPrefix(name, `\\`) {
		return strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

// drive reports whether the path begins with the letter of a drive.
func drive(name string) bool {
	return len(name) > 2 && name[1] == ':' && (name[2] == '\\' || name[2] == '/') && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
}

// relative is the URI of an input as seen from the root: with slashes, without dots, percent-encoded. It is "" of what lies outside.
func (p *places) relative(input string) string {
	name := slashes(input)
	if strings.TrimSpace(name) == "" || len(name) > 2000 || report.Line(name, len(name)) != name {
		return "" // a control character in the name of a file: no viewer would find it
	}
	switch {
	case strings.HasPrefix(name, "/") || drive(name):
		below, ok := strings.CutPrefix(path.Clean(name), p.root+"/")
		if !ok || p.root == "" {
			return ""
		}
		name = below
	default:
		name = path.Clean(name)
	}
	if name == "." || name == ".." || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		return ""
	}
	// A colon in the first part would make it a scheme (RFC 3986, section 4.2).
	return strings.ReplaceAll((&url.URL{Path: name}).EscapedPath(), ":", "%3A")
}

// timestamp reports whether the schema takes the text as a time.
func timestamp(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil && strings.HasSuffix(text, "Z")
}
