package pdf

import (
	"encoding/binary"
	"slices"
)

// subset makes a TrueType file of some glyphs of another (Apple and Microsoft, "OpenType specification", chapters glyf, loca,
// hmtx, maxp). Glyph i of it is ids[i]; parts that glyphs are composed of follow. It holds what a PDF asks for and no more:
// no names, no map of characters. The file is one of our own embedded fonts.
func subset(data []byte, ids []uint16) []byte {
	t := tables(data)
	s := cutter{glyf: t["glyf"], loca: t["loca"], long: u16(t["head"], 50) != 0, at: map[uint16]int{}}
	s.ids = slices.Clone(ids)
	for i, id := range ids {
		if _, ok := s.at[id]; !ok {
			s.at[id] = i
		}
	}
	var glyf, loca, hmtx []byte
	metrics := int(u16(t["hhea"], 34))
	for i := 0; i < len(s.ids); i++ { // grows by the parts of composed glyphs
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, s.glyph(s.ids[i])...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, metric(t["hmtx"], metrics, int(s.ids[i]))...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(t["head"]), slices.Clone(t["hhea"]), slices.Clone(t["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(s.ids)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(s.ids)))
	return file([]table{
		{"cvt ", t["cvt "]},
		{"fpgm", t["fpgm"]},
		{"glyf", glyf},
		{"head", head},
		{"hhea", hhea},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", maxp},
		{"prep", t["prep"]},
	})
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }

// tables are the tables of a file by name.
func tables(data []byte) map[string][]byte {
	out := map[string][]byte{}
	for i := range int(u16(data, 4)) {
		r := data[12+16*i:]
		out[string(r[:4])] = data[u32(r, 8) : u32(r, 8)+u32(r, 12)]
	}
	return out
}

// cutter takes glyphs out of a font.
type cutter struct {
	glyf, loca []byte
	long       bool // offsets are of four bytes
	ids        []uint16
	at         map[uint16]int // the new number of a glyph
}

func (s *cutter) offset(i int) int {
	if s.long {
		return int(u32(s.loca, 4*i))
	}
	return 2 * int(u16(s.loca, 2*i))
}

// flags of a part of a composed glyph
const (
	wordArgs = 0x0001
	scaled1  = 0x0008
	more     = 0x0020
	scaled2  = 0x0040
	matrix   = 0x0080
)

// glyph is the data of a glyph, the parts of a composed one by their new numbers.
func (s *cutter) glyph(id uint16) []byte {
	g := slices.Clone(s.glyf[s.offset(int(id)):s.offset(int(id)+1)])
	if len(g) == 0 || int16(u16(g, 0)) >= 0 {
		return g
	}
	for at := 10; ; {
		flags, part := u16(g, at), u16(g, at+2)
		n, ok := s.at[part]
		if !ok {
			n = len(s.ids)
			s.at[part], s.ids = n, append(s.ids, part)
		}
		binary.BigEndian.PutUint16(g[at+2:], uint16(n))
		at += 6
		if flags&wordArgs != 0 {
			at += 2
		}
		switch {
		case flags&scaled1 != 0:
			at += 2
		case flags&scaled2 != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return g
		}
	}
}

// metric is the advance and left side of a glyph; those past the last advance share it.
func metric(hmtx []byte, n, id int) []byte {
	if id < n {
		return hmtx[4*id : 4*id+4]
	}
	lsb := 4*n + 2*(id-n)
	return append(slices.Clone(hmtx[4*n-4:4*n-2]), hmtx[lsb:lsb+2]...)
}

type table struct {
	name string
	data []byte
}

// file puts tables together, sorted by name as they come; empty ones are left out.
func file(ts []table) []byte {
	ts = slices.DeleteFunc(ts, func(t table) bool { return len(t.data) == 0 })
	log := 0
	for 2<<log <= len(ts) {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(ts), 16 << log, log, 16 * (len(ts) - 1<<log)} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*len(ts)
	head := 0
	for _, t := range ts {
		if t.name == "head" {
			head = at
		}
		out = append(out, t.name...)
		for _, v := range []uint32{checksum(t.data), uint32(at), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(t.data) + 3) / 4 * 4
	}
	for _, t := range ts {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	sum := uint32(0)
	for i := 0; i < len(b); i += 4 {
		var w [4]byte
		copy(w[:], b[i:])
		sum += u32(w[:], 0)
	}
	return sum
}
