// A provider of OpenID Connect that is not ours, for tests: node provider.mjs PORT REDIRECT. Whoever signs in is who they type; the address they type is verified.
import Provider from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: 'c4arch', client_secret: 'a secret of the client for tests', redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }],
  pkce: { required: () => true },
  conformIdTokenClaims: false, // claims of scopes stand in the ID token, as those of Entra ID do
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  cookies: { keys: ['for tests alone'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true, name: 'A Person', groups: ['architects'] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
