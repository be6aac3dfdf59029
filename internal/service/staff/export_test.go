package staff

import "io"

// ParseCodeForTest reads a code.
func ParseCodeForTest(typed string) ([]byte, error) { return parseCode(typed) }

// NewCodeForTest makes one.
func NewCodeForTest(random io.Reader) (string, error) {
	v, _, err := newCode(random)
	return string(v.Expose()), err
}

// JudgeForTest makes the report of duties.
var JudgeForTest = judge
