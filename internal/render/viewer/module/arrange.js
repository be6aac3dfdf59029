// @ts-check
// What was moved and what was closed, worked out on the measures of a picture and then written to it, and only where
// something became different: boundaries stretch around what was moved out of them, lines follow, those of a closed
// boundary end at its border, and those that then run between the same two boxes become one that says how many it is.
/** @import {Picture, Moves, Point, Rect, Box, Wire} from './types.js' */
import { svgElement } from './dom.js';
import { cardIn, fromCard } from './card.js';
import { headOf, inflated, lengthOf, middle, rounded, routed, shifted, shortened, union } from './geometry.js';
import { placeLabels } from './label.js';
import { around, atRight, boxOf } from './picture.js';

const PAD = 18;
const TITLE = 54;
const RADIUS = 7;
const HEAD = 8;
const BUNDLE = { w: 118, h: 16 };

/**
 * @typedef {{rect: Rect, shift: Point, hidden: boolean, closed: number, stretched: boolean}} BoxPlan rect: of a closed boundary its card
 * @typedef {{way: Point[] | null, hidden: boolean, bundle: number, label: Point | null, source: string, target: string}} WirePlan
 *   way null: as it was drawn
 * @typedef {{boxes: Map<string, BoxPlan>, wires: Map<number, WirePlan>}} Plan
 */

/** @param {Picture} p @param {string} id @param {Set<string>} closed @returns {string} the box that stands for a box: its outermost closed boundary, or itself */
export function standIn(p, id, closed) {
  let out = id;
  for (const a of around(p, id)) if (closed.has(a)) out = a;
  return out;
}

/** @param {Picture} p @param {Moves} moves @param {Set<string>} closed @returns {Plan} */
export function planned(p, moves, closed) {
  /** @type {Map<string, BoxPlan>} */
  const boxes = new Map();
  for (const b of p.boxes.values()) boxes.set(b.id, boxPlan(p, b, moves, closed));
  stretch(p, boxes);
  return { boxes, wires: wirePlans(p, boxes, closed) };
}

/** @param {Picture} p @param {Box} b @param {Moves} moves @param {Set<string>} closed @returns {BoxPlan} */
function boxPlan(p, b, moves, closed) {
  const up = around(p, b.id), shift = { x: 0, y: 0 };
  for (const id of [b.id, ...up]) { const m = moves.get(id); if (m) { shift.x += m.x; shift.y += m.y; } }
  const hidden = up.some((id) => closed.has(id)), rect = shifted(b.rect, shift);
  if (!b.frame || !closed.has(b.id)) return { rect, shift, hidden, closed: 0, stretched: false };
  return { rect: hidden ? rect : cardIn(p, b, rect), shift, hidden, closed: inside(p, b), stretched: false };
}

/** @param {Picture} p @param {Box} b @returns {number} how many nodes are in a boundary, at any depth: as many as a picture that comes folded says */
export function inside(p, b) {
  return b.kids.reduce((n, id) => { const kid = p.boxes.get(id); return n + (kid ? 1 + inside(p, kid) + (p.view.nodes.find((o) => o.id === id)?.folded || 0) : 0); }, 0);
}

/** @param {Picture} p @param {Map<string, BoxPlan>} boxes Makes boundaries hold what was moved, the innermost first. */
function stretch(p, boxes) {
  const frames = [...p.boxes.values()].filter((b) => b.frame).sort((a, b) => around(p, b.id).length - around(p, a.id).length);
  for (const f of frames) {
    const plan = boxes.get(f.id);
    if (!plan || plan.closed) continue;
    for (const id of f.kids) {
      const kid = boxes.get(id);
      if (!kid || kid.hidden || (!kid.stretched && kid.shift.x === plan.shift.x && kid.shift.y === plan.shift.y)) continue;
      const room = inflated(kid.rect, PAD);
      const all = union(plan.rect, { ...room, y: room.y - TITLE + PAD, h: room.h + TITLE - PAD });
      if (all.w !== plan.rect.w || all.h !== plan.rect.h) { plan.rect = all; plan.stretched = true; }
    }
  }
}

