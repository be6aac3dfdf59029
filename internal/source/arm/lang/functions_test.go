package lang

import (
	"slices"
	"strings"
	"testing"
)

// reference is all functions that the reference names: learn.microsoft.com/azure/azure-resource-manager/templates/
// template-functions and the pages that it leads to, and those of bicep/bicep-functions that a compiled file calls by the
// same name (objectKeys, mapValues, groupBy, shallowMerge, flatten, fail, deployer, zones), with what the
// compiler itself writes (tryGet, indexFromEnd, tryIndexFromEnd, resourceInfo, externalInput, lambdaVariables, xor).
const reference = `
array concat contains createArray empty first flatten indexOf intersection last lastIndexOf length max min range skip take
union indexFromEnd tryIndexFromEnd
parseCidr cidrSubnet cidrHost
coalesce equals greater greaterOrEquals less lessOrEquals
dateTimeAdd dateTimeFromEpoch dateTimeToEpoch utcNow
deployment environment parameters variables deployer externalInput externalInputs
filter groupBy map mapValues reduce sort toObject lambda lambdaVariables
and bool false if not or true xor fail
add copyIndex div float int mod mul sub
createObject items json null objectKeys shallowMerge tryGet
extensionResourceId listAccountSas listKeys listSecrets list pickZones providers reference references resourceId
subscriptionResourceId managementGroupResourceId tenantResourceId resourceInfo
toLogicalZone toLogicalZones toPhysicalZone toPhysicalZones
managementGroup resourceGroup subscription tenant
base64 base64ToJson base64ToString dataUri dataUriToString endsWith format guid join newGuid padLeft replace split
startsWith string substring toLower toUpper trim uniqueString uri uriComponent uriComponentToString
`

