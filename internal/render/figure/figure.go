// Package figure is a picture of a view before it is a file: every shape and every text with its place, what it belongs to
// and what part it plays, and no colour yet. SVG, PNG and PDF are written from the same figure, so that they show the same.
//
// A [Theme] says how a part looks. The notation is that of c4model.com: a box has a name, its [Kind: Technology] and a
// description; a line has one direction, a description and a [technology]; a boundary has a name and its kind; the sheet
// has a title with scope and time, and a key of what is used. No meaning hangs on colour alone.
package figure

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/arch/placement"
	"c4arch/internal/render/layout"
	"c4arch/internal/render/scene"
)

// Figure is a picture of a view. The unit is the pixel at scale 1, the origin the top left corner of the sheet.
type Figure struct {
	Model *c4.Model // what View is a view of
	View  *c4.View
	W, H  int
	// Title and About are its accessible name and description.
	Title, About string
	// Body is where the drawing lies, without heading and key; places of a layout file are relative to its top left corner.
	Body layout.Rect
	// Parts in the order in which they are drawn: the paper and the heading, boundaries from the outermost in, lines, boxes, the key.
	Parts []Part

	placed map[string]bool // by node id: a person put it there
	lines  []placement.Line
}

// PartKind is what a part is.
type PartKind string

// The kinds of parts.
const (
	Heading PartKind = "heading" // title and scope
	Frame   PartKind = "frame"   // a boundary
	Line    PartKind = "line"
	Box     PartKind = "box" // an element
	Key     PartKind = "key" // one entry of the legend
)

// Part is what one can point at: an element, a line, a boundary, or a piece of the sheet.
type Part struct {
	Kind PartKind
	// Node and Element are the ids of a box or boundary.
	Node, Element string
	// Index is which of the view's lines a line is.
	Index int
	// Rect is where a box or a boundary stands; of an entry of the key where it stands.
	Rect layout.Rect
	// Way are the corners of a line.
	Way []layout.Point
	// Look is what decides how its shapes are coloured and dashed.
	Look Look
	// Link is the key of the view that is inside it, "" for none.
	Link string
	// Folded is how many nodes a folded boundary stands for.
	Folded int
	// Tip is its whole text, shown on hover; Spoken says it in one sentence.
	Tip, Spoken string
	Shapes      []Shape
}

// Look is what is known of a part that a theme may show.
type Look struct {
	Kind       c4.Kind
	External   bool
	Shape      string        // as of c4.Element.Shape, "box" for none, "boundary" for a frame
	Confidence c4.Confidence // of a line
	Declared   bool          // of a line: by people only
	Mark       scene.Kind    // what became of it, in a picture of drift
}

// Role is the part that a shape plays in its part.
type Role string

// The roles of shapes.
const (
	RolePaper  Role = "paper"  // the sheet: filled
	RoleBox    Role = "box"    // the outline of an element or boundary: filled and stroked
	RoleBack   Role = "back"   // the outline of a card behind a folded one: filled and stroked
	RoleSecond Role = "second" // the outer outline of what changed, around a gap: filled and stroked
	RoleDeco   Role = "deco"   // a line that makes a shape what it is: stroked with the ink
	RoleTile   Role = "tile"   // the ground of an icon: filled
	RoleIcon   Role = "icon"   // the glyph of a technology: filled
	RoleSign   Role = "sign"   // a sign of our own in the place of a glyph: stroked
	RolePill   Role = "pill"   // the outline of a badge: stroked with the ink
	RoleMark   Role = "bsign"  // the small sign in a badge: stroked
	RoleNotice Role = "notice" // the outline of a badge that one should see: filled and stroked
	RoleAlert  Role = "nsign"  // the small sign in it: stroked
	RoleFlag   Role = "flag"   // the ground of a mark's words: filled
	RoleHit    Role = "hit"    // the wide unseen way to point at: only where people point
	RoleBand   Role = "band"   // the wide pale band below a marked line
	RoleWay    Role = "way"    // the line itself
	RoleHead   Role = "head"   // its head: filled

	RoleTitle   Role = "title"   // texts: the title of the sheet
	RoleScope   Role = "scope"   // below it
	RoleName    Role = "name"    // of an element
	RoleMeta    Role = "meta"    // [Kind: Technology]
	RoleText    Role = "text"    // description
	RoleBadge   Role = "badge"   // in a pill
	RoleNoticed Role = "noticed" // in a badge that one should see
	RoleFlagged Role = "flagged" // the words of a mark
	RoleTold    Role = "told"    // the words of a mark on a line
	RoleLabel   Role = "label"   // of a line
	RoleTech    Role = "tech"    // of a line
	RoleKey     Role = "keytext" // words of the legend
)

// Shape is a path or one line of text.
type Shape struct {
	Role Role
	// Path, in the way of SVG's path data restricted to the commands of Seg; empty for a text.
	Path []Seg
	// Rect and Radius say the same where the path is a rectangle with round corners.
	Rect   layout.Rect
	Radius int
	// Icon names the glyph where the path is one: its top left corner is at X, Y and it is Size wide and high. Glyphs of one
	// name and size have the same path but for their place.
	Icon string
	Size int
	// Text at X, Y: Y is the base line, X the start, or the middle where Middle is set.
	Text   string
	X, Y   int
	Face   Face
	Middle bool
	Struck bool // with a line through it: what was removed
}

// Seg is a piece of a path with absolute coordinates, in hundredths of a pixel.
type Seg struct {
	Op byte   // 'M' one point, 'L' one point, 'C' three points (cubic Bézier), 'Z' none
	P  [6]int // x, y pairs, in hundredths of a pixel
}

// Face is a font of the family at a size in pixels.
type Face struct {
	Bold bool
	Size int
}
