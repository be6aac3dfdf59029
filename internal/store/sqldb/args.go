package sqldb

import (
	"database/sql/driver"
	"strings"
	"time"
	"unicode/utf8"

	"c4arch/internal/base/fault"
)

// values turns arguments into what both engines take for the same: int64, float64, string, []byte and nil. true is 1, a nil slice of bytes is empty; NULL is
// nil, a nil pointer, or an invalid sql.Null. A time is refused: times are microseconds in an integer.
func values(args []any) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	list := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, fault.New(fault.Internal, "argument %d is of type %T, which no column takes", i+1, a)
		}
		if list[i], err = value(v); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func value(v driver.Value) (any, error) {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case []byte:
		if v == nil {
			return []byte{}, nil
		}
	case string:
		// PostgreSQL refuses both in any text, and SQLite would cut or keep them silently.
		if strings.IndexByte(v, 0) >= 0 {
			return nil, fault.New(fault.Invalid, "a text has a NUL byte in it").WithHelp("remove it")
		}
		if !utf8.ValidString(v) {
			return nil, fault.New(fault.Invalid, "a text is not UTF-8").WithHelp("write it in UTF-8")
		}
	case time.Time:
		return nil, fault.New(fault.Internal, "a time is kept as microseconds")
	}
	return v, nil
}
