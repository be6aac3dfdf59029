package freetext

import (
	"slices"
	"strconv"
	"strings"
)

// kind is a number with a rule of its own.
type kind struct {
	rule string
	// is reports whether the characters, in these groups, are such a number: shape and check digits.
	is func(n number) bool
	// sure: shape and check digits say enough. Otherwise a word has to stand near.
	sure  bool
	words []string
	why   string
}

// at holds a reading against the kind.
func (k kind) at(text string, n number) (Hit, bool) {
	if !k.is(n) {
		return Hit{}, false
	}
	named := near(text, n, k.words...)
	if !k.sure && !named {
		return Hit{}, false
	}
	h := Hit{Rule: "identifier." + k.rule, Class: Identifier, From: n.from, To: n.to, Confidence: Likely, Why: k.why}
	if k.sure && (named || len(n.groups) > 1 || k.rule == "iban" || k.rule == "codiceFiscale") {
		h.Confidence = Sure
	}
	return h, true
}

// kinds are tried in this order.
var kinds = []kind{
	{"iban", iban, true, []string{"iban", "account", "konto", "rekening"}, "its country, length and check digits are those of an account (ISO 13616, mod 97)"},
	{"paymentCard", card, true, []string{"card", "visa", "mastercard", "amex", "karte", "kaart", "pan"}, "its beginning, length and check digit are those of a payment card (ISO/IEC 7812, Luhn)"},
	{"codiceFiscale", fiscale, true, nil, "its form and check character are those of an Italian codice fiscale"},
	{"bsn", bsn, false, []string{"bsn", "burgerservicenummer", "sofinummer", "citizen service number"}, "it is called a Dutch citizen service number and passes its eleven-test"},
	{"steuerId", steuerID, false, []string{"steuer-id", "steuerid", "idnr", "steuernummer", "steueridentifikationsnummer", "steuer", "tax id", "tin", "tax number"}, "it is called a German tax number and has its check digit (ISO 7064 MOD 11,10)"},
	{"nir", nir, false, []string{"nir", "sécurité sociale", "securite sociale", "insee", "social security", "sécu"}, "it is called a French social security number and has its key (mod 97)"},
	{"nationalNumber.be", rijksregister, false, []string{"rijksregisternummer", "rijksregister", "insz", "niss", "registre national", "numéro national", "national number"}, "it is called a Belgian national number and has its check digits (mod 97)"},
	{"dni", dni, false, []string{"dni", "nie", "nif", "documento nacional"}, "it is called a Spanish identity number and has its check letter (mod 23)"},
	{"pesel", pesel, false, []string{"pesel"}, "it is called a Polish PESEL and has its check digit"},
	{"personnummer", personnummer, false, []string{"personnummer", "personal identity number", "personnr"}, "it is called a Swedish personal number and has its check digit (Luhn)"},
	{"nino", nino, false, []string{"nino", "ni number", "national insurance", "insurance number"}, "it is called a British National Insurance number and has its form"},
	{"ssn", ssn, false, []string{"ssn", "social security", "social-security"}, "it is called a social security number of the United States and has its form"},
	{"passport", passport, false, []string{"passport", "passport number", "reisepass", "paspoort", "passnummer", "passeport", "identity card", "personalausweis"}, "it is called the number of a passport or an identity card and has its form"},
}

// luhn is the check of ISO/IEC 7812-1 annex B.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// card: the ranges of issuers that are in use. A bare run of digits is one only where a card is as long.
func card(n number) bool {
	s := n.digits
	if len(s) < 13 || len(s) > 19 || !onlyDigits(s) || strings.Contains(n.between, ".") || len(n.between) > 1 || !luhn(s) || !issued(s) {
		return false
	}
	switch len(n.groups) {
	case 1:
		return true
	case 3:
		return slices.Equal(n.groups, []int{4, 6, 5}) || slices.Equal(n.groups, []int{4, 6, 4})
	}
	for _, g := range n.groups[:len(n.groups)-1] {
		if g != 4 {
			return false
		}
	}
	return true
}

func issued(s string) bool {
	two, four := leading(s, 2), leading(s, 4)
	switch {
	case s[0] == '4':
		return len(s) == 13 || len(s) == 16 || len(s) == 19
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720:
		return len(s) == 16
	case two == 34, two == 37:
		return len(s) == 15
	case two == 36, two == 38, four >= 3000 && four <= 3059:
		return len(s) == 14
	case four == 6011, two == 65, four >= 6440 && four <= 6499, four >= 3528 && four <= 3589:
		return len(s) >= 16
	}
	return false
}

