package function

import "testing"

func TestTable(t *testing.T) {
	if n := len(Table(Env{})); n < 200 {
		t.Errorf("%d functions", n)
	}
}
