package secret

import "strings"

// isReferenceText reports whether text that stands where a secret might only says where the
// secret is: a Key Vault reference or address, a resource id, a placeholder.
func isReferenceText(s string) bool {
	switch {
	case len(s) < 3 || len(s) > 2048:
		return s == ""
	case s[0] == '@':
		return strings.HasPrefix(s, "@Microsoft.KeyVault(") && strings.HasSuffix(s, ")") && len(s) < 1000
	case s[0] == '$':
		return isPlaceholder(s)
	case s[0] == '{':
		return strings.HasPrefix(s, "{{") && strings.HasSuffix(s, "}}") && strings.IndexByte(s, '"') < 0 && strings.IndexByte(s, '\'') < 0
	case s[0] == '[':
		return isExpression(s)
	case s[0] == '/':
		return hasFold(s, "/subscriptions/") || strings.HasPrefix(s, "/run/secrets/") || strings.HasPrefix(s, "/var/run/secrets/")
	case s[0] == 'a':
		return strings.HasPrefix(s, "arn:aws") && strings.Count(s, ":") >= 5
	case s[0] == 'h' || s[0] == 'H':
		return isVaultURL(s)
	case s[0] == 's' && strings.HasPrefix(s, "ssh-") || s[0] == 'e' && strings.HasPrefix(s, "ecdsa-sha2-"):
		return strings.Contains(s, " AAAA") && strings.Count(s, " ") <= 4 // a public key of OpenSSH
	case s[0] == 's':
		return strings.HasPrefix(s, "secretref:") && isIdentifier(s[len("secretref:"):])
	case s[0] == 'p':
		return strings.HasPrefix(s, "projects/") && strings.Contains(s, "/secrets/")
	case s[0] == '*':
		return strings.Trim(s, "*") == ""
	}
	return false
}

// isPlaceholder: ${NAME}, $(NAME), $NAME in capitals, with nothing besides.
func isPlaceholder(s string) bool {
	switch {
	case strings.HasPrefix(s, "${") && strings.HasSuffix(s, "}"):
		return isIdentifier(s[2 : len(s)-1])
	case strings.HasPrefix(s, "$(") && strings.HasSuffix(s, ")"):
		return isIdentifier(s[2 : len(s)-1])
	}
	for i := 1; i < len(s); i++ {
		if class[s[i]]&isUpper == 0 && s[i] != '_' && (i == 1 || class[s[i]]&isDigit == 0) {
			return false
		}
	}
	return true
}

// isIdentifier reports whether s is a plain name: not too long to be one, and not random.
func isIdentifier(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if class[s[i]]&isIdent == 0 || s[i] == '$' {
			return false
		}
	}
	_, _, random := isRandom(s)
	return !random
}

// isExpression: an ARM template expression that fetches a value and spells none out.
func isExpression(s string) bool {
	if !strings.HasSuffix(s, "]") {
		return false
	}
	for _, f := range [...]string{"[parameters('", "[variables('", "[reference(", "[listKeys(", "[listkeys("} {
		if strings.HasPrefix(s, f) {
			return true
		}
	}
	return false
}

// isVaultURL: the address of a secret, key or certificate in Azure Key Vault, which is not the secret.
func isVaultURL(s string) bool {
	if !hasFold(s, "https://") || strings.ContainsAny(s, " ?\n") {
		return false
	}
	host, path, _ := strings.Cut(s[len("https://"):], "/")
	return isVaultHost(host) && (path == "" || hasFold(path, "secrets") || hasFold(path, "keys") || hasFold(path, "certificates"))
}

func isVaultHost(host string) bool {
	for _, suffix := range [...]string{".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net", ".managedhsm.azure.net"} {
		if len(host) > len(suffix) && strings.EqualFold(host[len(host)-len(suffix):], suffix) {
			return true
		}
	}
	return false
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// wordOfState: what a switch says, and not a secret.
func wordOfState(s string) bool {
	switch len(s) {
	case 1:
		return true
	case 2, 3, 4, 5, 7, 8:
		switch strings.ToLower(s) {
		case "no", "on", "off", "yes", "true", "false", "none", "null", "nil", "enabled", "disabled", "required", "optional", "notset":
			return true
		}
	}
	return false
}

// serviceSuffixes are the domains of the big providers' services: a host below one of them is
// an address even where its source calls it sensitive.
var serviceSuffixes = [...]string{
	".windows.net", ".azure.com", ".azure.net", ".azurewebsites.net", ".azurecontainerapps.io", ".azurecr.io",
	".azmk8s.io", ".azure-api.net", ".azureedge.net", ".azurefd.net", ".trafficmanager.net", ".cloudapp.net", ".azure-devices.net", ".signalr.net",
	".microsoft.com", ".microsoftonline.com", ".usgovcloudapi.net", ".chinacloudapi.cn", ".azure.cn", ".amazonaws.com", ".amazonaws.com.cn", ".cloudfront.net",
	".googleapis.com", ".cloud.goog", ".run.app", ".mongodb.net", ".svc.cluster.local", ".svc",
}

func isServiceHost(s string) bool {
	if host, port, ok := strings.Cut(s, ":"); ok && port != "" && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	for _, suffix := range serviceSuffixes {
		if len(s) > len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix) {
			return isHost(s)
		}
	}
	return false
}

// isHost reports whether s is a host name of at least two labels.
func isHost(s string) bool {
	if len(s) > 253 || strings.IndexByte(s, '.') <= 0 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return false
		}
	}
	tail := s[strings.LastIndexByte(s, '.')+1:]
	for i := 0; i < len(tail); i++ {
		if class[tail[i]]&(isLower|isUpper) == 0 {
			return false
		}
	}
	return len(tail) >= 2 && len(tail) <= 24
}

// isLabel reports whether s is a label of a host name, and not a random string that would go for one: host
// names do not mix upper and lower case at random.
func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	var kinds uint8
	for i := 0; i < len(s); i++ {
		k := class[s[i]] & (isLower | isUpper | isDigit)
		if k == 0 && s[i] != '-' && s[i] != '_' {
			return false
		}
		kinds |= k
	}
	if kinds&isLower != 0 && kinds&isUpper != 0 {
		_, _, random := isRandom(s)
		return !random
	}
	return true
}
