package web

import (
	"net/url"
	"strings"
)

func withNext(path, next string) string {
	if next == "" || next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

func leavePath(p FoundProvider, next string) string {
	return withNext("/sign-in/"+url.PathEscape(string(p.Org))+"/"+url.PathEscape(p.ID), next)
}

func staffLeavePath(p FoundProvider, next string) string {
	return "/staff/sign-in/provider?provider=" + url.QueryEscape(p.ID) + "&next=" + url.QueryEscape(next)
}

func title2(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
