package overlay

import "strings"

func lowerHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// cutWildcard splits "*.example.com" into "example.com" and true.
func cutWildcard(host string) (string, bool) { return strings.CutPrefix(host, "*.") }
