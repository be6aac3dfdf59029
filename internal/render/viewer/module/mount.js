// @ts-check
// A viewer put together: what the address says is drawn, and everything that moves changes the address, so that back,
// forward, reload and links agree.
/** @import {Viewer, Source, Options, State} from './types.js' */
import { booked, drawAccount, inputTable, notRead } from './account.js';
import { drawFilters, drawStatus, toggleFilters } from './bar.js';
import { fit, goToPlace, pan, zoom } from './camera.js';
import { count, h, icon } from './dom.js';
import { readDrafts } from './draft.js';
import { exportPNG, exportSVG, forPaper, printOn } from './export.js';
import { toggleAll } from './fold.js';
import { framed, outermost } from './frame.js';
import { wireHands } from './hands.js';
import { onKey, openHelp, toggleWide } from './keys.js';
import { drawMap, toggleMap, wireMap } from './minimap.js';
import { indexOf, titleOf, viewsShowing } from './model.js';
import { drawMoves, endKeys, puller, redo, restore, saveLayout, togglePlacing, undo } from './move.js';
import { drawPanel } from './panel.js';
import { closeRail, drawCrumbs, drawRail, markRail, openRail } from './rail.js';
import { drillInto, select, showAccount } from './route.js';
import { wireSearch } from './search.js';
import { arrangeNow, idOf, markKept, markSelected, showPicture, thingAt } from './stage.js';
import { decodeState, encodeState, memoryAddress, nothing, patched } from './state.js';
import { keptTheme, nextTheme, setTheme, themeNow } from './theme.js';

/**
 * Puts a viewer into an element, which it fills.
 * @param {HTMLElement} root @param {Source} source @param {Options} [options]
 * @returns {{destroy: () => void, state: () => State, go: (patch: Partial<State>) => void}}
 */
export function mount(root, source, options = {}) {
  const end = new AbortController(), id = freeId(root.ownerDocument), parts = framed(id, options.inside), address = options.address || memoryAddress();
  /** @type {Viewer} */
  const viewer = {
    id, root, parts, source, options, index: indexOf(source.model), state: nothing(), view: undefined, picture: null, drawn: 0,
    camera: { x: 0, y: 0, scale: 1, fitted: true, frame: 0, flight: 0, settle: 0 },
    moves: new Map(), seats: new Map(), undo: [], redo: [], drafts: [], prints: new Map(), saved: '', said: '', moving: null, signal: end.signal,
    warn: (e) => e.preventDefault(),
    go: (patch, how) => go(viewer, address, patch, Boolean(how && how.quiet)),
    say: (text) => { parts.live.textContent = ''; setTimeout(() => { parts.live.textContent = text; }, 30); },
  };
  root.classList.add('c4v');
  root.classList.toggle('is-inside-page', Boolean(options.inside));
  root.dataset.viewer = id;
  root.replaceChildren(...outermost(parts));
  readDrafts(viewer);
  drawTop(viewer);
  drawRail(viewer);
  wire(viewer);
  address.listen(() => follow(viewer, address.read()), end.signal);
  follow(viewer, address.read(), true);
  root.dataset.ready = 'true';
  return {
    destroy: () => {
      end.abort();
      cancelAnimationFrame(viewer.camera.frame);
      cancelAnimationFrame(viewer.camera.flight);
      clearTimeout(viewer.camera.settle);
      root.replaceChildren();
      root.classList.remove('c4v', 'is-inside-page', 'is-wide', 'is-empty', 'on-account');
      delete root.dataset.ready;
      delete root.dataset.viewer;
    },
    state: () => ({ ...viewer.state }),
    go: (patch) => viewer.go(patch),
  };
}

/** @param {Document} doc @returns {string} what begins the ids of a viewer: no other in the document has it */
function freeId(doc) {
  for (let n = 1; ; n++) if (!doc.querySelector('[data-viewer="v' + n + '-"]')) return 'v' + n + '-';
}

/** @param {Viewer} viewer @param {import('./types.js').Address} address @param {Partial<State>} patch @param {boolean} quiet the way back does not pass here */
function go(viewer, address, patch, quiet) {
  const next = patched(viewer.state, patch), text = encodeState(next);
  if (text === encodeState(viewer.state)) return;
  address.write(text, quiet);
  show(viewer, next, false); // at once: the event comes later, and the next key may come before it
}

