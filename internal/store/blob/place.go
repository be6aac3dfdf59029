package blob

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
)

// Kind is what sort of store keeps a bucket.
type Kind string

// The kinds.
const (
	S3     Kind = "s3"     // S3 and what speaks its protocol
	Azure  Kind = "azblob" // Azure Blob Storage
	Files  Kind = "file"   // a folder, laid out as a bucket
	Memory Kind = "mem"    // gone with the process: for tests
)

// Place says where a bucket is. It holds no secret.
type Place struct {
	Kind     Kind
	Bucket   string // the bucket, the container, or the path of the folder
	Prefix   string // in front of every name: empty or ending in "/"
	Region   string // S3
	Endpoint string // an address other than the cloud's own
	Account  string // Azure
	Path     bool   // S3: the bucket is in the path of the address, not in its host
	KMSKey   string // S3: every object is also encrypted by the store under this key
}

var (
	bucketForm  = regexp.MustCompile(`^[a-z0-9$][a-z0-9.-]{1,62}$`)
	prefixForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$`)
	accountForm = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	regionForm  = regexp.MustCompile(`^[a-z0-9-]{2,40}$`)
)

// parameters are those that each kind takes.
var parameters = map[Kind][]string{
	S3:    {"region", "endpoint", "path_style", "kms_key"},
	Azure: {"account", "endpoint"},
	Files: {}, Memory: {},
}

func wrong(format string, args ...any) error {
	return fault.New(fault.Invalid, "the place of the objects cannot be used: "+format, args...).
		WithHelp("write s3://BUCKET/PREFIX?region=eu-west-1 or azblob://CONTAINER/PREFIX?account=NAME")
}

// Parse reads s3://BUCKET[/PREFIX]?region=R[&endpoint=URL][&path_style=true][&kms_key=K], azblob://CONTAINER[/PREFIX]?account=A[&endpoint=URL],
// file:///PATH or mem://NAME. A user, a password or a parameter that is not known is refused: secrets have no place in an address.
func Parse(text string) (Place, error) {
	u, err := url.Parse(text)
	if err != nil || len(text) > 1000 || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return Place{}, wrong("it is not an address, or holds a user")
	}
	p := Place{Kind: Kind(u.Scheme), Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	query, err := url.ParseQuery(u.RawQuery)
	known, ok := parameters[p.Kind]
	if err != nil || !ok {
		return Place{}, wrong("%.20q is no kind of store", u.Scheme)
	}
	for name, values := range query {
		if !slices.Contains(known, name) || len(values) != 1 {
			return Place{}, wrong("the parameter %.40q is not known, or stands twice", name)
		}
	}
	p.Region, p.Endpoint, p.Account, p.KMSKey = query.Get("region"), query.Get("endpoint"), query.Get("account"), query.Get("kms_key")
	p.Path = query.Get("path_style") == "true"
	return p, p.check(u)
}

func (p *Place) check(u *url.URL) error {
	if p.Kind == Files {
		p.Bucket, p.Prefix = u.Path, ""
		if u.Host != "" || !strings.HasPrefix(u.Path, "/") {
			return wrong("a folder is file:///PATH")
		}
		return nil
	}
	if !bucketForm.MatchString(p.Bucket) {
		return wrong("%.80q is no name of a bucket", p.Bucket)
	}
	if p.Prefix != "" {
		if !prefixForm.MatchString(p.Prefix) || strings.Contains(p.Prefix, "..") || strings.Contains(p.Prefix, "//") {
			return wrong("the prefix has characters that it may not have")
		}
		p.Prefix += "/"
	}
	if p.Kind == Azure && !accountForm.MatchString(p.Account) {
		return wrong("name the storage account: account=NAME")
	}
	if p.Kind == S3 && !regionForm.MatchString(p.Region) {
		return wrong("name the region: region=NAME")
	}
	return p.checkEndpoint()
}

func (p *Place) checkEndpoint() error {
	if p.Endpoint == "" {
		return nil
	}
	e, err := url.Parse(p.Endpoint)
	if err != nil || e.Scheme != "https" || e.Host == "" || e.User != nil || e.RawQuery != "" || e.Fragment != "" {
		return wrong("an endpoint is https://HOST, without a user or parameters")
	}
	return nil
}
