package secret

import (
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for class, names := range map[Class]string{
		Opaque: `password Password PASSWORD passwd pwd secret token apikey apiKey api_key API-KEY access_key accountKey AccountKey account_key primary_key
			primaryKey primary_access_key secondaryMasterKey connectionPassword administratorLoginPassword admin_password DB_PASSWORD db.password
			spring.datasource.password dbpassword mysqlpwd clientSecret client_secret CLIENT-SECRET clientsecret private_key privateKeyPem credentials
			aws_secret_access_key SASToken sas sasToken accessToken auth_token passphrase POSTGRES_PASSWORD SA_PASSWORD RABBITMQ_DEFAULT_PASS
			JWT_SECRET SECRET_KEY_BASE sharedKey shared_access_key hostKey masterKey functionKeys subscriptionKey instrumentationSecret
			kube_config_raw kubeconfig protectedSettings protected_settings dockerconfigjson .dockerconfigjson tls.key password1 primaryKey2 passwordHash
			secretValue secret_string --db-password -Dpassword`,
		Connection: `connectionString connection_string CONNECTIONSTRING ConnectionStrings primaryConnectionString primary_connection_string
			WEBSITE_CONTENTAZUREFILECONNECTIONSTRING conn_str DSN`,
		Reference: `secretName secret_name secretId secretUri keyVaultSecretId key_vault_secret_id tokenEndpoint token_endpoint passwordPolicy
			secretsProvider azureKeyvaultSecretsProvider secretRef secretKeyRef imagePullSecretName tokenType accessTokenVersion POSTGRES_PASSWORD_FILE
			existingSecret secret_arn SharedAccessKeyName access_key_id secretIdentifier sasPolicy passwordAuthenticationDisabled tokenStoreEnabled
			basicPublishingCredentialsPolicies maxTokenCount credentialSource`,
		Open: `name id key keyVaultId keyVault publicKey public_key ssh_public_key partitionKey hash_key range_key keyName kms_key_id host location
			tags bypass compass passThrough instrumentationKey monkey keyboard tokenizer author topologyKey value note`,
	} {
		for _, name := range strings.Fields(names) {
			if got := Name(name); got != class {
				t.Errorf("%s is %d, not %d", name, got, class)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"administratorLoginPassword": "administrator login password", "DB_PASSWORD": "db password", "SASToken": "sas token", "HTTPServer2Key": "http server key",
		"resourceIDs": "resource ids", "key1": "key", "a.b-c/d e": "a b c d e", "": "", "123": "", "IPAddress": "ip address", "fooID": "foo id",
	} {
		var buf [maxWords]string
		if got := strings.Join(words(name, &buf), " "); got != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	var l spans
	for _, sp := range [][2]int{{10, 20}, {30, 40}, {5, 8}, {20, 22}, {15, 21}, {50, 60}, {38, 52}, {0, 1}, {70, 80}, {90, 95}, {100, 110}, {120, 130}, {140, 150}} {
		l.add(sp[0], sp[1])
	}
	want := spans{{0, 1}, {5, 8}, {10, 22}, {30, 60}, {70, 80}, {90, 95}, {100, 110}, {120, 130}, {140, 150}}
	if !slices.Equal(l, want) {
		t.Fatalf("%v, not %v", l, want)
	}
	for i := range 160 {
		to, in := 0, false
		for _, sp := range want {
			if i >= sp.from && i < sp.to {
				to, in = sp.to, true
			}
		}
		if gotTo, gotIn := l.at(i); gotIn != in || gotTo != to {
			t.Errorf("at %d: %d %v, not %d %v", i, gotTo, gotIn, to, in)
		}
	}
}

// Certificates and public keys are told from private keys by their outermost structure.
func TestPublicDER(t *testing.T) {
	seq := func(parts ...[]byte) []byte {
		body := slices.Concat(parts...)
		return append([]byte{0x30, byte(len(body))}, body...)
	}
	bits, octets, one := []byte{0x03, 2, 0, 1}, []byte{0x04, 1, 1}, []byte{0x02, 1, 0}
	for name, x := range map[string]struct {
		data []byte
		want bool
	}{
		"certificate": {seq(seq(one), seq(one), bits), true}, "public key": {seq(seq(one), bits), true},
		"pkcs8": {seq(one, seq(one), octets), false}, "encrypted pkcs8": {seq(seq(one), octets), false}, "pkcs1": {seq(one, one, one), false},
		"cut off": {seq(seq(one), bits)[:8], false}, "more": {append(seq(seq(one), bits), 0), false}, "none": {nil, false},
		"length of lengths": {[]byte{0x30, 0x85, 1, 1, 1, 1, 1}, false},
	} {
		if got := isPublicDER(x.data); got != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