func leading(s string, n int) int {
	v, err := strconv.Atoi(s[:n])
	if err != nil {
		return -1
	}
	return v
}

// lengths of an IBAN by country (the registry of ISO 13616, SWIFT).
var ibans = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
	"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
	"LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
	"SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}

func iban(n number) bool {
	s := strings.ToUpper(n.digits)
	if len(s) < 15 || ibans[s[:2]] != len(s) || strings.ContainsAny(n.between, ".-") {
		return false
	}
	rest := 0
	for _, c := range []byte(s[4:] + s[:4]) {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1 && strings.Trim(s[2:4], "0123456789") == ""
}

// weighted sums digits by weights.
func weighted(s string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func bsn(n number) bool {
	s := n.digits
	if len(s) == 8 {
		s = "0" + s
	}
	return len(s) == 9 && onlyDigits(s) && weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
}

func steuerID(n number) bool {
	s := n.digits
	if len(s) != 11 || !onlyDigits(s) || s[0] == '0' {
		return false
	}
	rest := 10
	for i := range 10 {
		sum := (int(s[i]-'0') + rest) % 10
		if sum == 0 {
			sum = 10
		}
		rest = sum * 2 % 11
	}
	return (11-rest)%10 == int(s[10]-'0')
}

func nir(n number) bool {
	s := strings.ToUpper(n.digits)
	if len(s) != 15 || s[0] != '1' && s[0] != '2' {
		return false
	}
	// Corsica: 2A counts as 19, 2B as 18.
	body := strings.Replace(strings.Replace(s[:13], "2A", "19", 1), "2B", "18", 1)
	v, err := strconv.Atoi(body)
	key, err2 := strconv.Atoi(s[13:])
	return err == nil && err2 == nil && 97-v%97 == key
}

func rijksregister(n number) bool {
	s := n.digits
	if len(s) != 11 || !onlyDigits(s) {
		return false
	}
	check := leading(s[9:], 2)
	before, after := leading(s, 9), leading("2"+s[:9], 10)
	return 97-before%97 == check || 97-after%97 == check
}

func dni(n number) bool {
	s := strings.ToUpper(n.digits)
	if len(s) != 9 {
		return false
	}
	if k := strings.IndexByte("XYZ", s[0]); k >= 0 {
		s = strconv.Itoa(k) + s[1:]
	}
	v, err := strconv.Atoi(s[:8])
	return err == nil && v > 0 && "TRWAGMYFPDXBNJZSQVHLCKE"[v%23] == s[8]
}

func pesel(n number) bool {
	s := n.digits
	return len(s) == 11 && onlyDigits(s) && weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func personnummer(n number) bool {
	s := n.digits
	if len(s) == 12 {
		s = s[2:]
	}
	return len(s) == 10 && onlyDigits(s) && luhn(s)
}

func nino(n number) bool {
	s := strings.ToUpper(n.digits)
	return len(s) == 9 && letters(s[:2]) && strings.Trim(s[2:8], "0123456789") == "" && strings.IndexByte("ABCD", s[8]) >= 0 && !strings.ContainsAny(s[:2], "DFIQUV")
}

func ssn(n number) bool {
	s := n.digits
	return len(s) == 9 && onlyDigits(s) && slices.Equal(n.groups, []int{3, 2, 4}) && s[:3] != "000" && s[:3] != "666" && s[0] != '9' && s[3:5] != "00" && s[5:] != "0000"
}

func passport(n number) bool {
	s := strings.ToUpper(n.digits)
	digits := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
	}
	return len(n.groups) == 1 && len(s) >= 8 && len(s) <= 10 && digits >= 5
}

func letters(s string) bool { return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }

// odd are the values of characters at odd places of a codice fiscale (decree of 12 March 1974, Italy).
var odd = [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

func fiscale(n number) bool {
	s := strings.ToUpper(n.digits)
	if len(s) != 16 || len(n.groups) != 1 || !letters(s[:6]) || !letters(s[8:9]) || !letters(s[11:12]) || !letters(s[15:]) || strings.Trim(s[6:8]+s[9:11]+s[12:15], "0123456789LMNPQRSTUV") != "" {
		return false
	}
	sum := 0
	for i := range 15 {
		v := int(s[i] - 'A')
		if s[i] <= '9' {
			v = int(s[i] - '0')
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return int(s[15]-'A') == sum%26
}
