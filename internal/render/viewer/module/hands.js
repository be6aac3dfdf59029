// @ts-check
// Fingers, mouse and wheel on a place with a picture in it: one moves the picture, or a box where boxes are placed, two enlarge
// it, a click chooses.
/** @import {Point} from './types.js' */

/**
 * @typedef {object} Hands what a place does with them
 * @property {(factor: number, at: Point) => void} zoom the point of the place that stays where it is
 * @property {(dx: number, dy: number) => void} pan
 * @property {(target: EventTarget | null) => Element | null} thingAt
 * @property {(thing: Element | null, e: PointerEvent) => void} choose
 * @property {() => boolean} still nothing is to be moved now
 * @property {(thing: Element, e: PointerEvent) => boolean} grab whether a box is to be moved, and not the picture
 * @property {(dx: number, dy: number) => void} drag the box that was grabbed
 * @property {(done: boolean) => void} drop
 */

/** @param {HTMLElement} el @param {Hands} hands @param {AbortSignal} signal */
export function wireHands(el, hands, signal) {
  /** @type {Map<number, Point>} */
  const pointers = new Map();
  let moved = 0, grabbed = false, /** @type {Element | null} */ pressed = null;
  const at = (/** @type {PointerEvent | WheelEvent} */ e) => { const r = el.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };
  el.addEventListener('pointerdown', (e) => {
    if (e.button > 1 || hands.still() || (e.target instanceof Element && e.target.closest('.v-over'))) return;
    if (!pointers.size) { moved = 0; grabbed = false; pressed = hands.thingAt(e.target); }
    else if (grabbed) { hands.drop(false); grabbed = false; }
    pointers.set(e.pointerId, at(e));
  }, { signal });
  el.addEventListener('pointermove', (e) => {
    const was = pointers.get(e.pointerId);
    if (!was) return;
    const is = at(e), dx = is.x - was.x, dy = is.y - was.y, before = moved;
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved < 5) return;
    if (before < 5 && pressed && pointers.size === 1) grabbed = hands.grab(pressed, e);
    if (!el.hasPointerCapture(e.pointerId)) { el.setPointerCapture(e.pointerId); el.classList.add('is-dragging'); }
    if (grabbed) hands.drag(dx, dy);
    else if (pointers.size === 2) {
      const other = [...pointers].filter(([id]) => id !== e.pointerId)[0][1];
      const apart = Math.hypot(was.x - other.x, was.y - other.y), now = Math.hypot(is.x - other.x, is.y - other.y);
      if (apart > 0) hands.zoom(now / apart, { x: (is.x + other.x) / 2, y: (is.y + other.y) / 2 });
      hands.pan(dx / 2, dy / 2);
    } else hands.pan(dx, dy);
    pointers.set(e.pointerId, is);
  }, { signal });
  for (const end of /** @type {const} */ (['pointerup', 'pointercancel'])) {
    el.addEventListener(end, (e) => {
      if (!pointers.delete(e.pointerId) || pointers.size) return;
      el.classList.remove('is-dragging');
      if (grabbed) { grabbed = false; hands.drop(end === 'pointerup'); return; }
      if (moved < 5 && end === 'pointerup' && e.button === 0) hands.choose(pressed, e);
    }, { signal });
  }
  el.addEventListener('wheel', (e) => {
    if (hands.still()) return;
    e.preventDefault();
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
    if (e.shiftKey) hands.pan(-(e.deltaX || e.deltaY) * unit, 0);
    else hands.zoom(Math.exp(-Math.min(Math.max(e.deltaY * unit, -240), 240) * (e.ctrlKey ? 0.01 : 0.0016)), at(e));
  }, { passive: false, signal });
}
