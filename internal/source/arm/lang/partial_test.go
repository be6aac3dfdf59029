package lang

import (
	"testing"

	"c4arch/internal/arch/evidence"
)

// TestPartial: what can be told is told, and the rest stays as text.
func TestPartial(t *testing.T) {
	const blank = "/subscriptions/@(subscription)/resourceGroups/rg"
	for _, x := range [][2]string{
		// texts keep their known parts
		{`concat('https://', reference('store').fqdn, '/api')`, `"https://${` + testStore + `#fqdn}/api" <runtime>`},
		{`format('https://{0}:{1}/', reference('store').fqdn, 443)`, `"https://${` + testStore + `#fqdn}:443/" <runtime>`},
		{`format('{0:N2}|{1,4}', parameters('open'), 'x')`, `"${format('{0:N2}', parameters('open'))}|   x" <parameter>`},
		{`format('{0,-9}', parameters('opened'))`, `"${format('{0,-9}', 'pre-${parameters('open')}-post')}" <parameter>`},
		{`join(variables('mixed'), ',')`, `"a,${parameters('open')},c" <parameter>`},
		{`join(createArray('a', 'b'), parameters('open'))`, `"a${parameters('open')}b" <parameter>`},
		{`concat(parameters('open'), 'x', reference('store').a)`, `"${parameters('open')}x${` + testStore + `#a}" <parameter>`},
		{`concat(reference('store').a, 'x', parameters('open'))`, `"${` + testStore + `#a}x${parameters('open')}" <runtime>`},
		{`concat(parameters('open'), parameters('open'))`, `open ${concat(parameters('open'), parameters('open'))} <parameter>`},
		{`concat(parameters('open'))`, `open ${parameters('open')} <parameter>`},
		{`concat(createArray(1), parameters('open'))`, `open ${concat(createArray(1), parameters('open'))} <parameter>`},
		{`replace('a-NAME-NAME', 'NAME', parameters('open'))`, `"a-${parameters('open')}-${parameters('open')}" <parameter>`},
		{`replace('abc', 'x', parameters('open'))`, `"abc"`},
		{`replace(parameters('opened'), 'pre', 'x')`, `open ${replace('pre-${parameters('open')}-post', 'pre', 'x')} <parameter>`},
		{`uri('https://contoso.org/', concat('nested/', parameters('open')))`, `"https://contoso.org/nested/${parameters('open')}" <parameter>`},
		{`uri(concat('https://', parameters('open'), '/a/b.json'), 'c.json')`, `"https://${parameters('open')}/a/c.json" <parameter>`},
		{`uri(concat('https://', parameters('open')), 'c.json')`, `open ${uri('https://${parameters('open')}', 'c.json')} <parameter>`},
		{`uri(concat(parameters('open'), '//'), 'c.json')`, `open ${uri('${parameters('open')}//', 'c.json')} <parameter>`},
		{`uri(parameters('open'), 'c.json')`, `open ${uri(parameters('open'), 'c.json')} <parameter>`},
		{`string(variables('half'))`, `"{\"known\":\"k\",\"open\":${parameters('open')}}" <parameter>`},
		// calls keep their known arguments
		{`toLower(parameters('open'))`, `open ${toLower(parameters('open'))} <parameter>`},
		{`padLeft(parameters('open'), add(1, 2), 'it''s')`, `open ${padLeft(parameters('open'), 3, 'it''s')} <parameter>`},
		{`contains(parameters('open'), createObject('a', createArray(true(), null(), 1.5)))`, `open ${contains(parameters('open'), createObject('a', createArray(true(), null(), 1.5)))} <parameter>`},
		{`toUpper(reference('store').fqdn)`, `open ${toUpper(` + testStore + `#fqdn)} <runtime>`},
		{`uniqueString(variables('blank'))`, `open ${uniqueString('` + blank + `')} <scope>`},
		{`guid(variables('blank'), 'x')`, `open ${guid('` + blank + `', 'x')} <scope>`},
		{`TOLOWER(parameters('open')).x[0]['a b'][parameters('open')]`, `open ${toLower(parameters('open')).x[0]['a b'][parameters('open')]} <parameter>`},
		{`variables('letters')[parameters('open')]`, `open ${createArray('one', 'two', 'three')[parameters('open')]} <parameter>`},
		{`take(format('{0}', parameters('open')), 64)`, `open ${take('${parameters('open')}', 64)} <parameter>`},
		// characters of the known parts change, hashes have their length and are lower-case
		{`toLower(parameters('opened'))`, `"pre-${toLower(parameters('open'))}-post" <parameter>`},
		{`toLower(format('ST{0}', uniqueString(variables('blank'))))`, `"st${uniqueString('` + blank + `')}" <scope>`},
		{`toLower(uniqueString(variables('blank')))`, `open ${uniqueString('` + blank + `')} <scope>`},
		{`take(uniqueString(variables('blank')), 20)`, `open ${uniqueString('` + blank + `')} <scope>`},
		{`take(uniqueString(variables('blank')), 5)`, `open ${take(uniqueString('` + blank + `'), 5)} <scope>`},
		{`take(format('vm{0}', uniqueString(variables('blank'))), 15)`, `"vm${uniqueString('` + blank + `')}" <scope>`},
		{`take(format('vm{0}x', uniqueString(variables('blank'))), 15)`, `"vm${uniqueString('` + blank + `')}" <scope>`},
		{`take(format('vm{0}xyz', uniqueString(variables('blank'))), 17)`, `"vm${uniqueString('` + blank + `')}xy" <scope>`},
		{`take(format('vm{0}', uniqueString(variables('blank'))), 10)`, `"vm${take(uniqueString('` + blank + `'), 8)}" <scope>`},
		{`take(parameters('opened'), 8)`, `"pre-${take('${parameters('open')}-post', 4)}" <parameter>`},
		// only what is certain is answered
		{`empty(parameters('opened'))`, `false`},
		{`empty(format('{0}', parameters('open')))`, `open ${empty('${parameters('open')}')} <parameter>`},
		{`empty(parameters('open'))`, `open ${empty(parameters('open'))} <parameter>`},
		{`length(variables('mixed'))`, `3`},
		{`length(parameters('opened'))`, `open ${length('pre-${parameters('open')}-post')} <parameter>`},
		{`contains(parameters('opened'), 'pre')`, `true`},
		{`contains(parameters('opened'), 'post')`, `true`},
		{`contains(parameters('opened'), 'x')`, `open ${contains('pre-${parameters('open')}-post', 'x')} <parameter>`},
		{`contains(variables('mixed'), 'c')`, `true`},
		{`contains(variables('mixed'), 'd')`, `open ${contains(createArray('a', parameters('open'), 'c'), 'd')} <parameter>`},
		{`contains(variables('half'), 'open')`, `true`},
		{`equals(parameters('opened'), 'other')`, `false`},
		{`equals(parameters('opened'), 'pre-x-past')`, `false`},
		{`equals(parameters('opened'), 'pre-post')`, `false`},
		{`equals(parameters('opened'), 'pre--post')`, `open ${equals('pre-${parameters('open')}-post', 'pre--post')} <parameter>`},
		{`equals(parameters('opened'), parameters('opened'))`, `true`},
		{`equals(parameters('opened'), 5)`, `false`},
		{`equals(parameters('open'), parameters('open'))`, `true`},
		{`equals(newGuid(), newGuid())`, `open ${equals(newGuid(), newGuid())} <chance>`},
		{`equals(variables('mixed'), createArray('a'))`, `false`},
		{`equals(variables('mixed'), createArray('b', 'b', 'c'))`, `false`},
		{`equals(variables('half'), createObject('known', 'x', 'open', 1))`, `false`},
		{`startsWith(parameters('opened'), 'PRE')`, `true`},
		{`startsWith(parameters('opened'), 'x')`, `false`},
		{`startsWith(parameters('opened'), 'pre-x')`, `open ${startsWith('pre-${parameters('open')}-post', 'pre-x')} <parameter>`},
		{`startsWith('pre', parameters('opened'))`, `false`},
		{`endsWith(parameters('opened'), '-POST')`, `true`},
		{`endsWith(parameters('opened'), 'x')`, `false`},
		{`substring(parameters('opened'), 0, 3)`, `"pre"`},
		{`substring(parameters('opened'), 0, 5)`, `open ${substring('pre-${parameters('open')}-post', 0, 5)} <parameter>`},
		{`take(parameters('opened'), 4)`, `"pre-"`},
		{`skip(parameters('opened'), 4)`, `"${parameters('open')}-post" <parameter>`},
		{`first(parameters('opened'))`, `"p"`},
		{`last(parameters('opened'))`, `"t"`},
		{`trim(concat(' ', parameters('opened'), ' '))`, `"pre-${parameters('open')}-post" <parameter>`},
		{`trim(concat(' ', format('{0}', parameters('open'))))`, `open ${trim(' ${parameters('open')}')} <parameter>`},
		{`indexOf(parameters('opened'), 'E')`, `2`},
		{`indexOf(parameters('opened'), 'o')`, `open ${indexOf('pre-${parameters('open')}-post', 'o')} <parameter>`},
		{`indexOf(variables('mixed'), 'a')`, `0`},
		{`indexOf(variables('mixed'), 'c')`, `open ${indexOf(createArray('a', parameters('open'), 'c'), 'c')} <parameter>`},
		{`lastIndexOf(variables('mixed'), 'c')`, `2`},
		// branches
		{`if(parameters('open'), 'a', div(1, 0))`, `open ${if(parameters('open'), 'a', div(1, 0))} <parameter>`},
		{`if(parameters('open'), toLower('A'), 'a')`, `"a"`},
		{`if(true(), parameters('open'), fail('no'))`, `open ${parameters('open')} <parameter>`},
		{`and(parameters('open'), false())`, `false`},
		{`and(true(), parameters('open'))`, `open ${parameters('open')} <parameter>`},
		{`or(parameters('open'), true(), div(1, 0))`, `true`},
		{`or(parameters('open'), reference('store').a)`, `open ${or(parameters('open'), ` + testStore + `#a)} <parameter>`},
		{`and(false(), div(1, 0))`, `false`},
		{`not(parameters('open'))`, `open ${not(parameters('open'))} <parameter>`},
		{`coalesce(null(), 'a', parameters('open'))`, `"a"`},
		{`coalesce(null(), parameters('open'), 'b', fail('no'))`, `open ${coalesce(parameters('open'), 'b')} <parameter>`},
		{`coalesce(null(), parameters('open'))`, `open ${parameters('open')} <parameter>`},
		{`coalesce(parameters('opened'), 'b')`, `"pre-${parameters('open')}-post" <parameter>`},
		// structure is kept
		{`createObject('a', parameters('open'), 'b', 1)`, `{"a":${parameters('open')},"b":1} <parameter>`},
		{`createObject(parameters('open'), 1)`, `open ${createObject(parameters('open'), 1)} <parameter>`},
		{`createArray(parameters('open'))[0]`, `open ${parameters('open')} <parameter>`},
		{`array(parameters('open'))`, `open ${array(parameters('open'))} <parameter>`},
		{`array(parameters('opened'))`, `["pre-${parameters('open')}-post"] <parameter>`},
		{`variables('half').known`, `"k"`},
		{`union(variables('half'), createObject('known', 'z'))`, `{"known":"z","open":${parameters('open')}} <parameter>`},
		{`union(variables('half'), createObject('open', createObject('x', 1)))`, `{"known":"k","open":${union(parameters('open'), createObject('x', 1))}} <parameter>`},
		{`union(variables('half'), createObject('open', 'text'))`, `{"known":"k","open":"text"}`},
		{`union(variables('mixed'), createArray('a', 'd'))`, `["a",${parameters('open')},"c","d"] <parameter>`},
		{`union(parameters('open'), createObject('a', 1))`, `open ${union(parameters('open'), createObject('a', 1))} <parameter>`},
		{`concat(variables('mixed'), createArray('d'))`, `["a",${parameters('open')},"c","d"] <parameter>`},
		{`skip(variables('mixed'), 1)`, `[${parameters('open')},"c"] <parameter>`},
		{`take(variables('mixed'), 1)`, `["a"]`},
		{`items(variables('half'))`, `[{"key":"known","value":"k"},{"key":"open","value":${parameters('open')}}] <parameter>`},
		{`objectKeys(variables('half'))`, `["known","open"]`},
		{`flatten(createArray(createArray(parameters('open')), createArray(1)))`, `[${parameters('open')},1] <parameter>`},
		{`flatten(createArray(parameters('open')))`, `open ${flatten(createArray(parameters('open')))} <parameter>`},
		{`shallowMerge(createArray(variables('half'), createObject('known', 2)))`, `{"known":2,"open":${parameters('open')}} <parameter>`},
		{`tryGet(variables('half'), 'open', 'x')`, `open ${parameters('open').x} <parameter>`},
		// lambdas
		{`map(variables('mixed'), lambda('x', concat(lambdaVariables('x'), '!')))`, `["a!","${parameters('open')}!","c!"] <parameter>`},
		{`filter(variables('mixed'), lambda('x', 'i', less(lambdaVariables('i'), 1)))`, `["a"]`},
		{`filter(variables('mixed'), lambda('x', equals(lambdaVariables('x'), add(1, 1))))`, `open ${filter(createArray('a', parameters('open'), 'c'), lambda('x', equals(lambdaVariables('x'), 2)))} <parameter>`},
		{`map(parameters('open'), lambda('x', lambdaVariables('x').id))`, `open ${map(parameters('open'), lambda('x', lambdaVariables('x').id))} <parameter>`},
		{`map(range(0, 2), lambda('i', map(parameters('open'), lambda('y', concat(lambdaVariables('y'), '-', string(lambdaVariables('i')))))))`, `[${map(parameters('open'), lambda('y', '${lambdaVariables('y')}-0'))},${map(parameters('open'), lambda('y', '${lambdaVariables('y')}-1'))}] <parameter>`},
		{`reduce(parameters('open'), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))`, `open ${reduce(parameters('open'), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))} <parameter>`},
		{`toObject(variables('mixed'), lambda('x', lambdaVariables('x')))`, `open ${toObject(createArray('a', parameters('open'), 'c'), lambda('x', lambdaVariables('x')))} <parameter>`},
		{`mapValues(variables('half'), lambda('v', concat('x', lambdaVariables('v'))))`, `{"known":"xk","open":"x${parameters('open')}"} <parameter>`},
		{`sort(variables('mixed'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))`, `open ${sort(createArray('a', parameters('open'), 'c'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))} <parameter>`},
		// ids
		{`resourceId('Microsoft.Storage/storageAccounts', parameters('open'))`, `"` + testGroup + `/providers/Microsoft.Storage/storageAccounts/@(parameters(.open.))" <parameter>`},
		{`resourceId('Microsoft.Storage/storageAccounts', parameters('opened'))`, `"` + testGroup + `/providers/Microsoft.Storage/storageAccounts/pre-@(parameters(.open.))-post" <parameter>`},
		{`resourceId(parameters('open'), 'Microsoft.Web/sites', 'w')`, `"` + testSub + `/resourceGroups/@(parameters(.open.))/providers/Microsoft.Web/sites/w" <parameter>`},
		{`resourceId(subscription().subscriptionId, 'Microsoft.Web/sites', 'w')`, `"/subscriptions/@(subscription().subscriptionId)/resourceGroups/rg-shop/providers/Microsoft.Web/sites/w" <scope>`},
		{`resourceId(subscription().subscriptionId, 'rg', 'Microsoft.Web/sites', 'w')`, `"/subscriptions/@(subscription().subscriptionId)/resourceGroups/rg/providers/Microsoft.Web/sites/w" <scope>`},
		{`resourceId(parameters('open'), 'w')`, `open ${resourceId(parameters('open'), 'w')} <parameter>`},
		{`extensionResourceId(variables('blank'), 'Microsoft.Authorization/locks', 'l')`, `"` + blank + `/providers/Microsoft.Authorization/locks/l" <scope>`},
		{`extensionResourceId(concat('/subscriptions/', parameters('open')), 'Microsoft.Authorization/locks', 'l')`, `"/subscriptions/@(parameters(.open.))/providers/Microsoft.Authorization/locks/l" <parameter>`},
		{`last(split(variables('blank'), '/'))`, `"rg"`},
		{`split(variables('blank'), '/')[2]`, `"@(subscription)" <scope>`},
		{`split(parameters('opened'), '-')`, `open ${split('pre-${parameters('open')}-post', '-')} <parameter>`},
		{`toLower(variables('blank'))`, `"/subscriptions/@(subscription)/resourcegroups/rg" <scope>`},
		// what runs
		{`reference(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2022-09-01', 'Full').identity.principalId`, `open ${` + testStore + `#identity.principalId} <runtime>`},
		{`reference(concat('Microsoft.Storage/storageAccounts/', 'store')).a['b-c'][0]['d e']`, `open ${` + testStore + `#a.b-c[0]['d e']} <runtime>`},
		{`reference(concat('store-', parameters('open'))).a`, `open ${` + testStore + `#a} <runtime>`},
		{`reference('unheardof').a`, `open ${reference('unheardof').a} <runtime>`},
		{`reference(parameters('open')).a`, `open ${reference(parameters('open')).a} <parameter>`},
		{`reference('store')`, `open ${` + testStore + `#} <runtime>`},
		{`reference(concat('/subscriptions/', parameters('open'), '/providers/a.b/c/d')).e`, `open ${/subscriptions/@(parameters(.open.))/providers/a.b/c/d#e} <runtime>`},
		{`listKeys(parameters('open'), '1').key1`, `open ${listKeys(parameters('open'), '1').key1} <parameter> secret`},
		{`concat('AccountKey=', listKeys('store', '1').keys[0].value)`, `"AccountKey=${` + testStore + `#listKeys().keys[0].value}" <runtime>`},
		{`concat(resourceGroup().location, '')`, `"${resourceGroup().location}" <scope>`},
		// secrets are known but marked, and stand in no text that is left of a call
		{`concat('p-', parameters('secret'))`, `"p-hunter2" secret`},
		{`toUpper(parameters('secret'))`, `"HUNTER2" secret`},
		{`length(parameters('secret'))`, `7 secret`},
		{`createArray(parameters('secret'), 'b')[1]`, `"b"`},
		{`createArray(parameters('secret'), 'b')[0]`, `"hunter2" secret`},
		{`parameters('locked').user`, `"sa"`},
		{`string(parameters('locked'))`, `"{\"user\":\"sa\",\"password\":\"hunter2\"}" secret`},
		{`padLeft(parameters('secret'), parameters('open'))`, `open ${padLeft(parameters('secret'), parameters('open'))} <parameter> secret`},
		{`variables('locked')[parameters('open')]`, `open ${(secret)[parameters('open')]} <parameter> secret`},
		{`format('{0:N2}', padLeft(parameters('secret'), parameters('open')))`, `"${format('{0:N2}', padLeft(parameters('secret'), parameters('open')))}" <parameter> secret`},
		{`split(parameters('secret'), 't')[0]`, `"hun" secret`},
		{`map(parameters('open'), lambda('x', parameters('secret')))`, `open ${map(parameters('open'), lambda('x', parameters('secret')))} <parameter>`},
		// braces stay in pairs
		{`toUpper(concat('{', parameters('open')))`, `open ${toUpper('($(parameters('open'))')} <parameter>`},
	} {
		v, b := run(t, newWorld(), x[0])
		if got := show(v); got != x[1] {
			t.Errorf("%s\n got %s\nwant %s", x[0], got, x[1])
		}
		if len(b.Faults()) > 0 {
			t.Errorf("%s: %v", x[0], b.Faults())
		}
		if left := evidence.Segment(v.Tree().Text); left != evidence.Segment(left) {
			t.Errorf("%s: the braces of %s do not pair", x[0], v.Tree().Text)
		}
	}
}

