// @ts-check
// Keys: everything that a pointer can do, and the list of them.
/** @import {Pane} from './held.js' */
import { MODES, go, openFinding, select, state } from './address.js';
import { byId, say } from './body.js';
import { SIGNS, data, elements, gradeOf, marks, nameOf, rank } from './data.js';
import { h, icon } from './dom.js';
import { listed, passes, reachFinding } from './findings.js';
import { idOf, panes, thingsOf } from './held.js';
import { moment } from './history.js';
import { showPart } from './part.js';
import { fit, toggleWide, zoom } from './sight.js';

/** @type {[string, string][]} */
const KEYS = [
  ['j k', 'the next finding, the one before'], ['/', 'search the findings'], ['↑ ↓ ← →', 'in the picture: go to the next element in that direction; on the slider: to another moment'],
  ['Enter', 'in the picture: go to what was found about the selected element'], ['Esc', 'select nothing, close what is open'], ['+ −', 'zoom in and out (or turn the wheel)'], ['0', 'fit the picture'], ['f', 'the picture alone'],
  ['1 2 3', 'drift, before and after, over time'], ['[ ]', 'the view before, the view after'], ['< >', 'the moment before, the moment after'], ['t', 'theme'], ['?', 'this help'],
];

/** @param {Element} n A boundary is where its title is, at its upper left. */
function centre(n) {
  const b = n.getBoundingClientRect();
  return n.classList.contains('frame') ? { x: b.left + Math.min(b.width / 2, 60), y: b.top + 8 } : { x: b.left + b.width / 2, y: b.top + b.height / 2 };
}

/** @returns {Pane | undefined} the pane that has the focus, or the last one */
const activePane = () => panes.find((p) => p.el.contains(document.activeElement)) || panes[panes.length - 1];

/** @param {string} key Goes to the nearest element in a direction: what lies straight ahead comes before what lies aside. */
function step(key) {
  const p = activePane();
  if (!p || !p.svg) return;
  const all = [...p.svg.querySelectorAll('.node[data-node]')];
  const from = elements.has(state.select) ? thingsOf(p, state.select)[0] : undefined;
  let best = /** @type {Element | undefined} */ (undefined);
  if (!from) {
    const graver = (/** @type {Element} */ n) => rank(marks.get(idOf(n))?.grade) + (marks.has(idOf(n)) ? 0 : 10);
    best = all.sort((a, b) => graver(a) - graver(b) || centre(a).y - centre(b).y || centre(a).x - centre(b).x)[0];
  } else {
    const a = centre(from), along = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] || [0, 0];
    let least = Infinity;
    for (const n of all) {
      if (n === from || idOf(n) === state.select) continue;
      const b = centre(n), ahead = (b.x - a.x) * along[0] + (b.y - a.y) * along[1];
      const aside = Math.abs((b.x - a.x) * along[1]) + Math.abs((b.y - a.y) * along[0]);
      if (ahead > 4 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = n; }
    }
  }
  if (!best) return;
  select(idOf(best));
  /** @type {HTMLElement} */ (/** @type {unknown} */ (best)).focus({ preventScroll: true });
  say(best.getAttribute('aria-label') || nameOf(state.select));
}

/** @param {number} by */
function stepFinding(by) {
  const list = listed().filter(passes), at = list.findIndex((f) => f.id === state.finding);
  const f = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
  if (!f) return;
  openFinding(f.id);
  say(gradeOf(f) + ': ' + f.title + ', ' + f.name);
}

/** @param {number} by */
function stepView(by) {
  const at = state.view ? data.views.indexOf(state.view) : -1;
  const v = data.views[(at + by + data.views.length) % data.views.length];
  if (v) go({ view: v.key, select: '' });
}

/** @param {KeyboardEvent} e */
export function onKey(e) {
  const t = /** @type {HTMLElement} */ (e.target);
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (t.closest('[role="tablist"]') && arrowTabs(e, t)) { e.preventDefault(); return; }
  if (t.closest('select, textarea, dialog[open]') || (t.closest('input') && !(t.id === 'moment' && e.key.length === 1))) {
    if (e.key === 'Escape' && t.id === 'search') t.blur();
    return;
  }
  const inPicture = Boolean(t.closest('.stage')), list = t.closest('.stage.is-list');
  let ours = true;
  switch (e.key) {
    case 'ArrowUp': case 'ArrowDown': case 'ArrowLeft': case 'ArrowRight': if (inPicture && !list) step(e.key); else ours = false; break;
    case 'Enter': if (inPicture && !list && state.finding) focusFinding(); else ours = false; break;
    case '+': case '=': zoom(1.25); break;
    case '-': case '_': zoom(0.8); break;
    case '0': fit(true); break;
    case 'f': toggleWide(); break;
    case '1': case '2': case '3': go({ mode: MODES[Number(e.key) - 1] }); break;
    case '[': stepView(-1); break;
    case ']': stepView(1); break;
    case '<': moment(-1); break;
    case '>': moment(1); break;
    case 'j': stepFinding(1); break;
    case 'k': stepFinding(-1); break;
    case '/': { const s = document.getElementById('search'); if (s) s.focus(); else ours = false; break; }
    case '?': openHelp(); break;
    case 't': byId('theme-button').click(); break;
    case 'Escape': if (state.finding || state.select) go({ finding: '', select: '' }); else ours = false; break;
    default: ours = false;
  }
  if (ours) e.preventDefault();
}

/** @param {KeyboardEvent} e @param {HTMLElement} t Arrow keys go along tabs (WAI-ARIA Authoring Practices, Tabs). */
function arrowTabs(e, t) {
  const all = /** @type {HTMLElement[]} */ ([...(t.closest('[role="tablist"]')?.children || [])]), at = all.indexOf(t);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[e.key];
  if (to === undefined || at < 0) return false;
  const next = all[(to + all.length) % all.length];
  next.click();
  byId(next.id).focus();
  return true;
}

function focusFinding() {
  showPart('side');
  const li = reachFinding(state.finding);
  /** @type {HTMLElement | null | undefined} */ (li?.querySelector('.finding-head'))?.focus();
}

export function openHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('help'));
  dialog.replaceChildren(
    h('form', { method: 'dialog', class: 'dialog-head' }, h('h2', { id: 'help-title' }, 'Help and keys'), h('button', { type: 'submit', class: 'v-icon', 'aria-label': 'Close help' }, icon('close'))),
    h('p', null, 'A finding is a difference that a rule graded: how much it matters, and which way it went. Loosened is weaker than what was approved; tightened is an improvement. What could not be read is unknown, and never taken for unchanged.'),
    h('table', { class: 'keys' }, h('tbody', null, ...KEYS.map(([k, what]) => h('tr', null, h('th', { scope: 'row' }, ...k.split(' ').map((one) => h('kbd', null, one))), h('td', null, what))))),
    h('p', { class: 'v-quiet' }, 'Marks: ', ...Object.entries(SIGNS).map(([k, sign], i) => h('span', null, i ? ', ' : '', h('b', null, sign), ' ' + (k === 'inside' ? 'something inside changed' : k))), '.'));
  dialog.showModal();
}
