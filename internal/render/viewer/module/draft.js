// @ts-check
// Places that were not saved: kept beside the page until they are, and put back when the same picture is shown again. What lies
// there may be anything: what is too long, no number or of another picture is left out.
/** @import {Viewer, Drafts, Layout, Moves} from './types.js' */

/** @typedef {{key: string, view: string, print: string, moves: [string, number, number][], nodes: Layout['views'][number]['nodes']}} Draft */

const LONGEST_DRAFT = 2e6;
const MOST_DRAFTS = 5000;
const FARTHEST_MOVE = 1e6;

/** @param {Window} w @param {string} name tells apart what lies on one host @returns {Drafts} in the storage of the browser; where it keeps nothing for a page, nothing is kept */
export function pageDrafts(w, name) {
  const key = 'c4arch-places:' + w.location.pathname.slice(-200) + ':' + name;
  return {
    read: () => { try { return w.localStorage.getItem(key) || ''; } catch { return ''; } },
    write: (text) => { try { if (text) w.localStorage.setItem(key, text); else w.localStorage.removeItem(key); } catch { /* it is full, or a page from a file may keep nothing: there is still the warning */ } },
  };
}

/** @param {Viewer} viewer @returns {boolean} whether something was placed that no layout file has */
export const isUnsaved = (viewer) => {
  const now = placesOf(viewer);
  return now !== '' && now !== viewer.saved;
};

/** @param {Viewer} viewer @returns {string} what a layout file would hold, to be compared */
export const placesOf = (viewer) => (viewer.seats.size || viewer.drafts.length ? JSON.stringify([...seatsOf(viewer)]) : '');

/** @param {Viewer} viewer @returns {Map<string, Layout['views'][number]['nodes']>} where everything is in the views in which something was placed, by their keys in order */
export function seatsOf(viewer) {
  const all = [...viewer.drafts.filter((d) => !viewer.seats.has(d.view)).map((d) => /** @type {const} */ ([d.view, d.nodes])), ...viewer.seats];
  return new Map(all.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)));
}

/** @param {Viewer} viewer Writes down what is not saved. */
export function keepDrafts(viewer) {
  const drafts = viewer.options.drafts;
  if (!drafts) return;
  if (isUnsaved(viewer)) window.addEventListener('beforeunload', viewer.warn, { signal: viewer.signal }); else window.removeEventListener('beforeunload', viewer.warn);
  /** @type {Draft[]} */
  const all = viewer.drafts.slice();
  for (const [key, moves] of viewer.moves) {
    const shown = viewer.prints.get(key), nodes = shown && viewer.seats.get(shown.view);
    if (moves.size && shown && nodes) all.push({ key, view: shown.view, print: shown.print, moves: [...moves].map(([id, m]) => [id, m.x, m.y]), nodes });
  }
  const text = isUnsaved(viewer) && all.length ? JSON.stringify({ version: 1, pictures: all }) : '';
  drafts.write(text.length > LONGEST_DRAFT ? '' : text);
}

/** @param {Viewer} viewer Reads what was not saved when the page was left. */
export function readDrafts(viewer) {
  const text = viewer.options.drafts?.read() || '';
  if (!text || text.length > LONGEST_DRAFT) return;
  try {
    const pictures = JSON.parse(text).pictures;
    viewer.drafts = (Array.isArray(pictures) ? pictures : []).slice(0, MOST_DRAFTS).filter((d) => isDraft(d) && viewer.index.views.has(d.view));
  } catch { viewer.drafts = []; }
}

/** @param {unknown} n */
const isPlace = (n) => typeof n === 'number' && Number.isFinite(n) && Math.abs(n) <= FARTHEST_MOVE;

/** @param {any} d @returns {d is Draft} */
function isDraft(d) {
  const words = d && [d.key, d.view, d.print].every((s) => typeof s === 'string');
  return Boolean(words) && Array.isArray(d.moves) && d.moves.length <= MOST_DRAFTS && d.moves.every((/** @type {any} */ m) => Array.isArray(m) && typeof m[0] === 'string' && isPlace(m[1]) && isPlace(m[2])) &&
    Array.isArray(d.nodes) && d.nodes.length <= MOST_DRAFTS && d.nodes.every((/** @type {any} */ n) => n && typeof n.id === 'string' && [n.x, n.y, n.w, n.h].every(isPlace));
}

/** @param {Viewer} viewer @returns {Moves | null} what was placed in the picture that is shown now when the page was left; null: nothing, or it was drawn elsewhere */
export function takeDraft(viewer) {
  const p = viewer.picture, draft = p && viewer.drafts.find((d) => d.key === p.key);
  if (p && viewer.view) viewer.prints.set(p.key, { view: viewer.view.key, print: p.print });
  if (!p || !draft) return null;
  viewer.drafts = viewer.drafts.filter((d) => d !== draft);
  const moves = new Map(draft.moves.filter(([id]) => p.boxes.has(id)).map(([id, x, y]) => [id, { x, y }]));
  return draft.print === p.print && moves.size ? moves : null;
}