/** @param {Viewer} viewer @param {string} text @param {boolean} [first] */
function follow(viewer, text, first) {
  const next = decodeState(text), { index } = viewer;
  if (!index.views.has(next.view)) next.view = (index.elements.has(next.select) && viewsShowing(index, next.select)[0]?.key) || index.first?.key || '';
  for (const k of /** @type {const} */ (['focus', 'from', 'to'])) if (next[k] && !index.elements.has(next[k])) next[k] = ''; // an address may come from anybody
  if (!first && encodeState(next) === encodeState(viewer.state)) return;
  show(viewer, next, Boolean(first));
}

/** @param {Viewer} viewer @param {State} next @param {boolean} first */
function show(viewer, next, first) {
  const before = viewer.state, { parts, index, root } = viewer;
  viewer.state = next;
  const differs = (/** @type {(keyof State)[]} */ ...names) => first || names.some((n) => JSON.stringify(before[n]) !== JSON.stringify(next[n]));
  if (viewer.moving && differs('view', 'open', 'select')) endKeys(viewer, true);
  viewer.view = index.views.get(next.view);
  const account = next.page === 'account', v = viewer.view;
  root.classList.toggle('on-account', account);
  parts.accountButton.setAttribute('aria-current', account ? 'page' : 'false');
  if (!v && !account) { drawEmpty(viewer); return; }
  root.classList.toggle('is-empty', !v);
  parts.sheet.hidden = !account;
  if (account && differs('page')) { drawAccount(viewer); parts.sheet.scrollTop = 0; if (!first) parts.sheet.focus({ preventScroll: true }); }
  if (differs('view', 'page')) markRail(viewer);
  if (!v || account) { drawPanel(viewer); return; }
  if (differs('view', 'page')) drawHeading(viewer);
  drawPanel(viewer); // before the picture: what its sheet covers is not where something is brought into sight
  showPicture(viewer, v, (fresh) => settlePicture(viewer, fresh || differs('page'), differs, before));
}

/** @param {Viewer} viewer @param {boolean} fresh whether another picture was put in place @param {(...names: (keyof State)[]) => boolean} differs @param {State} before */
function settlePicture(viewer, fresh, differs, before) {
  const { state } = viewer, back = fresh ? restore(viewer) : '';
  if (!fresh && differs('closed')) { arrangeNow(viewer); }
  if (fresh || differs('filter', 'hide', 'focus', 'depth', 'direction', 'from', 'to')) viewer.said = drawStatus(viewer, markKept(viewer)); // not with every selection: hundreds of boxes are looked at
  const { said } = viewer;
  if (fresh && viewer.camera.fitted) fit(viewer, false);
  if (fresh || differs('at')) {
    if (state.at && !moves(viewer, state.at)) goToPlace(viewer, state.at);
    else if (!fresh && !state.at && before.at && !viewer.camera.fitted) fit(viewer, true);
  }
  if (fresh || differs('select', 'closed', 'focus', 'to')) markSelected(viewer, differs('select') || fresh);
  if (fresh || differs('filter', 'hide', 'focus', 'depth', 'direction', 'from', 'to', 'closed')) drawMap(viewer);
  if (fresh || differs('filter', 'hide')) drawFilters(viewer);
  if (fresh) drawPanel(viewer);
  drawMoves(viewer);
  if (back) viewer.say(back);
  else if (differs('view') && viewer.view) viewer.say(titleOf(viewer.view) + ', ' + count(viewer.view.elements.length, 'element') + (said ? '. ' + said : ''));
  else if (said && differs('filter', 'hide', 'focus', 'depth', 'direction', 'from', 'to')) viewer.say(said);
  else if (differs('filter', 'focus', 'to') && !said) viewer.say('Everything is shown again');
}

/** @param {Viewer} viewer @param {string} at whether the camera is at a place already: it wrote it itself */
function moves(viewer, at) {
  const { camera, parts, picture } = viewer, [x, y, scale] = at.split(',').map(Number);
  if (!picture || camera.fitted) return false;
  const mx = (parts.stage.clientWidth / 2 - camera.x) / camera.scale + picture.x, my = (parts.stage.clientHeight / 2 - camera.y) / camera.scale + picture.y;
  return Math.abs(mx - x) < 2 && Math.abs(my - y) < 2 && Math.abs(camera.scale - scale) < 0.002;
}

