// @ts-check
// The picture in small: drawn once on a canvas, with a frame around what is in sight that can be moved.
/** @import {Viewer} from './types.js' */
import { centreOn, inSight, place } from './camera.js';

const MAP_W = 180;
const MAP_H = 120;

/** @param {Viewer} viewer */
export function drawMap(viewer) {
  const { picture: p, parts } = viewer, canvas = /** @type {HTMLCanvasElement} */ (parts.mapCanvas);
  parts.map.hidden = !p || parts.map.dataset.off === 'true';
  if (!p || parts.map.hidden) return;
  const size = parts.stage.clientWidth < 600 ? 0.66 : 1, k = size * Math.min(MAP_W / p.w, MAP_H / p.h), dpr = window.devicePixelRatio || 1;
  parts.map.dataset.scale = String(k);
  canvas.width = Math.max(Math.round(p.w * k * dpr), 1);
  canvas.height = Math.max(Math.round(p.h * k * dpr), 1);
  canvas.style.width = p.w * k + 'px';
  canvas.style.height = p.h * k + 'px';
  const ctx = canvas.getContext('2d'), ink = getComputedStyle(parts.map).color;
  if (!ctx) return;
  ctx.setTransform(k * dpr, 0, 0, k * dpr, -p.x * k * dpr, -p.y * k * dpr);
  ctx.fillStyle = ctx.strokeStyle = ink;
  ctx.lineWidth = 1 / k;
    for (const b of p.boxes.values()) {
    const to = p.plan?.boxes.get(b.id);
    if (!to || to.hidden || (viewer.state.hide && b.g.classList.contains('is-out'))) continue;
    ctx.globalAlpha = b.g.classList.contains('is-out') ? 0.15 : b.frame ? 0.5 : 0.75;
    if (b.frame && !to.closed) ctx.strokeRect(to.rect.x, to.rect.y, to.rect.w, to.rect.h);
    else ctx.fillRect(to.rect.x, to.rect.y, to.rect.w, to.rect.h);
  }
  place(viewer);
}

/** @param {Viewer} viewer @param {boolean} [on] */
export function toggleMap(viewer, on) {
  const { map, mapButton } = viewer.parts, show = on ?? map.dataset.off === 'true';
  map.dataset.off = String(!show);
  mapButton.setAttribute('aria-pressed', String(show));
  drawMap(viewer);
}

/** @param {Viewer} viewer */
export function wireMap(viewer) {
  const { map } = viewer.parts, { signal } = viewer;
  /** @type {{x: number, y: number} | null} */
  let grip = null;
  const at = (/** @type {PointerEvent} */ e) => {
    const r = viewer.parts.mapCanvas.getBoundingClientRect(), k = Number(map.dataset.scale) || 1, p = viewer.picture;
    return { x: (e.clientX - r.left) / k + (p?.x || 0), y: (e.clientY - r.top) / k + (p?.y || 0) };
  };
  map.addEventListener('pointerdown', (e) => {
    if (!viewer.picture || e.button) return;
    const q = at(e), seen = inSight(viewer), mid = { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 };
    const held = q.x > seen.x && q.x < seen.x + seen.w && q.y > seen.y && q.y < seen.y + seen.h;
    grip = held ? { x: mid.x - q.x, y: mid.y - q.y } : { x: 0, y: 0 };
    map.setPointerCapture(e.pointerId);
    if (!held) centreOn(viewer, q);
    e.preventDefault();
    e.stopPropagation();
  }, { signal });
  map.addEventListener('pointermove', (e) => {
    if (!grip) return;
    const q = at(e);
    centreOn(viewer, { x: q.x + grip.x, y: q.y + grip.y });
  }, { signal });
  for (const end of ['pointerup', 'pointercancel']) map.addEventListener(end, () => { grip = null; }, { signal });
}
