// @ts-check
// The account: what became of every reference, what could not be read, and what was read.
/** @import {Viewer, Reference} from './types.js' */
import { chip, count, h, longList } from './dom.js';
import { CONFIDENCE, KINDS, group } from './model.js';
import { copyable, elementLink, placeOf } from './evidence.js';

/** @type {[string, string][]} */
const OUTCOMES = [
  ['shown', 'drawn as a relationship'], ['nested', 'drawn as one thing inside another'], ['hidden', 'kept out of the pictures by a named rule'],
  ['unresolved', 'no target, or no rule claims it'], ['ambiguous', 'several targets: none drawn, all listed'],
];

/** @type {Record<string, string>} */
const NOT_READ = { input: 'Input not understood', type: 'Type without a rule', property: 'Property withheld', variable: 'Variable or file missing', resource: 'Resource not read' };

/** @param {Viewer} viewer @param {string} outcome @returns {number} */
export const booked = (viewer, outcome) => Number(/** @type {any} */ (viewer.index.model.account)[outcome]) || 0;

/** @param {Viewer} viewer */
export function drawAccount(viewer) {
  viewer.parts.sheet.replaceChildren(
    h('header', { class: 'sheet-head' }, h('div', null, h('h2', null, 'Account'), h('p', { class: 'v-quiet' }, 'What was found, what became of it, and what could not be read.')),
      h('button', { class: 'v-primary', onclick: () => viewer.go({ page: '' }) }, 'Back to the pictures')),
    books(viewer), codeList(viewer) || '', noteList(viewer) || '', notRead(viewer), referenceList(viewer), h('div', { class: 'columns' }, levelTable(viewer), sureTable(viewer)), inputTable(viewer), ruleTable(viewer),
    h('section', null, h('h3', null, 'Snapshot'), h('p', null, 'The model was derived from the snapshot with this root; whoever has the snapshot can verify it.'), h('p', null, copyable(viewer, viewer.index.model.snapshot || 'none', 'the root of the snapshot'))));
}

/** @param {Viewer} viewer */
function books(viewer) {
  const a = viewer.index.model.account, found = a.found || 0, sum = OUTCOMES.reduce((n, [k]) => n + booked(viewer, k), 0);
  const balanced = sum === found;
  const bar = h('div', { class: 'bar', role: 'img', 'aria-label': OUTCOMES.map(([k]) => booked(viewer, k) + ' ' + k).join(', ') },
    ...OUTCOMES.filter(([k]) => booked(viewer, k) > 0).map(([k]) => { const part = h('span', { class: 'share ' + k, title: booked(viewer, k) + ' ' + k }); part.style.flexGrow = String(booked(viewer, k)); return part; }));
  return h('section', null, h('h3', null, 'References between resources'),
    h('p', { class: balanced ? 'verdict good' : 'verdict bad' }, balanced
      ? (found ? 'The books balance: each of the ' + count(found, 'reference') + ' found has exactly one outcome.' : 'No reference between resources was found.')
      : 'The books do not balance: ' + found + ' found, ' + sum + ' accounted for.'),
    found ? bar : null,
    h('ul', { class: 'legend' }, ...OUTCOMES.map(([k, what]) => h('li', null, h('span', { class: 'swatch ' + k, 'aria-hidden': 'true' }), h('b', null, booked(viewer, k).toLocaleString('en')), ' ' + k, h('span', { class: 'v-quiet' }, ' ' + what)))),
    found ? h('p', { class: 'v-quiet' }, 'A second counter that knows no rules saw ' + (a.counted || 0).toLocaleString('en') + ' of them' + (a.uncounted ? ' and missed ' + count(a.uncounted, 'reference') + ' that a rule resolved: a defect of the counter.' : '.')) : null);
}

