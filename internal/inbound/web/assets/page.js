// What pages do besides: the code of a link, copying, menus.

// The code of a link stands behind the #, which a browser sends to nobody. It goes into the form, and out of the address bar and the history.
const code = document.querySelector("[data-code]");
const take = () => {
  const given = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code || !given) return;
  history.replaceState(null, "", location.pathname);
  code.value = given;
  code.closest("[data-code-field]").hidden = true;
  const form = code.form;
  if (form.dataset.auto !== undefined) return form.requestSubmit();
  form.querySelector("input:not([type=hidden], [data-code])")?.focus();
};
take();
addEventListener("hashchange", take); // the link was opened in a tab that shows the form already

for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  const said = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(from.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(from); // without leave to the clipboard, so that the keys for copying work
      said.textContent = "Selected: copy it with your keyboard.";
    }
  });
}

// A menu closes by Escape, and when one goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Times in the reader's zone; UTC stands in the tip. Where the zone is UTC they stay as they are.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const around = document.querySelector("[data-zone]");
if (zone && zone !== "UTC" && zone !== "Etc/UTC" && around) {
  const local = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });
  const tell = (root) => {
    for (const time of root.querySelectorAll("time[datetime$='Z']:not([title])")) {
      if (!/:/.test(time.textContent)) continue; // a day is a day
      time.title = time.textContent.trim();
      time.textContent = local.format(new Date(time.dateTime));
    }
  };
  tell(document);
  around.textContent = around.dataset.zone.replace("{zone}", zone);
  new MutationObserver((all) => all.forEach((m) => m.addedNodes.forEach((n) => n.parentElement && tell(n.parentElement)))).observe(document.getElementById("main"), { childList: true, subtree: true });
}

// Forms of which a second look is worth it.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault();
  });
}

// What a purpose does not give cannot be asked for.
const purpose = document.querySelector("select[data-purpose]");
if (purpose) {
  const fit = () => {
    for (const set of document.querySelectorAll("[data-of]")) {
      set.hidden = set.disabled = set.dataset.of !== purpose.value;
    }
  };
  purpose.addEventListener("change", fit);
  fit();
}

// The search of the description.
const search = document.querySelector("[data-search]");
if (search) {
  search.closest("[hidden]")?.removeAttribute("hidden");
  search.addEventListener("input", () => {
    const asked = search.value.trim().toLowerCase().split(/\s+/);
    for (const op of document.querySelectorAll("[data-op]")) op.hidden = !asked.every((w) => op.dataset.op.includes(w));
    for (const group of document.querySelectorAll("[data-ops]")) group.hidden = !group.querySelector("[data-op]:not([hidden])");
  });
}
