// @ts-check
// The picture: put in when looked at, and marked where something is selected, filtered, closed or moved.
/** @import {Viewer, View, Picture, Box, Wire, Rect, Drawing, Moves} from './types.js' */
import { apply, deeper, extent, moveKey, planned, standIn, stretchPaper } from './arrange.js';
import { fit, fitting, inSight, onStage, place, reveal } from './camera.js';
import { calm, h, svgElement } from './dom.js';
import { keptOf } from './filter.js';
import { ancestors, KINDS, nameOf, titleOf, wholeView } from './model.js';
import { around, boxesOf, measurePicture, parsePicture, wiresOf } from './picture.js';

/** @typedef {'in' | 'out' | ''} Passage whether one goes inside something, out of it, or elsewhere */

/** @param {Viewer} viewer @param {View} view @returns {string} what a picture is known by: the view with what is opened in it by the source */
const pictureKey = (viewer, view) => JSON.stringify([view.key, viewer.state.open]);

/** @param {Viewer} viewer @param {View} view @param {(fresh: boolean) => void} done Gets the picture of a view and puts it in place, if it is still wanted then. */
export function showPicture(viewer, view, done) {
  const key = pictureKey(viewer, view), { stage } = viewer.parts;
  if (stage.dataset.key === key && !stage.classList.contains('is-waiting')) { done(false); return; }
  stage.dataset.key = key;
  const got = viewer.source.picture(view.key, { open: viewer.state.open, closed: viewer.state.closed });
  const use = (/** @type {string | Drawing} */ d) => {
    if (viewer.signal.aborted || stage.dataset.key !== key) return;
    stage.classList.remove('is-waiting');
    put(viewer, view, typeof d === 'string' ? { svg: d } : d);
    done(true);
  };
  if (!(got instanceof Promise)) { use(got); return; }
  stage.classList.add('is-waiting');
  got.then(use, (why) => { if (stage.dataset.key === key) { use(''); viewer.say('The picture could not be read: ' + String(why && why.message || why)); } });
}

/** @param {Viewer} viewer @param {View} view @param {Drawing} drawing */
function put(viewer, view, drawing) {
  const { parts, picture: old } = viewer, drawn = drawing.view ? wholeView(drawing.view) : view;
  const passage = old ? passageOf(viewer, old.view, view) : { how: /** @type {Passage} */ (''), element: '' };
  const was = old && passage.how === 'in' ? seenAt(viewer, old, passage.element) : null;
  const svg = parsePicture(drawing.svg, viewer.id + ++viewer.drawn + '-', viewer.options.trust);
  for (const el of parts.stage.querySelectorAll('.v-ghost')) el.remove();
  parts.stage.classList.toggle('is-list', !svg);
  if (!svg) {
    viewer.picture = null;
    parts.canvas.style.transform = '';
    parts.canvas.replaceChildren(asList(viewer, view));
    parts.map.hidden = true;
    return;
  }
  const same = old && old.view.key === drawn.key ? anchorOf(viewer, old) : null;
  const before = { ...viewer.camera }, gone = old && !calm() ? old.svg : null;
  parts.canvas.replaceChildren(svg);
  const p = viewer.picture = measurePicture(viewer, drawn, pictureKey(viewer, view), svg);
  p.closed = drawing.closed || [];
  arrangeNow(viewer);
  if (same && old && p.boxes.has(same)) { stay(viewer, old, p, same, before); return; }
  fit(viewer, false);
  if (!gone || !old) return;
  const now = passage.how === 'out' ? seenAfterFit(viewer, p, passage.element) : null;
  if (was || now) fly(viewer, gone, old, before, was, now);
}

/** @param {Viewer} viewer @param {Picture} old @returns {string} the box that the eye is on: what is selected, or the one nearest to the middle */
function anchorOf(viewer, old) {
  const chosen = boxesOf(old, viewer.state.select)[0];
  if (chosen) return chosen.id;
  const seen = inSight(viewer), x = seen.x + seen.w / 2, y = seen.y + seen.h / 2;
  const far = (/** @type {Box} */ b) => Math.hypot(b.rect.x + b.rect.w / 2 - x, b.rect.y + b.rect.h / 2 - y);
  return [...old.boxes.values()].reduce((best, b) => (!best || far(b) < far(best) ? b : best), /** @type {Box | null} */ (null))?.id || '';
}

/** @param {Viewer} viewer @param {Picture} old @param {Picture} p @param {string} id @param {{scale: number, fitted: boolean}} before Another picture of the same view: one box stays where it is, and what is around it changes. */
function stay(viewer, old, p, id, before) {
  const a = /** @type {Box} */ (old.boxes.get(id)).rect, b = /** @type {Box} */ (p.boxes.get(id)).rect, { camera } = viewer;
  camera.x += (a.x - old.x - b.x + p.x) * before.scale;
  camera.y += (a.y - old.y - b.y + p.y) * before.scale;
  viewer.parts.canvas.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: calm() ? 0 : 240 });
  if (before.fitted) fit(viewer, true); else place(viewer);
}