/** @param {Picture} p @param {Map<string, BoxPlan>} boxes @param {Set<string>} closed @returns {Map<number, WirePlan>} */
function wirePlans(p, boxes, closed) {
  /** @type {Map<number, WirePlan>} */
  const out = new Map();
  /** @type {Map<string, Wire[]>} */
  const bundles = new Map();
  for (const w of p.wires) {
    const s = standIn(p, w.source, closed), t = standIn(p, w.target, closed), bent = s !== w.source || t !== w.target || closed.has(s) || closed.has(t);
    out.set(w.index, wirePlan(p, w, s, t, boxes));
    if (bent && !out.get(w.index)?.hidden) { const k = JSON.stringify([s, t]); bundles.set(k, [...(bundles.get(k) || []), w]); }
  }
  for (const list of bundles.values()) {
    const plans = list.map((w) => /** @type {WirePlan} */ (out.get(w.index)));
    const sum = new Set(list.flatMap((w) => w.about.relationships)).size;
    if (list.length < 2) continue;
    const best = plans.reduce((a, b) => (lengthOf(b.way || []) < lengthOf(a.way || []) ? b : a));
    for (const plan of plans) plan.hidden = plan !== best;
    best.bundle = Math.max(sum, list.length);
    best.label = middle(best.way || []);
  }
  seatLabels(p, boxes, out);
  return out;
}

/** @param {Picture} p @param {Map<string, BoxPlan>} boxes @param {Map<number, WirePlan>} plans Finds places for the labels of lines that have other ways now. */
function seatLabels(p, boxes, plans) {
  /** @type {import('./label.js').Wanted[]} */
  const wanted = [];
  /** @type {import('./label.js').Taken} */
  const taken = { boxes: [], labels: [], ways: [] };
  for (const w of p.wires) {
    const plan = /** @type {WirePlan} */ (plans.get(w.index));
    if (plan.hidden) continue;
    taken.ways.push(plan.way || w.way);
    if (!plan.way || !plan.label) { if (w.label) taken.labels.push(w.label); continue; }
    const size = plan.bundle > 1 ? BUNDLE : w.label;
    if (size) wanted.push({ way: plan.way, w: size.w, h: size.h, put: (at) => { plan.label = at; } });
  }
  if (!wanted.length) return;
  for (const b of p.boxes.values()) {
    const to = /** @type {BoxPlan} */ (boxes.get(b.id));
    if (to.hidden) continue;
    taken.boxes.push(b.frame && !to.closed ? { x: to.rect.x, y: to.rect.y, w: b.head.left, h: b.head.low } : to.rect);
  }
  placeLabels(wanted, taken);
}

/** @param {Picture} p @param {Wire} w @param {string} s @param {string} t @param {Map<string, BoxPlan>} boxes @returns {WirePlan} */
function wirePlan(p, w, s, t, boxes) {
  /** @type {WirePlan} */
  const plan = { way: null, hidden: false, bundle: 0, label: null, source: s, target: t };
  const a = boxes.get(s), b = boxes.get(t), ends = [boxes.get(w.source), boxes.get(w.target)];
  if (!a || !b || !ends[0] || !ends[1]) return plan;
  if (s === t && w.source !== w.target) return { ...plan, hidden: true };
  const [from, to] = ends, together = from.shift.x === to.shift.x && from.shift.y === to.shift.y && !a.stretched && !b.stretched;
  const still = together && from.shift.x === 0 && from.shift.y === 0;
  if (still && !a.closed && !b.closed) return plan;
  if (together && w.way.length > 1) {
    plan.way = w.way.map((q) => ({ x: q.x + from.shift.x, y: q.y + from.shift.y }));
    const place = (/** @type {string} */ id, /** @type {BoxPlan} */ to) => shifted(/** @type {Box} */ (p.boxes.get(id)).rect, to.shift);
    if (a.closed) plan.way = fromCard(plan.way, place(s, a), a.rect);
    if (b.closed) plan.way = fromCard(plan.way.slice().reverse(), place(t, b), b.rect).reverse();
    plan.label = middle(plan.way);
    return plan;
  }
  const others = [...p.boxes.values()].filter((o) => !o.frame && o.id !== s && o.id !== t).map((o) => boxes.get(o.id)).filter((o) => o && !o.hidden);
  plan.way = routed(a.rect, b.rect, others.map((o) => /** @type {BoxPlan} */ (o).rect));
  plan.label = middle(plan.way);
  return plan;
}

