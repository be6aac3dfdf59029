package secret

// The classes of bytes, so that a text is scanned with one look-up a byte.
const (
	isLower = 1 << iota
	isUpper
	isDigit
	isToken  // in a token of base64, base64url or a published format: letters, digits, + / _ - ~ and =
	isIdent  // in the name of a setting: letters, digits, _ - . $
	isSpace  // space, tab, line ends
	isHex    // lower- or upper-case
	isSignal // makes it worth while to look closer: = : @ < $ and line ends
)

var class = classes()

func classes() (t [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		t[c] = isLower | isToken | isIdent
		t[c-0x20] = isUpper | isToken | isIdent
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = isDigit | isToken | isIdent | isHex
	}
	for _, c := range "abcdefABCDEF" {
		t[c] |= isHex
	}
	for _, c := range "+/_-~=" {
		t[c] |= isToken
	}
	for _, c := range "_-.$" {
		t[c] |= isIdent
	}
	for _, c := range " \t\r\n" {
		t[c] |= isSpace
	}
	for _, c := range "=:@<$\n" {
		t[c] |= isSignal
	}
	return t
}