// TestScopes: without a subscription and a resource group, ids have blanks and say why.
func TestScopes(t *testing.T) {
	w := newWorld()
	w.group = "/subscriptions/@(subscription)/resourceGroups/@(resourceGroup)"
	for _, x := range [][2]string{
		{`resourceId('A.B/c', 'd')`, `"` + w.group + `/providers/A.B/c/d" <scope>`},
		{`resourceId('other', 'A.B/c', 'd')`, `"/subscriptions/@(subscription)/resourceGroups/other/providers/A.B/c/d" <scope>`},
		{`resourceId('11111111-1111-1111-1111-111111111111', 'rg', 'A.B/c', 'd')`, `"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/A.B/c/d"`},
		{`subscriptionResourceId('A.B/c', 'd')`, `"/subscriptions/@(subscription)/providers/A.B/c/d" <scope>`},
		{`reference(resourceId('A.B/c', 'd')).e`, `open ${` + w.group + `/providers/A.B/c/d#e} <runtime>`},
		{`resourceInfo('blankstore').type`, `"Microsoft.Storage/storageAccounts/blobServices"`},
		{`last(split(resourceId('A.B/c', 'd'), '/'))`, `"d"`},
		{`equals(resourceId('A.B/c', 'd'), resourceId('A.B/c', 'e'))`, `false`},
		{`equals(resourceId('A.B/c', 'd'), resourceId('A.B/c', 'd'))`, `true`},
	} {
		if v, _ := run(t, w, x[0]); show(v) != x[1] {
			t.Errorf("%s\n got %s\nwant %s", x[0], show(v), x[1])
		}
	}
}

// TestKnown: a reference is answered where the template itself says what it gives.
func TestKnown(t *testing.T) {
	w := newWorld()
	w.known[testStore+"#outputs.url.value"] = Str("https://contoso.example")
	w.known[testGroup+"/providers/A.B/c/d#"] = Dict([]Member{{"outputs", List([]Value{Number(7)})}})
	for _, x := range [][2]string{
		{`concat(reference('store').outputs.url.value, '/api')`, `"https://contoso.example/api"`},
		{`reference(resourceId('A.B/c', 'd')).outputs[0]`, `7`},
		{`listKeys('store', '1').outputs.url.value`, `open ${` + testStore + `#listKeys().outputs.url.value} <runtime> secret`},
	} {
		if v, _ := run(t, w, x[0]); show(v) != x[1] {
			t.Errorf("%s\n got %s\nwant %s", x[0], show(v), x[1])
		}
	}
}
