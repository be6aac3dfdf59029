// Package live reads subscriptions of Azure where they run, by Azure Resource Graph, as the files that package azure reads.
//
// It promises: it sends GET, the query of Resource Graph and the request for a token, and nothing else, which its client refuses and not its caller; it reads every page and says
// what it could not; it waits where Azure says that it asked too often; and neither the secret of the application nor a token stands in what it returns. Rows are kept as they came,
// in the order of their ids. It leaves out the data in what it lists (blobs, secrets, rows): Resource Graph has none.
//
// What it speaks: Resource Graph 2022-10-01 (learn.microsoft.com/rest/api/azureresourcegraph), its throttling (learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests),
// client credentials (RFC 6749 section 4.4).
package live

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"c4arch/internal/base/secret"
	"c4arch/internal/egress"
	"c4arch/internal/source/gathered"
)

// Cloud is where a cloud of Azure signs in and answers.
type Cloud struct{ Login, Manage string }

// Clouds are those that there are.
var Clouds = map[string]Cloud{
	"public": {"login.microsoftonline.com", "management.azure.com"},
	"usgov":  {"login.microsoftonline.us", "management.usgovcloudapi.net"},
	"china":  {"login.partner.microsoftonline.cn", "management.chinacloudapi.cn"},
}

// Config is whom to ask and about what. Every field must be set.
type Config struct {
	Cloud         Cloud
	Tenant        string // the directory
	Client        string // the application in it
	Secret        secret.Value
	Subscriptions []string
	HTTP          *http.Client // the way out
	Now           func() time.Time
	Pause         gathered.Pause
}

// Client asks Azure. It is for one goroutine.
type Client struct {
	config Config
	http   *http.Client
	token  secret.Value
	until  time.Time // the token is good
	object string    // of the application's principal in the directory, as the token says
	rows   int       // of a page; 0 is the most that there can be
}

// New makes a client.
func New(c Config) *Client {
	return &Client{config: c, http: egress.ReadOnly(c.HTTP, func(u *url.URL) bool { return strings.EqualFold(u.Hostname(), c.Cloud.Manage) },
		egress.Question{Host: c.Cloud.Manage, Path: graphPath},
		egress.Question{Host: c.Cloud.Login, Path: "/*/oauth2/v2.0/token"},
	)}
}

const (
	graphPath  = "/providers/Microsoft.ResourceGraph/resources"
	maxAnswer  = 64 << 20
	maxToken   = 1 << 20
	pageRows   = 1000 // the most that Resource Graph answers
	maxPages   = 5000
	maxTries   = 5
	maxPause   = 2 * time.Minute
	shortPause = 2 * time.Second
)

// HTTP is the client with its gate, as requests are sent. It is for those who try the gate.
func (c *Client) HTTP() *http.Client { return c.http }
