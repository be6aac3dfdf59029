package secret

// letterCost is what a letter costs after another one, in half bits with 'a' for none: row
// the first letter, column the second. It was counted over the words of the Go standard library's
// source, which are those of technical names: "te" is cheap, "qz" is dear.
const letterCost = "" +
	"sjhhrokwkungjhtjtgifmlqnnt" +
	"hmlnhmoyglufmpimniimhqorlp" +
	"grkohomhkyiilnfmqkkgklrspy" +
	"jnmhenpsfpukjnjnmiinjmmnnv" +
	"joiglllrovsjjgoknfghomnjqu" +
	"ipkjigopfyvhlmhkujikjsqrlu" +
	"knkoeplkgyslmihkqhhlkoprtq" +
	"ftokenqygyykkognyimkjynyor" +
	"lmiikjjwswsiiehktkihtluoyl" +
	"fyykfkkymyyyjygmyyfkgylyyy" +
	"jrnmdnjrgyymmimmqrgkmylyny" +
	"hpnjenprfyogppgpppjjkmovis" +
	"fkmnfqpqhyomkoggspiljrutsy" +
	"ipihhkgsjyllpmiorphfmlrupu" +
	"lmhjpklumxnjifkiygjjjikrwy" +
	"goklgonnjyoijrhjufhikqpqqy" +
	"yjpjyyyynyymfpppjjkncykppk" +
	"gplkenmthymljlhnqkiilnotlx" +
	"knjmfpnigxmlmojjnlifiqmpks" +
	"hplnfnqifytlnpilrhikkrpokt" +
	"kijljkmvjyyhjfniphggttroyr" +
	"hlkkempmiyullplelljlnnlpyp" +
	"flmkgoqigyplkhhlnhjpmsppyo" +
	"hjhkhipriyynkojgqmjflrnloy" +
	"qokrkyyyjyolggleykfiynnool" +
	"iojpbyyyiyyooyjpylyyyoyjml"

// A stretch of text that is drawn at random shows it in two ways: it holds no words, and its
// kinds of characters (lower, upper, digit) alternate. So each character outside of a word counts
// one, each change of kind one more, and what people and machines build names of takes
// off again. The figures were set by measuring what random strings of the common alphabets
// score and what real names do; the test of this file measures both again.
const (
	wordCost      = 9 // mean half bits of a pair of letters below which five letters or more are a word
	shortWordCost = 7 // the same for four letters
	wordTakesOff  = 0
	digitRun      = 5 // that many digits in a row are a number
	separatorOff  = 3
)

// alternation returns the largest sum of such points over any stretch of text (Kadane's
// algorithm), and the stretch. Text holds the characters of base64 and base64url.
func alternation(text string) (score, from, to int) {
	sum, start := 0, 0
	var before uint8 // kind of the character before, 0 behind a separator
	for i := 0; i < len(text); {
		kind := class[text[i]] & (isLower | isUpper | isDigit)
		j := i + 1
		for kind != 0 && j < len(text) && class[text[j]]&kind != 0 {
			j++
		}
		gain := j - i
		switch {
		case kind == 0 && text[i] == '+':
			gain = 1 // stands in no name
		case kind == 0:
			gain = -separatorOff
		case kind == isDigit && j-i >= digitRun:
			gain = -gain
		case kind == isUpper && j < len(text) && class[text[j]]&isLower != 0:
			// The last upper-case letter begins a word: Network, HTTPServer.
			k := j
			for k < len(text) && class[text[k]]&isLower != 0 {
				k++
			}
			if isWord(text[j-1 : k]) {
				if j-1 == i {
					gain, j, kind = -(k - i), k, isLower
				} else if j--; isWord(text[i:j]) {
					gain = -(j - i)
				} else {
					gain = j - i
				}
			}
		case kind != isDigit && isWord(text[i:j]):
			gain = -gain
		}
		if gain > 0 && before != 0 && kind != 0 && kind != before {
			gain++
		}
		before, i = kind, j
		if sum+gain <= 0 {
			sum, start = 0, i
			continue
		}
		if sum += gain; sum > score {
			score, from, to = sum, start, i
		}
	}
	return score, from, to
}

// isWord reports whether letters follow each other as they do in words.
func isWord(letters string) bool {
	n := len(letters) - 1
	if n < 3 {
		return false
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += int(letterCost[int(letters[i]|0x20-'a')*26+int(letters[i+1]|0x20-'a')] - 'a')
	}
	if n == 3 {
		return sum <= 3*shortWordCost
	}
	return sum <= n*wordCost
}

