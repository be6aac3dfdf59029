package evidence

import (
	"strings"
	"testing"
)

// syntaxes are ways in which a password stands in text, each as the program that reads it writes it. The
// host beside it is always contoso.com or a service of a provider, and has to survive.
var syntaxes = []string{
	`Server=a.contoso.com;Password="hun;ter2";Database=x`, `Server=a.contoso.com;Password='hun;ter2';Database=x`,
	`PGPASSWORD=hunter2 psql -h db.contoso.com`, `export AWS_SECRET_ACCESS_KEY=hunter2`, `curl -H "X-Api-Key: hunter2" https://a.contoso.com`,
	`curl -H 'Authorization: Bearer hunter2abc' https://a.contoso.com`, `curl --header "Authorization: token hunter2"`, `helm --set db.password=hunter2 --set x=y`, `redis-cli -a hunter2 ping`, `sshpass -p hunter2 ssh x@host`,
	`traefik.http.middlewares.auth.basicauth.users=admin:$$apr1$$abcdefgh$$abcdefghijklmnopqrstuv`, `smtp://user:hunter2@mail.contoso.com:587`, `password=hunter2`, `password: hunter2`, `{password: hunter2, host: db}`,
	`password => "hunter2"`, `"password"="hunter2"`, `set PASSWORD=hunter2 && run`, `docker login -u bob -p hunter2 registry.contoso.com`, `az login --service-principal -u x -p hunter2 --tenant y`,
	`ALTER USER sa WITH PASSWORD = 'hunter2'`, `CREATE LOGIN x WITH PASSWORD='hunter2'`, `https://a.contoso.com/?api_key=hunter2&x=1`, `https://a.contoso.com/?access_token=hunter2#frag`, `https://hunter2token1234567890abcdefXY@github.com/x/y`,
	`jdbc:postgresql://db.contoso.com/x?user=a&password=hunter2&ssl=true`, `jdbc:oracle:thin:scott/hunter2@db.contoso.com:1521:XE`, `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";`,
	`org.x.Login required username='u' password='hunter2';`, "#cloud-config\nchpasswd:\n  list: |\n    root:hunter2\n", "machine a\nlogin b\npassword hunter2\n", `<connectionStrings><add name="x" connectionString="Server=a;Password=hunter2;" /></connectionStrings>`,
	`<add key="ApiSecret" value="hunter2" />`, `<Password type="x">hunter2</Password>`, "[db]\npassword=hunter2 ; comment\n", "db:\n  password: 'hunter2' # c\n", "secrets:\n  foo: hunter2\n  bar: {x: hunter2}\n", "credentials:\n- hunter2\n- hunter2b\n",
	"password: >-\n  hunter2\n  more\nx: y\n", "a:\n  - name: x\n    password: hunter2\n", `{"a":{"b":"{\"password\":\"hunter2\"}"}}`, `[{"name":"DB_PASSWORD","value":"hunter2"}]`, `key=DB_PASSWORD,value=hunter2`, `user=admin,password=hunter2`,
	`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=hunter2==;EndpointSuffix=core.windows.net`, `AccountEndpoint=https://x.documents.azure.com:443/;AccountKey=hunter2`, `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=hunter2=`,
	`HostName=x.azure-devices.net;SharedAccessKeyName=n;SharedAccessKey=hunter2=`, `Endpoint=https://x.azconfig.io;Id=abcd;Secret=hunter2`, `endpoint=https://x.communication.azure.com/;accesskey=hunter2`, `Endpoint=https://x.service.signalr.net;AccessKey=hunter2;Version=1.0;`,
	`BlobEndpoint=https://x.blob.core.windows.net/;SharedAccessSignature=sv=2020&sig=hunter2`, `amqps://u:hunter2@x.mq.eu-west-1.amazonaws.com:5671`, `mongodb+srv://u:hun%40ter2@c.mongodb.net/`, `ldap bind_password hunter2`, `$env:DB_PASSWORD = "hunter2"`, `setx DB_PASSWORD hunter2`, `DB_PASSWORD hunter2`,
	`MYSQL_PWD=hunter2`, `password:hunter2`, `pass=hunter2`, `user:hunter2@db.contoso.com:5432/x`, `{"Authorization":"Basic dTpodW50ZXIy"}`, `--token=hunter2 --x`, `--api-key "hunter2 x" -v`, `-Dspring.datasource.password=hunter2 -jar x.jar`, `-e DB_PASSWORD=hunter2 image`, `"DB_PASSWORD=hunter2"`, `FOO=1;DB_PASSWORD=hunter2;BAR=2`, `config set x.password hunter2`,
}

func TestSyntaxes(t *testing.T) {
	s := testSealer(t)
	for _, text := range syntaxes {
		got := s.Text(text)
		if strings.Contains(got, "hunter") || strings.Contains(got, "hun;ter") || strings.Contains(got, "hun%40") {
			t.Errorf("%s\n  became %s", text, got)
		}
		if again := s.Text(got); again != got {
			t.Errorf("%s\n  became %s\n  and then %s", text, got, again)
		}
		for _, host := range []string{
			"contoso.com", "documents.azure.com", "servicebus.windows.net", "azure-devices.net", "azconfig.io",
			"communication.azure.com", "blob.core.windows.net", "amazonaws.com", "mongodb.net", "github.com", "signalr.net",
		} {
			if strings.Contains(text, host) && !strings.Contains(got, host) {
				t.Errorf("%s\n  became %s: the host is lost", text, got)
			}
		}
	}
}
