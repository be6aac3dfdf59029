package live

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"c4arch/internal/base/fault"
	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
)

// margin is how long before its end a token is not used any more.
const margin = 2 * time.Minute

// bearer is a token that is good now.
func (c *Client) bearer(ctx context.Context) (secret.Value, error) {
	if !c.token.Empty() && c.config.Now().Before(c.until) {
		return c.token, nil
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.config.Client}, "client_secret": {string(c.config.Secret.Expose())},
		"scope": {"https://" + c.config.Cloud.Manage + "/.default"},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+c.config.Cloud.Login+"/"+c.config.Tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		return secret.Value{}, fault.New(fault.Invalid, "the directory is not an id")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	status, _, body, err := c.send(req, maxToken)
	if err != nil {
		return secret.Value{}, err
	}
	return c.granted(status, body)
}

// granted reads the answer to a request for a token. What Entra says in words is not passed on: it is not ours, and it may quote what was sent.
func (c *Client) granted(status int, body []byte) (secret.Value, error) {
	var answer struct {
		Token string `json:"access_token"`
		Life  int64  `json:"expires_in"`
		Error string `json:"error"`
		Words string `json:"error_description"`
	}
	err := json.Unmarshal(body, &answer)
	if status != http.StatusOK || err != nil || answer.Token == "" {
		return secret.Value{}, refusedToken(status, answer.Words)
	}
	c.token, c.object = secret.New([]byte(answer.Token)), objectOf(answer.Token)
	c.until = c.config.Now().Add(time.Duration(min(max(answer.Life, 0), 24*3600))*time.Second - margin)
	return c.token, nil
}

var stsCode = regexp.MustCompile(`AADSTS[0-9]{4,8}`)

// signInFaults are the codes of Entra that people meet (learn.microsoft.com/entra/identity-platform/reference-error-codes).
var signInFaults = map[string][2]string{
	"AADSTS7000215": {"the secret of the application is wrong", "give the connection the value of the secret, not its id"},
	"AADSTS7000222": {"the secret of the application is past its date", "az ad app credential reset --id APPLICATION, and replace the credential here"},
	"AADSTS700016":  {"the directory has no such application", "look whether the application and the directory belong together"},
	"AADSTS90002":   {"there is no such directory", "az account show --query tenantId"},
	"AADSTS900023":  {"there is no such directory", "az account show --query tenantId"},
	"AADSTS7000112": {"the application is switched off in the directory", "somebody who runs the directory switches it on"},
	"AADSTS53003":   {"a rule of conditional access refuses the application", "somebody who runs the directory lets it sign in from here"},
}

func refusedToken(status int, words string) error {
	code := stsCode.FindString(words)
	if known, ok := signInFaults[code]; ok {
		return fault.New(fault.Denied, "%s (%s)", known[0], code).WithHelp("%s", known[1])
	}
	if code != "" {
		return fault.New(fault.Denied, "the directory gives no token (%s)", code).WithHelp("the code says why: learn.microsoft.com/entra/identity-platform/reference-error-codes")
	}
	if status >= 500 || status == http.StatusTooManyRequests {
		return fault.New(fault.Unavailable, "the directory does not answer now (status %d)", status)
	}
	return fault.New(fault.Denied, "the directory gives no token (status %d)", status)
}

var objectForm = regexp.MustCompile(`^[0-9a-fA-F-]{36}$`)

// objectOf is the id of the principal that a token is for, as it says itself; "" where it does not. Nothing is decided by it: it only says whose assignments to look for, and
// Azure checks the token.
func objectOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Object string `json:"oid"`
	}
	if json.Unmarshal(text, &claims) != nil || !objectForm.MatchString(claims.Object) {
		return ""
	}
	return strings.ToLower(claims.Object)
}

// send sends one request and reads its answer. No error holds more than the host.
func (c *Client) send(req *http.Request, most int64) (status int, header http.Header, body []byte, err error) {
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, nil, unreached(req, err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err = egress.ReadAll(res.Body, most)
	if err != nil {
		return 0, nil, nil, unreached(req, err)
	}
	return res.StatusCode, res.Header, body, nil
}
