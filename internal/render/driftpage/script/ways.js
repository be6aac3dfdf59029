// @ts-check
// The stage: the ways to look at the architecture, and the panes that each needs.
/** @import {MomentView, View} from './data.js' */
/** @import {Pane} from './held.js' */
import { go, openFinding, select, state } from './address.js';
import { byId } from './body.js';
import { KINDS, LEVELS, data, elements, findingsAbout, gradeOf, marks, nameOf, rank, relationships, report, views, wordsOf } from './data.js';
import { count, h, icon, longList } from './dom.js';
import { cutHead, hold, panes } from './held.js';
import { newPane } from './pane.js';
import { showPart } from './part.js';
import { camera, fit, place, toggleWide, zoom } from './sight.js';
import { emptyState, gradeTag, markTag, time } from './text.js';

/** @type {[string, string, string][]} */
export const MODE_NAMES = [
  ['drift', 'Drift', 'One picture of both sides, with what drifted marked'],
  ['compare', 'Before and after', 'Both sides beside each other; they move together'],
  ['history', 'Over time', 'The architecture at each moment that is kept'],
];

export function drawModes() {
  byId('modes').replaceChildren(...MODE_NAMES.map(([mode, name, title]) => h('button', {
    role: 'tab', id: 'mode-' + mode, 'aria-selected': 'false', 'aria-controls': 'panes', tabindex: '-1', title, onclick: () => go({ mode }),
  }, name)));
}

/** @returns {MomentView[]} */
const momentViews = () => data.moments[state.at]?.views || [];

/** @returns {MomentView | undefined} the view of a moment that is nearest to the one chosen */
const momentView = () => momentViews().find((v) => v.key === state.view?.key) || momentViews()[0];

/** The list of views, by level. In history those that moments have. */
function drawChooser() {
  const chooser = /** @type {HTMLSelectElement} */ (byId('views'));
  const list = state.mode === 'history' ? momentViews().filter((v) => views.has(v.key)).map((v) => /** @type {View} */ (views.get(v.key))) : data.views;
  const current = state.mode === 'history' ? momentView()?.key : state.view?.key;
  const signature = state.mode + list.map((v) => v.key).join('\n');
  if (chooser.dataset.signature !== signature) {
    chooser.dataset.signature = signature;
    chooser.replaceChildren(...Object.entries(LEVELS).map(([kind, name]) => {
      const of = list.filter((v) => v.kind === kind);
      return of.length ? h('optgroup', { label: name }, ...of.map((v) => h('option', { value: v.key }, v.title + (v.marked && state.mode !== 'history' ? ' (' + v.marked + ' marked)' : '')))) : null;
    }).filter(Boolean));
  }
  if (current) chooser.value = current;
  byId('views').parentElement?.toggleAttribute('hidden', list.length < 1);
}

