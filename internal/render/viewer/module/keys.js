// @ts-check
// Keys: everything that a pointer can do, and the list of them.
/** @import {Viewer} from './types.js' */
import { toggleFilters } from './bar.js';
import { fit, pan, zoom } from './camera.js';
import { h, iconButton } from './dom.js';
import { exportSVG } from './export.js';
import { toggleAll, toggleFold } from './fold.js';
import { CONFIDENCE, LEVELS } from './model.js';
import { toggleMap } from './minimap.js';
import { beginKeys, endKeys, nodeToMove, redo, saveLayout, stepKeys, undo } from './move.js';
import { closeRail, openRail } from './rail.js';
import { drillInto, goUp, select, showAccount } from './route.js';
import { idOf } from './stage.js';
import { DIRECTIONS } from './state.js';
import { nextTheme } from './theme.js';

/** @type {[string, string][]} */
const KEYS = [
  ['/', 'search'], ['↑ ↓ ← →', 'go to the next element in that direction'], ['Shift+↑', 'move the picture that way (and ↓ ← →)'],
  ['Enter', 'go inside the selected element (or double click it)'], ['Backspace', 'go up one level'],
  ['Esc', 'select nothing, close what is open'], ['+ −', 'zoom in and out (or turn the wheel)'], ['0', 'fit the picture'], ['1', 'full size'],
  ['l', 'go through the lines of the selected element'], ['n', 'only the neighbours of the selected element, or all again'], ['< >', 'neighbours one line nearer, farther'],
  ['d', 'both ways, what it uses, what uses it'], ['p', 'path from the selected element, then path to it'], ['c', 'close or open the selected boundary'], ['Shift+C', 'close or open all boundaries'],
  ['i', 'filters'], ['h', 'hide or dim what is filtered out'], ['Shift+M', 'place the selected box with the arrow keys; Enter keeps, Esc puts back'], ['u', 'undo what was placed (or Ctrl+Z)'], ['Shift+U', 'place again what was undone (or Ctrl+Y)'], ['s', 'save the layout'], ['x', 'save what is seen as SVG'],
  ['[ ]', 'the view before, the view after'], ['v', 'go to the list of views'], ['e', 'go to the evidence'], ['m', 'the small map'], ['f', 'the picture alone'],
  ['a', 'account of what was found'], ['t', 'theme'], ['?', 'this help'],
];

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** @param {Viewer} viewer @param {string} key Goes to the nearest element in a direction: what lies straight ahead comes before what lies aside. */
function step(viewer, key) {
  const p = viewer.picture, id = viewer.state.select;
  if (!p) return;
  const seen = [...p.boxes.values()].filter((b) => !b.g.classList.contains('is-inside') && !(viewer.state.hide && b.g.classList.contains('is-out')));
  const from = seen.find((b) => b.element === id), spots = new Map(seen.map((b) => [b, centre(b.g, b.frame)]));
  const spot = (/** @type {typeof seen[0]} */ b) => /** @type {{x: number, y: number}} */ (spots.get(b));
  if (!from) {
    const boxes = seen.filter((b) => !b.frame), first = (boxes.length ? boxes : seen).sort((a, b) => spot(a).y - spot(b).y || spot(a).x - spot(b).x)[0];
    if (first) selectByKey(viewer, first.g);
    return;
  }
  const a = spot(from), along = ARROWS[key];
  let best = null, least = Infinity;
  for (const b of seen) {
    if (b === from || b.element === id) continue;
    const c = spot(b), ahead = (c.x - a.x) * along[0] + (c.y - a.y) * along[1], aside = Math.abs((c.x - a.x) * along[1]) + Math.abs((c.y - a.y) * along[0]);
    if (ahead > 4 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = b; }
  }
  if (best) selectByKey(viewer, best.g);
}

/** @param {Element} g @param {boolean} frame A boundary is where its title is, at its upper left. */
function centre(g, frame) {
  const b = g.getBoundingClientRect();
  return frame ? { x: b.left + Math.min(b.width / 2, 60), y: b.top + 8 } : { x: b.left + b.width / 2, y: b.top + b.height / 2 };
}

