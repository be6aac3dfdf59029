package figure

// paint names a colour of a theme: those up to inFlagInk are of the sheet, those from inFill on are of a group.
type paint uint8

const (
	inKeep  paint = iota // as the rule before says
	inClear              // not drawn
	inPaper
	inInk
	inMuted
	inLine
	inNotice
	inNoticeEdge
	inNoticeInk
	inFlagInk

	// Of a group: the ground of a box, its name, its other words, its outline, the ground of its icon, its icon.
	inFill
	inText
	inSoft
	inEdge
	inTile
	inIcon
	inRim  // the outline of the ground of an icon, where it has one
	inMark // the colour of what became of it
	inBand // the same, pale

)

// group is how the elements of a kind are coloured.
type group struct {
	fill, text, soft, edge, tile, icon Color
	width                              int   // of the outline, in hundredths of a pixel
	dash                               []int // of the outline
}

// sheet is a theme.
type sheet struct {
	colors [inFill]Color
	groups map[string]group // by class
	marks  map[string]Color // by class
	// way and fine are the widths of lines and of what is drawn inside a box.
	way, fine int
	// pale is the opacity of the band below a marked line, rim that of the outline of an icon's ground.
	pale, rim uint8
}

func rgb(n uint32) Color { return Color{uint8(n >> 16), uint8(n >> 8), uint8(n), 255} }

// thin is a colour that lets through: a is its opacity in thousandths.
func thin(n uint32, a int) Color {
	c := rgb(n)
	c.A = uint8((a*255 + 500) / 1000)
	return c
}

// dashes of outlines: what is external, a boundary, what is of infrastructure, a resource.
var (
	dashOut   = []int{600, 400}
	dashFrame = []int{700, 500}
	dashInfra = []int{1200, 300, 200, 300}
	dashFine  = []int{200, 250}
)

func (t Theme) sheet() *sheet {
	switch t {
	case Dark:
		return dark
	case Contrast:
		return contrast
	case Print:
		return printed
	}
	return light
}

// Blue is what is ours, from the people and systems that are solid to the components that are nearly white, so that the levels
// of C4 differ in lightness too; green is infrastructure, sand a resource, grey what is not ours, which is dashed as well.
var light = &sheet{
	colors: [inFill]Color{
		inPaper: rgb(0xffffff), inInk: rgb(0x16202c), inMuted: rgb(0x52606d), inLine: rgb(0x4a5866),
		inNotice: rgb(0xfdebc8), inNoticeEdge: rgb(0xb4690e), inNoticeInk: rgb(0x5c3400), inFlagInk: rgb(0xffffff),
	},
	groups: map[string]group{
		"kind-person":             {rgb(0x0b3a66), rgb(0xffffff), rgb(0xd9e6f3), rgb(0x072a4c), thin(0xffffff, 160), rgb(0xffffff), 150, nil},
		"kind-softwareSystem":     {rgb(0x1a5fa8), rgb(0xffffff), rgb(0xe6f0fa), rgb(0x124880), thin(0xffffff, 160), rgb(0xffffff), 150, nil},
		"kind-container":          {rgb(0xdfecfa), rgb(0x0d2a47), rgb(0x365472), rgb(0x2b6fb6), rgb(0xffffff), rgb(0x1a5fa8), 150, nil},
		"kind-component":          {rgb(0xf5f9fe), rgb(0x0d2a47), rgb(0x3f5c79), rgb(0x5a92ca), rgb(0xe3eefa), rgb(0x1a5fa8), 150, nil},
		"kind-deploymentNode":     {rgb(0xffffff), rgb(0x16202c), rgb(0x52606d), rgb(0x74818e), rgb(0xeef1f4), rgb(0x46535f), 150, nil},
		"kind-infrastructureNode": {rgb(0xcfe9df), rgb(0x0d3328), rgb(0x2c5447), rgb(0x2c7d66), rgb(0xffffff), rgb(0x1c6752), 150, nil},
		"kind-resource":           {rgb(0xf8f0db), rgb(0x38290a), rgb(0x66552b), rgb(0x97772f), rgb(0xffffff), rgb(0x765812), 150, nil},
		"external":                {rgb(0xeef0f3), rgb(0x27303a), rgb(0x525d69), rgb(0x6b7682), rgb(0xffffff), rgb(0x46535f), 150, dashOut},
		"mark-removed":            {rgb(0xffffff), rgb(0x16202c), rgb(0x52606d), rgb(0x74818e), rgb(0xeef1f4), rgb(0x46535f), 150, nil},
		"frame":                   {thin(0x1a5fa8, 30), rgb(0x16202c), rgb(0x52606d), rgb(0x7a8794), thin(0x1a5fa8, 90), rgb(0x35506b), 120, dashFrame},
	},
	marks: map[string]Color{
		"mark-added": rgb(0x14783d), "mark-removed": rgb(0x8f0f1c), "mark-changed": rgb(0x985600),
		"mark-moved": rgb(0x6b3fa0), "mark-unknown": rgb(0x56616c), "mark-inside": rgb(0x33414f),
	},
	way: 160, fine: 130, pale: 64,
}

