// @ts-check
// What something rests on: the rule, and each place in the input with its hash.
/** @import {Viewer, Evidence} from './types.js' */
import { chip, copyButton, h, longList } from './dom.js';
import { nameOf } from './model.js';
import { goToElement } from './route.js';

/** @param {string} title @param {...(Node | null | false | undefined)} kids */
export const section = (title, ...kids) => (kids.some(Boolean) ? h('section', { class: 'part' }, h('h3', null, title), ...kids) : null);

/** @param {[string, Node | string | undefined | null | false][]} rows */
export const facts = (rows) => h('dl', { class: 'facts' }, ...rows.filter((r) => r[1]).flatMap(([k, v]) => [h('dt', null, k), h('dd', null, v)]));

/** @param {Viewer} viewer @param {string} id */
export function elementLink(viewer, id) {
  if (!viewer.index.elements.has(id)) return h('span', { class: 'mono' }, id);
  return h('button', { class: 'v-link', onclick: () => goToElement(viewer, id), title: id }, nameOf(viewer.index, id));
}

/** @param {Viewer} viewer @param {string} id @param {string} what */
export const copyable = (viewer, id, what) => h('span', { class: 'copyable' }, h('span', { class: 'mono' }, id), copyButton(id, what, viewer.say));

/** @param {Viewer} viewer @param {string} id The rule that made something, with its reason and its source. */
export function ruleBox(viewer, id) {
  const r = viewer.index.rules.get(id);
  return h('div', { class: 'rule' }, h('p', null, chip('rule ' + id, 'rule-id'), r ? ' ' + r.reason : ''), r && r.source ? h('p', { class: 'v-quiet' }, 'Source: ' + r.source) : null);
}

/** @param {Evidence} e */
export const placeOf = (e) => e.input + (e.line ? ':' + e.line + (e.column ? ':' + e.column : '') : '');

/** @param {Evidence} e */
export function evidenceText(e) {
  return [placeOf(e), e.resource, e.property, e.expression, e.commitment].filter(Boolean).join('\n');
}

/** @param {Viewer} viewer @param {Evidence} e */
function evidenceItem(viewer, e) {
  return h('li', { class: 'evidence' },
    h('div', { class: 'evidence-head' }, h('span', { class: 'place mono' }, placeOf(e)), copyButton(evidenceText(e), 'this evidence', viewer.say)),
    facts([
      ['Resource', e.resource && h('span', { class: 'mono' }, e.resource)],
      ['Property', e.property ? h('span', { class: 'mono' }, e.property) : e.resource && h('span', { class: 'v-quiet' }, 'the resource as a whole')],
      ['Expression', e.expression && h('span', { class: 'mono' }, e.expression)],
      ['Hash', e.commitment && h('span', { class: 'mono faint', title: 'The commitment to this value: whoever has the snapshot can verify it' }, e.commitment)],
      ['Snapshot', viewer.options.proof && viewer.index.model.snapshot && h('span', { class: 'mono faint', title: 'The root of the snapshot that has it' }, viewer.index.model.snapshot)],
    ]), viewer.options.proof ? viewer.options.proof(e) : null);
}

/** @param {Viewer} viewer @param {Evidence[]} list */
export function evidenceList(viewer, list) {
  return list.length ? longList(list, 20, (e) => evidenceItem(viewer, e), 'ul', 'evidences')
    : h('p', { class: 'v-quiet' }, 'None: it was declared by a person or follows from other elements.');
}