/** @param {Viewer} viewer @param {SVGElement} g */
function selectByKey(viewer, g) {
  select(viewer, idOf(viewer, g));
  g.focus({ preventScroll: true });
}

/** @param {Viewer} viewer */
function stepLine(viewer) {
  const p = viewer.picture, id = viewer.index.elements.has(viewer.state.select) ? viewer.state.select : '';
  const lines = (p ? p.wires : []).filter((w) => !w.g.classList.contains('is-inside') && (!id || [w.source, w.target].some((n) => p?.boxes.get(n)?.element === id)));
  if (!lines.length) { viewer.say('There are no lines here'); return; }
  const at = id ? -1 : lines.findIndex((w) => w.g.classList.contains('is-selected'));
  selectByKey(viewer, lines[(at + 1) % lines.length].g);
}

/** @param {Viewer} viewer @param {number} by */
function stepView(viewer, by) {
  const order = LEVELS.flatMap((l) => viewer.index.order.get(l.kind) || []), at = viewer.view ? order.indexOf(viewer.view) : -1;
  const v = order[(at + by + order.length) % order.length];
  if (v) viewer.go({ view: v.key });
}

/** @param {Viewer} viewer Gives the picture the whole viewer, or the lists their place back. */
export function toggleWide(viewer) {
  viewer.parts.wideButton.setAttribute('aria-pressed', String(viewer.root.classList.toggle('is-wide')));
  if (!viewer.state.at) viewer.camera.fitted = true;
}

/** @param {Viewer} viewer Path from the selected element, or to it when a path has begun. */
function path(viewer) {
  const { state, index } = viewer, id = index.elements.has(state.select) ? state.select : '';
  if (!id) { viewer.say('Select an element first'); return; }
  if (state.from && !state.to && state.from !== id) viewer.go({ to: id });
  else { viewer.go({ from: id, to: '' }); viewer.say('Path from here: select where it leads'); }
}

/** @param {Viewer} viewer @param {KeyboardEvent} e @returns {boolean} whether the key was taken while a box is placed */
function placing(viewer, e) {
  if (!viewer.moving) return false;
  const by = ARROWS[e.key], far = e.shiftKey ? 40 : 8;
  if (by) stepKeys(viewer, { x: by[0] * far, y: by[1] * far });
  else if (e.key === 'Enter') endKeys(viewer, true);
  else if (e.key === 'Escape') endKeys(viewer, false);
  else return false;
  return true;
}

/** @param {Viewer} viewer @param {KeyboardEvent} e @returns {boolean} whether the key was one of the picture's */
function onPicture(viewer, e) {
  const { state, parts } = viewer, here = parts.stage.contains(document.activeElement) || document.activeElement === document.body;
  if (state.page || !viewer.view) return false;
  if (placing(viewer, e)) return true;
  const chosen = viewer.index.elements.has(state.select) ? state.select : '', arrow = ARROWS[e.key];
  if (arrow) {
    if (!here) return false;
    if (e.shiftKey) pan(viewer, -80 * arrow[0], -80 * arrow[1], true); else step(viewer, e.key);
    return true;
  }
  switch (e.key) {
    case 'Enter': if (!here) return false; if (chosen) drillInto(viewer, chosen); return true;
    case '+': case '=': zoom(viewer, 1.25); return true;
    case '-': case '_': zoom(viewer, 0.8); return true;
    case '0': fit(viewer, true); return true;
    case '1': zoom(viewer, 1 / viewer.camera.scale); return true;
    case 'f': toggleWide(viewer); return true;
    case 'l': stepLine(viewer); return true;
    case 'm': toggleMap(viewer); return true;
    case 'n': if (chosen || state.focus) viewer.go({ focus: state.focus && (state.focus === chosen || !chosen) ? '' : chosen, depth: 1, direction: 'both' }); return true;
    case '<': if (state.focus) viewer.go({ depth: Math.max(state.depth - 1, 1) }, { quiet: true }); return true;
    case '>': if (state.focus) viewer.go({ depth: Math.min(state.depth + 1, 20) }, { quiet: true }); return true;
    case 'd': if (state.focus) viewer.go({ direction: DIRECTIONS[(DIRECTIONS.indexOf(state.direction) + 1) % 3] }); return true;
    case 'p': path(viewer); return true;
    case 'c': if (chosen) toggleFold(viewer, chosen); return true;
    case 'C': toggleAll(viewer); return true;
    case 'i': toggleFilters(viewer); return true;
    case 'h': viewer.go({ hide: !state.hide }); return true;
    case 'M': if (viewer.options.fixed) return false; { const node = nodeToMove(viewer); if (node) beginKeys(viewer, node); else viewer.say('Select an element first'); return true; }
    case 'u': undo(viewer); return true;
    case 'U': redo(viewer); return true;
    case 's': if (viewer.options.fixed) return false; saveLayout(viewer); return true;
    case 'x': exportSVG(viewer); return true;
    default: return false;
  }
}

