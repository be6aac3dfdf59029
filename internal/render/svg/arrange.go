package svg

import (
	"c4arch/internal/arch/c4"
	"c4arch/internal/render/figure"
)

// Picture is a view with every place decided.
type Picture struct{ f *figure.Figure }

// Arrange decides where everything of a view stands.
func Arrange(m *c4.Model, v *c4.View) (*Picture, error) {
	f, err := figure.Draw(m, v, figure.Options{})
	if err != nil {
		return nil, err
	}
	return &Picture{f}, nil
}

// Draw draws the picture. It may be called more than once.
func (p *Picture) Draw(o Options) ([]byte, error) { return Render(p.f, o), nil }
