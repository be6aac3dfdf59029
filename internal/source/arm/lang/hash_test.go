package lang

import (
	"strings"
	"testing"
)

// TestUniqueString has results that Resource Manager, or the library that Microsoft publishes of it, gave others. The lengths
// of the last block, but for 6, are among them.
func TestUniqueString(t *testing.T) {
	for _, x := range []struct{ args, want string }{
		{"snap|crackle|pop", "byghxckddilkc"},                                                // Azure/bicep, FunctionResolverTests
		{"/subscriptions/00000000-0000-0000-0000-000000000000|resource-id", "cwvxuqg24sifi"}, // Azure/terraform-provider-azapi
		{"test", "rbgf3xv4ufgzg"},
		{"test|test2|test3", "bqgd334z2uj64"},
		{"t", "fsnwonksnm7cy"},
		{"te", "o57ehhbytctgs"},
		{"tes", "ebse57jls4qbc"},
		{"tyeth", "zcztcwvu6iyg6"},
		{"abc", "cgtzqvhu4i23s"},
		{"hello|world", "a7wkljktk6wne"},
		{"foo|bar|baz", "xzi4ioaxtmth4"},
		{"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg", "bmg7c6xu4tw46"},
	} {
		if got := uniqueString(strings.ReplaceAll(x.args, "|", "-")); got != x.want {
			t.Errorf("%s: %s, want %s", x.args, got, x.want)
		}
	}
}