/** @param {Viewer} viewer Escape closes what is open, the nearest first. */
function escape(viewer) {
  const { state, parts } = viewer;
  if (closeRail(viewer)) return;
  if (!parts.menu.hidden) { parts.menu.hidden = true; parts.menuButton.setAttribute('aria-expanded', 'false'); parts.menuButton.focus(); return; }
  if (!parts.filters.hidden && parts.filters.contains(document.activeElement)) { toggleFilters(viewer, false); parts.filterButton.focus(); return; }
  if (state.page) viewer.go({ page: '' });
  else if (state.from && !state.to) viewer.go({ from: '' });
  else if (state.select) viewer.go({ select: '' }, { quiet: true });
  else if (state.focus) viewer.go({ focus: '' });
}

/** @param {Viewer} viewer @param {KeyboardEvent} e */
export function onKey(viewer, e) {
  const t = /** @type {HTMLElement} */ (e.target);
  const held = e.ctrlKey || e.metaKey, letter = e.key.toLowerCase();
  if (held && !e.altKey && (letter === 'z' || letter === 'y') && !t.closest('input, textarea, dialog')) {
    if (letter === 'y' || e.shiftKey) redo(viewer); else undo(viewer);
    e.preventDefault();
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (t.closest('textarea, select, dialog') || (t.closest('input') && !(e.key === 'Escape' || (/** @type {HTMLInputElement} */ (t).type === 'checkbox' && e.key === 'i')))) return;
  let ours = onPicture(viewer, e);
  if (!ours) {
    ours = true;
    switch (e.key) {
      case '/': viewer.parts.search.focus(); /** @type {HTMLInputElement} */ (viewer.parts.search).select(); break;
      case '?': openHelp(viewer); break;
      case 'Backspace': goUp(viewer); break;
      case 'Escape': escape(viewer); break;
      case '[': stepView(viewer, -1); break;
      case ']': stepView(viewer, 1); break;
      case 'a': showAccount(viewer); break;
      case 'e': viewer.parts.panel.focus(); break;
      case 'v': openRail(viewer); /** @type {HTMLElement | null} */ (viewer.parts.rail.querySelector('[aria-current]') || viewer.parts.rail.querySelector('button'))?.focus(); break;
      case 't': if (viewer.options.themes) nextTheme(viewer); break;
      default: ours = false;
    }
  }
  if (ours) e.preventDefault();
}

/** @param {Viewer} viewer */
export function openHelp(viewer) {
  const dialog = /** @type {HTMLDialogElement} */ (viewer.parts.help);
  dialog.replaceChildren(
    h('div', { class: 'dialog-head' }, h('h2', { id: viewer.id + 'help-title' }, 'Help and keys'), iconButton('close', 'Close help', () => dialog.close())),
    h('p', null, 'Every box and every line stands on evidence. Select one, and the panel names the rule that made it and each place in the input that it rests on. What could not be resolved or read is listed in the account.'),
    h('p', null, 'Hold Shift and pull a box to place it, or turn on placing in the bar above the picture.'),
    h('table', { class: 'keys' }, h('tbody', null, ...KEYS.map(([k, what]) => h('tr', null, h('th', { scope: 'row' }, ...k.split(' ').map((one) => h('kbd', null, one))), h('td', null, what))))),
    h('p', { class: 'v-quiet' }, 'How sure a line is: ', ...Object.entries(CONFIDENCE).map(([k, what], i) => h('span', null, i ? '; ' : '', h('b', null, k), ', ' + what)), '.'));
  dialog.showModal();
}
