package scene

// MacroForm is the part of a macro's name that says what an element looks like, in C4-PlantUML and in Mermaid, which took its
// macros over: ContainerDb, ContainerQueue.
func MacroForm(shape string) string {
	switch shape {
	case "database", "cache", "storage":
		return "Db"
	case "queue":
		return "Queue"
	}
	return ""
}
