package serve

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"c4arch/internal/app/config"
)

// forwarded are the headers that only a proxy of ours may send.
var forwarded = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server",
	"X-Real-Ip", "X-Original-Url", "X-Rewrite-Url", "X-Forwarded-Client-Cert", "True-Client-Ip", "X-Client-Ip", "X-Cluster-Client-Ip",
	"X-Http-Method-Override", "X-Http-Method", "X-Method-Override",
}

// strip removes them, so that nothing inside can come to believe one.
func strip(r *http.Request) {
	for _, h := range forwarded {
		r.Header.Del(h)
	}
}

// unwrapProxy reports whether the request comes from our proxy, and puts what the proxy says about the caller where the handlers look. r is the server's own.
func (s *Server) unwrapProxy(r *http.Request) (trusted bool) {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	c := caller{addr: peer.Addr().Unmap()}
	trusted = s.c.Proxy.Trusts(c.addr)
	if trusted {
		// Some proxies append, some replace; of several values the last is the one that our proxy wrote.
		c.https = strings.EqualFold(last(r.Header.Values("X-Forwarded-Proto")), "https")
		if host := last(r.Header.Values("X-Forwarded-Host")); host != "" && !strings.ContainsAny(host, "/\\@?# ") {
			r.Host = host
		}
		c.addr = s.original(r.Header.Values("X-Forwarded-For"), c.addr)
	}
	strip(r)
	*r = *r.WithContext(context.WithValue(r.Context(), clientKey{}, c))
	return trusted
}

// original finds the caller in what proxies wrote: from the right, the first address that is not one of our proxies. What stands left of it anybody can write.
func (s *Server) original(values []string, peer netip.Addr) netip.Addr {
	all := strings.Split(strings.Join(values, ","), ",")
	for i := len(all) - 1; i >= 0; i-- {
		text := strings.TrimSpace(all[i])
		if h, _, err := net.SplitHostPort(text); err == nil {
			text = h
		}
		a, err := netip.ParseAddr(strings.Trim(text, "[]"))
		if err != nil {
			return peer
		}
		if a = a.Unmap().WithZone(""); !s.c.Proxy.Trusts(a) {
			return a
		}
		peer = a
	}
	return peer
}

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	v := values[len(values)-1]
	return strings.TrimSpace(v[strings.LastIndexByte(v, ',')+1:])
}

// loopbackOnly is a configuration of which only the listener matters.
func loopbackOnly(listen string) *config.Config {
	return &config.Config{Server: config.Server{Listen: listen}}
}
