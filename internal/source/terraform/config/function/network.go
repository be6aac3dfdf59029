package function

import (
	"math/big"
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/gocty"
)

func networks() map[string]definition {
	return map[string]definition{
		"cidrcontains": {f: cidrcontains},
		"cidrhost":     {f: cidrhost},
		"cidrnetmask":  {f: cidrnetmask},
		"cidrsubnet":   {f: cidrsubnet},
		"cidrsubnets":  {f: cidrsubnets},
	}
}

// network is an address range; base is its first address as a number.
type network struct {
	base *big.Int
	// ones are the bits of the prefix, bits those of an address.
	ones, bits int
}

func parseNetwork(v cty.Value, arg int) (network, error) {
	p, err := netip.ParsePrefix(decimal(v.AsString()))
	if err != nil || p.Addr().Is4In6() {
		return network{}, function.NewArgErrorf(arg, "invalid CIDR expression")
	}
	p = p.Masked()
	return network{new(big.Int).SetBytes(p.Addr().AsSlice()), p.Bits(), p.Addr().BitLen()}, nil
}

// decimal takes the zeros in front of the numbers of an IPv4 address off: the language reads 010 as 10.
func decimal(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	addr, rest, _ := strings.Cut(s, "/")
	parts := strings.Split(addr, ".")
	for i, p := range parts {
		if p = strings.TrimLeft(p, "0"); p == "" && parts[i] != "" {
			p = "0"
		}
		parts[i] = p
	}
	return strings.Join(parts, ".") + "/" + rest
}

// size is how many addresses a prefix of so many bits has.
func (n network) size(ones int) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(n.bits-ones))
}

func (n network) address(at *big.Int) netip.Addr {
	raw := at.FillBytes(make([]byte, n.bits/8))
	a, _ := netip.AddrFromSlice(raw)
	return a
}

func (n network) prefix(at *big.Int, ones int) cty.Value {
	return cty.StringVal(netip.PrefixFrom(n.address(at), ones).String())
}

func prefixParam() function.Parameter { return function.Parameter{Name: "prefix", Type: cty.String} }

func bigInt(v cty.Value, arg int) (*big.Int, error) {
	var n *big.Int
	if err := gocty.FromCtyValue(v, &n); err != nil {
		return nil, function.NewArgError(arg, err)
	}
	return n, nil
}

var cidrhost = function.New(&function.Spec{
	Params:       []function.Parameter{prefixParam(), {Name: "hostnum", Type: cty.Number}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := parseNetwork(args[0], 0)
		if err != nil {
			return cty.NilVal, err
		}
		host, err := bigInt(args[1], 1)
		if err != nil {
			return cty.NilVal, err
		}
		if host.Sign() < 0 { // counted from the end
			host = new(big.Int).Add(n.size(n.ones), host)
		}
		if host.Sign() < 0 || host.Cmp(n.size(n.ones)) >= 0 {
			return cty.NilVal, function.NewArgErrorf(1, "prefix of %d does not accommodate this host number", n.ones)
		}
		return cty.StringVal(n.address(host.Add(host, n.base)).String()), nil
	},
})

var cidrnetmask = function.New(&function.Spec{
	Params:       []function.Parameter{prefixParam()},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := parseNetwork(args[0], 0)
		switch {
		case err != nil:
			return cty.NilVal, err
		case n.bits != 32:
			return cty.NilVal, function.NewArgErrorf(0, "IPv6 addresses cannot have a netmask")
		}
		mask := new(big.Int).Sub(n.size(0), n.size(n.ones))
		return cty.StringVal(n.address(mask).String()), nil
	},
})

var cidrsubnet = function.New(&function.Spec{
	Params:       []function.Parameter{prefixParam(), {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:         function.StaticReturnType(cty.String),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := parseNetwork(args[0], 0)
		if err != nil {
			return cty.NilVal, err
		}
		newbits, err := integer(args[1], 1)
		if err != nil {
			return cty.NilVal, err
		}
		num, err := bigInt(args[2], 2)
		if err != nil {
			return cty.NilVal, err
		}
		if newbits < 0 || newbits > n.bits-n.ones {
			return cty.NilVal, function.NewArgErrorf(1, "insufficient address space to extend prefix of %d by %d", n.ones, newbits)
		}
		if num.Sign() < 0 || num.BitLen() > newbits {
			return cty.NilVal, function.NewArgErrorf(2, "prefix extension of %d does not accommodate this subnet number", newbits)
		}
		ones := n.ones + newbits
		at := new(big.Int).Lsh(num, uint(n.bits-ones))
		return n.prefix(at.Add(at, n.base), ones), nil
	},
})

var cidrsubnets = function.New(&function.Spec{
	Params:       []function.Parameter{prefixParam()},
	VarParam:     &function.Parameter{Name: "newbits", Type: cty.Number},
	Type:         function.StaticReturnType(cty.List(cty.String)),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, err := parseNetwork(args[0], 0)
		if err != nil {
			return cty.NilVal, err
		}
		var all []cty.Value
		at, end := new(big.Int).Set(n.base), new(big.Int).Add(n.base, n.size(n.ones))
		for i, a := range args[1:] {
			newbits, err := integer(a, i+1)
			switch {
			case err != nil:
				return cty.NilVal, err
			case newbits < 1:
				return cty.NilVal, function.NewArgErrorf(i+1, "must extend prefix by at least one bit")
			case newbits > 32:
				return cty.NilVal, function.NewArgErrorf(i+1, "may not extend prefix by more than 32 bits")
			case newbits > n.bits-n.ones:
				return cty.NilVal, function.NewArgErrorf(i+1, "would extend prefix to %d bits, which is too long", n.ones+newbits)
			}
			if at = n.after(at, n.ones+newbits); at.Cmp(end) >= 0 {
				return cty.NilVal, function.NewArgErrorf(i+1, "not enough remaining address space for a subnet with a prefix of %d bits", n.ones+newbits)
			}
			all = append(all, n.prefix(at, n.ones+newbits))
			at.Add(at, n.size(n.ones+newbits))
		}
		if len(all) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(all), nil
	},
})

// after returns the first address from at on with which a subnet of so many bits can start.
func (n network) after(at *big.Int, ones int) *big.Int {
	size := n.size(ones)
	last := new(big.Int).Add(at, new(big.Int).Sub(size, big.NewInt(1)))
	return last.Sub(last, new(big.Int).Mod(last, size))
}

// cidrcontains is OpenTofu's: whether an address or a range lies in a range.
var cidrcontains = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "containing_prefix", Type: cty.String}, {Name: "contained_ip_or_prefix", Type: cty.String}},
	Type:         function.StaticReturnType(cty.Bool),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		outer, err := parseNetwork(args[0], 0)
		if err != nil {
			return cty.NilVal, err
		}
		s := decimal(args[1].AsString())
		inner, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(strings.TrimSuffix(s, "/"))
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(1, "neither an IP address nor a CIDR expression")
			}
			inner = netip.PrefixFrom(a, a.BitLen())
		}
		whole := netip.PrefixFrom(outer.address(outer.base), outer.ones)
		if whole.Addr().BitLen() != inner.Addr().BitLen() {
			return cty.NilVal, function.NewArgErrorf(1, "address families do not match: one is IPv4, the other IPv6")
		}
		return cty.BoolVal(inner.Bits() >= whole.Bits() && whole.Contains(inner.Addr())), nil
	},
})
