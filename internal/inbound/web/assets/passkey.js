// Forms with data-passkey: what is in them goes to data-begin, the answer to the browser's passkeys, and what those say to data-finish, which says where to go on.
import { create, get, offers, possible } from "./webauthn.js";

class Refused extends Error {
  constructor(problem) {
    super([problem.detail, problem.help].filter(Boolean).map((s) => s[0].toUpperCase() + s.slice(1).replace(/\.$/, "") + ".").join(" "));
    this.to = problem.to;
  }
}

async function post(path, body) {
  const res = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  const answer = await res.json().catch(() => ({ detail: "The service does not answer as it should." }));
  if (!res.ok) throw new Refused(answer);
  return answer;
}

const fields = (form) => Object.fromEntries([...new FormData(form)].filter(([, v]) => typeof v === "string"));

function say(form, words) {
  const said = form.querySelector(".said");
  said.textContent = words;
  said.classList.toggle("wrong", words !== "");
}

function words(err) {
  switch (err.name) {
    case "NotAllowedError":
      return "Nothing was chosen, or it took too long. Try again when you are ready.";
    case "InvalidStateError":
      return "This device has a passkey for you here already.";
    case "SecurityError":
      return "The browser refuses passkeys at this address. Open the service by its name, with https.";
    case "NotSupportedError":
      return "This device has no kind of passkey that the service takes.";
    case "TypeError":
      return "The service cannot be reached. Try again in a moment.";
  }
  return err.message;
}

let waiting; // passkeys that are offered in a field, while nothing else was asked for
let offered = Promise.resolve(false); // whether one of those was taken, once the offer is over
let asked = false; // something was asked for: nothing is offered any more

async function run(form, signal) {
  const sent = fields(form);
  const options = await post(form.dataset.begin, sent);
  const response = form.dataset.passkey === "create" ? await create(options) : await get(options, signal);
  const { to } = await post(form.dataset.finish, { fields: sent, response });
  // What was filled in before the proof was asked for is sent now.
  const then = document.getElementById(form.dataset.then ?? "");
  if (then) return then.submit();
  location.assign(new URL(to, location.origin));
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    asked = true;
    waiting?.abort();
    if (!possible()) return say(form, "This browser has no passkeys, or the address is not a secure one.");
    const button = form.querySelector("button[type=submit]");
    say(form, "");
    button.disabled = true;
    try {
      // What an offer began has to end first: its answer, where it came late, would put its ceremony in the place of the one that begins now.
      if (await offered) return;
      await run(form);
    } catch (err) {
      if (err.to) return location.assign(`${err.to}?next=${encodeURIComponent(location.pathname)}`);
      say(form, words(err));
    } finally {
      button.disabled = false;
    }
  });
}

const offer = document.querySelector("form[data-offer]");
if (offer && (await offers()) && !asked) {
  waiting = new AbortController();
  offered = run(offer, waiting.signal).then(
    () => true,
    (err) => {
      if (err.name !== "AbortError" && err.name !== "NotAllowedError") say(offer, words(err));
      return false;
    },
  );
}
