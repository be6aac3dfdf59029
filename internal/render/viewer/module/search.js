// @ts-check
// Search over names, kinds, technologies, types, tags, owners, ids and the resources in the evidence.
/** @import {Viewer, View, Index} from './types.js' */
import { h } from './dom.js';
import { KINDS, LEVELS, nameOf, titleOf } from './model.js';
import { goToElement } from './route.js';

/** @typedef {{id: string, view?: View, name: string, what: string, near: string, far: string, rank: number}} Entry */

/** @param {Index} ix @returns {Entry[]} */
export function entriesOf(ix) {
  /** @type {Entry[]} */
  const out = ix.model.elements.map((e) => ({
    id: e.id, name: nameOf(ix, e.id), what: [KINDS[e.kind] || e.kind, e.technology || e.resourceType].filter(Boolean).join(' · '), rank: e.kind === 'resource' ? 2 : 0,
    near: [e.technology, e.resourceType, KINDS[e.kind], e.owner, ...(e.tags || []), ...(e.badges || [])].join('\n').toLowerCase(),
    far: [e.id, e.description, ...e.evidence.map((v) => v.resource)].join('\n').toLowerCase(),
  }));
  for (const v of ix.model.views) out.push({ id: '', view: v, name: titleOf(v), what: 'View · ' + (LEVELS.find((l) => l.kind === v.kind)?.name || v.kind), near: 'view', far: v.key.toLowerCase(), rank: 3 });
  return out;
}

/** @param {Entry} entry @param {string[]} words @returns {number} less is better; -1 does not fit */
function score(entry, words) {
  let sum = entry.rank;
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

/** @param {string} text */
const wordsOf = (text) => text.toLowerCase().slice(0, 500).split(/\s+/).filter(Boolean);

/** @param {Entry[]} entries @param {string} text @returns {Entry[]} all that fit, best first */
export function found(entries, text) {
  const words = wordsOf(text);
  if (!words.length) return [];
  return entries.map((e, i) => /** @type {const} */ ([score(e, words), i])).filter((p) => p[0] >= 0)
    .sort((a, b) => a[0] - b[0] || entries[a[1]].name.length - entries[b[1]].name.length || a[1] - b[1]).map((p) => entries[p[1]]);
}

/** @param {Entry} e @param {string} text Why an entry is there, when its name does not say it. */
function reason(e, text) {
  const w = wordsOf(text).find((one) => !e.name.toLowerCase().includes(one) && !e.what.toLowerCase().includes(one));
  if (!w) return '';
  const line = (e.near + '\n' + e.far).split('\n').find((l) => l.includes(w)) || '';
  return line.length > 90 ? '…' + line.slice(Math.max(0, line.indexOf(w) - 30), line.indexOf(w) + 60) + '…' : line;
}

const MOST_HITS = 40;

/** @param {Viewer} viewer */
export function wireSearch(viewer) {
  const input = /** @type {HTMLInputElement} */ (viewer.parts.search), list = viewer.parts.results, { signal } = viewer;
  /** @type {Entry[] | undefined} Made at the first search. */
  let entries;
  /** @type {Entry[]} */
  let hits = [];
  let at = -1;
  const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); at = -1; light(new Set()); };
  const point = (/** @type {number} */ i) => {
    at = i;
    for (const [n, li] of [...list.children].entries()) li.setAttribute('aria-selected', String(n === i));
    const li = list.children[i];
    if (li) { input.setAttribute('aria-activedescendant', li.id); li.scrollIntoView({ block: 'nearest' }); }
  };
  const light = (/** @type {Set<string>} */ ids) => { for (const b of viewer.picture?.boxes.values() || []) b.g.classList.toggle('is-hit', ids.has(b.element)); };
  const choose = (/** @type {Entry | undefined} */ e) => {
    if (!e) return;
    close();
    input.blur();
    if (e.view) viewer.go({ view: e.view.key, page: '' }); else goToElement(viewer, e.id);
    viewer.parts.stage.focus({ preventScroll: true });
  };
  const draw = () => {
    entries = entries || entriesOf(viewer.index);
    const all = found(entries, input.value);
    hits = all.slice(0, MOST_HITS);
    light(new Set(all.map((e) => e.id)));
    list.replaceChildren(...hits.map((e, i) => {
      const why = reason(e, input.value);
      return h('li', { role: 'option', id: viewer.id + 'result-' + i, 'aria-selected': 'false', onpointerdown: (/** @type {Event} */ ev) => ev.preventDefault(), onclick: () => choose(e) },
        h('span', { class: 'result-name', dir: 'auto' }, e.name), h('span', { class: 'v-quiet' }, e.what), why ? h('span', { class: 'result-why mono' }, why) : null);
    }));
    if (!hits.length && input.value.trim()) list.append(h('li', { class: 'v-quiet', role: 'option', 'aria-disabled': 'true' }, 'Nothing is called so, and nothing has it in its id or evidence.'));
    list.hidden = !input.value.trim();
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (input.value.trim()) viewer.say(all.length ? all.length + ' found' : 'Nothing found');
    if (hits.length) point(0); else { at = -1; input.removeAttribute('aria-activedescendant'); }
  };
  input.addEventListener('input', draw, { signal });
  input.addEventListener('focus', () => { if (input.value) draw(); }, { signal });
  input.addEventListener('blur', close, { signal });
  input.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      if (hits.length) point((at + (e.key === 'ArrowDown' ? 1 : -1) + hits.length) % hits.length);
    } else if (e.key === 'Enter') choose(hits[at]);
    else if (e.key === 'Escape') { if (input.value) { input.value = ''; draw(); } else { close(); input.blur(); viewer.parts.stage.focus({ preventScroll: true }); } }
    else return;
    e.preventDefault();
    e.stopPropagation();
  }, { signal });
}
