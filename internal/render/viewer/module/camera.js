// @ts-check
// Where one looks from: one transform of one layer, written once a frame.
/** @import {Viewer, Rect, Point} from './types.js' */
import { calm } from './dom.js';
import { readPlace } from './state.js';

const LEAST_SCALE = 0.02;
const MOST_SCALE = 8;
const GLIDE = 220;

/** Below this scale dashes and words cannot be seen, and millions of dashes take seconds to draw. */
const FAR = 0.12;

/** @param {Viewer} viewer */
const size = (viewer) => ({ w: viewer.parts.stage.clientWidth, h: viewer.parts.stage.clientHeight });

/** @param {Viewer} viewer Writes the transform with the next frame. */
export function place(viewer) {
  const { camera } = viewer;
  if (!camera.frame) camera.frame = requestAnimationFrame(() => { camera.frame = 0; write(viewer); });
}

/** @param {Viewer} viewer */
function write(viewer) {
  const { camera, parts, picture } = viewer;
  // The canvas begins where the picture does, which after a move need not be at 0.
  parts.canvas.style.transform = 'translate(' + camera.x + 'px,' + camera.y + 'px) scale(' + camera.scale + ')';
  parts.percent.textContent = Math.round(camera.scale * 100) + ' %';
  parts.stage.classList.toggle('is-far', camera.scale < FAR);
  if (picture) frameOnMap(viewer);
}

/** @param {Viewer} viewer Shows on the small map what is in sight. */
function frameOnMap(viewer) {
  const { parts, picture } = viewer;
  if (!picture || parts.map.hidden) return;
  const seen = inSight(viewer), k = Number(parts.map.dataset.scale) || 1;
  const all = seen.x <= picture.x + 1 && seen.y <= picture.y + 1 && seen.x + seen.w >= picture.x + picture.w - 1 && seen.y + seen.h >= picture.y + picture.h - 1;
  parts.map.classList.toggle('is-idle', all); // where everything is in sight, a small map would only cover some of it
  const s = parts.mapFrame.style;
  s.transform = 'translate(' + (seen.x - picture.x) * k + 'px,' + (seen.y - picture.y) * k + 'px)';
  s.width = Math.max(seen.w * k, 6) + 'px';
  s.height = Math.max(seen.h * k, 6) + 'px';
}

/** @param {Viewer} viewer @returns {Rect} what is in sight, in the units of the picture */
export function inSight(viewer) {
  const { camera, picture } = viewer, s = size(viewer);
  return { x: -camera.x / camera.scale + (picture?.x || 0), y: -camera.y / camera.scale + (picture?.y || 0), w: s.w / camera.scale, h: s.h / camera.scale };
}

/** @param {Viewer} viewer @param {Rect} r of the picture @returns {Rect} on the stage */
export function onStage(viewer, r) {
  const { camera, picture } = viewer;
  return { x: (r.x - (picture?.x || 0)) * camera.scale + camera.x, y: (r.y - (picture?.y || 0)) * camera.scale + camera.y, w: r.w * camera.scale, h: r.h * camera.scale };
}

/** @param {Viewer} viewer @param {{x: number, y: number, scale: number}} to @param {boolean} glide */
function moveTo(viewer, to, glide) {
  const { camera } = viewer;
  cancelAnimationFrame(camera.flight);
  camera.flight = 0;
  if (!glide || calm() || document.hidden) { Object.assign(camera, to); place(viewer); settle(viewer); return; }
  const from = { x: camera.x, y: camera.y, scale: camera.scale }, began = performance.now();
  const step = (/** @type {number} */ now) => {
    const t = Math.min(Math.max((now - began) / GLIDE, 0), 1), k = 1 - (1 - t) ** 3;
    camera.scale = from.scale * (to.scale / from.scale) ** k;
    // The point that stays is where both places agree; the mean of places by the mean of scales keeps it.
    const m = to.scale === from.scale ? k : (camera.scale - from.scale) / (to.scale - from.scale);
    camera.x = from.x + (to.x - from.x) * m;
    camera.y = from.y + (to.y - from.y) * m;
    write(viewer);
    camera.flight = t < 1 ? requestAnimationFrame(step) : 0;
    if (t >= 1) settle(viewer);
  };
  camera.flight = requestAnimationFrame(step);
}

/** @param {Viewer} viewer Lets the picture be drawn sharp again, and keeps the place in the address, when nothing moves any more. */
function settle(viewer) {
  const { camera, parts } = viewer;
  clearTimeout(camera.settle);
  camera.settle = window.setTimeout(() => {
    parts.canvas.classList.remove('is-moving');
    if (viewer.signal.aborted || !viewer.picture || viewer.state.page) return;
    const at = camera.fitted ? '' : placeText(viewer);
    if (at !== viewer.state.at) viewer.go({ at }, { quiet: true });
  }, 260);
}

