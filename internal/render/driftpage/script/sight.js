// @ts-check
// The camera: where the picture is and how large, the same for all panes, so that before and after move together.
/** @import {Pane} from './held.js' */
import { byId } from './body.js';
import { marks, rank } from './data.js';
import { calm } from './dom.js';
import { panes, thingsOf } from './held.js';

export const camera = { scale: 1, x: 0, y: 0, fitted: true };

/** @param {boolean} move whether to glide there */
export function place(move) {
  for (const p of panes) {
    p.canvas.classList.toggle('glide', move && !calm());
    p.canvas.style.transform = 'translate(' + (camera.x + p.off.x * camera.scale) + 'px,' + (camera.y + p.off.y * camera.scale) + 'px) scale(' + camera.scale + ')';
  }
  const percent = document.querySelector('#zoom .percent');
  if (percent) percent.textContent = Math.round(camera.scale * 100) + ' %';
}

/** @param {boolean} move Makes all pictures fit their panes. */
export function fit(move) {
  const drawn = panes.filter((p) => p.svg);
  const box = drawn[0]?.el.getBoundingClientRect();
  if (!box || !box.width || !box.height) return;
  const pad = box.width < 600 ? 10 : 24;
  const wide = Math.max(...drawn.map((p) => p.width)), high = Math.max(...drawn.map((p) => p.height));
  for (const p of panes) p.off = { x: 0, y: 0 };
  camera.scale = Math.max(Math.min((box.width - 2 * pad) / wide, (box.height - 2 * pad) / high, 1.4), 0.02);
  camera.x = (box.width - wide * camera.scale) / 2;
  camera.y = Math.max((box.height - high * camera.scale) / 2, 0);
  camera.fitted = true;
  place(move);
}

/** @param {number} factor @param {number} [px] @param {number} [py] a point of a pane that stays where it is */
export function zoom(factor, px, py) {
  const box = panes[0]?.el.getBoundingClientRect();
  if (!box) return;
  const cx = px === undefined ? box.width / 2 : px, cy = py === undefined ? box.height / 2 : py;
  const scale = Math.min(Math.max(camera.scale * factor, 0.02), 8);
  camera.x = cx - ((cx - camera.x) * scale) / camera.scale;
  camera.y = cy - ((cy - camera.y) * scale) / camera.scale;
  camera.scale = scale;
  camera.fitted = false;
  place(px === undefined);
}

/** Gives the picture the whole window, or the lists their place back. */
export function toggleWide() {
  byId('wide-button').setAttribute('aria-pressed', String(document.body.classList.toggle('is-wide')));
  fit(false);
}

/** @param {Element} g @returns {{x: number, y: number}} the middle of something in its picture */
function middle(g) {
  const b = /** @type {SVGGraphicsElement} */ (g).getBBox();
  return { x: b.x + b.width / 2, y: b.y + b.height / 2 };
}

/** @param {[Pane, Element][]} chosen Shifts pictures that show the same thing in other places so that it is at the same place in all panes. */
export function align(chosen) {
  if (chosen.length < 2) return;
  const [first, g] = chosen[0], a = middle(g);
  for (const [p, other] of chosen.slice(1)) {
    const b = middle(other);
    p.off = { x: first.off.x + a.x - first.origin.x - (b.x - p.origin.x), y: first.off.y + a.y - first.origin.y - (b.y - p.origin.y) };
  }
}

/** @param {number} dx @param {number} dy */
export function pan(dx, dy) { camera.x += dx; camera.y += dy; camera.fitted = false; place(false); }

/** Below this scale no word can be read. */
const legible = 0.5;

/** Where the whole picture is too small to be read, goes to the gravest thing that is marked in it; the whole is one key away. */
export function openAtGravest() {
  if (camera.scale >= legible) return;
  const here = panes.filter((p) => p.svg && p.cut);
  const ids = [...marks.entries()].filter(([, m]) => m.kind !== 'inside').sort((a, b) => rank(a[1].grade) - rank(b[1].grade)).map(([id]) => id);
  const id = ids.find((i) => here.some((p) => thingsOf(p, i).length));
  if (!id) return;
  /** @type {[Pane, Element][]} */
  const chosen = here.filter((p) => thingsOf(p, id).length).map((p) => [p, thingsOf(p, id)[0]]);
  align(chosen);
  reveal(chosen[0][0], chosen[0][1]);
}

/** @param {Pane} p @param {Element} g Moves the pictures as little as needed for something to be seen, and enlarges it where it could not be read. */
export function reveal(p, g) {
  const r = p.el.getBoundingClientRect(), pad = 36;
  if (camera.scale < legible) {
    const b = g.getBoundingClientRect();
    zoom(legible / camera.scale, b.left + b.width / 2 - r.left, b.top + b.height / 2 - r.top);
  }
  const m = /** @type {SVGGraphicsElement} */ (g).getBBox(), at = p.origin;
  const left = r.left + camera.x + (m.x - at.x + p.off.x) * camera.scale, top = r.top + camera.y + (m.y - at.y + p.off.y) * camera.scale;
  const right = left + m.width * camera.scale, bottom = top + m.height * camera.scale;
  const card = byId('selected'), covered = card.hidden ? 0 : card.getBoundingClientRect().height + 8;
  let dx = 0, dy = 0;
  if (right - left < r.width - 2 * pad) dx = Math.max(r.left + pad - left, 0) || Math.min(r.right - pad - right, 0);
  else dx = r.left + pad - left;
  if (bottom - top < r.height - covered - 2 * pad) dy = Math.max(r.top + pad - top, 0) || Math.min(r.bottom - covered - pad - bottom, 0);
  else dy = r.top + pad - top;
  if (dx || dy) { camera.x += dx; camera.y += dy; camera.fitted = false; }
  place(true);
}
