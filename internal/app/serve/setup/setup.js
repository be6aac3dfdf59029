// The code of the link stands behind the #, which a browser sends to nobody. It goes into the form, and out of the address bar and the history.
"use strict";

const field = document.getElementById("code");

function take() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!field || !code) return;
  history.replaceState(null, "", location.pathname);
  field.value = code;
  document.getElementById("field").hidden = true;
  document.getElementById("intro").textContent = "Your link is here. It makes you the operator of this instance, and works once.";
  document.querySelector("form button").focus();
}

take();
addEventListener("hashchange", take); // the link was opened in a tab that shows the form already

for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  const said = document.getElementById("said");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(from.textContent);
      said.textContent = "Copied.";
    } catch {
      // Without leave to the clipboard: select it, so that the keys for copying work.
      getSelection().selectAllChildren(from);
      said.textContent = "Selected: copy it with your keyboard.";
    }
  });
}