/** @param {Viewer} viewer */
function placeText(viewer) {
  const r = inSight(viewer);
  return [Math.round(r.x + r.w / 2), Math.round(r.y + r.h / 2), Math.round(viewer.camera.scale * 1000) / 1000].join(',');
}

/** @param {Viewer} viewer @param {string} at as of the address */
export function goToPlace(viewer, at) {
  const to = readPlace(at), { picture } = viewer, s = size(viewer);
  if (!to || !picture) return;
  viewer.camera.fitted = false;
  moveTo(viewer, { scale: to.scale, x: s.w / 2 - (to.x - picture.x) * to.scale, y: s.h / 2 - (to.y - picture.y) * to.scale }, false);
}

/** @param {Viewer} viewer @param {Rect} r @returns {{x: number, y: number, scale: number} | null} where one sees all of a part of the picture */
export function fitting(viewer, r) {
  const s = size(viewer), { picture } = viewer;
  if (!picture || !s.w || !s.h) return null;
  const pad = s.w < 600 ? 12 : 28, below = s.h > 300 ? 64 : pad; // where the buttons are
  const scale = Math.max(Math.min((s.w - 2 * pad) / r.w, (s.h - pad - below) / r.h, 1.4), LEAST_SCALE);
  return { scale, x: (s.w - r.w * scale) / 2 - (r.x - picture.x) * scale, y: Math.max((s.h + pad - below - r.h * scale) / 2, 0) - (r.y - picture.y) * scale };
}

/** @param {Viewer} viewer @param {boolean} glide @param {Rect} [part] */
export function fit(viewer, glide, part) {
  const { picture } = viewer;
  if (!picture) return;
  const to = fitting(viewer, part || { x: picture.x, y: picture.y, w: picture.w, h: picture.h });
  if (!to) return;
  viewer.camera.fitted = !part;
  moveTo(viewer, to, glide);
}

/** @param {Viewer} viewer @param {number} factor @param {Point} [at] a point of the stage that stays where it is */
export function zoom(viewer, factor, at) {
  const { camera } = viewer, s = size(viewer);
  if (!viewer.picture) return;
  const c = at || { x: s.w / 2, y: s.h / 2 };
  const scale = Math.min(Math.max(camera.scale * factor, LEAST_SCALE), MOST_SCALE);
  camera.fitted = false;
  if (at) viewer.parts.canvas.classList.add('is-moving');
  moveTo(viewer, { scale, x: c.x - ((c.x - camera.x) * scale) / camera.scale, y: c.y - ((c.y - camera.y) * scale) / camera.scale }, !at);
}

/** @param {Viewer} viewer @param {number} dx @param {number} dy @param {boolean} [glide] */
export function pan(viewer, dx, dy, glide) {
  const { camera } = viewer;
  camera.fitted = false;
  viewer.parts.canvas.classList.add('is-moving');
  moveTo(viewer, { x: camera.x + dx, y: camera.y + dy, scale: camera.scale }, Boolean(glide));
}

/** @param {Viewer} viewer @param {Point} p of the picture Brings it to the middle. */
export function centreOn(viewer, p) {
  const s = size(viewer), { camera, picture } = viewer;
  if (!picture) return;
  camera.fitted = false;
  moveTo(viewer, { scale: camera.scale, x: s.w / 2 - (p.x - picture.x) * camera.scale, y: s.h / 2 - (p.y - picture.y) * camera.scale }, false);
}

/** @param {Viewer} viewer @param {Rect} r of the picture; moves it as little as needed for that to be seen. */
export function reveal(viewer, r) {
  const b = onStage(viewer, r), s = size(viewer), pad = 40, { panel, stage } = viewer.parts;
  // What the sheet covers is not seen; it may still be on its way up, so its height is asked for and not its place.
  const sheet = getComputedStyle(panel).position === 'absolute' && panel.classList.contains('has-selection');
  const beside = sheet && panel.offsetWidth < viewer.root.clientWidth * 0.9;
  const bottom = sheet && !beside ? Math.min(s.h, viewer.root.clientHeight - panel.offsetHeight - top(stage, viewer.root)) : s.h, end = beside ? s.w - panel.offsetWidth : s.w;
  let dx = 0, dy = 0;
  if (b.w < end - 2 * pad) dx = Math.max(pad - b.x, 0) || Math.min(end - pad - b.x - b.w, 0);
  if (b.h < bottom - 2 * pad) dy = Math.max(pad - b.y, 0) || Math.min(bottom - pad - b.y - b.h, 0);
  if (!dx && !dy) return;
  viewer.camera.fitted = false;
  moveTo(viewer, { x: viewer.camera.x + dx, y: viewer.camera.y + dy, scale: viewer.camera.scale }, true);
}

/** @param {HTMLElement} el @param {HTMLElement} root */
const top = (el, root) => el.getBoundingClientRect().top - root.getBoundingClientRect().top;
