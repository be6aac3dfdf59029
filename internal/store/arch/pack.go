package arch

import (
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// A pack is a file of up to 256 objects, compressed together: alone, each would take four times the room. Its bytes are
//
//	"c4pk1"  the number of contents  their salts  zstd(the number of objects  kind and length of each  their bodies)
//
// Salts stand outside since nothing makes random bytes smaller, and among text they make the text larger.
const (
	packMark  = "c4pk1"
	packSlots = 256
	packBytes = 256 << 10 // a pack that has so many bytes takes no further object
	maxRaw    = 192 << 20 // the most that a pack may hold, so that a forged one cannot fill the memory
)

// ref names an object: the number of its pack, and its place there. 0 is none.
type ref uint64

func refOf(pack int64, slot int) ref { return ref(pack)<<8 | ref(slot) }

func (r ref) pack() int64 { return int64(r >> 8) }
func (r ref) slot() int   { return int(r & 0xff) }

// press compresses, and is opened once for a home. At this level an encoder has tables of 32 MB: they are there while packs are written, and go when nobody has for a while.
type press struct {
	level zstd.EncoderLevel
	encs  sync.Pool
	dec   *zstd.Decoder
}

func newEncoder(level zstd.EncoderLevel) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
}

func newPress() (*press, error) {
	level := zstd.SpeedBestCompression
	if _, err := newEncoder(level); err != nil { // it says now what is wrong with the options, before the tables are made
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxRaw), zstd.WithDecoderLowmem(true))
	return &press{level: level, dec: dec}, err
}

func (p *press) pack(objects []object) []byte {
	var head, plain writer
	salts := 0
	plain.uint(uint64(len(objects)))
	for i := range objects {
		o := &objects[i]
		plain.uint(uint64(o.kind))
		plain.uint(uint64(len(o.body)))
		if o.kind == content {
			salts++
			head.b = append(head.b, o.salt...)
		}
	}
	for i := range objects {
		plain.b = append(plain.b, objects[i].body...)
	}
	out := writer{b: []byte(packMark)}
	out.uint(uint64(salts))
	out.b = append(out.b, head.b...)
	return p.encode(plain.b, out.b)
}

// encode appends what is compressed to out.
func (p *press) encode(plain, out []byte) []byte {
	enc, ok := p.encs.Get().(*zstd.Encoder)
	if !ok {
		enc, _ = newEncoder(p.level) // newPress has tried the same
	}
	defer p.encs.Put(enc)
	return enc.EncodeAll(plain, out)
}

// unpack reads a pack. The objects have no keys, and share the memory of one buffer.
func (p *press) unpack(data []byte) ([]object, error) {
	text, ok := strings.CutPrefix(string(data), packMark)
	in := reader{s: text}
	salts := []byte(in.take(in.count() * saltSize))
	if !ok || in.bad {
		return nil, errBytes
	}
	plain, err := p.dec.DecodeAll([]byte(in.s), nil)
	if err != nil {
		return nil, errBytes
	}
	return split(plain, salts)
}

func split(plain, salts []byte) ([]object, error) {
	in := reader{s: string(plain)}
	n := in.count()
	if n > packSlots {
		return nil, errBytes
	}
	objects := make([]object, n)
	sizes := make([]uint64, n)
	var all uint64
	for i := range objects {
		objects[i].kind = kind(in.uint())
		sizes[i] = in.uint()
		if all += sizes[i]; sizes[i] > maxRaw {
			return nil, errBytes
		}
	}
	if in.bad || all != uint64(len(in.s)) {
		return nil, errBytes
	}
	plain = plain[len(plain)-len(in.s):]
	for i := range objects {
		o := &objects[i]
		o.body, plain = plain[:sizes[i]:sizes[i]], plain[sizes[i]:]
		if o.kind == content {
			if len(salts) < saltSize {
				return nil, errBytes
			}
			o.salt, salts = salts[:saltSize:saltSize], salts[saltSize:]
		}
		if o.kind > erased {
			return nil, errBytes
		}
	}
	if len(salts) > 0 {
		return nil, errBytes
	}
	return objects, nil
}
