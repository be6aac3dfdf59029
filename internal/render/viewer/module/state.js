// @ts-check
// What is shown, as the text of an address. Whatever stands in an address may come from anybody: what is too long, too much
// or not a number is left out, and ids that no model has do nothing.
/** @import {State, Direction, Filter} from './types.js' */

/** The facets of filters, with the words for them. @type {Record<string, string>} */
export const FACETS = { tag: 'Tag', kind: 'Kind', owner: 'Owner', technology: 'Technology', source: 'Source', confidence: 'Confidence' };

const LONGEST = 20000;
const MOST_VALUES = 200;
const DEEPEST = 20;

/** @returns {State} */
export const nothing = () => ({ view: '', select: '', page: '', filter: {}, hide: false, focus: '', depth: 1, direction: 'both', from: '', to: '', open: [], closed: [], at: '' });

/** @param {string} text @returns {State} */
export function decodeState(text) {
  const out = nothing(), q = new URLSearchParams(text.slice(0, LONGEST).replace(/^#/, ''));
  const all = (/** @type {string} */ k) => [...new Set(q.getAll(k))].filter(Boolean).slice(0, MOST_VALUES);
  out.view = q.get('view') || '';
  out.select = q.get('select') || '';
  out.page = q.get('page') === 'account' ? 'account' : '';
  for (const k of Object.keys(FACETS)) {
    const values = all(k);
    if (values.length) out.filter[k] = values;
  }
  out.hide = q.get('hide') === '1';
  out.focus = q.get('focus') || '';
  out.depth = Math.min(Math.max(Math.trunc(Number(q.get('depth'))) || 1, 1), DEEPEST);
  const dir = q.get('dir');
  out.direction = dir === 'in' || dir === 'out' ? dir : 'both';
  out.from = q.get('from') || '';
  out.to = q.get('to') || '';
  out.open = all('open');
  out.closed = all('closed');
  out.at = readPlace(q.get('at') || '') ? q.get('at') || '' : '';
  return out;
}

/** @param {State} s @returns {string} */
export function encodeState(s) {
  const q = new URLSearchParams();
  const put = (/** @type {string} */ k, /** @type {string} */ v) => { if (v) q.append(k, v); };
  put('page', s.page);
  put('view', s.view);
  put('select', s.select);
  for (const k of Object.keys(FACETS)) for (const v of s.filter[k] || []) put(k, v);
  put('hide', s.hide ? '1' : '');
  put('focus', s.focus);
  if (s.focus) { put('depth', s.depth > 1 ? String(s.depth) : ''); put('dir', s.direction === 'both' ? '' : s.direction); }
  put('from', s.from);
  put('to', s.to);
  for (const id of s.open) put('open', id);
  for (const id of s.closed) put('closed', id);
  put('at', s.at);
  return '#' + q.toString();
}

/** @param {string} text @returns {{x: number, y: number, scale: number} | null} */
export function readPlace(text) {
  const parts = text.split(',').map(Number);
  if (parts.length !== 3 || parts.some((n) => !Number.isFinite(n) || Math.abs(n) > 1e6)) return null;
  return { x: parts[0], y: parts[1], scale: Math.min(Math.max(parts[2], 0.02), 8) };
}

/** @param {State} s @param {Partial<State>} patch @returns {State} Another view is looked at afresh: filters and a path stay, the rest is of the view. */
export function patched(s, patch) {
  const other = patch.view !== undefined && patch.view !== s.view;
  const kept = other ? { ...s, select: '', page: '', focus: '', open: [], closed: [], at: '' } : { ...s, page: patch.view === undefined ? s.page : '' };
  return { ...kept, ...patch };
}

/** @param {Filter} f @param {string} facet @param {string} value @param {boolean} on @returns {Filter} */
export function toggled(f, facet, value, on) {
  const out = { ...f }, rest = (f[facet] || []).filter((v) => v !== value);
  if (on) rest.push(value);
  if (rest.length) out[facet] = rest; else delete out[facet];
  return out;
}

/** @param {Window} w @returns {import('./types.js').Address} The part of a page's address behind the #, for a viewer that has a page to itself. */
export function pageAddress(w) {
  return {
    read: () => w.location.hash,
    write: (text, quiet) => { if (quiet) w.location.replace(text); else w.location.hash = text; },
    listen: (changed, signal) => w.addEventListener('hashchange', changed, { signal }),
  };
}

/** @returns {import('./types.js').Address} Only in memory: nothing outside changes. */
export function memoryAddress() {
  let text = '';
  return { read: () => text, write: (t) => { text = t; }, listen: () => {} };
}

/** @type {Direction[]} */
export const DIRECTIONS = ['both', 'out', 'in'];