/** @param {Viewer} viewer */
function referenceList(viewer) {
  const list = viewer.index.model.account.references;
  const box = h('div', null), chips = h('div', { class: 'filters', role: 'group', 'aria-label': 'Filter by outcome' });
  let outcome = '', words = /** @type {string[]} */ ([]);
  const draw = () => {
    const fits = list.filter((r) => (!outcome || r.outcome === outcome) && words.every((w) => [r.value, r.rule, r.reason, r.evidence.resource, r.evidence.property, r.evidence.input, ...(r.targets || [])].join('\n').toLowerCase().includes(w)));
    box.replaceChildren(fits.length ? longList(fits, 100, (r) => referenceItem(viewer, r), 'ul', 'references') : h('p', { class: 'v-quiet' }, 'None.'));
    for (const b of chips.querySelectorAll('button')) b.setAttribute('aria-pressed', String(b.dataset.outcome === outcome));
  };
  for (const k of ['', ...OUTCOMES.map((o) => o[0])]) {
    const n = k ? list.filter((r) => r.outcome === k).length : list.length;
    if (n || !k) chips.append(h('button', { 'data-outcome': k, 'aria-pressed': 'false', onclick: () => { outcome = k; draw(); } }, (k || 'all') + ' ' + n));
  }
  chips.append(h('input', { type: 'search', placeholder: 'Filter references', 'aria-label': 'Filter references', oninput: (/** @type {Event} */ e) => { words = /** @type {HTMLInputElement} */ (e.target).value.toLowerCase().split(/\s+/).filter(Boolean); draw(); } }));
  draw();
  return h('section', null, h('h3', null, 'References that are no line and no boundary'), h('p', { class: 'v-quiet' }, 'Those that were resolved and drawn are found at their lines.'), list.length ? chips : null, box);
}

/** @param {Viewer} viewer @param {Reference} r */
function referenceItem(viewer, r) {
  const targets = (r.targets || []).map((t) => h('li', null, targetLink(viewer, t)));
  return h('li', { class: 'reference' },
    h('p', null, chip(r.outcome, 'outcome ' + r.outcome), ' ', h('b', { class: 'mono' }, r.value), ' ', r.rule ? chip('rule ' + r.rule, 'rule-id') : null),
    r.reason ? h('p', null, r.reason) : null,
    h('p', { class: 'v-quiet mono' }, [placeOf(r.evidence), r.evidence.resource, r.evidence.property].filter(Boolean).join('  ')),
    targets.length ? h('ul', { class: 'plain' }, ...targets) : null);
}

/** @param {Viewer} viewer @param {string} resource */
function targetLink(viewer, resource) {
  let by = viewer.index.resting;
  if (!by) {
    viewer.index.resting = by = new Map();
    for (const e of viewer.index.model.elements) for (const v of e.evidence) if (v.resource && !v.property && !by.has(v.resource)) by.set(v.resource, e.id);
  }
  const id = by.get(resource);
  return id ? h('span', null, elementLink(viewer, id), ' ', h('span', { class: 'v-quiet mono' }, resource)) : h('span', { class: 'mono' }, resource);
}

/** Why an expression of code could not be told. @type {Record<string, string>} */
const UNKNOWN = {
  runtime: 'known only to the cloud', parameter: 'a parameter without a value', scope: 'where it will be deployed to', chance: 'different each time',
  data: 'read when it is applied', module: 'from a module that was not read', secret: 'a secret', file: 'a file that is not there', limit: 'too large to evaluate',
  fault: 'the expression is wrong or uses what is not known here',
};

/** @param {Viewer} viewer How code and what was seen live meet, and how much of the code could be told. */
function codeList(viewer) {
  const code = viewer.index.model.code;
  if (!code) return null;
  const inputs = viewer.index.model.inputs.filter((i) => i.expressions);
  const all = inputs.reduce((n, i) => n + (i.expressions || 0), 0);
  /** @type {Map<string, number>} */
  const why = new Map();
  for (const i of inputs) for (const [k, n] of Object.entries(i.unresolved || {})) why.set(k, (why.get(k) || 0) + n);
  const open = [...why.values()].reduce((n, k) => n + k, 0);
  return h('section', null, h('h3', null, 'Code'),
    h('p', null, (code.both + code.declaredOnly).toLocaleString('en') + ' resources are declared by code: ' + code.both.toLocaleString('en') + ' were also seen live, ' + code.declaredOnly.toLocaleString('en') + ' were not.',
      code.liveOnly ? ' ' + code.liveOnly.toLocaleString('en') + ' were seen live where code declares others and not these.' : ''),
    all ? h('p', null, count(all, 'property', 'properties') + ' written as expressions: ' + (all - open).toLocaleString('en') + ' could be told, ' + open.toLocaleString('en') + ' could not (' + (100 * open / all).toFixed(1) + ' %).') : null,
    why.size ? h('ul', { class: 'legend' }, ...[...why].sort((a, b) => b[1] - a[1]).map(([k, n]) => h('li', null, h('b', null, n.toLocaleString('en')), ' ', UNKNOWN[k] || k))) : null,
    code.unmatched.length ? h('p', { class: 'v-quiet' }, 'Of these it cannot be told whether they were seen:') : null,
    code.unmatched.length ? longList(code.unmatched, 100, (u) => h('li', { class: 'reference' }, h('p', null, targetLink(viewer, u.resource)), h('p', null, u.reason),
      u.candidates ? h('ul', { class: 'plain' }, ...u.candidates.map((c) => h('li', null, targetLink(viewer, c)))) : null), 'ul', 'references') : null);
}

