package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// etag is the validator of a version of a record.
func etag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// versionOf is the number that etag has made a text of; weak ones never match in If-Match (RFC 9110 section 13.1.1).
func versionOf(tag string) (int64, bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(tag), `"v`)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(text, `"`), 10, 64)
	return n, err == nil && n > 0 && etag(n) == strings.TrimSpace(tag)
}

// has reports whether a list of validators has that one, compared weakly.
func has(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// tagged tells the version of a record with the record.
func tagged(ctx context.Context, body any) {
	v := reflect.Indirect(reflect.ValueOf(body))
	if v.Kind() != reflect.Struct {
		return
	}
	f := v.FieldByName("Version")
	if e := enteredOf(ctx); f.IsValid() && f.Kind() == reflect.Int64 && f.Int() > 0 && e.w != nil {
		e.w.Header().Set("ETag", etag(f.Int()))
	}
}

// errStale is a precondition that does not hold.
var errStale = fault.New(fault.Conflict, "it is not in the version that If-Match names").WithHelp("read it again, and send the ETag that comes with it")

// matched puts the version of If-Match where an input has it. A request that names one where the route knows none is not done: its condition cannot be looked at.
func matched(ctx context.Context, input any) error {
	match := enteredOf(ctx).match
	if match == "" || match == "*" {
		return nil
	}
	version, ok := versionOf(match)
	body := reflect.ValueOf(input).Elem().FieldByName("Body")
	if !ok || body.Kind() != reflect.Struct {
		return errStale
	}
	f := body.FieldByName("Version")
	if !f.IsValid() || f.Kind() != reflect.Int64 || f.Int() != 0 && f.Int() != version {
		return errStale
	}
	f.SetInt(version)
	return nil
}

// precondition is 412 for a conflict of a request that came with If-Match.
func precondition(ctx context.Context, err error) error {
	p, ok := err.(*problem)
	if ok && p.Kind == fault.Conflict && enteredOf(ctx).match != "" {
		p.Status, p.Title = http.StatusPreconditionFailed, http.StatusText(http.StatusPreconditionFailed)
	}
	return err
}
