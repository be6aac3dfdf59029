// Fingers, mouse and wheel on a place with a picture in it: one moves the picture, two enlarge it, a click chooses.

/**
 * @typedef {object} Hands what a place does with them
 * @property {(factor: number, x: number, y: number) => void} zoom the point of the place that stays where it is
 * @property {(dx: number, dy: number) => void} pan
 * @property {(target: EventTarget | null) => Element | null} thingAt
 * @property {(thing: Element | null) => void} choose
 * @property {() => boolean} [still] nothing is to be moved now
 */

/** @param {HTMLElement} el @param {Hands} hands */
function wirePointers(el, hands) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pointers = new Map();
  let moved = 0, /** @type {Element | null} */ pressed = null;
  const still = () => Boolean(hands.still && hands.still());
  const at = (/** @type {PointerEvent | WheelEvent} */ e) => { const r = el.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };
  el.addEventListener('pointerdown', (e) => {
    if (e.button > 1 || still()) return;
    if (!pointers.size) { moved = 0; pressed = hands.thingAt(e.target); }
    pointers.set(e.pointerId, at(e));
  });
  el.addEventListener('pointermove', (e) => {
    const was = pointers.get(e.pointerId);
    if (!was) return;
    const is = at(e), dx = is.x - was.x, dy = is.y - was.y;
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved < 5) return;
    if (!el.hasPointerCapture(e.pointerId)) { el.setPointerCapture(e.pointerId); el.classList.add('is-dragging'); }
    if (pointers.size === 2) {
      const other = [...pointers].filter(([id]) => id !== e.pointerId)[0][1];
      const before = Math.hypot(was.x - other.x, was.y - other.y), after = Math.hypot(is.x - other.x, is.y - other.y);
      if (before > 0) hands.zoom(after / before, (is.x + other.x) / 2, (is.y + other.y) / 2);
      hands.pan(dx / 2, dy / 2);
    } else hands.pan(dx, dy);
    pointers.set(e.pointerId, is);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    el.addEventListener(end, (ev) => {
      const e = /** @type {PointerEvent} */ (ev);
      if (!pointers.delete(e.pointerId) || pointers.size) return;
      el.classList.remove('is-dragging');
      if (moved < 5 && end === 'pointerup' && e.button === 0) hands.choose(pressed);
    });
  }
  el.addEventListener('wheel', (e) => {
    if (still()) return;
    e.preventDefault();
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1, p = at(e);
    if (e.shiftKey) hands.pan(-(e.deltaX || e.deltaY) * unit, 0);
    else hands.zoom(Math.exp(-Math.min(Math.max(e.deltaY * unit, -240), 240) * (e.ctrlKey ? 0.01 : 0.0016)), p.x, p.y);
  }, { passive: false });
}