// What is not a pair of letters costs, in half bits. The figures are those of names as people and
// machines build them: words, humps, and numbers set apart.
const (
	costFirst      = 8  // a letter that begins a word
	costHump       = 14 // an upper-case letter after a lower-case one
	costUpperRun   = 5  // on top, an upper-case letter after another one, in mixed case
	costUpperLower = 5  // on top, a lower-case letter after a run of upper-case ones
	costToDigit    = 15
	costDigit      = 8 // a digit after a digit
	costFromDigit  = 17
	costSeparator  = 12 // what a dash or the like takes off
	drawnMixed     = 12 // a character drawn at random from 62, in half bits
	drawnSingle    = 10 // from 36
)

// surprise says how many half bits more a name needs than a random draw, over the stretch of
// text where that is most.
func surprise(text string, mixed bool) int {
	drawn := drawnSingle
	if mixed {
		drawn = drawnMixed
	}
	sum, best, run := 0, 0, 0
	var before byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		k, b := class[c], class[before]
		gain := -costSeparator
		switch {
		case k&isDigit != 0 && b&isDigit != 0:
			gain = costDigit - drawn
		case k&isDigit != 0 && b&(isLower|isUpper) == 0:
			gain = 0
		case k&isDigit != 0:
			gain = costToDigit - drawn
		case k&(isLower|isUpper) != 0:
			gain = letter(before, c, run, mixed) - drawn
		}
		if k&isUpper != 0 {
			run++
		} else {
			run = 0
		}
		before = c
		if sum = max(0, sum+gain); sum > best {
			best = sum
		}
	}
	return best
}

// letter is the cost of letter c after before, run being the length of the upper-case run
// that ends there.
func letter(before, c byte, run int, mixed bool) int {
	k, b := class[c], class[before]
	switch {
	case b&isDigit != 0:
		return costFromDigit
	case b&(isLower|isUpper) == 0:
		return costFirst
	case k&isUpper != 0 && b&isLower != 0:
		return costHump
	}
	cost := int(letterCost[int(before|0x20-'a')*26+int(c|0x20-'a')] - 'a')
	switch {
	case k&isUpper != 0 && mixed:
		return cost + costUpperRun
	case k&isLower != 0 && run > 1:
		return cost + costUpperLower
	}
	return cost
}

// The shortest random strings that are told from names, and the points that it takes. Names that
// machines build end in up to 17 random characters of one case, which have to survive.
const (
	shortest       = 16
	shortestMixed  = 18
	shortestLower  = 20
	enough         = 26 // mixed or upper case, with a digit or a plus sign among them
	enoughPadded   = 14 // the same where it is base64 with its padding, which names do not have
	enoughLetters  = 38 // the same without
	enoughLower    = 46 // lower case and digits
	hopelessBefore = 9  // alternation below this is not worth the second measure
)

// isRandom reports whether text looks drawn at random rather than named, and the stretch
// that looks most like it.
func isRandom(text string) (from, to int, yes bool) { return isRandomBy(text, enough) }

// isRandomBy is isRandom where fewer or more points are enough for mixed case.
func isRandomBy(text string, enough int) (from, to int, yes bool) {
	if len(text) < shortest {
		return 0, 0, false
	}
	a, from, to := alternation(text)
	if a < hopelessBefore {
		return 0, 0, false
	}
	var kinds uint8
	plus := false
	for i := 0; i < len(text); i++ {
		kinds |= class[text[i]] & (isLower | isUpper | isDigit)
		plus = plus || text[i] == '+'
	}
	mixed := kinds&isLower != 0 && kinds&isUpper != 0
	points := a + surprise(text, mixed)/2
	signs := kinds&isDigit != 0 || plus
	switch {
	case kinds&isUpper == 0:
		yes = signs && longestRun(text) >= shortestLower && points >= enoughLower
	case mixed && len(text) < shortestMixed:
	default:
		yes = points >= enoughLetters || signs && points >= enough
	}
	return from, to, yes
}

// longestRun is the longest run of letters and digits in text: names of lower-case parts are set
// apart by dashes, random strings of lower case are not.
func longestRun(text string) int {
	best, n := 0, 0
	for i := 0; i < len(text); i++ {
		if class[text[i]]&(isLower|isUpper|isDigit) == 0 {
			n = 0
			continue
		}
		n++
		best = max(best, n)
	}
	return best
}