/** @param {Viewer} viewer */
function drawHeading(viewer) {
  const v = /** @type {import('./types.js').View} */ (viewer.view), { parts, index } = viewer;
  parts.title.textContent = titleOf(v);
  parts.about.textContent = v.description || '';
  parts.stage.setAttribute('aria-label', 'Picture: ' + titleOf(v));
  if (viewer.options.titles) viewer.root.ownerDocument.title = titleOf(v) + ' – ' + (index.model.name.trim() || 'Architecture');
  drawCrumbs(viewer);
}

/** @param {string} at RFC 3339 @returns {Node | string} The time of collection in its own zone, and in the reader's on hover. */
function collected(at) {
  const time = new Date(at);
  if (!at || isNaN(time.getTime())) return at || 'at an unknown time';
  const zone = at.endsWith('Z') ? 'UTC' : at.slice(-6);
  return h('time', { datetime: at, title: time.toLocaleString() + ' where you are' }, at.slice(0, 10) + ' ' + at.slice(11, 19) + ' ' + zone);
}

/** @param {Viewer} viewer */
function drawTop(viewer) {
  const { parts, index: { model } } = viewer, name = model.name.trim() || 'Architecture';
  parts.name.textContent = name;
  parts.name.title = name;
  parts.facts.replaceChildren(model.scope.length ? h('span', { class: 'scope', title: model.scope.join('\n') }, model.scope.join(', ')) : '',
    h('span', { class: 'when' }, h('span', { class: 'word' }, 'collected '), collected(model.collectedAt)));
  const open = booked(viewer, 'unresolved') + booked(viewer, 'ambiguous') + model.notRead.length;
  parts.accountButton.replaceChildren(icon('books'), h('span', { class: 'tool-name' }, viewer.options.inside ? 'What was read' : 'Account'), open ? h('span', { class: 'tally', title: 'unresolved, ambiguous or not read' }, open.toLocaleString('en'), h('span', { class: 'v-unseen' }, open === 1 ? ' open point' : ' open points')) : '');
  parts.accountButton.title = 'What was found, and what was not (a)';
  parts.moveButton.hidden = Boolean(viewer.options.fixed);
  parts.themeButton.hidden = !viewer.options.themes;
  if (viewer.options.themes) keptTheme(viewer);
  parts.colophon.textContent = name + (model.scope.length ? ' · ' + model.scope.join(', ') : '') + ' · collected ' + model.collectedAt + (model.snapshot ? ' · snapshot ' + model.snapshot.slice(0, 23) : '');
}

/** @param {Viewer} viewer There is nothing to draw: say what was read, what was not, and what would help. */
function drawEmpty(viewer) {
  const { parts, root, index: { model } } = viewer;
  root.classList.add('is-empty');
  parts.sheet.hidden = false;
  parts.sheet.replaceChildren(h('div', { class: 'nothing' },
    h('h2', null, model.elements.length ? 'There are no views' : 'Nothing to draw yet'),
    h('p', null, model.elements.length ? 'The model has ' + count(model.elements.length, 'element') + ', but none that a view is made for. The account lists what was read.'
      : 'No resource was found in what was scanned. c4arch reads Terraform and OpenTofu state and plans, Azure exports, Kubernetes manifests and Compose files.'),
    h('p', null, 'What usually helps: scan the folder that holds the state or the export itself, for instance'),
    h('pre', null, 'terraform show -json > state.json\nc4arch scan state.json'),
    inputTable(viewer), notRead(viewer)));
}

