// @ts-check
// The list of findings and its filters.
/** @import {Finding} from './data.js' */
import { go, listOf, openFinding, state } from './address.js';
import { byId } from './body.js';
import { GRADES, findings, gradeOf, report } from './data.js';
import { detailOf } from './detail.js';
import { chip, count, h } from './dom.js';
import { emptyState, gradeTag, placeText, shortPair, shortValue } from './text.js';

export const filter = { grades: new Set(), direction: '', rule: '', words: '' };

/** The findings of each list. */
export const lists = {
  findings: report.findings.filter((f) => listOf(f) === 'findings'),
  improvements: report.findings.filter((f) => listOf(f) === 'improvements'),
};

/** @param {Finding} f @returns {string} all that a search looks into */
const hay = (f) => [f.title, f.name, f.resource, f.type, f.path, f.rule, f.reason, f.remediation, ...(f.labels || []), ...(f.controls || []), ...(f.places || []).map(placeText), shortValue(f.old), shortValue(f.new), f.exception?.id, f.exception?.owner].filter(Boolean).join(' ').toLowerCase();

/** @type {Map<string, string>} */
const hays = new Map();

/** @param {Finding} f */
export function passes(f) {
  if (filter.grades.size && !filter.grades.has(gradeOf(f))) return false;
  if (filter.direction && f.direction !== filter.direction) return false;
  if (filter.rule && f.rule !== filter.rule) return false;
  if (!filter.words) return true;
  let text = hays.get(f.id);
  if (text === undefined) hays.set(f.id, text = hay(f));
  return filter.words.split(/\s+/).every((w) => /** @type {string} */ (text).includes(w));
}

/** @param {Finding[]} list Filters for what the list has; none where they would not help. */
export function drawFilters(list) {
  const box = byId('filters');
  if (list.length < 2) { box.replaceChildren(); return; }
  const tally = new Map();
  for (const f of list) tally.set(gradeOf(f), (tally.get(gradeOf(f)) || 0) + 1);
  const grades = GRADES.filter((g) => tally.has(g));
  const directions = ['loosened', 'neutral', 'tightened'].filter((d) => list.some((f) => f.direction === d));
  const rules = [...new Set(list.map((f) => f.rule))].sort();
  const option = (/** @type {string} */ value, /** @type {string} */ text, /** @type {string} */ now) => h('option', { value, selected: value === now }, text);
  box.replaceChildren(...[
    h('input', { type: 'search', id: 'search', class: 'search', 'aria-label': 'Search the findings', placeholder: 'Search', value: filter.words, autocomplete: 'off', spellcheck: 'false', oninput: (/** @type {Event} */ e) => { filter.words = /** @type {HTMLInputElement} */ (e.target).value.toLowerCase().trim(); drawFindings(); } }),
    directions.length > 1 ? h('select', { 'aria-label': 'Direction', id: 'direction', onchange: (/** @type {Event} */ e) => { filter.direction = /** @type {HTMLSelectElement} */ (e.target).value; drawFindings(); } }, option('', 'Any direction', filter.direction), ...directions.map((d) => option(d, d, filter.direction))) : null,
    rules.length > 1 ? h('select', { 'aria-label': 'Rule', id: 'rule', onchange: (/** @type {Event} */ e) => { filter.rule = /** @type {HTMLSelectElement} */ (e.target).value; drawFindings(); } }, option('', 'Any rule', filter.rule), ...rules.map((r) => option(r, r, filter.rule))) : null,
    grades.length > 1 ? h('div', { class: 'grades', role: 'group', 'aria-label': 'Severity' }, ...grades.map((g) => h('button', { class: 'grade-filter', 'data-grade': g, 'aria-pressed': String(filter.grades.has(g)), onclick: (/** @type {Event} */ e) => {
      if (!filter.grades.delete(g)) filter.grades.add(g);
      /** @type {HTMLElement} */ (e.currentTarget).setAttribute('aria-pressed', String(filter.grades.has(g)));
      drawFindings();
    } }, gradeTag(g), h('span', { class: 'tally' }, String(tally.get(g)))))) : null,
  ].filter(Boolean));
}

/** @type {(id: string) => HTMLElement | undefined} shows a finding that a long list has not shown yet */
export let reachFinding = () => undefined;

/** No list of findings is shown. */
export function reachNone() { reachFinding = () => undefined; }

/** @returns {Finding[]} */
export const listed = () => (state.list === 'improvements' ? lists.improvements : lists.findings);