/** @param {Picture} p @param {Plan} plan Writes a plan to a picture. */
export function apply(p, plan) {
  const had = p.written;
  p.plan = plan;
  for (const b of p.boxes.values()) {
    const to = /** @type {BoxPlan} */ (plan.boxes.get(b.id)), sum = JSON.stringify(to);
    if ((had.get(b.g) ?? JSON.stringify({ rect: b.rect, shift: { x: 0, y: 0 }, hidden: false, closed: 0, stretched: false })) !== sum) { applyBox(b, to); had.set(b.g, sum); }
  }
  for (const w of p.wires) {
    const to = /** @type {WirePlan} */ (plan.wires.get(w.index)), sum = JSON.stringify(to);
    if ((had.get(w.g) ?? JSON.stringify({ way: null, hidden: false, bundle: 0, label: null, source: w.source, target: w.target })) !== sum) { applyWire(w, to); had.set(w.g, sum); }
  }
}

/** @param {Element} el @param {string} name @param {string} value Sets an attribute, and keeps the one that was drawn. */
function over(el, name, value) {
  if (!el.hasAttribute('data-drawn-' + name)) el.setAttribute('data-drawn-' + name, el.getAttribute(name) || '');
  el.setAttribute(name, value);
}

/** @param {Element} el @param {string} name */
function back(el, name) {
  const was = el.getAttribute('data-drawn-' + name);
  if (was === null) return;
  if (was) el.setAttribute(name, was); else el.removeAttribute(name);
  el.removeAttribute('data-drawn-' + name);
}

/** @param {Box} b @param {BoxPlan} to */
function applyBox(b, to) {
  b.g.classList.toggle('is-inside', to.hidden);
  b.g.classList.toggle('is-closed', to.closed > 0);
  if (to.shift.x || to.shift.y) over(b.g, 'transform', 'translate(' + to.shift.x + ' ' + to.shift.y + ')'); else back(b.g, 'transform');
  if (b.frame) stretchFrame(b, to);
  b.g.querySelector('.v-count')?.remove();
  if (to.closed) {
    const text = svgElement('text', { class: 'v-count', x: to.rect.x - to.shift.x + to.rect.w / 2, y: to.rect.y - to.shift.y + to.rect.h - 16, 'text-anchor': 'middle' });
    text.textContent = to.closed + ' inside';
    b.g.append(text);
  }
}

/** @param {Box} b @param {BoxPlan} to Makes the outline of a boundary as large as planned; its title goes with its corner. */
function stretchFrame(b, to) {
  const r = shifted(to.rect, { x: -to.shift.x, y: -to.shift.y }), names = b.outline.localName === 'rect' ? ['x', 'y', 'width', 'height'] : ['d'];
  const others = [...b.g.children].filter((c) => c !== b.outline && c.localName !== 'title' && !/^v-/.test(c.getAttribute('class') || '') && !c.classList.contains('ring'));
  if (!to.stretched && !to.closed) { for (const n of names) back(b.outline, n); for (const c of others) back(c, 'transform'); return; }
  if (names.length === 4) [r.x, r.y, r.w, r.h].forEach((v, i) => over(b.outline, names[i], String(v)));
  else over(b.outline, 'd', 'M' + r.x + ' ' + r.y + 'H' + (r.x + r.w) + 'V' + (r.y + r.h) + 'H' + r.x + 'Z');
  for (const c of others) {
    const own = c.getAttribute('data-drawn-transform') ?? c.getAttribute('transform') ?? '';
    const right = c instanceof SVGGraphicsElement && b.head.right > 0 && atRight(boxOf(c), b.rect);
    over(c, 'transform', 'translate(' + (right ? r.x + r.w - b.rect.x - b.rect.w : r.x - b.rect.x) + ' ' + (r.y - b.rect.y) + ')' + own);
  }
}

