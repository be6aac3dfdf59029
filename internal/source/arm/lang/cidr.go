package lang

import (
	"errors"
	"math/big"
	"net/netip"

	"c4arch/internal/arch/evidence"
)

// cidrFunctions are those of the page "cidr" of the reference.
func cidrFunctions() []function {
	return []function{
		{name: "parseCidr", min: 1, max: 1, call: (*eval).parseCidr},
		{name: "cidrSubnet", min: 3, max: 3, call: (*eval).cidrSubnet},
		{name: "cidrHost", min: 2, max: 2, call: (*eval).cidrHost},
	}
}

// network is argument 1 as an address range.
func network(args []Value) (netip.Prefix, error) {
	text, err := str(args, 0)
	if err != nil {
		return netip.Prefix{}, err
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return p, errors.New("the text is no address range such as 10.0.0.0/16")
	}
	return p.Masked(), nil
}

// span is the first and the last address of a range as numbers.
func span(p netip.Prefix) (first, last *big.Int) {
	first = new(big.Int).SetBytes(p.Addr().AsSlice())
	size := new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
	return first, size.Add(size, first).Sub(size, big.NewInt(1))
}

// address is a number as an address of the same family; the number must fit.
func address(n *big.Int, like netip.Addr) netip.Addr {
	a, _ := netip.AddrFromSlice(n.FillBytes(make([]byte, like.BitLen()/8)))
	return a
}

// parseCidr names the parts of a range. The reference does not say which addresses of the smallest ranges are usable.
func (e *eval) parseCidr(args []Value) (Value, error) {
	p, err := network(args)
	if err != nil {
		return Value{}, err
	}
	like := p.Addr()
	first, last := span(p)
	mask := new(big.Int).Lsh(big.NewInt(1), uint(like.BitLen()))
	mask.Sub(mask, new(big.Int).Lsh(big.NewInt(1), uint(like.BitLen()-p.Bits())))
	members := []Member{{"network", Str(like.String())}, {"netmask", Str(address(mask, like).String())}}
	if like.Is4() {
		members = append(members, Member{"broadcast", Str(address(last, like).String())})
		first.Add(first, big.NewInt(1))
		last.Sub(last, big.NewInt(1))
	}
	members = append(members, Member{"firstUsable", Str("")}, Member{"lastUsable", Str("")}, Member{"cidr", Number(int64(p.Bits()))})
	usable := members[len(members)-3 : len(members)-1]
	if like.Is4() && p.Bits() > 30 {
		for i := range usable {
			usable[i].Value = Unknown("parseCidr('"+p.String()+"')."+usable[i].Name, evidence.UnknownRuntime)
		}
	} else {
		usable[0].Value, usable[1].Value = Str(address(first, like).String()), Str(address(last, like).String())
	}
	return e.dict(members)
}

func (e *eval) cidrSubnet(args []Value) (Value, error) {
	p, err := network(args)
	if err != nil {
		return Value{}, err
	}
	bits, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	at, err := whole(args, 2)
	if err != nil {
		return Value{}, err
	}
	like := p.Addr()
	if bits < int64(p.Bits()) || bits > int64(like.BitLen()) {
		return Value{}, errors.New("the new prefix does not lie within the range")
	}
	first, last := span(p)
	start := new(big.Int).Lsh(big.NewInt(at), uint(like.BitLen()-int(bits)))
	if start.Add(start, first); at < 0 || start.Cmp(last) > 0 {
		return Value{}, errors.New("the range has no subnet of that index")
	}
	return Str(netip.PrefixFrom(address(start, like), int(bits)).String()), nil
}

// cidrHost is the usable address of an index: 0 is the one after the network's own.
func (e *eval) cidrHost(args []Value) (Value, error) {
	p, err := network(args)
	if err != nil {
		return Value{}, err
	}
	at, err := whole(args, 1)
	if err != nil {
		return Value{}, err
	}
	like := p.Addr()
	if p.Bits() > like.BitLen()-2 {
		return Value{}, errOpen // the reference does not say which addresses of the smallest ranges are usable
	}
	first, last := span(p)
	if like.Is4() {
		last.Sub(last, big.NewInt(1)) // broadcast
	}
	host := first.Add(first, big.NewInt(at))
	if host.Add(host, big.NewInt(1)); at < 0 || host.Cmp(last) > 0 {
		return Value{}, errors.New("the range has no host of that index")
	}
	return Str(address(host, like).String()), nil
}
