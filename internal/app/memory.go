package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// spare is how much memory more than after the last time is worth a collection.
const spare = 32 << 20

// givingBack does fn, which comes each minute, and then gives memory back that a large scan has left: the runtime does so by itself only after minutes, and by and by
// (runtime/debug.FreeOSMemory). What has not grown since the last time is what the program needs, and is left alone.
func givingBack(fn func(ctx context.Context) error) func(ctx context.Context) error {
	var after uint64
	return func(ctx context.Context) error {
		err := fn(ctx)
		if held() > after+spare {
			runtime.GC() // what is pooled goes with the second collection
			debug.FreeOSMemory()
			after = held()
		}
		return err
	}
}

// held is what the runtime has from the system and has not given back.
func held() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