/** @param {Viewer} viewer What the model leaves out on purpose. */
function noteList(viewer) {
  return viewer.index.model.notes.length ? h('section', null, h('h3', null, 'Left out'), ...viewer.index.model.notes.map((n) => h('p', null, n))) : null;
}

/** @param {Viewer} viewer */
export function notRead(viewer) {
  const list = viewer.index.model.notRead;
  const things = list.reduce((n, r) => n + (r.count || 1), 0);
  return h('section', null, h('h3', null, 'Not read' + (things ? ' (' + things.toLocaleString('en') + ')' : '')),
    list.length ? h('p', { class: 'v-quiet' }, 'Unknown is not absent: the pictures say nothing about these.') : h('p', { class: 'verdict good' }, 'Everything was read.'),
    list.length ? longList(list, 100, (r) => h('li', { class: 'reference' },
      h('p', null, chip(NOT_READ[r.kind] || r.kind, 'outcome unresolved'), ' ', r.thing ? h('b', { class: 'mono' }, r.thing) : null, r.count && r.count > 1 ? ' ' + r.count + ' times' : ''),
      h('p', null, r.reason, r.help ? h('span', { class: 'help-text' }, ' → ' + r.help) : ''),
      h('p', { class: 'v-quiet mono' }, r.input + (r.line ? ':' + r.line : ''))), 'ul', 'references') : null);
}

/** @param {string} title @param {string[]} heads @param {(Node | string)[][]} rows @param {number[]} [numbers] */
function table(title, heads, rows, numbers) {
  const cls = (/** @type {number} */ i) => ((numbers || []).includes(i) ? 'number' : null);
  return h('section', null, h('h3', null, title), h('div', { class: 'scroll', tabindex: '0' }, h('table', null,
    h('thead', null, h('tr', null, ...heads.map((t, i) => h('th', { scope: 'col', class: cls(i) }, t)))),
    h('tbody', null, ...rows.map((r) => h('tr', null, ...r.map((c, i) => h('td', { class: cls(i) }, c))))))));
}

/** @param {Viewer} viewer */
const levelTable = (viewer) => table('Elements by level', ['Kind', 'Scanned', 'External', 'Not drawn'], Object.keys(KINDS).map((k) => {
  const all = viewer.index.model.elements.filter((e) => e.kind === k), drawn = all.filter((e) => !e.layer);
  return [KINDS[k], ...[drawn.filter((e) => !e.external), drawn.filter((e) => e.external), all.filter((e) => e.layer)].map((l) => l.length.toLocaleString('en'))];
}), [1, 2, 3]);

/** @param {Viewer} viewer */
const sureTable = (viewer) => table('Relationships by confidence', ['Confidence', 'Number', 'Meaning'], Object.keys(CONFIDENCE).map((k) =>
  [k, viewer.index.model.relationships.filter((r) => r.confidence === k).length.toLocaleString('en'), CONFIDENCE[k]]), [1]);

/** @param {Viewer} viewer */
export const inputTable = (viewer) => table('Inputs', ['Input', 'Read as', 'Resources'], viewer.index.model.inputs.map((i) =>
  [h('span', { class: 'mono' }, i.name), i.format || h('span', { class: 'chip outcome unresolved' }, 'not read'), i.resources.toLocaleString('en')]), [2]);

/** @param {Viewer} viewer */
function ruleTable(viewer) {
  const uses = group(viewer.index.model.account.byRule, (r) => r.rule);
  return table('Rules that this model names', ['Rule', 'Reason', 'Source', 'References'], viewer.index.model.rules.map((r) =>
    [chip(r.id, 'rule-id'), r.reason, r.source, (uses.get(r.id) || []).map((u) => u.count + ' ' + u.outcome).join(', ')]));
}