/** @param {Viewer} viewer @param {View} from @param {View} to @returns {{how: Passage, element: string}} */
function passageOf(viewer, from, to) {
  const inside = to.subject && from.nodes.some((n) => n.element === to.subject) && from.subject !== to.subject;
  if (inside) return { how: 'in', element: to.subject || '' };
  const up = [from.subject || '', ...ancestors(viewer.index, from.subject || '')].find((id) => id && to.nodes.some((n) => n.element === id));
  if (up && from.subject !== to.subject) return { how: 'out', element: up };
  return { how: '', element: '' };
}

/** @param {Viewer} viewer @param {Picture} p @param {string} element @returns {Rect | null} where on the stage an element is */
function seenAt(viewer, p, element) {
  const b = boxesOf(p, element)[0];
  return b ? onStage(viewer, b.rect) : null;
}

/** @param {Viewer} viewer @param {Picture} p @param {string} element @returns {Rect | null} */
function seenAfterFit(viewer, p, element) {
  const to = fitting(viewer, { x: p.x, y: p.y, w: p.w, h: p.h }), b = boxesOf(p, element)[0];
  return to && b ? { x: (b.rect.x - p.x) * to.scale + to.x, y: (b.rect.y - p.y) * to.scale + to.y, w: b.rect.w * to.scale, h: b.rect.h * to.scale } : null;
}

/**
 * Keeps the eye on the thing: going in, its box grows until it is the stage, and the view appears in it; going out is the way back.
 * @param {Viewer} viewer @param {SVGSVGElement} gone @param {Picture} old @param {{x: number, y: number, scale: number}} before
 * @param {Rect | null} was the box that grows @param {Rect | null} now the box that the stage shrinks to
 */
function fly(viewer, gone, old, before, was, now) {
  const { stage, canvas } = viewer.parts, ghost = h('div', { class: 'v-canvas v-ghost', 'aria-hidden': 'true' }, gone);
  canvas.before(ghost);
  const box = /** @type {Rect} */ (was || now), k = Math.min(stage.clientWidth / Math.max(box.w, 1), stage.clientHeight / Math.max(box.h, 1));
  const grown = 'translate(' + (stage.clientWidth / 2 - (box.x + box.w / 2) * k) + 'px,' + (stage.clientHeight / 2 - (box.y + box.h / 2) * k) + 'px) scale(' + k + ')';
  const shrunk = 'translate(' + (box.x + box.w / 2 - stage.clientWidth / 2 / k) + 'px,' + (box.y + box.h / 2 - stage.clientHeight / 2 / k) + 'px) scale(' + 1 / k + ')';
  const at = 'translate(' + before.x + 'px,' + before.y + 'px) scale(' + before.scale + ')';
  const { camera } = viewer, to = 'translate(' + camera.x + 'px,' + camera.y + 'px) scale(' + camera.scale + ')';
  const how = { duration: 340, easing: 'cubic-bezier(.3,.1,.2,1)' };
  const left = ghost.animate([{ transform: at, opacity: 1 }, { transform: (was ? grown : shrunk) + ' ' + at, opacity: 0 }], how);
  canvas.animate([{ transform: (was ? shrunk : grown) + ' ' + to, opacity: 0 }, { transform: to, opacity: 1 }], how);
  left.onfinish = () => ghost.remove();
}

/** @param {Viewer} viewer @param {View} v @returns {Node} What a view shows, in words, where there is no picture. */
function asList(viewer, v) {
  const { index } = viewer;
  const rows = v.elements.map((id) => h('li', null, h('button', { class: 'v-link', onclick: () => viewer.go({ select: id }, { quiet: true }) }, nameOf(index, id)),
    ' ', h('span', { class: 'v-quiet' }, [KINDS[index.elements.get(id)?.kind || ''], index.elements.get(id)?.technology].filter(Boolean).join(' · '))));
  return h('div', { class: 'v-listing' }, h('p', null, rows.length ? 'There is no picture of this view here. It shows:' : 'This view shows nothing.'), h('ul', null, ...rows));
}

/** @param {Viewer} viewer @returns {Moves} how far the boxes of the view were moved by hand */
export function movesOf(viewer) {
  const key = viewer.picture?.key || '';
  let m = viewer.moves.get(key);
  if (!m) viewer.moves.set(key, m = new Map());
  return m;
}

/** @param {Viewer} viewer @returns {Set<string>} the boundaries that are closed in the picture itself */
export function closedNow(viewer) {
  const { picture: p, state } = viewer;
  return new Set(p ? [...p.closed, ...state.closed].filter((id) => p.boxes.get(id)?.frame) : []);
}

