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
		rights := map[string]string{}
		do, err := translate(&Step{Number: 1, Name: "test", Homes: homes, Text: text}, rights)
		for _, s := range do {
			line := s.SQL
			if s.Homes != nil {
				line = "each home: " + line
			}
			list = append(list, line)
		}
		for table, what := range rights {
			list = append(list, table+": "+what)
		}
		return list, err
	}
)