var dark = &sheet{
	colors: [inFill]Color{
		inPaper: rgb(0x10161d), inInk: rgb(0xe8edf3), inMuted: rgb(0xa9b5c2), inLine: rgb(0xa2afbd),
		inNotice: rgb(0x45320a), inNoticeEdge: rgb(0xd19a3a), inNoticeInk: rgb(0xffe2ad), inFlagInk: rgb(0x10161c),
	},
	groups: map[string]group{
		"kind-person":             {rgb(0x1c5e9f), rgb(0xffffff), rgb(0xe1edf9), rgb(0x8fc2f2), thin(0xffffff, 160), rgb(0xffffff), 150, nil},
		"kind-softwareSystem":     {rgb(0x17477a), rgb(0xffffff), rgb(0xd7e6f5), rgb(0x6eaae4), thin(0xffffff, 140), rgb(0xffffff), 150, nil},
		"kind-container":          {rgb(0x17324d), rgb(0xeaf2fa), rgb(0xb4c9de), rgb(0x5596d5), thin(0x7fb5ea, 170), rgb(0xa9d0f5), 150, nil},
		"kind-component":          {rgb(0x0f1a25), rgb(0xe6eff8), rgb(0xadc0d3), rgb(0x4d7ca8), thin(0x7fb5ea, 140), rgb(0x9cc8f2), 150, nil},
		"kind-deploymentNode":     {rgb(0x17202a), rgb(0xe8edf3), rgb(0xa9b5c2), rgb(0x788695), thin(0xc5d3e0, 130), rgb(0xc3cfdb), 150, nil},
		"kind-infrastructureNode": {rgb(0x10302a), rgb(0xe2f4ee), rgb(0xa6cabf), rgb(0x4ba78d), thin(0x7fdcc1, 150), rgb(0x9be3cd), 150, nil},
		"kind-resource":           {rgb(0x2c2516), rgb(0xf6eeda), rgb(0xcdbf9a), rgb(0xb09148), thin(0xe6c97f, 140), rgb(0xecd59a), 150, nil},
		"external":                {rgb(0x21282f), rgb(0xe3e8ed), rgb(0xafb9c3), rgb(0x8b97a3), thin(0xc5d3e0, 130), rgb(0xc3cfdb), 150, dashOut},
		"mark-removed":            {rgb(0x10161d), rgb(0xe8edf3), rgb(0xa9b5c2), rgb(0x788695), thin(0xc5d3e0, 130), rgb(0xc3cfdb), 150, nil},
		"frame":                   {thin(0x9cc4ea, 40), rgb(0xe8edf3), rgb(0xa9b5c2), rgb(0x76848f), thin(0x9cc4ea, 120), rgb(0xb4cbe2), 120, dashFrame},
	},
	marks: map[string]Color{
		"mark-added": rgb(0x7fe0a3), "mark-removed": rgb(0xff9d95), "mark-changed": rgb(0xffc266),
		"mark-moved": rgb(0xcfb0ff), "mark-unknown": rgb(0xb8c4d0), "mark-inside": rgb(0xdbe3ea),
	},
	way: 160, fine: 130, pale: 64,
}

