// @ts-check
// Building the document: every text that comes from data goes in as a text node.

/**
 * @param {string} tag
 * @param {Record<string, any> | null} [props] on… are listeners, other names are attributes; null and false leave out
 * @param {...(Node | string | null | undefined | false)} kids
 * @returns {any}
 */
export function h(tag, props, ...kids) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) {
    if (v === null || v === undefined || v === false) continue;
    if (k.startsWith('on')) el.addEventListener(k.slice(2), v);
    else el.setAttribute(k, v === true ? '' : String(v));
  }
  if (tag === 'button' && !el.hasAttribute('type')) el.setAttribute('type', 'button');
  for (const kid of kids) if (kid) el.append(kid);
  return el;
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, string | number>} props @returns {SVGElement} */
export function svgElement(tag, props) {
  const el = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(props)) el.setAttribute(k, String(v));
  return el;
}

/** Paths of our own on a grid of 16. @type {Record<string, string>} */
const ICONS = {
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 5h7v8H6zM10 5V3H3v8h3',
  done: 'M3 8.5l3.5 3.5L13 4.5',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M8 12.6v.2',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  auto: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 2v12M8 5h3.6M8 8h5M8 11h3.6',
  contrast: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 2v12M9.500 2.500v11M11 3.400v9.200M12.500 5v6',
  in: 'M8 3v10M3 8h10',
  out: 'M3 8h10',
  fit: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  wide: 'M6 3L3 3v3M3 3l4 4M10 13l3 0v-3M13 13l-4-4',
  map: 'M2 3h12v10H2zM8 7h4v4H8z',
  books: 'M3 3h7l3 3v7H3zM5.5 8h5M5.5 10.5h5M5.5 5.5h2.5',
  inside: 'M3 3h10v10H3zM6 10l4-4M6.8 6H10v3.2',
  right: 'M2 8h11M9 4l4 4-4 4',
  left: 'M14 8H3M7 4L3 8l4 4',
  grow: 'M4 10l4-4 4 4',
  filter: 'M2 3h12l-4.500 5.500V13l-3-1.500v-3z',
  focus: 'M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4M2 8h3M11 8h3M8 2v3M8 11v3',
  path: 'M3.500 3.500h.1M12.500 12.500h.1M3.500 5v4.500a2 2 0 0 0 2 2h5',
  fold: 'M3 3h10v10H3zM5.500 8h5',
  unfold: 'M3 3h10v10H3zM5.500 8h5M8 5.500v5',
  move: 'M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6L2 8l2 2M12 6l2 2-2 2',
  undo: 'M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H7',
  redo: 'M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h2',
  save: 'M8 2v8M5 7l3 3 3-3M3 13h10',
};

/** @param {string} name @returns {SVGElement} */
export function icon(name) {
  const svg = svgElement('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', class: 'v-glyph' });
  svg.append(svgElement('path', { d: ICONS[name] || '' }));
  return svg;
}

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many) => n.toLocaleString('en') + ' ' + (n === 1 ? one : many || one + 's');

/** @param {string} text @param {string} [kind] */
export const chip = (text, kind) => h('span', { class: 'v-chip' + (kind ? ' ' + kind : ''), dir: 'auto' }, text);

/** @param {string} name @param {string} label @param {(e: Event) => void} act @param {Record<string, any>} [more] */
export const iconButton = (name, label, act, more) => h('button', { class: 'v-icon', 'aria-label': label, title: label, onclick: act, ...more }, icon(name));

/** @param {string} text @param {string} what @param {(text: string) => void} say */
export function copyButton(text, what, say) {
  const button = h('button', { class: 'v-copy', 'aria-label': 'Copy ' + what, title: 'Copy ' + what, onclick: () => copy(text, button, say) }, icon('copy'));
  return button;
}

/** @param {string} text @param {HTMLElement} button @param {(text: string) => void} say */
export async function copy(text, button, say) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page opened from a file may have no clipboard: the old way works there.
    const area = h('textarea', { class: 'v-unseen', readonly: true });
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.replaceChildren(icon('done'));
  button.classList.add('is-done');
  say('Copied');
  setTimeout(() => { button.replaceChildren(icon('copy')); button.classList.remove('is-done'); }, 1400);
}

/**
 * A list that shows its first entries and more when asked, so that thousands stay quick.
 * @template T @param {T[]} list @param {number} first @param {(t: T) => Node} make @param {string} tag @param {string} [cls]
 */
export function longList(list, first, make, tag, cls) {
  const box = h(tag, { class: cls });
  const outer = h('div', null, box);
  let shown = 0;
  const more = h('button', { class: 'v-more', onclick: () => grow(200) });
  /** @param {number} n */
  function grow(n) {
    for (const t of list.slice(shown, shown + n)) box.append(make(t));
    shown = Math.min(shown + n, list.length);
    if (shown < list.length) {
      more.textContent = 'Show more (' + (list.length - shown).toLocaleString('en') + ' left)';
      outer.append(more);
    } else more.remove();
  }
  grow(first);
  return outer;
}

/** @param {string} name @param {BlobPart} data @param {string} type Hands a file to the person. */
export function offer(name, data, type) {
  const at = URL.createObjectURL(new Blob([data], { type }));
  const link = h('a', { href: at, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(at), 10000);
}

/** @param {string} text @returns {string} a name for a file */
export const fileName = (text) => text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0, 80) || 'view';

/** Whether things may glide. */
export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
