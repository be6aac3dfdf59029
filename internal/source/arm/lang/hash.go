package lang

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"
)

// hashFunctions are guid and uniqueString: hashes of their arguments, joined by a dash.
func hashFunctions() []function {
	return []function{
		{name: "guid", min: 1, max: -1, call: hashed(guid)},
		{name: "uniqueString", min: 1, max: -1, call: hashed(uniqueString)},
	}
}

func hashed(hash func(string) string) func(*eval, []Value) (Value, error) {
	return func(e *eval, args []Value) (Value, error) {
		texts, err := strs(args)
		if err != nil {
			return Value{}, err
		}
		size := len(texts)
		for _, text := range texts {
			size += len(text)
		}
		if !e.b.Room(size) || !e.b.Step(size/64) {
			return Value{}, errLimit
		}
		return e.text(hash(strings.Join(texts, "-")))
	}
}

// guid is a UUID of version 5 (RFC 4122, section 4.3) in a name space of Resource Manager's own
// (learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-string, "guid").
func guid(name string) string {
	space := [16]byte{0x11, 0xfb, 0x06, 0xfb, 0x71, 0x2d, 0x4d, 0xdd, 0x98, 0xc7, 0xe7, 0x1b, 0xbd, 0x58, 0x88, 0x30}
	sum := sha1.Sum(append(space[:], name...))
	sum[6] = sum[6]&0x0f | 5<<4
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// uniqueString is the 13 digits to the base 32 of a hash of 64 bits. The reference does not publish the hash; it is a
// variant of MurmurHash3 with two lanes of 32 bits, and known from results that Resource Manager gave (see the
// test).
func uniqueString(text string) string {
	const digits = "abcdefghijklmnopqrstuvwxyz234567"
	hash := murmur([]byte(text))
	out := make([]byte, 13)
	for i := range out {
		out[i] = digits[hash>>59]
		hash <<= 5
	}
	return string(out)
}

// The multipliers of MurmurHash3 for 32 bits.
const (
	mix1 uint32 = 0xab0e9789
	mix2 uint32 = 0x239b961b
)

func murmur(data []byte) uint64 {
	var low, high uint32
	size := uint32(len(data))
	for ; len(data) >= 8; data = data[8:] {
		low ^= scatter(binary.LittleEndian.Uint32(data), mix2, 15, mix1)
		low = (bits.RotateLeft32(low, 19)+high)*5 + 0x561ccd1b
		high ^= scatter(binary.LittleEndian.Uint32(data[4:]), mix1, 17, mix2)
		high = (bits.RotateLeft32(high, 13)+low)*5 + 0x0bcaa747
	}
	var rest [8]byte
	copy(rest[:], data)
	low ^= scatter(binary.LittleEndian.Uint32(rest[:]), mix2, 15, mix1)
	high ^= scatter(binary.LittleEndian.Uint32(rest[4:]), mix1, 17, mix2)
	low, high = low^size, high^size
	low += high
	high += low
	low, high = avalanche(low), avalanche(high)
	low += high
	high += low
	return uint64(high)<<32 | uint64(low)
}

// scatter mixes one word before it goes into a lane.
func scatter(word, before uint32, by int, after uint32) uint32 {
	return bits.RotateLeft32(word*before, by) * after
}

// avalanche lets each bit reach all others.
func avalanche(h uint32) uint32 {
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
