// @ts-check
// What the page shows is what the address says: #mode=…&view=…&finding=…&select=…&at=…&list=…. Everything that
// moves changes the address, and one function draws what it then says, so back, reload and links agree.
/** @import {Finding, View} from './data.js' */
import { about, ancestors, data, elements, findings, findingsAbout, gradeOf, shows, viewShowing, views } from './data.js';

export const MODES = ['drift', 'compare', 'history'];

/** @typedef {{mode: string, view?: View, finding: string, select: string, at: number, list: string}} State */

/** @type {State} */
export let state = { mode: 'drift', view: undefined, finding: '', select: '', at: 0, list: 'findings' };

/** Draws what the address says. */
let drawing = () => {};

/** @param {() => void} draw what draws the page whenever the address has changed */
export function whenMoved(draw) { drawing = draw; }

/** Takes what the address says, and returns what was there before. @returns {State} */
export function follow() {
  const before = state;
  state = readState();
  return before;
}

/** @returns {State} */
function readState() {
  const q = new URLSearchParams(location.hash.slice(1));
  const mode = q.get('mode') || '', at = Number(q.get('at') ?? data.moments.length - 1);
  return {
    mode: MODES.includes(mode) ? mode : 'drift',
    view: views.get(q.get('view') || '') || data.views[data.start],
    finding: findings.has(q.get('finding') || '') ? q.get('finding') || '' : '',
    select: q.get('select') || '',
    at: Number.isInteger(at) ? Math.min(Math.max(at, 0), Math.max(data.moments.length - 1, 0)) : 0,
    list: q.get('list') || 'findings',
  };
}

/** @param {{mode?: string, view?: string, finding?: string, select?: string, at?: number, list?: string}} to what changes; the rest stays */
export function go(to) {
  const s = { mode: state.mode, view: state.view?.key, finding: state.finding, select: state.select, at: state.at, list: state.list, ...to };
  const q = new URLSearchParams();
  if (s.mode !== 'drift') q.set('mode', s.mode);
  if (s.view && s.view !== data.views[data.start]?.key) q.set('view', s.view);
  if (s.finding) q.set('finding', s.finding);
  if (s.select) q.set('select', s.select);
  if (s.mode === 'history') q.set('at', String(s.at));
  if (s.list !== 'findings') q.set('list', s.list);
  const hash = '#' + q.toString();
  if (hash === (location.hash || '#')) return;
  location.replace(hash);
  drawing(); // at once: the event comes later, and the next key may come before it
}

/** @param {string} id Opens a finding, and shows what it is about. */
export function openFinding(id) {
  if (!findings.has(id)) return;
  const order = ['container', 'component', 'person', 'softwareSystem', 'deploymentNode', 'infrastructureNode', 'resource'];
  const ids = [...(about.get(id) || [])].sort((a, b) => order.indexOf(elements.get(a)?.kind || '') - order.indexOf(elements.get(b)?.kind || '')); // relationships, which are none of these, first
  const here = ids.find((i) => state.view && shows.get(state.view.key)?.has(i));
  const target = here || ids.find((i) => data.views.some((v) => shows.get(v.key)?.has(i))) || ids[0] || '';
  const view = target ? viewShowing(target, state.view) : undefined;
  const shown = target && view && !shows.get(view.key)?.has(target) ? ancestors(target).find((p) => shows.get(view.key)?.has(p)) || target : target;
  const f = /** @type {Finding} */ (findings.get(id));
  go({ finding: id, select: shown, view: (view || state.view)?.key, mode: state.mode === 'history' ? 'drift' : state.mode, list: listOf(f) });
}

/** @param {Finding} f @returns {string} the list that a finding stands in */
export const listOf = (f) => (gradeOf(f) === 'improved' ? 'improvements' : 'findings');

/** @param {string} id Selects an element or a line of the picture, and opens the gravest finding about it. */
export function select(id) {
  const first = (findingsAbout.get(id) || [])[0];
  const open = first && !(findingsAbout.get(id) || []).some((f) => f.id === state.finding) ? first.id : first ? state.finding : '';
  const f = findings.get(open);
  go({ select: id, finding: open, list: f ? listOf(f) : state.list });
}