// examples are calls of each function and what they give, most of them as the reference shows them.
var examples = [][2]string{
	// array
	{`array(1)`, `[1]`},
	{`array('efgh')`, `["efgh"]`},
	{`array(createObject('a', 'b', 'c', 'd'))`, `[{"a":"b","c":"d"}]`},
	{`array(createArray(1, 2))`, `[1,2]`},
	{`concat(createArray('1-1', '1-2', '1-3'), createArray('2-1', '2-2', '2-3'))`, `["1-1","1-2","1-3","2-1","2-2","2-3"]`},
	{`concat('prefix', '-', 'x', 1, true())`, `"prefix-x1True"`},
	{`concat(createArray(1))`, `[1]`},
	{`contains('OneTwoThree', 'e')`, `true`},
	{`contains('OneTwoThree', 'z')`, `false`},
	{`contains('OneTwoThree', 'one')`, `false`},
	{`contains('a1', 1)`, `true`},
	{`contains(parameters('firstObject'), 'ONE')`, `true`},
	{`contains(parameters('firstObject'), 'a')`, `false`},
	{`contains(parameters('letters'), 'three')`, `true`},
	{`contains(parameters('letters'), 'four')`, `false`},
	{`contains(createArray(createArray(1)), createArray(1))`, `true`},
	{`createArray('a', 'b', 'c')`, `["a","b","c"]`},
	{`createArray(1, 2, 3)`, `[1,2,3]`},
	{`createArray(parameters('letters'))`, `[["one","two","three"]]`},
	{`createArray()`, `[]`},
	{`empty(createArray())`, `true`},
	{`empty(createObject())`, `true`},
	{`empty('')`, `true`},
	{`empty('x')`, `false`},
	{`empty(json('null'))`, `true`},
	{`first(parameters('letters'))`, `"one"`},
	{`first('One Two Three')`, `"O"`},
	{`first(createArray())`, `null`},
	{`first('')`, `""`},
	{`last(parameters('letters'))`, `"three"`},
	{`last('One Two Three')`, `"e"`},
	{`last(createArray())`, `null`},
	{`flatten(createArray(createArray(1, 2), createArray(3)))`, `[1,2,3]`},
	{`flatten(createArray(createArray(createArray(1)), createArray()))`, `[[1]]`},
	{`indexOf('test', 't')`, `0`},
	{`indexOf('abcdef', 'CD')`, `2`},
	{`indexOf('abcdef', 'z')`, `-1`},
	{`indexOf('😀b', 'B')`, `2`},
	{`indexOf(createArray('fizz', 'buzz', 'pop', 'fizz'), 'fizz')`, `0`},
	{`indexOf(createArray('fizz'), 'Fizz')`, `-1`},
	{`lastIndexOf('test', 't')`, `3`},
	{`lastIndexOf('abcdef', 'AB')`, `0`},
	{`lastIndexOf('abcdef', 'z')`, `-1`},
	{`lastIndexOf(createArray('fizz', 'buzz', 'pop', 'fizz'), 'fizz')`, `3`},
	{`intersection(parameters('firstObject'), createObject('one', 'a', 'two', 'z', 'three', 'c'))`, `{"one":"a","three":"c"}`},
	{`intersection(parameters('letters'), createArray('two', 'three'))`, `["two","three"]`},
	{`intersection(createArray(1, 1, 2), createArray(2, 1), createArray(1))`, `[1]`},
	{`length(parameters('letters'))`, `3`},
	{`length('One Two Three')`, `13`},
	{`length('😀')`, `2`},
	{`length(parameters('firstObject'))`, `3`},
	{`max(parameters('numbers'))`, `5`},
	{`max(0, 3, 2, 5, 4)`, `5`},
	{`min(parameters('numbers'))`, `0`},
	{`min(10, 4, 1, 6)`, `1`},
	{`range(5, 3)`, `[5,6,7]`},
	{`range(0, 0)`, `[]`},
	{`range(-2, 3)`, `[-2,-1,0]`},
	{`skip(parameters('letters'), 2)`, `["three"]`},
	{`skip('one two three', 4)`, `"two three"`},
	{`skip('one', -1)`, `"one"`},
	{`skip('one', 9)`, `""`},
	{`take(parameters('letters'), 2)`, `["one","two"]`},
	{`take('one two three', 2)`, `"on"`},
	{`take('one', 9)`, `"one"`},
	{`take(parameters('letters'), -1)`, `[]`},
	{`union(createObject('one', 'a', 'two', 'b', 'three', 'c1'), createObject('three', 'c2', 'four', 'd', 'five', 'e'))`, `{"one":"a","two":"b","three":"c2","four":"d","five":"e"}`},
	{`union(parameters('letters'), createArray('three', 'four'))`, `["one","two","three","four"]`},
	{`union(createObject('property', createObject('one', 'a', 'two', 'b', 'three', 'c1'), 'nestedArray', createArray(1, 2)), createObject('property', createObject('three', 'c2', 'four', 'd', 'five', 'e'), 'nestedArray', createArray(3, 4)))`, `{"property":{"one":"a","two":"b","three":"c2","four":"d","five":"e"},"nestedArray":[3,4]}`},
	{`union(createArray(createArray('one', 'two'), createArray('three')), createArray(createArray('three'), createArray('four', 'two')))`, `[["one","two"],["three"],["four","two"]]`},
	{`indexFromEnd(parameters('letters'), 1)`, `"three"`},
	{`tryIndexFromEnd(parameters('letters'), 3)`, `"one"`},
	{`tryIndexFromEnd(parameters('letters'), 4)`, `null`},
	// cidr
	{`parseCidr('10.144.0.0/20')`, `{"network":"10.144.0.0","netmask":"255.255.240.0","broadcast":"10.144.15.255","firstUsable":"10.144.0.1","lastUsable":"10.144.15.254","cidr":20}`},
	{`parseCidr('fdad:3236:5555::/48')`, `{"network":"fdad:3236:5555::","netmask":"ffff:ffff:ffff::","firstUsable":"fdad:3236:5555::","lastUsable":"fdad:3236:5555:ffff:ffff:ffff:ffff:ffff","cidr":48}`},
	{`map(range(0, 5), lambda('i', cidrSubnet('10.144.0.0/20', 24, lambdaVariables('i'))))`, `["10.144.0.0/24","10.144.1.0/24","10.144.2.0/24","10.144.3.0/24","10.144.4.0/24"]`},
	{`cidrSubnet('fdad:3236:5555::/48', 52, 4)`, `"fdad:3236:5555:4000::/52"`},
	{`cidrSubnet('10.0.0.0/8', 8, 0)`, `"10.0.0.0/8"`},
	{`cidrHost('10.144.3.0/24', 0)`, `"10.144.3.1"`},
	{`cidrHost('10.144.3.0/24', 253)`, `"10.144.3.254"`},
	{`cidrHost('fdad:3236:5555:3000::/52', 4)`, `"fdad:3236:5555:3000::5"`},
	// comparison
	{`coalesce(parameters('objectToTest').null1, parameters('objectToTest').null2, parameters('objectToTest').string)`, `"default"`},
	{`coalesce(parameters('objectToTest').null1, parameters('objectToTest').int)`, `1`},
	{`coalesce(parameters('objectToTest').null1, parameters('objectToTest').null2)`, `null`},
	{`coalesce('', 'x')`, `""`},
	{`equals(1, 1)`, `true`},
	{`equals('a', 'A')`, `false`},
	{`equals('1', 1)`, `false`},
	{`equals(1, float('1.0'))`, `true`},
	{`equals(createArray('a', 'b'), createArray('a', 'b'))`, `true`},
	{`equals(createArray('a', 'b'), createArray('b', 'a'))`, `false`},
	{`equals(createObject('a', 'b', 'c', 1), createObject('C', 1, 'a', 'b'))`, `true`},
	{`equals(createObject('a', 'b'), createObject('a', 'c'))`, `false`},
	{`equals(null(), json('null'))`, `true`},
	{`greater(1, 2)`, `false`},
	{`greater('A', 'a')`, `false`},
	{`greaterOrEquals(2, 1)`, `true`},
	{`greaterOrEquals('A', 'a')`, `false`},
	{`less(1, 2)`, `true`},
	{`less('A', 'a')`, `true`},
	{`less(1, float('1.5'))`, `true`},
	{`lessOrEquals(1, 1)`, `true`},
	{`lessOrEquals('A', 'a')`, `true`},
	// date
	{`dateTimeAdd('2023-01-31 00:00:00Z', 'P1M')`, `"2023-03-02T00:00:00Z"`},
	{`dateTimeAdd('2024-01-31 00:00:00Z', 'P1M')`, `"2024-03-01T00:00:00Z"`},
	{`dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y', 'M/d/yyyy h:mm:ss tt')`, `"4/7/2023 2:53:14 PM"`},
	{`dateTimeAdd('2020-04-07 14:53:14Z', '-P9D', 'M/d/yyyy h:mm:ss tt')`, `"3/29/2020 2:53:14 PM"`},
	{`dateTimeAdd('2020-04-07T14:53:14Z', 'PT1H', 'M/d/yyyy h:mm:ss tt')`, `"4/7/2020 3:53:14 PM"`},
	{`dateTimeAdd('20200407T145314Z', 'P1W2DT0.5S', 'o')`, `"2020-04-16T14:53:14.5000000Z"`},
	{`dateTimeAdd('2019-03-05', 'P0D', 'd')`, `"03/05/2019"`},
	{`dateTimeAdd('2019-03-05', 'P0D', 'M d')`, `"3 5"`},
	{`dateTimeAdd('2019-03-05T17:53:18+02:00', 'P0D', 'yyyyMMddTHHmmssZ')`, `"20190305T155318Z"`},
	{`dateTimeAdd('2019-03-05', 'P0D', 'R')`, `"Tue, 05 Mar 2019 00:00:00 GMT"`},
	{`dateTimeAdd('2019-03-05', 'P0D', 'dddd, MMM yy ''at'' \h K zzz %F fff')`, `"Tuesday, Mar 19 at h Z +00:00  000"`},
	{`dateTimeFromEpoch(1683040573)`, `"2023-05-02T15:16:13Z"`},
	{`dateTimeToEpoch('2023-05-02T15:16:13Z')`, `1683040573`},
	{`dateTimeToEpoch(dateTimeFromEpoch(0))`, `0`},
	{`utcNow('d')`, `open ${utcNow('d')} <chance>`},
	// deployment
	{`deployment().name`, `"main"`},
	{`environment().suffixes.storage`, `"core.windows.net"`},
	{`parameters('NAME')`, `"Shop"`},
	{`variables('Count')`, `3`},
	{`deployer().objectId`, `open ${deployer().objectId} <scope>`},
	{`externalInput('sys.cli')`, `open ${externalInput('sys.cli')} <parameter>`},
	{`externalInputs('a')`, `open ${externalInputs('a')} <parameter>`},
	// lambda
	{`filter(variables('dogs'), lambda('dog', greaterOrEquals(lambdaVariables('dog').age, 5)))`, `[{"name":"Evie","age":5,"interests":["Ball","Frisbee"]},{"name":"Kira","age":8,"interests":["Rubs"]}]`},
	{`filter(range(0, 10), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))`, `[0,2,4,6,8]`},
	{`filter(variables('letters'), lambda('v', 'i', less(lambdaVariables('i'), 2)))`, `["one","two"]`},
	{`map(variables('dogs'), lambda('dog', lambdaVariables('dog').name))`, `["Evie","Casper","Indy","Kira"]`},
	{`map(variables('dogs'), lambda('dog', format('Hello {0}!', lambdaVariables('dog').name)))`, `["Hello Evie!","Hello Casper!","Hello Indy!","Hello Kira!"]`},
	{`map(range(0, length(variables('letters'))), lambda('i', createObject('i', lambdaVariables('i'), 'letter', variables('letters')[lambdaVariables('i')])))`, `[{"i":0,"letter":"one"},{"i":1,"letter":"two"},{"i":2,"letter":"three"}]`},
	{`map(range(0, 2), lambda('i', map(range(0, 2), lambda('j', add(mul(lambdaVariables('i'), 10), lambdaVariables('j'))))))`, `[[0,1],[10,11]]`},
	{`reduce(map(variables('dogs'), lambda('d', lambdaVariables('d').age)), 1, lambda('cur', 'next', add(lambdaVariables('cur'), lambdaVariables('next'))))`, `19`},
	{`reduce(createArray(createObject('foo', 123), createObject('bar', 456)), createObject(), lambda('cur', 'next', union(lambdaVariables('cur'), lambdaVariables('next'))))`, `{"foo":123,"bar":456}`},
	{`reduce(createArray(), 'none', lambda('a', 'b', 'c'))`, `"none"`},
	{`sort(createArray(8, 3, 10, -13, 5), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))`, `[-13,3,5,8,10]`},
	{`map(sort(variables('dogs'), lambda('a', 'b', less(lambdaVariables('a').age, lambdaVariables('b').age))), lambda('d', lambdaVariables('d').name))`, `["Indy","Casper","Evie","Kira"]`},
	{`toObject(variables('letters'), lambda('l', toUpper(lambdaVariables('l'))))`, `{"ONE":"one","TWO":"two","THREE":"three"}`},
	{`toObject(variables('dogs'), lambda('d', lambdaVariables('d').name), lambda('d', lambdaVariables('d').age))`, `{"Evie":5,"Casper":3,"Indy":2,"Kira":8}`},
	{`groupBy(createArray('foo', 'bar', 'baz'), lambda('x', substring(lambdaVariables('x'), 0, 1)))`, `{"f":["foo"],"b":["bar","baz"]}`},
	{`mapValues(createObject('foo', 'foo'), lambda('val', toUpper(lambdaVariables('val'))))`, `{"foo":"FOO"}`},
	// logical
	{`and(bool('true'), bool('false'))`, `false`},
	{`or(bool('true'), bool('false'))`, `true`},
	{`not(bool('true'))`, `false`},
	{`xor(true(), false())`, `true`},
	{`and(true(), true(), true())`, `true`},
	{`createArray(bool('TRUE'), bool(1), bool(0), true(), false())`, `[true,true,false,true,false]`},
	{`if(equals('a', 'a'), 'yes', 'no')`, `"yes"`},
	{`if(parameters('enabled'), 1, div(1, 0))`, `1`},
	{`if(false(), fail('never'), 2)`, `2`},
	// numeric
	{`add(5, 3)`, `8`},
	{`copyIndex()`, `2`},
	{`copyIndex(1)`, `3`},
	{`copyIndex('disks')`, `2`},
	{`copyIndex('disks', 10)`, `12`},
	{`div(8, 3)`, `2`},
	{`div(-8, 3)`, `-2`},
	{`mod(7, 3)`, `1`},
	{`mod(-7, 3)`, `-1`},
	{`mul(5, 3)`, `15`},
	{`sub(7, 3)`, `4`},
	{`int('4')`, `4`},
	{`int(' -4 ')`, `-4`},
	{`int(4)`, `4`},
	{`float('3.0')`, `3.0`},
	{`float('3')`, `3.0`},
	{`float(1.5)`, `1.5`},
	// object
	{`createObject('intProp', 1, 'stringProp', 'abc', 'boolProp', true(), 'arrayProp', createArray('a', 'b', 'c'), 'objectProp', createObject('key1', 'value1'))`, `{"intProp":1,"stringProp":"abc","boolProp":true,"arrayProp":["a","b","c"],"objectProp":{"key1":"value1"}}`},
	{`createObject()`, `{}`},
	{`items(createObject('item002', createObject('enabled', false()), 'item001', createObject('enabled', true())))`, `[{"key":"item001","value":{"enabled":true}},{"key":"item002","value":{"enabled":false}}]`},
	{`objectKeys(createObject('a', 1, 'b', 2))`, `["a","b"]`},
	{`shallowMerge(createArray(createObject('foo', createObject('a', 1)), createObject('foo', createObject('b', 1), 'bar', 2)))`, `{"foo":{"b":1},"bar":2}`},
	{`tryGet(parameters('firstObject'), 'one')`, `"a"`},
	{`tryGet(parameters('firstObject'), 'none', 'x')`, `null`},
	{`tryGet(variables('dogs'), 0, 'interests', 1)`, `"Frisbee"`},
	{`tryGet(variables('dogs'), 9)`, `null`},
	{`json('{"a": "b"}').a`, `"b"`},
	{`json('{''a'': ''b'', c: [1, -2.50, true, null], "d\n\u00e9\ud83d\ude00": {}}')`, `{"a":"b","c":[1,-2.50,true,null],"d\né😀":{}}`},
	{`json('''test''')`, `"test"`},
	{`json('3')`, `3`},
	{`json('[1,2,3]')`, `[1,2,3]`},
	{`json(concat('{"a": "', 'demo value', '"}'))`, `{"a":"demo value"}`},
	{`json('{"a":1,"A":2}')`, `{"a":2}`},
	{`null()`, `null`},
	// resource
	{`resourceId('Microsoft.Storage/storageAccounts', 'examplestorage')`, `"` + testGroup + `/providers/Microsoft.Storage/storageAccounts/examplestorage"`},
	{`resourceId('otherGroup', 'Microsoft.Storage/storageAccounts', 'e')`, `"` + testSub + `/resourceGroups/otherGroup/providers/Microsoft.Storage/storageAccounts/e"`},
	{`resourceId('11111111-1111-1111-1111-111111111111', 'otherGroup', 'Microsoft.Storage/storageAccounts','e')`, `"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/otherGroup/providers/Microsoft.Storage/storageAccounts/e"`},
	{`resourceId('11111111-1111-1111-1111-111111111111', 'Microsoft.Storage/storageAccounts','e')`, `"/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/e"`},
	{`resourceId('Microsoft.SQL/servers/databases', 'serverName', 'databaseName')`, `"` + testGroup + `/providers/Microsoft.SQL/servers/serverName/databases/databaseName"`},
	{`subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')`, `"` + testSub + `/providers/Microsoft.Authorization/roleDefinitions/r"`},
	{`subscriptionResourceId('11111111-1111-1111-1111-111111111111', 'Microsoft.Authorization/roleDefinitions', 'r')`, `"/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Authorization/roleDefinitions/r"`},
	{`tenantResourceId('Microsoft.Management/managementGroups/', 'mg')`, `"/providers/Microsoft.Management/managementGroups/mg"`},
	{`managementGroupResourceId('Microsoft.Authorization/policyDefinitions', 'p')`, `"/providers/Microsoft.Management/managementGroups/corp/providers/Microsoft.Authorization/policyDefinitions/p"`},
	{`managementGroupResourceId('mg', 'Microsoft.Authorization/policyDefinitions', 'p')`, `"/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/policyDefinitions/p"`},
	{`extensionResourceId(resourceGroup().id, 'Microsoft.Authorization/locks', 'keep')`, `"` + testGroup + `/providers/Microsoft.Authorization/locks/keep"`},
	{`reference('store').primaryEndpoints.blob`, `open ${` + testStore + `#primaryEndpoints.blob} <runtime>`},
	{`references('workers', 'full')`, `open ${references('workers', 'full')} <runtime>`},
	{`listKeys('store', '2022-09-01').keys[0].value`, `open ${` + testStore + `#listKeys().keys[0].value} <runtime> secret`},
	{`listAccountSas(resourceId('Microsoft.Storage/storageAccounts', 'store'), '2022-09-01', createObject()).accountSasToken`, `open ${` + testStore + `#listAccountSas().accountSasToken} <runtime> secret`},
	{`listSecrets('store', '2022-09-01')`, `open ${` + testStore + `#listSecrets()} <runtime> secret`},
	{`list('store', '2022-09-01')`, `open ${` + testStore + `#list()} <runtime> secret`},
	{`pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')`, `open ${pickZones('Microsoft.Compute', 'virtualMachines', 'westus2')} <runtime>`},
	{`providers('Microsoft.Web', 'sites').apiVersions[0]`, `open ${providers('Microsoft.Web', 'sites').apiVersions[0]} <runtime>`},
	{`resourceInfo('store').id`, `"` + testStore + `"`},
	{`resourceInfo('store').name`, `"store"`},
	{`resourceInfo('store').type`, `"Microsoft.Storage/storageAccounts"`},
	{`resourceInfo('blankstore').name`, `"a/b"`},
	{`toLogicalZone('s', 'westus2', 'z')`, `open ${toLogicalZone('s', 'westus2', 'z')} <runtime>`},
	{`toLogicalZones('s', 'westus2', createArray('z'))`, `open ${toLogicalZones('s', 'westus2', createArray('z'))} <runtime>`},
	{`toPhysicalZone('s', 'westus2', '1')`, `open ${toPhysicalZone('s', 'westus2', '1')} <runtime>`},
	{`toPhysicalZones('s', 'westus2', createArray('1'))`, `open ${toPhysicalZones('s', 'westus2', createArray('1'))} <runtime>`},
	// scope
	{`managementGroup().name`, `"corp"`},
	{`resourceGroup().name`, `"rg-shop"`},
	{`subscription().id`, `"` + testSub + `"`},
	{`tenant().tenantId`, `open ${tenant().tenantId} <scope>`},
	// string
	{`base64('one, two, three')`, `"b25lLCB0d28sIHRocmVl"`},
	{`base64ToString('b25lLCB0d28sIHRocmVl')`, `"one, two, three"`},
	{`base64ToJson(base64('{''one'': ''a'', ''two'': ''b''}'))`, `{"one":"a","two":"b"}`},
	{`dataUri('Hello')`, `"data:text/plain;charset=utf-8;base64,SGVsbG8="`},
	{`dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')`, `"Hello, World!"`},
	{`dataUriToString('data:text/plain,a%20b')`, `"a b"`},
	{`startsWith('abcdef', 'ab')`, `true`},
	{`startsWith('abcdef', 'A')`, `true`},
	{`startsWith('abcdef', 'e')`, `false`},
	{`endsWith('abcdef', 'ef')`, `true`},
	{`endsWith('abcdef', 'F')`, `true`},
	{`endsWith('abcdef', 'e')`, `false`},
	{`format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)`, `"Hello, User. Formatted number: 8,175,133"`},
	{`format('{0}/{1}/{2}/{3}', 1, 2, 3, true())`, `"1/2/3/True"`},
	{`format('{0:D3}|{0:000}|{0:X4}|{0:x}|{0:F1}|{0:N2}|{0:P0}|{0:G}|{0,5}|{0,-5}|{{{0}}}', 10)`, `"010|010|000A|a|10.0|10.00|1,000 %|10|   10|10   |{10}"`},
	{`format('{0:X}|{0:D4}|{0:N}', -1)`, `"FFFFFFFF|-0001|-1.00"`},
	{`format('no holes')`, `"no holes"`},
	{`guid('foo', 'bar', 'baz')`, `"2ed86837-7c7c-5eaa-9864-dd077fd19b0d"`},
	{`join(createArray('one', 'two', 'three'), ';')`, `"one;two;three"`},
	{`join(createArray(), ',')`, `""`},
	{`newGuid()`, `open ${newGuid()} <chance>`},
	{`padLeft('123', 10, '0')`, `"0000000123"`},
	{`padLeft(5, 3)`, `"  5"`},
	{`padLeft('long', 2)`, `"long"`},
	{`replace('123-123-1234', '-', '')`, `"1231231234"`},
	{`replace('123-123-1234', '1234', 'xxxx')`, `"123-123-xxxx"`},
	{`split('one,two,three', ',')`, `["one","two","three"]`},
	{`split('one;two,three', createArray(',', ';'))`, `["one","two","three"]`},
	{`split('abab', createArray('ab', 'a'))`, `["","",""]`},
	{`split('abab', createArray('b', 'ab'))`, `["","",""]`},
	{`split('a', '')`, `["a"]`},
	{`string(createObject('valueA', 10, 'valueB', 'Example Text'))`, `"{\"valueA\":10,\"valueB\":\"Example Text\"}"`},
	{`string(createArray('a', 'b', 'c'))`, `"[\"a\",\"b\",\"c\"]"`},
	{`string(5)`, `"5"`},
	{`string(true())`, `"True"`},
	{`substring('one two three', 4, 3)`, `"two"`},
	{`substring('one two', 4)`, `"two"`},
	{`substring('one', 3, 0)`, `""`},
	{`toLower('One Two Three')`, `"one two three"`},
	{`toUpper('One Two Three')`, `"ONE TWO THREE"`},
	{`trim('    one two three   ')`, `"one two three"`},
	{`uniqueString('snap', 'crackle', 'pop')`, `"byghxckddilkc"`},
	{`uri('http://contoso.org/firstpath', 'myscript.sh')`, `"http://contoso.org/myscript.sh"`},
	{`uri('http://contoso.org/firstpath/', 'myscript.sh')`, `"http://contoso.org/firstpath/myscript.sh"`},
	{`uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')`, `"http://contoso.org/firstpath/myscript.sh"`},
	{`uri('http://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')`, `"http://contoso.org/firstpath/azuredeploy.json/myscript.sh"`},
	{`uri('https://github.com/another/repo', '/Azure/bicep')`, `"https://github.com/Azure/bicep"`},
	{`uri('http://contoso.org', 'nested/x.json?sv=1&sig=a%2Fb')`, `"http://contoso.org/nested/x.json?sv=1&sig=a%2Fb"`},
	{`uriComponent('http://contoso.com/resources/nested/azuredeploy.json')`, `"http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json"`},
	{`uriComponentToString('http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json')`, `"http://contoso.com/resources/nested/azuredeploy.json"`},
	{`uriComponentToString('100%, %zz')`, `"100%, %zz"`},
	// the language
	{`-5`, `-5`},
	{`'it''s'`, `"it's"`},
	{`sys.toUpper('x')`, `"X"`},
	{`contoso.hello('you')`, `"hello of you"`},
	{`parameters('firstObject').ONE`, `"a"`},
	{`parameters('firstObject')['two']`, `"b"`},
	{`variables('dogs')[0].interests[sub(2, 1)]`, `"Frisbee"`},
	{`parameters('firstObject').?none.x.y`, `null`},
	{`parameters('firstObject')[?'one']`, `"a"`},
	{`variables('dogs')[?9].name`, `null`},
	{`parameters('nothing').?x`, `null`},
}

func TestExamples(t *testing.T) {
	for _, x := range examples {
		v, b := run(t, newWorld(), x[0])
		if got := show(v); got != x[1] {
			t.Errorf("%s\n got %s\nwant %s", x[0], got, x[1])
		}
		if len(b.Faults()) > 0 {
			t.Errorf("%s: %v", x[0], b.Faults())
		}
	}
}

// TestReference fails where a function of the reference is missing, or has no example, and where one is there that the
// reference does not name.
func TestReference(t *testing.T) {
	names := strings.Fields(reference)
	for _, name := range names {
		if lookup(name) == nil && !strings.HasPrefix(name, "list") {
			t.Errorf("%s is missing", name)
		}
		if !slices.ContainsFunc(examples, func(x [2]string) bool { return strings.Contains(x[0], name+"(") }) {
			t.Errorf("%s has no example", name)
		}
	}
	for _, f := range table() {
		if !slices.Contains(names, f.name) {
			t.Errorf("%s is not in the reference", f.name)
		}
	}
}
