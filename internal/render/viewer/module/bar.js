// @ts-check
// What is filtered, in words, and the form in which it is chosen.
/** @import {Viewer} from './types.js' */
import { count, h, icon, iconButton, longList } from './dom.js';
import { facetsOf, saidOf, valueName } from './filter.js';
import { FACETS, toggled } from './state.js';

/** @param {Viewer} viewer @param {import('./filter.js').Kept | null} kept */
export function drawStatus(viewer, kept) {
  const { state, index, parts } = viewer, said = saidOf(index, state, kept);
  parts.status.hidden = !said;
  const wanted = Object.values(state.filter).reduce((n, v) => n + v.length, 0);
  parts.filterTally.replaceChildren(...(wanted ? [String(wanted), h('span', { class: 'v-unseen' }, ' chosen')] : []));
  if (!said) { parts.status.replaceChildren(); return ''; }
  const rest = kept ? kept.boxes - kept.shownBoxes : 0, lines = kept && viewer.picture ? viewer.picture.view.lines.length : 0;
  const text = kept ? kept.shownBoxes + ' of ' + count(kept.boxes, 'element') + ' and ' + kept.shownLines + ' of ' + count(lines, 'line') + ': ' + said + '.' +
    (rest ? ' The rest is ' + (state.hide ? 'hidden.' : 'dimmed.') : '') : said;
  parts.status.replaceChildren(h('span', { class: 'words', dir: 'auto' }, text), ...(state.focus ? depth(viewer) : []),
    h('button', { class: 'v-act', 'data-act': 'hide', onclick: () => viewer.go({ hide: !state.hide }) }, state.hide ? 'Dim the rest' : 'Hide the rest'),
    h('button', { class: 'v-act', 'data-act': 'clear', onclick: () => viewer.go({ filter: {}, focus: '', from: '', to: '', hide: false }) }, icon('close'), 'Show all'));
  return text;
}

/** @param {Viewer} viewer How far the focus reaches, and which way. */
function depth(viewer) {
  const { state } = viewer;
  const way = h('select', { 'aria-label': 'Direction of the lines', onchange: () => viewer.go({ direction: way.value }) },
    ...[['both', 'both ways'], ['out', 'what it uses'], ['in', 'what uses it']].map(([v, text]) => h('option', { value: v, selected: v === state.direction }, text)));
  return [h('span', { class: 'depth', role: 'group', 'aria-label': 'How many lines away' },
    iconButton('out', 'One line less (<)', () => viewer.go({ depth: Math.max(state.depth - 1, 1) }, { quiet: true }), { 'data-act': 'nearer', disabled: state.depth <= 1 }),
    h('output', null, String(state.depth)),
    iconButton('in', 'One line more (>)', () => viewer.go({ depth: Math.min(state.depth + 1, 20) }, { quiet: true }), { 'data-act': 'farther' })), way];
}

/** @param {Viewer} viewer Draws the form with what the view has to choose from. */
export function drawFilters(viewer) {
  const { filters } = viewer.parts, { state, view } = viewer;
  if (filters.hidden || !view) return;
  const facets = facetsOf(viewer.index, viewer.picture?.view || view), focused = document.activeElement?.getAttribute('data-value');
  const groups = [...facets].map(([facet, values]) => {
    const wanted = state.filter[facet] || [];
    for (const v of wanted) if (!values.has(v)) values.set(v, 0);
    const list = [...values].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return list.length ? h('fieldset', { 'data-facet': facet }, h('legend', null, FACETS[facet]), longList(list, 8, ([value, n]) => option(viewer, facet, value, n, wanted.includes(value)), 'ul')) : null;
  });
  filters.replaceChildren(
    h('header', null, h('h3', null, 'Filters'), iconButton('close', 'Close the filters', () => { toggleFilters(viewer, false); viewer.parts.filterButton.focus(); })),
    h('label', { class: 'choice' }, h('input', { type: 'checkbox', 'data-value': 'hide', checked: state.hide, onchange: () => viewer.go({ hide: !viewer.state.hide }) }), h('span', null, 'Hide what does not fit')),
    ...groups.filter(Boolean));
  if (focused) /** @type {HTMLElement | null} */ (filters.querySelector('[data-value="' + CSS.escape(focused) + '"]'))?.focus();
}

/** @param {Viewer} viewer @param {string} facet @param {string} value @param {number} n @param {boolean} on */
function option(viewer, facet, value, n, on) {
  return h('li', null, h('label', { class: 'choice' },
    h('input', { type: 'checkbox', 'data-value': facet + ':' + value, checked: on, onchange: (/** @type {Event} */ e) => viewer.go({ filter: toggled(viewer.state.filter, facet, value, /** @type {HTMLInputElement} */ (e.target).checked) }) }),
    h('span', { dir: 'auto' }, valueName(facet, value)), h('span', { class: 'tally' }, String(n))));
}

/** @param {Viewer} viewer @param {boolean} [on] */
export function toggleFilters(viewer, on) {
  const { filters, filterButton } = viewer.parts;
  filters.hidden = !(on ?? filters.hidden);
  filterButton.setAttribute('aria-expanded', String(!filters.hidden));
  drawFilters(viewer);
  if (!filters.hidden) /** @type {HTMLElement | null} */ (filters.querySelector('input'))?.focus();
}