/** @param {Viewer} viewer */
function wire(viewer) {
  const { parts, signal, root, options } = viewer, pull = puller(viewer);
  const on = (/** @type {string} */ part, /** @type {(e: Event) => void} */ act) => parts[part].addEventListener('click', act, { signal });
  wireHands(parts.stage, {
    zoom: (k, at) => zoom(viewer, k, at), pan: (dx, dy) => pan(viewer, dx, dy), thingAt: (t) => thingAt(viewer, t),
    choose: (g) => select(viewer, g ? idOf(viewer, g) : ''), still: () => !viewer.picture,
    grab: (g, e) => {
      const node = g.getAttribute('data-node');
      if (!node || !viewer.picture?.boxes.has(node) || options.fixed || !(e.shiftKey || parts.stage.classList.contains('is-placing'))) return false;
      pull.grab(node);
      return true;
    },
    drag: pull.drag, drop: pull.drop,
  }, signal);
  parts.stage.addEventListener('dblclick', (e) => {
    const g = thingAt(viewer, e.target);
    if (g && g.classList.contains('node')) drillInto(viewer, idOf(viewer, g));
  }, { signal });
  wireMap(viewer);
  wireSearch(viewer);
  on('inButton', () => zoom(viewer, 1.25));
  on('outButton', () => zoom(viewer, 0.8));
  on('fitButton', () => fit(viewer, true));
  on('wideButton', () => toggleWide(viewer));
  on('mapButton', () => toggleMap(viewer));
  on('filterButton', () => toggleFilters(viewer));
  on('foldButton', () => toggleAll(viewer));
  on('moveButton', () => togglePlacing(viewer));
  on('undoButton', () => undo(viewer));
  on('redoButton', () => redo(viewer));
  on('saveButton', () => saveLayout(viewer));
  on('themeButton', () => nextTheme(viewer));
  on('helpButton', () => openHelp(viewer));
  on('accountButton', () => showAccount(viewer));
  on('railButton', () => { if (!closeRail(viewer)) openRail(viewer); });
  on('shade', () => closeRail(viewer));
  on('skip', () => parts.stage.focus());
  on('help', (e) => { if (e.target === parts.help) /** @type {HTMLDialogElement} */ (parts.help).close(); });
  wireMenu(viewer);
  // A viewer that has a page to itself takes the keys of the page; of several each takes those that are pressed in it.
  const where = viewer.options.address ? root.ownerDocument : root;
  where.addEventListener('keydown', (e) => onKey(viewer, /** @type {KeyboardEvent} */ (e)), { signal });
  wirePaper(viewer);
  const seen = new ResizeObserver(() => { if (viewer.camera.fitted) fit(viewer, false); });
  seen.observe(parts.stage);
  signal.addEventListener('abort', () => seen.disconnect());
}

/** @param {Viewer} viewer */
function wireMenu(viewer) {
  const { menu, menuButton } = viewer.parts, { signal } = viewer;
  const open = (/** @type {boolean} */ yes) => { menu.hidden = !yes; menuButton.setAttribute('aria-expanded', String(yes)); if (yes) /** @type {HTMLElement} */ (menu.firstElementChild).focus(); };
  menuButton.addEventListener('click', () => open(menu.hidden), { signal });
  menu.addEventListener('click', (e) => {
    const what = e.target instanceof Element ? e.target.closest('[data-export]')?.getAttribute('data-export') : '';
    open(false);
    menuButton.focus();
    if (what === 'svg') exportSVG(viewer);
    if (what === 'png') exportPNG(viewer);
    if (what === 'A4' || what === 'A3') printOn(viewer, what);
  }, { signal });
  menu.addEventListener('keydown', (e) => {
    const items = [...menu.children], at = items.indexOf(/** @type {Element} */ (document.activeElement)), by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!by) return;
    /** @type {HTMLElement} */ (items[(at + by + items.length) % items.length]).focus();
    e.preventDefault();
    e.stopPropagation();
  }, { signal });
  menu.addEventListener('focusout', (e) => { if (!menu.parentElement?.contains(/** @type {Node | null} */ (e.relatedTarget))) open(false); }, { signal });
}

/** @param {Viewer} viewer Paper is white whatever the screen is, and shows what the screen shows. */
function wirePaper(viewer) {
  const { signal } = viewer;
  let screen = '', back = () => {};
  window.addEventListener('beforeprint', () => { screen = themeNow(); if (viewer.options.themes) setTheme(viewer, 'light'); back = forPaper(viewer); }, { signal });
  window.addEventListener('afterprint', () => { if (viewer.options.themes) setTheme(viewer, screen); back(); }, { signal });
}