/** @param {Viewer} viewer Puts everything where it is now, and makes room for what was moved out. */
export function arrangeNow(viewer) {
  const p = viewer.picture;
  if (!p) return;
  const plan = planned(p, movesOf(viewer), closedNow(viewer));
  apply(p, plan);
  const all = extent(p, plan), down = deeper(p, plan);
  moveKey(p, down);
  all.h = Math.max(all.h, p.drawn + down + p.top - all.y);
  if (all.x !== p.x || all.y !== p.y || all.w !== p.w || all.h !== p.h) {
    // The picture grows, and what is seen of it stays where it is.
    viewer.camera.x += (all.x - p.x) * viewer.camera.scale;
    viewer.camera.y += (all.y - p.y) * viewer.camera.scale;
    Object.assign(p, all);
    stretchPaper(p);
    for (const [k, v] of Object.entries({ viewBox: [all.x, all.y, all.w, all.h].join(' '), width: all.w, height: all.h })) p.svg.setAttribute(k, String(v));
  }
}

/** @param {Viewer} viewer Lets what filters, focus and path leave out step back or away. */
export function markKept(viewer) {
  const { picture: p, state, view } = viewer;
  if (!p || !view) return null;
  const kept = keptOf(viewer.index, p.view, view, state);
  p.svg.classList.toggle('hides', state.hide);
  for (const b of p.boxes.values()) b.g.classList.toggle('is-out', !kept.nodes.has(b.id));
  for (const w of p.wires) w.g.classList.toggle('is-out', !kept.lines.has(w.index));
  return kept;
}

/** @param {Viewer} viewer @param {boolean} show whether to move the picture so that it is seen. Marks what is selected and lets what has nothing to do with it step back. */
export function markSelected(viewer, show) {
  const { picture: p, state: { select: id }, index } = viewer;
  if (!p) return;
  for (const ring of p.svg.querySelectorAll('.ring')) ring.remove();
  for (const g of p.svg.querySelectorAll('.is-selected, .is-dim')) g.classList.remove('is-selected', 'is-dim');
  const boxes = index.elements.has(id) ? boxesOf(p, id) : [], wires = boxes.length ? [] : wiresOf(p, id);
  if (!id || !(boxes.length + wires.length)) return;
  const closed = closedNow(viewer), plan = p.plan || planned(p, movesOf(viewer), closed);
  for (const b of boxes) { b.g.classList.add('is-selected'); b.g.append(ringAround(b, plan.boxes.get(b.id)?.rect || b.rect, plan.boxes.get(b.id)?.shift || { x: 0, y: 0 })); }
  for (const w of wires) w.g.classList.add('is-selected');
  // Where a focus or a path says what matters, what is selected does not say it again.
  if (!viewer.state.focus && !viewer.state.to) dim(p, boxes, wires);
  if (!show) return;
  const first = boxes[0] ? plan.boxes.get(standIn(p, boxes[0].id, closed))?.rect : lineRect(wires[0], plan.wires.get(wires[0].index)?.way);
  if (first) reveal(viewer, first);
}

/** @param {Wire} w @param {{x: number, y: number}[] | null | undefined} way @returns {Rect} */
function lineRect(w, way) {
  const ps = way || w.way, x = Math.min(...ps.map((q) => q.x)), y = Math.min(...ps.map((q) => q.y));
  return { x, y, w: Math.max(...ps.map((q) => q.x)) - x, h: Math.max(...ps.map((q) => q.y)) - y };
}

/** @param {Box} b @param {Rect} rect @param {{x: number, y: number}} shift @returns {SVGElement} in the units of the group, which is shifted itself */
const ringAround = (b, rect, shift) => svgElement('rect', { class: 'ring', x: rect.x - shift.x - 5, y: rect.y - shift.y - 5, width: rect.w + 10, height: rect.h + 10, rx: 9 });

/** @param {Picture} p @param {Box[]} boxes @param {Wire[]} wires */
function dim(p, boxes, wires) {
  const chosen = new Set(boxes.map((b) => b.id)), near = new Set();
  for (const b of p.boxes.values()) if (chosen.has(b.id) || around(p, b.id).some((a) => chosen.has(a))) near.add(b.id);
  const mine = new Set(near), inChosen = (/** @type {string} */ id) => mine.has(id);
  let any = false;
  for (const w of p.wires) {
    const touches = wires.includes(w) || inChosen(w.source) || inChosen(w.target);
    if (touches) { near.add(w.source); near.add(w.target); any = true; }
    w.g.classList.toggle('is-dim', !touches);
  }
  if (!any) { for (const w of p.wires) w.g.classList.remove('is-dim'); return; }
  for (const id of [...near]) for (const a of around(p, id)) near.add(a);
  for (const b of p.boxes.values()) b.g.classList.toggle('is-dim', !near.has(b.id));
}

/** @param {Viewer} viewer @param {EventTarget | null} t @returns {Element | null} The node or line under a pointer. */
export const thingAt = (viewer, t) => (t instanceof Element && viewer.parts.canvas.contains(t) ? t.closest('.node[data-node], .line[data-line]') : null);

/** @param {Viewer} viewer @param {Element} g @returns {string} What the address calls it. */
export function idOf(viewer, g) {
  if (g.classList.contains('node')) return g.getAttribute('data-element') || '';
  return viewer.picture?.view.lines[Number(g.getAttribute('data-line'))]?.relationships[0] || '';
}

/** @param {Viewer} viewer */
export const pictureTitle = (viewer) => (viewer.view ? titleOf(viewer.view) : '');