/** @param {Wire} w @param {WirePlan} to */
function applyWire(w, to) {
  w.g.classList.toggle('is-inside', to.hidden);
  w.g.classList.toggle('is-moved', Boolean(to.way));
  const texts = [...w.g.querySelectorAll(':scope > text:not(.v-bundle)')];
  w.g.querySelector('.v-bundle')?.remove();
  for (const path of w.g.querySelectorAll('path')) {
    if (!to.way) { back(path, 'd'); continue; }
    const cls = path.getAttribute('class') || '';
    over(path, 'd', cls.includes('head') ? headOf(to.way) : rounded(/hit|reach/.test(cls) ? to.way : shortened(to.way, HEAD), RADIUS));
  }
  for (const t of texts) {
    t.classList.toggle('is-inside', to.bundle > 1);
    if (!to.label || !w.label) back(t, 'transform');
    else over(t, 'transform', 'translate(' + (to.label.x - w.label.x - w.label.w / 2) + ' ' + (to.label.y - w.label.y - w.label.h / 2) + ')');
  }
  if (to.bundle > 1 && to.label) {
    const text = svgElement('text', { class: 'v-bundle', x: to.label.x, y: to.label.y + 4, 'text-anchor': 'middle' });
    text.textContent = to.bundle + ' relationships';
    w.g.append(text);
  }
}

/** @param {Picture} p @param {Plan} plan @returns {number} by how much the drawing reaches further down than it did, to where the key stood */
export function deeper(p, plan) {
  const low = (/** @type {Iterable<Rect>} */ rects) => [...rects].reduce((y, r) => Math.max(y, r.y + r.h), -Infinity);
  const now = low([...plan.boxes.values()].filter((b) => !b.hidden).map((b) => b.rect)), was = low([...p.boxes.values()].map((b) => b.rect));
  return Math.max(now - was, 0) || 0;
}

/** @param {Picture} p @param {number} by Moves the key down, and the paper with the picture. */
export function moveKey(p, by) {
  for (const g of p.svg.querySelectorAll(':scope > .key')) if (by) over(g, 'transform', 'translate(0 ' + by + ')'); else back(g, 'transform');
}

/** @param {Picture} p Makes the paper as large as the picture. */
export function stretchPaper(p) {
  const paper = p.svg.querySelector('.paper');
  if (paper?.localName === 'rect') for (const [k, v] of Object.entries({ x: p.x, y: p.y, width: p.w, height: p.h })) paper.setAttribute(k, String(v));
  else if (paper) paper.setAttribute('d', 'M' + p.x + ' ' + p.y + 'h' + p.w + 'v' + p.h + 'h' + -p.w + 'z');
}

/** @param {Picture} p @param {Plan} plan @returns {Rect} what the picture takes now: at least what it took when it was drawn */
export function extent(p, plan) {
  let all = { x: p.x, y: p.y, w: p.w, h: p.h };
  for (const b of plan.boxes.values()) if (!b.hidden) all = union(all, inflated(b.rect, 24));
  for (const w of plan.wires.values()) if (!w.hidden && w.way) for (const q of w.way) all = union(all, { x: q.x - 12, y: q.y - 12, w: 24, h: 24 });
  return all;
}
