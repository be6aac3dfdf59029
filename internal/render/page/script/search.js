// Search over names, kinds, technologies, types, tags, owners, ids and the resources in the evidence.

/** @typedef {{id: string, view?: View, name: string, what: string, near: string, far: string}} Entry */

/** @type {Entry[]} Made at the first search. */
let entries = [];

function makeEntries() {
  if (entries.length) return;
  entries = model.elements.map((e) => ({
    id: e.id, name: nameOf(e.id), what: [KINDS[e.kind] || e.kind, e.technology || e.resourceType].filter(Boolean).join(' · '),
    near: [e.technology, e.resourceType, KINDS[e.kind], e.owner, ...(e.tags || []), ...(e.badges || [])].join('\n').toLowerCase(),
    far: [e.id, e.description, ...e.evidence.map((v) => v.resource)].join('\n').toLowerCase(),
  }));
  entries.push(...model.views.map((v) => ({ id: '', view: v, name: v.title.trim() || v.key, what: 'View · ' + (LEVELS.find((l) => l.kind === v.kind)?.name || v.kind), near: 'view', far: v.key.toLowerCase() })));
}

/** @param {Entry} entry @param {string[]} words @returns {number} less is better; -1 does not fit */
function score(entry, words) {
  let sum = entry.view ? 3 : entry.id && elements.get(entry.id)?.kind === 'resource' ? 2 : 0;
  const name = entry.name.toLowerCase();
  for (const w of words) {
    const at = name.indexOf(w);
    if (at === 0) sum += name.length === w.length ? 0 : 1;
    else if (at > 0) sum += /[\s\-_./]/.test(name[at - 1]) ? 4 : 6;
    else if (entry.near.includes(w)) sum += 12;
    else if (entry.far.includes(w)) sum += 24;
    else return -1;
  }
  return sum;
}

/** @param {string} text @returns {Entry[]} */
function find(text) {
  makeEntries();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return entries.map((e, i) => /** @type {const} */ ([score(e, words), i])).filter((p) => p[0] >= 0)
    .sort((a, b) => a[0] - b[0] || entries[a[1]].name.length - entries[b[1]].name.length || a[1] - b[1])
    .slice(0, 40).map((p) => entries[p[1]]);
}

/** @param {Entry} e @param {string} text Why an entry is there, when its name does not say it. */
function reason(e, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const w = words.find((one) => !e.name.toLowerCase().includes(one) && !e.what.toLowerCase().includes(one));
  if (!w) return '';
  const line = (e.near + '\n' + e.far).split('\n').find((l) => l.includes(w)) || '';
  return line.length > 90 ? '…' + line.slice(Math.max(0, line.indexOf(w) - 30), line.indexOf(w) + 60) + '…' : line;
}

function wireSearch() {
  const input = /** @type {HTMLInputElement} */ (byId('search')), list = byId('results');
  /** @type {Entry[]} */
  let found = [];
  let at = -1;
  const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); at = -1; };
  const point = (/** @type {number} */ i) => {
    at = i;
    for (const [n, li] of [...list.children].entries()) li.setAttribute('aria-selected', String(n === i));
    const li = list.children[i];
    if (li) { input.setAttribute('aria-activedescendant', li.id); li.scrollIntoView({ block: 'nearest' }); }
  };
  const choose = (/** @type {Entry | undefined} */ e) => {
    if (!e) return;
    close();
    input.blur();
    if (e.view) go({ view: e.view.key }); else goToElement(e.id);
    stage.el.focus({ preventScroll: true });
  };
  const draw = () => {
    found = find(input.value);
    list.replaceChildren(...found.map((e, i) => {
      const why = reason(e, input.value);
      return h('li', { role: 'option', id: 'result-' + i, 'aria-selected': 'false', onpointerdown: (/** @type {Event} */ ev) => ev.preventDefault(), onclick: () => choose(e) },
        h('span', { class: 'result-name', dir: 'auto' }, e.name), h('span', { class: 'quiet' }, e.what), why ? h('span', { class: 'result-why mono' }, why) : null);
    }));
    if (!found.length && input.value.trim()) list.append(h('li', { class: 'quiet', role: 'option', 'aria-disabled': 'true' }, 'Nothing is called so, and nothing has it in its id or evidence.'));
    list.hidden = !input.value.trim();
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (found.length) point(0); else { at = -1; input.removeAttribute('aria-activedescendant'); }
  };
  input.addEventListener('input', draw);
  input.addEventListener('focus', draw);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      if (found.length) point((at + (e.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length);
    } else if (e.key === 'Enter') choose(found[at]);
    else if (e.key === 'Escape') { if (input.value) { input.value = ''; draw(); } else { close(); input.blur(); stage.el.focus({ preventScroll: true }); } }
    else return;
    e.preventDefault();
  });
}
