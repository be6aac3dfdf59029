package figure

import (
	"strings"

	"c4arch/internal/render/layout"
)

// between stands between the parts of the scope.
const between = " · "

// header is the title of the sheet, and below it what it is of and as of when: on two lines, when one would be wider than the
// picture.
type header struct {
	title string
	scope []string
	width int // of the sheet, without margins
	h     int // with the distance to what is below it
}

func newHeader(title, scope string, body int) header {
	h := header{title: title, width: max(body, minW, min(faceTitle.width(title), 2*minW)), h: headerH}
	if faceScope.width(scope) <= h.width {
		h.scope = []string{scope}
		return h
	}
	first, second := halves(scope)
	h.width = max(h.width, min(max(faceScope.width(first), faceScope.width(second)), 2*minW))
	for _, s := range []string{first, second} {
		if s != "" {
			h.scope = append(h.scope, faceScope.shorten(s, h.width))
		}
	}
	h.h += (len(h.scope) - 1) * faceScope.line()
	return h
}

// halves breaks the scope between two parts, so that the longer line is as short as can be.
func halves(scope string) (first, second string) {
	parts := strings.Split(scope, between)
	first, widest := scope, faceScope.width(scope)
	for i := 1; i < len(parts); i++ {
		a, b := strings.Join(parts[:i], between), strings.Join(parts[i:], between)
		if w := max(faceScope.width(a), faceScope.width(b)); w < widest {
			first, second, widest = a, b, w
		}
	}
	return first, second
}

// part is the header with the paper of the whole sheet.
func (h header) part(sheet layout.Rect) Part {
	shapes := []Shape{round(RolePaper, sheet, 0), write(RoleTitle, margin, margin+faceTitle.Size, faceTitle.shorten(h.title, h.width), false)}
	shapes = append(shapes, lines(RoleScope, margin, margin+faceTitle.line()+4, h.scope, false)...)
	return Part{Kind: Heading, Rect: layout.Rect{X: margin, Y: margin, W: h.width, H: h.h - margin}, Tip: h.title, Spoken: h.title, Shapes: shapes}
}
