// @ts-check
// The other lists: what could not be read, exceptions that need care, and how far code covers what is live.
/** @import {Entry, Unknown_} from './data.js' */
import { go, state } from './address.js';
import { byId, say } from './body.js';
import { elements, report } from './data.js';
import { chip, copy, copyButton, count, h, longList } from './dom.js';
import { drawFilters, drawFindings, filter, listed, lists, reachNone } from './findings.js';
import { codeBlock, emptyState, gradeTag, showLink } from './text.js';

/** @type {[string, string, () => number, () => Node][]} */
const LISTS = [
  ['findings', 'Findings', () => lists.findings.length, () => byId('list')],
  ['improvements', 'Improved', () => lists.improvements.length, () => byId('list')],
  ['unknown', 'Unknown', () => report.unknown.reduce((n, u) => n + u.count, 0), unknownList],
  ['exceptions', 'Exceptions', () => report.exceptions.length, exceptionList],
  ['coverage', 'Code', () => (report.coverage?.entries || []).length, coverageList],
];

/** Lists that the report can have; those of findings and of the unknown are always there, since their being empty says something. */
const tabs = LISTS.filter(([name, , n]) => ['findings', 'unknown'].includes(name) || n() > 0 || (name === 'coverage' && report.coverage));

export function drawTabs() {
  byId('tabs').replaceChildren(...tabs.map(([name, title, n]) => h('button', { role: 'tab', id: 'list-' + name, 'aria-selected': 'false', 'aria-controls': 'side-body', tabindex: '-1', onclick: () => go({ list: name }) }, title, ' ', h('span', { class: 'tally' }, n().toLocaleString('en')))));
}

let listDrawn = '';

export function drawList() {
  const name = tabs.some(([n]) => n === state.list) ? state.list : 'findings';
  for (const b of byId('tabs').children) {
    const on = b.id === 'list-' + name;
    b.setAttribute('aria-selected', String(on));
    b.setAttribute('tabindex', on ? '0' : '-1');
  }
  byId('side-body').setAttribute('aria-labelledby', 'list-' + name);
  if (listDrawn === name) return false;
  listDrawn = name;
  byId('side-body').scrollTop = 0;
  if (name === 'findings' || name === 'improvements') {
    filter.grades.clear();
    filter.direction = filter.rule = filter.words = '';
    drawFilters(listed());
    drawFindings();
  } else {
    byId('filters').replaceChildren();
    reachNone();
    const make = tabs.find(([n]) => n === name)?.[3];
    if (make) byId('list').replaceChildren(make());
  }
  return true;
}

/** @param {Unknown_} u */
function unknownItem(u) {
  const ids = u.resource ? ['container', 'component', 'deploymentNode', 'infrastructureNode', 'resource'].map((k) => k + ':' + u.resource).filter((id) => elements.has(id)) : [];
  return h('li', { class: 'entry' },
    h('p', { class: 'row' }, gradeTag('unknown', u.wasKnown ? 'unknown now, was readable' : 'unknown'), u.count > 1 ? chip(u.count + ' things') : null),
    h('p', { class: 'entry-title' }, u.resource ? (ids.length ? showLink(ids[0]) : h('span', { class: 'mono' }, u.resource)) : u.type || u.input || 'something'),
    u.path ? h('p', { class: 'mono' }, u.path) : null,
    h('p', null, u.reason), u.help ? h('p', { class: 'help-text' }, u.help) : null,
    u.input ? h('p', { class: 'v-quiet mono' }, u.input + (u.line ? ':' + u.line : '')) : null);
}

function unknownList() {
  if (!report.unknown.length) return emptyState('Everything could be read', 'Nothing on either side was left out for want of access or of a format that is understood.');
  const list = [...report.unknown].sort((a, b) => Number(b.wasKnown) - Number(a.wasKnown));
  const was = list.filter((u) => u.wasKnown).length;
  return h('div', null, h('p', { class: 'note' }, 'What a side could not read may have changed or not: it is neither drift nor the absence of it.' + (was ? ' ' + count(was, 'of these was', 'of these were') + ' readable when the old side was made.' : '')),
    longList(list, 100, unknownItem, 'ul', 'entries'));
}

function exceptionList() {
  if (!report.exceptions.length) return emptyState('No exception needs care', 'Each one that there is matches something and lasts.');
  const says = { stale: 'It matches nothing any more: remove it.', expired: 'Its time is over: what it accepted is a finding again.', unapproved: 'It needs another approver.' };
  return h('div', null, h('p', { class: 'note' }, 'Exceptions that need care.'),
    longList(report.exceptions, 100, (x) => h('li', { class: 'entry' }, h('p', { class: 'row' }, chip(x.state, 'badge'), x.owner ? chip('owner ' + x.owner) : null), h('p', { class: 'entry-title mono' }, x.id),
      h('p', null, /** @type {Record<string, string>} */ (says)[x.state] || ''), h('p', { class: 'v-quiet' }, [x.expires && 'until ' + x.expires, x.line && 'line ' + x.line].filter(Boolean).join(' · '))), 'ul', 'entries'));
}

/** @param {Entry} e */
function coverageItem(e) {
  return h('li', { class: 'entry' },
    h('p', { class: 'entry-title' }, e.name || e.resource), h('p', { class: 'v-quiet mono' }, e.type, e.input ? ' · ' + e.input + (e.line ? ':' + e.line : '') : ''),
    e.reason ? h('p', null, e.reason) : null,
    (e.candidates || []).length ? h('p', { class: 'v-quiet' }, 'It may be ', h('span', { class: 'mono' }, (e.candidates || []).slice(0, 5).join(', '))) : null,
    e.import ? codeBlock(e.import, 'the import block') : e.noImport ? h('p', { class: 'v-quiet' }, e.noImport) : null,
    h('p', { class: 'copyable' }, h('span', { class: 'mono faint' }, e.address || e.resource), copyButton(e.resource, 'the id', say)));
}

function coverageList() {
  const c = report.coverage;
  if (!c) return emptyState('No code was compared', 'Scan what is live together with the code that declares it.');
  const entries = c.entries || [], counts = c.counts || {}, total = Object.values(counts).reduce((a, b) => a + b, 0), both = counts['declared and live'] || 0;
  const buckets = [...new Set([...Object.keys(counts), ...entries.map((e) => e.bucket)])];
  const imports = entries.filter((e) => e.import).map((e) => e.import);
  return h('div', null,
    total ? h('p', { class: 'note' }, 'Code declares ' + both + ' of ' + total + ' (' + Math.round((both / total) * 100) + ' %).') : null,
    h('ul', { class: 'buckets' }, ...buckets.map((b) => h('li', null, h('b', null, String(counts[b] || 0)), ' ', b))),
    imports.length > 1 ? h('p', { class: 'all-imports' }, h('button', { class: 'v-more', onclick: (/** @type {Event} */ e) => copy(imports.join('\n'), /** @type {HTMLElement} */ (e.currentTarget), say) }, 'Copy all ' + imports.length + ' import blocks')) : null,
    ...buckets.filter((b) => entries.some((e) => e.bucket === b)).map((b) => h('section', null, h('h3', null, b), longList(entries.filter((e) => e.bucket === b), 60, coverageItem, 'ul', 'entries'))));
}
