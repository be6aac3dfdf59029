// @ts-check
// Rectangles and orthogonal ways. Nothing here touches the document.
/** @import {Point, Rect} from './types.js' */

/** @param {Rect} r @param {number} by @returns {Rect} */
export const inflated = (r, by) => ({ x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by });

/** @param {Rect} a @param {Rect} b @returns {Rect} */
export function union(a, b) {
  const x = Math.min(a.x, b.x), y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** @param {Rect} r @param {Point} by @returns {Rect} */
export const shifted = (r, by) => ({ x: r.x + by.x, y: r.y + by.y, w: r.w, h: r.h });

/** @param {Rect} r @param {Point} p */
export const holds = (r, p) => p.x > r.x && p.x < r.x + r.w && p.y > r.y && p.y < r.y + r.h;

/** @param {string} d @returns {Point[]} The corners of a path: a rounded one is where its two sides would meet. */
export function corners(d) {
  /** @type {Point[]} */
  const out = [];
  let x = 0, y = 0;
  const put = (/** @type {number} */ px, /** @type {number} */ py) => {
    const last = out[out.length - 1];
    if (!last || Math.abs(last.x - px) > 0.5 || Math.abs(last.y - py) > 0.5) out.push({ x: px, y: py });
  };
  for (const [, op, rest] of d.slice(0, 100000).matchAll(/([MLHVQCZmlhvqcz])([^MLHVQCZmlhvqcz]*)/g)) {
    const n = (rest.match(/-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/gi) || []).map(Number), rel = op === op.toLowerCase();
    const size = { M: 2, L: 2, H: 1, V: 1, Q: 4, C: 6, Z: 0 }[op.toUpperCase()] || 0;
    for (let i = 0; size && i + size <= n.length; i += size) {
      const px = rel ? x : 0, py = rel ? y : 0, a = n.slice(i, i + size);
      switch (op.toUpperCase()) {
        case 'H': x = px + a[0]; put(x, y); break;
        case 'V': y = py + a[0]; put(x, y); break;
        case 'Q': put(px + a[0], py + a[1]); x = px + a[2]; y = py + a[3]; break;
        case 'C': put(x + 1.5 * (px + a[0] - x), y + 1.5 * (py + a[1] - y)); x = px + a[4]; y = py + a[5]; break;
        default: x = px + a[0]; y = py + a[1]; put(x, y);
      }
    }
  }
  if (out.length) put(x, y);
  return straightened(out);
}

/** @param {Point[]} ps @returns {Point[]} without the points that lie on the way between their neighbours */
export function straightened(ps) {
  return ps.filter((p, i) => {
    const a = ps[i - 1], b = ps[i + 1];
    if (!a || !b) return true;
    const across = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x), ahead = (p.x - a.x) * (b.x - p.x) + (p.y - a.y) * (b.y - p.y);
    return Math.abs(across) > 1 || ahead < 0;
  });
}

/** @param {Point[]} ps */
export const lengthOf = (ps) => ps.reduce((sum, p, i) => sum + (i ? Math.hypot(p.x - ps[i - 1].x, p.y - ps[i - 1].y) : 0), 0);

/** @param {Point[]} ps @param {number} radius @returns {string} a path with rounded bends */
export function rounded(ps, radius) {
  if (!ps.length) return '';
  const n = (/** @type {number} */ v) => String(Math.round(v * 10) / 10);
  let d = 'M' + n(ps[0].x) + ' ' + n(ps[0].y);
  for (let i = 1; i < ps.length; i++) {
    const a = ps[i - 1], p = ps[i], b = ps[i + 1];
    if (!b) { d += 'L' + n(p.x) + ' ' + n(p.y); break; }
    const into = Math.hypot(p.x - a.x, p.y - a.y) || 1, out = Math.hypot(b.x - p.x, b.y - p.y) || 1, r = Math.min(radius, into / 2, out / 2);
    d += 'L' + n(p.x - (p.x - a.x) * r / into) + ' ' + n(p.y - (p.y - a.y) * r / into) + 'Q' + n(p.x) + ' ' + n(p.y) + ' ' + n(p.x + (b.x - p.x) * r / out) + ' ' + n(p.y + (b.y - p.y) * r / out);
  }
  return d;
}

/** @param {Point[]} ps @param {number} cut @returns {Point[]} the way without its last piece of that length, where its head goes */
export function shortened(ps, cut) {
  const out = ps.slice(), a = out[out.length - 2], b = out[out.length - 1];
  if (!a) return out;
  const len = Math.hypot(b.x - a.x, b.y - a.y) || 1, k = Math.max(len - cut, 0) / len;
  out[out.length - 1] = { x: a.x + (b.x - a.x) * k, y: a.y + (b.y - a.y) * k };
  return out;
}

/** @param {Point[]} ps @returns {string} the head of a line, at its end */
export function headOf(ps) {
  const b = ps[ps.length - 1], a = ps[ps.length - 2] || b, len = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const dx = (b.x - a.x) / len, dy = (b.y - a.y) / len, n = (/** @type {number} */ v) => String(Math.round(v * 10) / 10);
  return 'M' + n(b.x) + ' ' + n(b.y) + 'L' + n(b.x - 9 * dx - 4 * dy) + ' ' + n(b.y - 9 * dy + 4 * dx) + 'L' + n(b.x - 9 * dx + 4 * dy) + ' ' + n(b.y - 9 * dy - 4 * dx) + 'Z';
}

