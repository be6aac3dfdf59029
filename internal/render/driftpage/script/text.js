// @ts-check
// Small parts that several lists are made of.
/** @import {Mark, Place} from './data.js' */
import { go, state } from './address.js';
import { say } from './body.js';
import { GRADES, KINDS, SIGNS, ancestors, elements, marks, relationships, shows, viewShowing, wordsOf } from './data.js';
import { copyButton, h, icon, svgElement } from './dom.js';
import { showPart } from './part.js';

/** Signs of severity, on a grid of 16: they differ in shape, and words stand beside them. @type {Record<string, {d: string, full: boolean, cut?: string}>} */
const SHAPES = {
  critical: { d: 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.800V5.200z', full: true, cut: 'M8 4.200v4.800M8 11.600v.2' },
  high: { d: 'M8 1.500L15 14.500H1z', full: true, cut: 'M8 6v4M8 12v.2' },
  medium: { d: 'M8 1l7 7-7 7-7-7z', full: true },
  low: { d: 'M8 2.500a5.500 5.500 0 1 0 .1 0z', full: false },
  improved: { d: 'M2.500 8.500l3.700 3.700L13.500 4.500', full: false },
  accepted: { d: 'M8 1.500l5.500 2v4.500c0 3.200-2.300 5.400-5.500 6.500-3.200-1.100-5.500-3.300-5.500-6.500V3.500z', full: false },
  unknown: { d: 'M5.200 5.800a2.800 2.800 0 1 1 4 2.500c-.9.500-1.200 1-1.200 2M8 13v.2', full: false },
};

/** @param {string} grade @returns {SVGElement} */
export function shape(grade) {
  const svg = icon('');
  const s = SHAPES[grade] || SHAPES.unknown;
  const paths = [s.d, s.cut].filter(Boolean);
  svg.setAttribute('class', 'v-glyph shape' + (s.full ? ' is-full' : ''));
  svg.replaceChildren(...paths.map((d, i) => svgElement('path', { d: d || '', class: i ? 'cut' : 'whole' })));
  return svg;
}

/** @param {string} grade @param {string} [text] */
export const gradeTag = (grade, text) => h('span', { class: 'grade grade-' + (GRADES.includes(grade) ? grade : 'unknown') }, shape(grade), text || grade);

/** @param {Mark} m */
export const markText = (m) => (m.kind === 'inside' ? SIGNS.inside + ' ' + (m.count || 0) + ' inside' : (SIGNS[m.kind] || '') + ' ' + m.kind);

/** @param {string | undefined} id */
export function markTag(id) {
  const m = marks.get(id || '');
  return m ? h('span', { class: 'marked is-' + m.kind }, markText(m)) : null;
}

/** @param {string} at RFC 3339 @returns {Node | string} A time in its own zone, and in the reader's on hover. */
export function time(at) {
  const t = new Date(at);
  if (!at || isNaN(t.getTime())) return at || 'at an unknown time';
  const zone = at.endsWith('Z') ? 'UTC' : at.slice(-6);
  return h('time', { datetime: at, title: t.toLocaleString() + ' where you are' }, at.length > 10 ? at.slice(0, 10) + ' ' + at.slice(11, 16) + ' ' + zone : at);
}

/** @param {string} root */
export const shortRoot = (root) => h('span', { class: 'mono', title: root }, root.replace(/^sha256:/, '').slice(0, 8));

/** @param {[string, Node | string | undefined | null | false][]} rows */
export const facts = (rows) => h('dl', { class: 'facts' }, ...rows.filter((r) => r[1]).flatMap(([k, v]) => [h('dt', null, k), h('dd', null, v)]));

const SECRET = /secret:hmac-sha256:[0-9a-f]{32}/;

/** @param {unknown} v @param {boolean} [flat] @returns {string} A value as it is written in JSON, long ones over several lines unless it is to be flat. */
function valueText(v, flat) {
  if (v === null || v === undefined) return '';
  if (typeof v === 'object' && '$number' in v && Object.keys(v).length === 1) return String(/** @type {any} */ (v).$number);
  const short = JSON.stringify(v);
  return typeof v === 'object' && short.length > 60 && !flat ? JSON.stringify(v, null, 2) : short;
}

/** @param {unknown} v @param {string} label */
export function valueBox(v, label) {
  const text = valueText(v);
  const body = text === '' ? h('p', { class: 'value none' }, 'not there') : h('pre', { class: 'value mono' + (SECRET.test(text) ? ' secret' : ''), tabindex: text.length > 300 ? '0' : null }, text);
  return h('div', { class: 'side-value' }, h('p', { class: 'label' }, label), body, SECRET.test(text) ? h('p', { class: 'faint' }, 'A secret: only a fingerprint of it was kept.') : null);
}

/** @param {unknown} old @param {unknown} now @returns {[string, string]} Both values in short; of long ones that begin alike, where they differ. */
export function shortPair(old, now) {
  const a = lineOf(old), b = lineOf(now);
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  if (same <= 36 || a === b) return [shortValue(old), shortValue(now)];
  const from = (/** @type {string} */ s) => { const t = s.slice(same - 12); return '…' + (t.length > 40 ? t.slice(0, 38) + '…' : t); };
  return [from(a), from(b)];
}

/** @param {unknown} v @returns {string} a value on one line, secrets by the beginning of their fingerprint */
const lineOf = (v) => valueText(v, true).replace(/\s+/g, ' ').replace(new RegExp(SECRET, 'g'), (s) => 'secret ' + s.slice(-32, -24));

/** @param {unknown} v */
export function shortValue(v) {
  const text = lineOf(v);
  if (text === '') return 'none';
  return text.length > 42 ? text.slice(0, 40) + '…' : text;
}

/** @param {Place} p */
export const placeText = (p) => p.input + (p.line ? ':' + p.line + (p.column ? ':' + p.column : '') : '');

/** @param {string} id A button that shows something in the picture. */
export function showLink(id) {
  const v = viewShowing(id, state.view);
  const label = [nameOfKind(id), wordsOf(id)].filter(Boolean).join(' ');
  return v ? h('button', { class: 'v-link', title: id, onclick: () => { go({ select: shows.get(v.key)?.has(id) ? id : ancestors(id).find((p) => shows.get(v.key)?.has(p)) || id, view: v.key, mode: state.mode === 'history' ? 'drift' : state.mode }); showPart('main'); } }, label)
    : h('span', { title: id }, label);
}

/** @param {string} id */
const nameOfKind = (id) => { const e = elements.get(id); return e ? KINDS[e.kind] || e.kind : relationships.has(id) ? 'Relationship' : ''; };

/** @param {string} text @param {string} what A block of code that can be copied. */
export const codeBlock = (text, what) => h('div', { class: 'code' }, h('pre', { class: 'mono', tabindex: '0' }, text), copyButton(text, what, say));

/** @param {string} title @param {string} text */
export const emptyState = (title, text) => h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', { class: 'v-quiet' }, text));