export function drawFindings() {
  const all = listed(), list = all.filter(passes), box = byId('list');
  if (!all.length) {
    box.replaceChildren(state.list === 'improvements' ? emptyState('No improvements', 'Nothing became stronger than what was approved.') : noFindings());
    return;
  }
  const ul = h('ul', { class: 'findings' });
  let shown = 0;
  const more = h('button', { class: 'v-more', onclick: () => grow(shown + 200) });
  /** @param {number} to */
  function grow(to) {
    for (const f of list.slice(shown, to)) ul.append(findingItem(f));
    shown = Math.min(to, list.length);
    more.textContent = 'Show more (' + (list.length - shown).toLocaleString('en') + ' left)';
    more.hidden = shown >= list.length;
  }
  grow(100);
  reachFinding = (id) => {
    const at = list.findIndex((f) => f.id === id);
    if (at >= shown) grow(at + 50);
    return ul.querySelector('[data-finding="' + CSS.escape(id) + '"]') || undefined;
  };
  box.replaceChildren(...[
    state.list === 'improvements' ? h('p', { class: 'note' }, 'These are stronger than what was approved. The approval is out of date: approve the architecture as it is to keep them.') : null,
    list.length < all.length ? h('p', { class: 'note', role: 'status' }, list.length ? 'Showing ' + list.length + ' of ' + all.length + '. ' : 'None of ' + all.length + ' matches. ', h('button', { class: 'v-link', onclick: clearFilters }, 'Show all')) : null,
    ul, more,
  ].filter(Boolean));
}

function clearFilters() {
  filter.grades.clear();
  filter.direction = filter.rule = filter.words = '';
  drawFilters(listed());
  drawFindings();
  markFinding(false);
}

/** @param {Finding} f */
function findingItem(f) {
  const g = gradeOf(f), open = f.id === state.finding;
  const li = h('li', { class: 'finding is-' + g + (open ? ' is-open' : ''), 'data-finding': f.id },
    h('button', { class: 'finding-head', 'aria-expanded': String(open), onclick: () => { if (state.finding === f.id) go({ finding: '' }); else openFinding(f.id); } },
      h('span', { class: 'row' }, gradeTag(g, g === 'accepted' || g === 'improved' ? g : f.severity), h('span', { class: 'direction is-' + f.direction }, directionText(f)), ...(f.labels || []).slice(0, 2).map((l) => chip(l))),
      h('span', { class: 'finding-title' }, f.title || f.rule),
      h('span', { class: 'finding-where' }, f.name || f.resource, f.path ? h('span', { class: 'mono' }, f.path) : null),
      f.change === 'changed' && (f.path || f.old !== null || f.new !== null) ? wasAndIs(f) : h('span', { class: 'was v-quiet' }, f.change + (f.type ? ' · ' + f.type : ''))));
  if (open) li.append(detailOf(f));
  return li;
}

/** @param {Finding} f */
function wasAndIs(f) {
  const [was, is] = shortPair(f.old, f.new);
  return h('span', { class: 'was mono' }, h('del', null, was), ' → ', h('ins', null, is));
}

/** @param {Finding} f */
const directionText = (f) => ({ loosened: '↓ loosened', tightened: '↑ tightened', neutral: '↔ neutral' }[f.direction] || f.direction);

function noFindings() {
  const s = report.summary;
  const rest = [s.excepted ? count(s.excepted, 'accepted difference') : '', lists.improvements.length ? count(lists.improvements.length, 'improvement') : '', s.unknown ? count(s.unknown, 'thing') + ' that could not be read' : ''].filter(Boolean);
  return emptyState(report.unknown.length && s.verdict === 'incomplete' ? 'No findings, but not all could be read' : 'No drift', (report.mode === 'baseline' ? 'What is live is what was approved' : 'Both sides are the same') + (rest.length ? ', save ' + rest.join(', ') + '.' : '.'));
}

/** Opens the finding that the state names, closes the one before. @param {boolean} move whether to scroll to it */
export function markFinding(move) {
  for (const li of document.querySelectorAll('.finding.is-open')) {
    if (/** @type {HTMLElement} */ (li).dataset.finding === state.finding) continue;
    li.classList.remove('is-open');
    li.querySelector('.finding-head')?.setAttribute('aria-expanded', 'false');
    li.querySelector('.detail')?.remove();
  }
  const f = findings.get(state.finding);
  if (!f || listOf(f) !== state.list) return;
  if (!passes(f) && move) { filter.grades.clear(); filter.direction = filter.rule = filter.words = ''; drawFilters(listed()); drawFindings(); }
  const li = reachFinding(f.id);
  if (!li) return;
  if (!li.classList.contains('is-open')) {
    li.classList.add('is-open');
    li.querySelector('.finding-head')?.setAttribute('aria-expanded', 'true');
    li.append(detailOf(f));
  }
  if (move) uncover(li);
}

/** @param {HTMLElement} li Scrolls the list so that a finding stands below the filters, as a whole where there is room. */
function uncover(li) {
  const body = byId('side-body'), filters = byId('filters'), b = body.getBoundingClientRect(), r = li.getBoundingClientRect();
  const stuck = getComputedStyle(filters).position === 'sticky' ? filters.offsetHeight : 0;
  const top = b.top + stuck + 6, over = r.bottom + 10 - b.bottom;
  if (r.top < top) body.scrollTop += r.top - top;
  else if (over > 0) body.scrollTop += Math.min(over, r.top - top);
}
