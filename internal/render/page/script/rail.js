// The list of views by level, and the way from the landscape to the view one is in.

/** Views by level in the order of the list: by name, numbers as numbers. @type {Map<string, View[]>} */
const railOrder = group(model.views, (v) => v.kind);
for (const list of railOrder.values()) list.sort((a, b) => labelOf(a).localeCompare(labelOf(b), 'en', { numeric: true }) || (a.key < b.key ? -1 : 1));

function drawRail() {
  const rail = byId('rail');
  const filter = model.views.length > 12 ? h('input', { type: 'search', class: 'filter', placeholder: 'Filter views', 'aria-label': 'Filter views', autocomplete: 'off', spellcheck: 'false',
    oninput: (/** @type {Event} */ e) => filterRail(/** @type {HTMLInputElement} */ (e.target).value) }) : null;
  const groups = LEVELS.filter((l) => railOrder.has(l.kind)).map((l) => {
    const list = railOrder.get(l.kind) || [];
    return h('details', { class: 'level', open: true, 'data-kind': l.kind },
      h('summary', { title: l.about }, l.mark ? h('span', { class: 'mark' }, l.mark) : null, h('span', null, l.name), h('span', { class: 'tally' }, String(list.length))),
      h('ul', null, ...list.map((v) => h('li', null, h('button', { class: 'view', 'data-key': v.key, title: v.title, onclick: () => { closeRail(); go({ view: v.key }); } }, labelOf(v))))));
  });
  // Of a long level only what matches or is open is worth the room; the levels below stay closed at first.
  if (model.views.length > 60) for (const g of groups) g.open = ['landscape', 'context', 'containers', 'deployment'].includes(g.dataset.kind || '') && (railOrder.get(g.dataset.kind || '') || []).length <= 60;
  rail.replaceChildren(...[filter, ...groups, h('p', { class: 'none', hidden: true }, 'No view matches.')].filter(Boolean));
}

/** @param {string} text */
function filterRail(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const g of document.querySelectorAll('#rail details')) {
    let here = false;
    for (const b of g.querySelectorAll('button')) {
      const hay = ((b.textContent || '') + ' ' + b.title).toLowerCase();
      const fits = words.every((w) => hay.includes(w));
      /** @type {HTMLElement} */ (b.parentElement).hidden = !fits;
      here = here || fits;
    }
    /** @type {HTMLElement} */ (g).hidden = !here;
    if (words.length && here) /** @type {HTMLDetailsElement} */ (g).open = true;
    any = any || here;
  }
  /** @type {HTMLElement} */ (document.querySelector('#rail .none')).hidden = any;
}

function markRail() {
  for (const b of document.querySelectorAll('#rail .view[aria-current]')) b.removeAttribute('aria-current');
  if (!current.view || current.page) return;
  const b = document.querySelector('#rail .view[data-key="' + CSS.escape(current.view.key) + '"]');
  if (!b) return;
  b.setAttribute('aria-current', 'page');
  const level = b.closest('details');
  if (level) level.open = true;
  const rail = byId('rail'), r = b.getBoundingClientRect(), box = rail.getBoundingClientRect();
  if (r.top < box.top || r.bottom > box.bottom) rail.scrollTop += r.top - box.top - box.height / 3;
}

function drawCrumbs() {
  const trail = [];
  for (let v = current.view; v && trail.length < 12 && !trail.includes(v); v = viewAround(v)) trail.unshift(v);
  byId('crumbs').replaceChildren(...(trail.length < 2 ? [] : trail.slice(0, -1)).map((v) => {
    const level = LEVELS.find((l) => l.kind === v.kind);
    return h('span', { class: 'crumb' }, h('button', { class: 'link', title: v.title, onclick: () => go({ view: v.key, select: current.view?.subject && v.elements.includes(current.view.subject) ? current.view.subject : undefined }) },
      v.kind === 'landscape' ? 'Landscape' : labelOf(v) + (level && level.mark ? ' ' + level.mark : '')));
  }));
}

function openRail() {
  byId('rail').classList.add('is-open');
  byId('shade').hidden = false;
  byId('rail-button').setAttribute('aria-expanded', 'true');
}

/** @returns {boolean} whether there was anything to close */
function closeRail() {
  const was = byId('rail').classList.contains('is-open');
  byId('rail').classList.remove('is-open');
  byId('shade').hidden = true;
  byId('rail-button').setAttribute('aria-expanded', 'false');
  return was;
}
