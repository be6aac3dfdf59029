package c4

import "c4arch/internal/base/document"

// MaxSize bounds a model.json that is read, in bytes.
const MaxSize = 1 << 30

var kind = document.Kind{
	Name: "a model.json", Format: Format, Version: FormatVersion, Bytes: MaxSize,
	Smaller: "render it in parts: scan fewer inputs", Origin: "give the model.json that c4arch scan wrote", Again: "scan again",
}

// Decode reads model.json. It refuses another format, a later major version, duplicate names and
// text that is not UTF-8; a member that it does not know is passed over, since a later
// minor version may add some. Whether the model is sound is for [Model.Validate] to say. Errors
// name the line and never quote the text.
func Decode(data []byte) (*Model, error) {
	m := &Model{}
	if err := kind.Read(data, m); err != nil {
		return nil, err
	}
	return m, nil
}