/** @param {View} v @returns {Node} What a view shows and what became of it, in words, where there is no picture. */
function viewAsList(v) {
  const ids = (v.shows || []).filter((id) => elements.has(id)).sort((a, b) => rank(marks.get(a)?.grade) - rank(marks.get(b)?.grade) || nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
  return h('div', { class: 'listing' }, h('p', null, ids.length ? 'There is no picture of this view here. It shows:' : 'There is nothing to show.'),
    longList(ids, 60, (id) => h('li', null, h('button', { class: 'v-link', onclick: () => select(id) }, nameOf(id)), ' ', h('span', { class: 'v-quiet' }, KINDS[elements.get(id)?.kind || ''] || ''), ' ', markTag(id)), 'ul'));
}

/** @param {string} label @param {string} text @param {string} at */
const paneTitle = (label, text, at) => h('p', { class: 'pane-title' }, h('b', null, label), text ? ' ' + text : '', at ? h('span', { class: 'v-quiet' }, ' ', time(at)) : '');

let staged = '';

/** Puts the panes in that the state asks for, when they are others than those that are there. */
export function drawStage() {
  const v = state.view, box = byId('panes'), mv = momentView();
  const wanted = state.mode + '|' + (state.mode === 'history' ? state.at + '|' + (mv?.picture || '') : v?.key || '');
  if (wanted === staged) return false;
  const kept = staged.startsWith('history|') && state.mode === 'history' && !camera.fitted; // the slider leaves the camera where it is
  staged = wanted;
  const nothing = () => emptyState('Nothing to draw', 'Neither side has a view of this.');
  /** @type {{title: Node | null, pane: Pane}[]} */
  let list = [];
  if (!v && state.mode !== 'history') list = [{ title: null, pane: newPane('drift', 'No picture', '', nothing) }];
  else if (state.mode === 'compare' && v) {
    list = [
      { title: paneTitle('Before', report.old.label || '', report.old.collectedAt || ''), pane: newPane('before', 'Before: ' + v.title, v.before || '', () => emptyState('Not there before', 'The old side has no such view: what it shows is new.')) },
      { title: paneTitle('After', report.new.label || '', report.new.collectedAt || ''), pane: newPane('after', 'After: ' + v.title, v.after || '', () => emptyState('No more there', 'The new side has no such view: what it showed is gone.')) },
    ];
  } else if (state.mode === 'history') {
    const m = data.moments[state.at];
    list = [{ title: null, pane: newPane('moment', 'The architecture ' + (m ? m.label : ''), mv?.picture || '', nothing) }];
  } else if (v) list = [{ title: null, pane: newPane('drift', 'Drift: ' + v.title, v.drift, () => viewAsList(v)) }];
  hold(list.map((l) => l.pane));
  box.dataset.mode = state.mode;
  box.replaceChildren(...list.map((l) => h('div', { class: 'pane' }, l.title, l.pane.el)));
  panes.forEach(cutHead);
  box.setAttribute('aria-labelledby', 'mode-' + state.mode);
  if (kept) place(false); else fit(false);
  return true;
}

export function drawHeading() {
  for (const b of byId('modes').children) {
    const on = b.id === 'mode-' + state.mode;
    b.setAttribute('aria-selected', String(on));
    b.setAttribute('tabindex', on ? '0' : '-1');
  }
  drawChooser();
  const v = state.view;
  byId('about').textContent = state.mode !== 'history' && v && !v.marked ? 'Nothing in this view drifted.' : '';
}

/** The card below the picture: what is selected, what became of it, and what was found about it. */
export function drawSelected() {
  const card = byId('selected'), id = state.select;
  const e = elements.get(id), r = relationships.get(id);
  card.hidden = !e && !r;
  if (card.hidden) return;
  const list = findingsAbout.get(id) || [], m = marks.get(id), fields = data.fields[id] || [];
  const name = (/** @type {string} */ v, /** @type {string} */ f) => (f === 'parent' || f === 'runsOn' || f === 'source' || f === 'target' ? v.split(', ').map(nameOf).join(', ') : v) || 'none';
  card.replaceChildren(...[
    h('div', { class: 'selected-head' },
      h('p', null, h('span', { class: 'v-quiet' }, r ? 'Relationship' : [KINDS[e?.kind || ''] || e?.kind, e?.technology].filter(Boolean).join(': ')), ' ', m ? markTag(id) : h('span', { class: 'marked' }, 'as it was')),
      h('button', { class: 'v-icon', 'aria-label': 'Select nothing', title: 'Close (Esc)', onclick: () => { select(''); panes[0]?.el.focus(); } }, icon('close'))),
    h('h3', { dir: 'auto', title: id }, wordsOf(id)),
    fields.length ? h('ul', { class: 'fields' }, ...fields.map((f) => h('li', null, h('b', null, f.name + ': '), h('del', null, name(f.old, f.name)), ' → ', h('ins', null, name(f.new, f.name))))) : null,
    list.length ? h('p', { class: 'found' }, count(list.length, 'finding') + ': ', ...list.slice(0, 4).map((f) => h('button', { class: 'finding-link', 'aria-current': f.id === state.finding ? 'true' : null, onclick: () => { openFinding(f.id); showPart('side'); } }, gradeTag(gradeOf(f)), ' ', f.title)),
      list.length > 4 ? h('span', { class: 'v-quiet' }, 'and ' + (list.length - 4) + ' more') : null)
      : h('p', { class: 'v-quiet' }, m?.kind === 'inside' ? 'Nothing was found about itself, but about what is in it.' : m?.kind === 'unknown' ? 'It could not be read: whether it changed is not known.' : 'No finding is about it.'),
  ].filter(Boolean));
}

export function wireStage() {
  byId('views').addEventListener('change', (e) => go({ view: /** @type {HTMLSelectElement} */ (e.target).value }));
  byId('zoom').append(
    h('button', { 'aria-label': 'Zoom in', title: 'Zoom in (+)', onclick: () => zoom(1.25) }, icon('in')),
    h('button', { 'aria-label': 'Zoom out', title: 'Zoom out (-)', onclick: () => zoom(0.8) }, icon('out')),
    h('button', { 'aria-label': 'Fit the picture', title: 'Fit (0)', onclick: () => fit(true) }, icon('fit')),
    h('button', { 'aria-label': 'The picture alone', title: 'The picture alone (f)', id: 'wide-button', 'aria-pressed': 'false', onclick: toggleWide }, icon('wide')),
    h('span', { class: 'percent', 'aria-hidden': 'true' }));
  new ResizeObserver(() => { if (camera.fitted) fit(false); }).observe(byId('panes'));
}
