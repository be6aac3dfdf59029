package schema

// For tests.
var (
	ParseDataMap = parseDataMap
	Split        = func(text string) (list []string) {
		for _, s := range split(text) {
			list = append(list, s.text)
		}
		return list
	}
	Translate = func(homes Homes, text string) (list []string, err error) {
		do, err := translate(&Step{Number: 1, Name: "test", Homes: homes, Text: text}, "app")
		for _, s := range do {
			line := s.SQL
			if s.Homes != nil {
				line = "each home: " + line
			}
			list = append(list, line)
		}
		return list, err
	}
)