// In high contrast there is black, white and a dark blue; what tells kinds apart is the ground and the weight of the outline.
var contrast = &sheet{
	colors: [inFill]Color{
		inPaper: rgb(0xffffff), inInk: rgb(0x000000), inMuted: rgb(0x000000), inLine: rgb(0x000000),
		inNotice: rgb(0xffe45c), inNoticeEdge: rgb(0x000000), inNoticeInk: rgb(0x000000), inFlagInk: rgb(0xffffff),
	},
	groups: map[string]group{
		"kind-person":             {rgb(0x000000), rgb(0xffffff), rgb(0xffffff), rgb(0x000000), thin(0xffffff, 0), rgb(0xffffff), 300, nil},
		"kind-softwareSystem":     {rgb(0x002f6c), rgb(0xffffff), rgb(0xffffff), rgb(0x000000), thin(0xffffff, 0), rgb(0xffffff), 300, nil},
		"kind-container":          {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x002f6c), thin(0xffffff, 0), rgb(0x002f6c), 400, nil},
		"kind-component":          {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x002f6c), thin(0xffffff, 0), rgb(0x002f6c), 250, nil},
		"kind-deploymentNode":     {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 200, nil},
		"kind-infrastructureNode": {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x00473a), thin(0xffffff, 0), rgb(0x00473a), 300, dashInfra},
		"kind-resource":           {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x4a3200), thin(0xffffff, 0), rgb(0x4a3200), 250, dashFine},
		"external":                {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 300, dashOut},
		"mark-removed":            {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 250, nil},
		"frame":                   {thin(0xffffff, 0), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 200, dashFrame},
	},
	marks: map[string]Color{
		"mark-added": rgb(0x00602b), "mark-removed": rgb(0x9b0014), "mark-changed": rgb(0x7a4300),
		"mark-moved": rgb(0x5b2a99), "mark-unknown": rgb(0x000000), "mark-inside": rgb(0x000000),
	},
	way: 250, fine: 200, pale: 70, rim: 255,
}

// On paper every ground is white: a system has a heavy outline, a container a plain one, a component a fine one, and what else
// there is has dashes of its own.
var printed = &sheet{
	colors: [inFill]Color{
		inPaper: rgb(0xffffff), inInk: rgb(0x000000), inMuted: rgb(0x000000), inLine: rgb(0x000000),
		inNotice: rgb(0x000000), inNoticeEdge: rgb(0x000000), inNoticeInk: rgb(0xffffff), inFlagInk: rgb(0xffffff),
	},
	groups: map[string]group{
		"kind-person":             {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 220, nil},
		"kind-softwareSystem":     {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 350, nil},
		"kind-container":          {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 200, nil},
		"kind-component":          {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 100, nil},
		"kind-deploymentNode":     {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 120, nil},
		"kind-infrastructureNode": {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 150, dashInfra},
		"kind-resource":           {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 120, dashFine},
		"external":                {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 150, dashOut},
		"mark-removed":            {rgb(0xffffff), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 120, nil},
		"frame":                   {thin(0xffffff, 0), rgb(0x000000), rgb(0x000000), rgb(0x000000), thin(0xffffff, 0), rgb(0x000000), 80, dashFrame},
	},
	marks: map[string]Color{
		"mark-added": rgb(0), "mark-removed": rgb(0), "mark-changed": rgb(0),
		"mark-moved": rgb(0), "mark-unknown": rgb(0), "mark-inside": rgb(0),
	},
	way: 130, fine: 100, pale: 56, rim: 255,
}