/** @param {Point[]} ps @returns {Point} the middle of its longest piece, where a label stands best */
export function middle(ps) {
  let best = ps[0] || { x: 0, y: 0 }, most = -1;
  for (let i = 1; i < ps.length; i++) {
    const len = Math.hypot(ps[i].x - ps[i - 1].x, ps[i].y - ps[i - 1].y);
    if (len > most) { most = len; best = { x: (ps[i].x + ps[i - 1].x) / 2, y: (ps[i].y + ps[i - 1].y) / 2 }; }
  }
  return best;
}

/** @param {Point} a @param {Point} b @param {Rect} r @returns {Point} where the piece from a, which is inside r, to b leaves it */
function exit(a, b, r) {
  let t = 1;
  const try1 = (/** @type {number} */ k) => { if (k > 0 && k < t) t = k; };
  if (b.x > r.x + r.w) try1((r.x + r.w - a.x) / (b.x - a.x));
  if (b.x < r.x) try1((r.x - a.x) / (b.x - a.x));
  if (b.y > r.y + r.h) try1((r.y + r.h - a.y) / (b.y - a.y));
  if (b.y < r.y) try1((r.y - a.y) / (b.y - a.y));
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

/** @param {Point[]} ps @param {Rect} r @returns {Point[]} what of a way that begins inside r lies behind its border */
export function leaving(ps, r) {
  let last = -1;
  for (let i = 0; i < ps.length; i++) if (holds(r, ps[i])) last = i;
  if (last < 0 || last === ps.length - 1) return ps;
  return [exit(ps[last], ps[last + 1], r), ...ps.slice(last + 1)];
}

/** @param {Point} a @param {Point} b @param {Rect} r whether an upright or level piece goes through a rectangle */
export function through(a, b, r) {
  return Math.max(a.x, b.x) > r.x && Math.min(a.x, b.x) < r.x + r.w && Math.max(a.y, b.y) > r.y && Math.min(a.y, b.y) < r.y + r.h;
}

/** @param {Point[]} ps @param {Rect[]} others */
function hits(ps, others) {
  let n = 0;
  for (const r of others) for (let i = 1; i < ps.length; i++) if (through(ps[i - 1], ps[i], r)) { n++; break; }
  return n;
}

/** @param {Rect} r */
const middleOf = (r) => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });

/**
 * An orthogonal way between two boxes: the straight ones, those with one bend and those with two, in the gap between the boxes
 * and around them; the one that goes through the fewest other boxes, then the one with the fewest bends, then the shortest.
 * @param {Rect} a @param {Rect} b @param {Rect[]} others @returns {Point[]}
 */
export function routed(a, b, others) {
  const p = middleOf(a), q = middleOf(b);
  /** @type {Point[][]} */
  const ways = [];
  const left = Math.max(a.x, b.x), right = Math.min(a.x + a.w, b.x + b.w), top = Math.max(a.y, b.y), bottom = Math.min(a.y + a.h, b.y + b.h);
  if (right - left > 16) { const x = (left + right) / 2; ways.push([{ x, y: q.y > p.y ? a.y + a.h : a.y }, { x, y: q.y > p.y ? b.y : b.y + b.h }]); }
  if (bottom - top > 16) { const y = (top + bottom) / 2; ways.push([{ x: q.x > p.x ? a.x + a.w : a.x, y }, { x: q.x > p.x ? b.x : b.x + b.w, y }]); }
  ways.push([{ x: q.x > p.x ? a.x + a.w : a.x, y: p.y }, { x: q.x, y: p.y }, { x: q.x, y: q.y > p.y ? b.y : b.y + b.h }]);
  ways.push([{ x: p.x, y: q.y > p.y ? a.y + a.h : a.y }, { x: p.x, y: q.y }, { x: q.x > p.x ? b.x : b.x + b.w, y: q.y }]);
  const levels = [(q.y > p.y ? a.y + a.h + b.y : a.y + b.y + b.h) / 2, Math.min(a.y, b.y) - 28, Math.max(a.y + a.h, b.y + b.h) + 28];
  for (const y of levels) ways.push([{ x: p.x, y: y > p.y ? a.y + a.h : a.y }, { x: p.x, y }, { x: q.x, y }, { x: q.x, y: y > q.y ? b.y + b.h : b.y }]);
  const uprights = [(q.x > p.x ? a.x + a.w + b.x : a.x + b.x + b.w) / 2, Math.min(a.x, b.x) - 28, Math.max(a.x + a.w, b.x + b.w) + 28];
  for (const x of uprights) ways.push([{ x: x > p.x ? a.x + a.w : a.x, y: p.y }, { x, y: p.y }, { x, y: q.y }, { x: x > q.x ? b.x + b.w : b.x, y: q.y }]);
  const inner = [inflated(a, -1), inflated(b, -1)], near = others.map((r) => inflated(r, 4));
  let best = ways[0], least = Infinity;
  for (const w of ways) {
    const cost = 100000 * hits(w, inner) + 4000 * hits(w, near) + 60 * w.length + lengthOf(w);
    if (cost < least) { least = cost; best = w; }
  }
  return straightened(best);
}
