// What WebAuthn has as bytes stands in JSON as base64url without padding (WebAuthn Level 3 section 5.1.8).

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list) => list?.map((c) => ({ ...c, id: bytes(c.id) }));

export const possible = () => "credentials" in navigator && typeof PublicKeyCredential === "function";

/** Whether the browser can offer passkeys in the field for an e-mail address. */
export const offers = async () => possible() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());

/** Makes a passkey, and returns what the service verifies. */
export async function create(options) {
  const key = options.publicKey ?? options;
  const made = await navigator.credentials.create({
    publicKey: { ...key, challenge: bytes(key.challenge), user: { ...key.user, id: bytes(key.user.id) }, excludeCredentials: known(key.excludeCredentials) },
  });
  return {
    id: made.id, rawId: text(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

/** Signs with a passkey that is there. With a signal it waits for one to be chosen in the field that has autocomplete="webauthn". */
export async function get(options, signal) {
  const key = options.publicKey ?? options;
  const got = await navigator.credentials.get({
    publicKey: { ...key, challenge: bytes(key.challenge), allowCredentials: known(key.allowCredentials) },
    ...(signal ? { mediation: "conditional", signal } : {}),
  });
  const r = got.response;
  return {
    id: got.id, rawId: text(got.rawId), type: got.type, authenticatorAttachment: got.authenticatorAttachment ?? undefined,
    clientExtensionResults: got.getClientExtensionResults(),
    response: {
      clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : undefined,
    },
  };
}
