// @ts-check
// The list of views by level, and the way from the landscape to the view one is in.
/** @import {Viewer} from './types.js' */
import { h } from './dom.js';
import { LEVELS, labelOf, titleOf, trailTo } from './model.js';

/** @param {Viewer} viewer */
export function drawRail(viewer) {
  const { rail } = viewer.parts, { model, order } = viewer.index;
  const filter = model.views.length > 12 ? h('input', { type: 'search', class: 'filter', placeholder: 'Filter views', 'aria-label': 'Filter views', autocomplete: 'off', spellcheck: 'false',
    oninput: (/** @type {Event} */ e) => filterRail(rail, /** @type {HTMLInputElement} */ (e.target).value) }) : null;
  const groups = LEVELS.filter((l) => order.has(l.kind)).map((l) => {
    const list = order.get(l.kind) || [];
    return h('details', { class: 'level', open: true, 'data-kind': l.kind },
      h('summary', { title: l.about }, l.mark ? h('span', { class: 'mark' }, l.mark) : null, h('span', null, l.name), h('span', { class: 'tally' }, String(list.length))),
      h('ul', null, ...list.map((v) => h('li', null, h('button', { class: 'view', 'data-key': v.key, title: v.title }, labelOf(viewer.index, v))))));
  });
  // Of a long level only what matches or is open is worth the room; the levels below stay closed at first.
  if (model.views.length > 60) for (const g of groups) g.open = ['landscape', 'context', 'containers', 'deployment'].includes(g.dataset.kind || '') && (order.get(g.dataset.kind || '') || []).length <= 60;
  rail.replaceChildren(...[filter, ...groups, h('p', { class: 'none', hidden: true }, 'No view matches.')].filter(Boolean));
  rail.addEventListener('click', (e) => {
    const b = e.target instanceof Element ? e.target.closest('.view') : null;
    if (b) { closeRail(viewer); viewer.go({ view: b.getAttribute('data-key') || '', page: '' }); }
  }, { signal: viewer.signal });
}

/** @param {HTMLElement} rail @param {string} text */
function filterRail(rail, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const g of rail.querySelectorAll('details')) {
    let here = false;
    for (const b of g.querySelectorAll('button')) {
      const hay = ((b.textContent || '') + ' ' + b.title).toLowerCase(), fits = words.every((w) => hay.includes(w));
      /** @type {HTMLElement} */ (b.parentElement).hidden = !fits;
      here = here || fits;
    }
    g.hidden = !here;
    if (words.length && here) g.open = true;
    any = any || here;
  }
  /** @type {HTMLElement} */ (rail.querySelector('.none')).hidden = any;
}

/** @param {Viewer} viewer */
export function markRail(viewer) {
  const { rail } = viewer.parts;
  for (const b of rail.querySelectorAll('.view[aria-current]')) b.removeAttribute('aria-current');
  if (!viewer.view || viewer.state.page) return;
  const b = rail.querySelector('.view[data-key="' + CSS.escape(viewer.view.key) + '"]');
  if (!b) return;
  b.setAttribute('aria-current', 'page');
  const level = b.closest('details');
  if (level) level.open = true;
  const r = b.getBoundingClientRect(), box = rail.getBoundingClientRect();
  if (r.top < box.top || r.bottom > box.bottom) rail.scrollTop += r.top - box.top - box.height / 3;
}

/** @param {Viewer} viewer */
export function drawCrumbs(viewer) {
  const { view, index, parts } = viewer, trail = view ? trailTo(index, view) : [];
  parts.crumbs.replaceChildren(...trail.slice(0, -1).map((v) => {
    const level = LEVELS.find((l) => l.kind === v.kind), from = view?.subject || '';
    return h('span', { class: 'crumb' }, h('button', { class: 'v-link', title: titleOf(v), onclick: () => viewer.go({ view: v.key, select: v.elements.includes(from) ? from : '' }) },
      v.kind === 'landscape' ? 'Landscape' : labelOf(index, v) + (level && level.mark ? ' ' + level.mark : '')));
  }));
}

/** @param {Viewer} viewer */
export function openRail(viewer) {
  viewer.parts.rail.classList.add('is-open');
  viewer.parts.shade.hidden = false;
  viewer.parts.railButton.setAttribute('aria-expanded', 'true');
}

/** @param {Viewer} viewer @returns {boolean} whether there was anything to close */
export function closeRail(viewer) {
  const was = viewer.parts.rail.classList.contains('is-open');
  viewer.parts.rail.classList.remove('is-open');
  viewer.parts.shade.hidden = true;
  viewer.parts.railButton.setAttribute('aria-expanded', 'false');
  return was;
}
