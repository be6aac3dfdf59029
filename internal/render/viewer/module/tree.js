// @ts-check
// The properties of a resource as a tree that opens step by step; what is closed is not in the document.
import { count, h, longList } from './dom.js';

/** @param {unknown} v @returns {string | null} The one text that stands for a value, or null for a list or an object. */
function leafText(v) {
  if (v === null) return 'null';
  if (typeof v === 'string') return v === '' ? '""' : v;
  if (typeof v !== 'object') return String(v);
  const entries = Object.entries(/** @type {object} */ (v));
  if (!entries.length) return Array.isArray(v) ? '[ ]' : '{ }';
  // A number that a double cannot hold is kept as text under this tag.
  if (!Array.isArray(v) && entries.length === 1 && entries[0][0] === '$number' && typeof entries[0][1] === 'string') return entries[0][1];
  return null;
}

/** What stands in a text in place of a secret: a fingerprint, by which only a change is seen. */
const SECRET = /secret:hmac-sha256:[0-9a-f]{32}/;

/** @param {unknown} v */
function leafKind(v) {
  if (typeof v === 'string' && SECRET.test(v)) return 'secret';
  if (v && typeof v === 'object') return '$number' in v ? 'number' : 'empty';
  return v === null ? 'empty' : typeof v;
}

/** @param {unknown} value @param {string} path @param {number} open how many levels stand open */
export function tree(value, path, open) {
  const entries = /** @type {[string, unknown][]} */ (Object.entries(/** @type {object} */ (value || {})));
  const list = Array.isArray(value);
  return longList(entries, 100, ([k, v]) => branch(list ? '[' + k + ']' : k, v, list ? path + '[' + k + ']' : path ? path + '.' + k : k, open), 'ul', 'tree');
}

/** @param {string} name @param {unknown} value @param {string} path @param {number} open */
function branch(name, value, path, open) {
  const text = leafText(value);
  if (text !== null) {
    const kind = leafKind(value);
    const label = kind === 'secret' ? h('span', { class: 'value secret', title: 'A secret was here: only a fingerprint of it was kept' }, text) : h('span', { class: 'value ' + kind }, text);
    return h('li', { class: 'leaf', title: path }, h('span', { class: 'prop' }, name), ' ', label);
  }
  const n = Object.keys(/** @type {object} */ (value)).length;
  const details = h('details', open > 0 ? { open: true } : null, h('summary', { title: path }, h('span', { class: 'prop' }, name), ' ', h('span', { class: 'v-quiet' }, Array.isArray(value) ? count(n, 'entry', 'entries') : count(n, 'property', 'properties'))));
  const fill = () => { if (details.open && details.children.length === 1) details.append(tree(value, path, open - 1)); };
  details.addEventListener('toggle', fill);
  fill();
  return h('li', null, details);
}
