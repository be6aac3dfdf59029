// Package cloud says who this program is to Azure and to AWS, over clients that are handed in.
//
// It promises: no source of identity runs a command or reads the profile of a person (the Azure and AWS command lines, credential_process and shared profiles
// are left out); every request for a token goes through the client given. It leaves out what the identity may do: that is said in the cloud.
package cloud

import (
	"net/http"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/aws/aws-sdk-go-v2/config"

	"c4arch/internal/base/fault"
)

// attempts is how often a request of an AWS client is made, the first included.
const attempts = 3

// AWS are the options to load a configuration with: the environment, a web identity token, the container's or the machine's own role. The addresses of
// the last two are link-local: the purpose of the client has to allow them. AWS_CA_BUNDLE is refused, since the library then changes the client: roots of
// trust are those of the client.
func AWS(client *http.Client, region string) ([]func(*config.LoadOptions) error, error) {
	if os.Getenv("AWS_CA_BUNDLE") != "" {
		return nil, fault.New(fault.Invalid, "AWS_CA_BUNDLE is set, and is not used here").
			WithHelp("unset it, and give the roots of trust to c4arch or to the system")
	}
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		// Files of a person's profile may name a command to run.
		config.WithSharedConfigFiles([]string{os.DevNull}),
		config.WithSharedCredentialsFiles([]string{os.DevNull}),
		config.WithRetryMaxAttempts(attempts),
	}
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	return options, nil
}

// Azure is the identity of a workload (a federated token in a file), of the environment (a client with a secret or a certificate) or of the machine, the
// first that is there. What is not configured is left out; the machine's own identity is asked for at the first use.
func Azure(client *http.Client) (*azidentity.ChainedTokenCredential, error) {
	var found []azcore.TokenCredential
	var w azidentity.WorkloadIdentityCredentialOptions
	w.Transport = client
	if c, err := azidentity.NewWorkloadIdentityCredential(&w); err == nil {
		found = append(found, c)
	}
	var e azidentity.EnvironmentCredentialOptions
	e.Transport = client
	if c, err := azidentity.NewEnvironmentCredential(&e); err == nil {
		found = append(found, c)
	}
	var m azidentity.ManagedIdentityCredentialOptions
	m.Transport = client
	if user := os.Getenv("AZURE_CLIENT_ID"); user != "" && len(found) == 0 {
		m.ID = azidentity.ClientID(user)
	}
	if c, err := azidentity.NewManagedIdentityCredential(&m); err == nil {
		found = append(found, c)
	}
	chain, err := azidentity.NewChainedTokenCredential(found, nil)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "there is no identity for Azure").
			WithHelp("run where a managed or workload identity is, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET")
	}
	return chain, nil
}
