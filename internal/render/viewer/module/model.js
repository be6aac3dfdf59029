// @ts-check
// The architecture as a viewer reads it: parsed once, looked up by id. Nothing here touches the document.
/** @import {Model, Index, View} from './types.js' */

/** The levels, outermost first, as the list of views has them. */
export const LEVELS = [
  { kind: 'landscape', mark: '', name: 'Landscape', about: 'All systems and people' },
  { kind: 'context', mark: 'L1', name: 'System context', about: 'One system and its surroundings' },
  { kind: 'containers', mark: 'L2', name: 'Containers', about: 'Inside one system' },
  { kind: 'components', mark: 'L3', name: 'Components', about: 'Inside one container' },
  { kind: 'resources', mark: 'L4', name: 'Resources', about: 'What the cloud has, with its properties' },
  { kind: 'deployment', mark: '', name: 'Deployment', about: 'Where things run' },
];

/** @type {Record<string, string>} */
export const KINDS = {
  person: 'Person', softwareSystem: 'Software system', container: 'Container', component: 'Component',
  deploymentNode: 'Deployment node', infrastructureNode: 'Infrastructure node', resource: 'Resource',
};

/** @type {Record<string, string>} */
export const CONFIDENCE = {
  certain: 'the source states it',
  high: 'an address or a name resolves to exactly one thing',
  may: 'it is permitted or possible; that it is used is not shown',
};

/** @param {unknown} raw @returns {Model} with every list there; the value that was given stays as it is */
function whole(raw) {
  const m = /** @type {any} */ (raw && typeof raw === 'object' ? { ...raw } : {});
  for (const list of ['inputs', 'elements', 'relationships', 'instances', 'views', 'notRead', 'rules', 'scope', 'notes']) m[list] = Array.isArray(m[list]) ? m[list] : [];
  m.name = String(m.name || '');
  m.collectedAt = String(m.collectedAt || '');
  m.elements = m.elements.map((/** @type {any} */ e) => ({ ...e, name: String(e.name ?? ''), evidence: e.evidence || [] }));
  m.relationships = m.relationships.map((/** @type {any} */ r) => ({ ...r, evidence: r.evidence || [] }));
  m.views = m.views.map(wholeView);
  m.account = { ...m.account };
  m.account.byRule = m.account.byRule || [];
  m.account.references = m.account.references || [];
  return m;
}

/** @param {any} v @returns {View} */
export function wholeView(v) {
  const out = { ...v, title: String(v.title ?? '') };
  for (const list of ['elements', 'relationships', 'nodes', 'lines']) out[list] = Array.isArray(v[list]) ? v[list] : [];
  out.lines = out.lines.map((/** @type {any} */ l) => ({ ...l, relationships: l.relationships || [] }));
  return out;
}

/** Compares names as people do: numbers as numbers. One collator for all, since making one takes longer than a thousand comparisons. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

/** @template T @param {T[]} list @param {(t: T) => string | undefined} key @returns {Map<string, T[]>} */
export function group(list, key) {
  /** @type {Map<string, T[]>} */
  const out = new Map();
  for (const t of list) {
    const k = key(t);
    if (!k) continue;
    const had = out.get(k);
    if (had) had.push(t); else out.set(k, [t]);
  }
  return out;
}

/** @param {unknown} raw @returns {Index} */
export function indexOf(raw) {
  const model = whole(raw);
  const landscape = model.views.find((v) => v.kind === 'landscape');
  /** @type {Index} */
  const ix = {
    model, landscape,
    elements: new Map(model.elements.map((e) => [e.id, e])),
    relationships: new Map(model.relationships.map((r) => [r.id, r])),
    rules: new Map(model.rules.map((r) => [r.id, r])),
    views: new Map(model.views.map((v) => [v.key, v])),
    children: group(model.elements, (e) => e.parent),
    outgoing: group(model.relationships, (r) => r.source),
    incoming: group(model.relationships, (r) => r.target),
    viewsOf: group(model.views, (v) => v.subject),
    order: group(model.views, (v) => v.kind),
    first: landscape || LEVELS.map((l) => model.views.find((v) => v.kind === l.kind)).find(Boolean) || model.views[0],
  };
  for (const list of ix.order.values()) list.sort((a, b) => byName(labelOf(ix, a), labelOf(ix, b)) || (a.key < b.key ? -1 : 1));
  return ix;
}

/** @param {Index} ix @param {string} id */
export const nameOf = (ix, id) => { const e = ix.elements.get(id); return (e && e.name.trim()) || id; };

/** @param {Index} ix @param {View | undefined} v @param {string} node */
export function nameOfNode(ix, v, node) {
  const n = v?.nodes.find((o) => o.id === node);
  return n ? nameOf(ix, n.element) : node;
}

/** @param {View} v */
export const titleOf = (v) => v.title.trim() || v.key;

/** @param {Index} ix @param {string | undefined} subject @param {string} kind A view that is cut into parts stands before them. */
const viewAbout = (ix, subject, kind) => (subject ? ix.viewsOf.get(subject) || [] : []).find((v) => v.kind === kind);

/** @param {Index} ix @param {View} v A short name for lists: what the view is about. */
export const labelOf = (ix, v) => (v.subject && v.kind !== 'deployment' && ix.elements.has(v.subject) && viewAbout(ix, v.subject, v.kind) === v ? nameOf(ix, v.subject) : titleOf(v));

/** @param {Index} ix @param {View} v @param {string} id @returns {View | undefined} The part of a view that has been cut which is about a place. */
const partOf = (ix, v, id) => (ix.viewsOf.get(v.subject || '') || []).find((o) => o !== v && o.kind === v.kind && (o.title + ' (').includes(': ' + nameOf(ix, id) + ' ('));

/** @type {Record<string, string[]>} */
const INSIDE = {
  person: ['context'], softwareSystem: ['containers', 'context'], container: ['components', 'resources'],
  component: ['resources'], deploymentNode: ['deployment', 'resources'], infrastructureNode: ['deployment', 'resources'],
};

/** @param {Index} ix @param {string} id @param {View | undefined} here @returns {View | undefined} The view inside an element, deeper than here. */
export function viewInside(ix, id, here) {
  const e = ix.elements.get(id);
  let kinds = (e && INSIDE[e.kind]) || [];
  if (here && e && e.kind === 'deploymentNode' && here.kind === 'containers') {
    const part = partOf(ix, here, id);
    if (part) return part;
  }
  if (here && here.subject === id) {
    const at = kinds.indexOf(here.kind);
    if (e && e.kind !== 'softwareSystem') kinds = kinds.slice(at + 1);
    else if (here.kind === 'containers') kinds = [];
  }
  for (const kind of kinds) {
    const v = viewAbout(ix, id, kind);
    if (v && v !== here) return v;
  }
  return undefined;
}

/** @param {Index} ix @param {string} id @returns {string[]} What an element is part of, innermost first; a circle ends where it closes. */
export function ancestors(ix, id) {
  /** @type {Set<string>} */
  const out = new Set();
  for (let p = ix.elements.get(id)?.parent; p && p !== id && !out.has(p); p = ix.elements.get(p)?.parent) out.add(p);
  return [...out];
}

/** @param {Index} ix @param {View} v @returns {View | undefined} The view that v lies in. */
export function viewAround(ix, v) {
  const e = v.subject ? ix.elements.get(v.subject) : undefined;
  if (!e || v.kind === 'context') return v === ix.landscape ? undefined : ix.landscape;
  const wholeOne = viewAbout(ix, e.id, v.kind);
  if (wholeOne && wholeOne !== v) return wholeOne;
  if (v.kind === 'containers') return viewAbout(ix, e.id, 'context') || ix.landscape;
  if (v.kind === 'resources' && viewAbout(ix, e.id, 'components')) return viewAbout(ix, e.id, 'components');
  for (const p of ancestors(ix, e.id)) {
    const kinds = v.kind === 'deployment' ? ['deployment'] : ['components', 'containers', 'context', 'deployment', 'resources'];
    for (const kind of kinds) {
      const up = viewAbout(ix, p, kind);
      if (up && up !== v) return up;
    }
  }
  return ix.model.views.find((o) => o !== v && o.kind === 'deployment' && !o.subject && v.kind === 'deployment') || ix.landscape;
}

/** @param {Index} ix @param {View} v @returns {View[]} the way from the outermost view to v */
export function trailTo(ix, v) {
  /** @type {View[]} */
  const trail = [];
  for (let at = /** @type {View | undefined} */ (v); at && trail.length < 12 && !trail.includes(at); at = viewAround(ix, at)) trail.unshift(at);
  return trail;
}

/** @param {View} v @param {string} id */
export const shows = (v, id) => v.elements.includes(id) || v.nodes.some((n) => n.element === id);

/** @param {Index} ix @param {string} id @returns {View[]} The views that show an element, the most telling first. */
export function viewsShowing(ix, id) {
  const e = ix.elements.get(id);
  const best = { person: 'landscape', softwareSystem: 'landscape', container: 'containers', component: 'components',
    deploymentNode: 'deployment', infrastructureNode: 'deployment', resource: 'resources' }[e ? e.kind : ''] || '';
  const rank = (/** @type {View} */ v) => (v.kind === best ? 0 : 2) - (v.subject && e && v.subject === e.parent ? 1 : 0);
  return ix.model.views.filter((v) => shows(v, id))
    .map((v, i) => /** @type {const} */ ([v, i])).sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map((p) => p[0]);
}

/** @param {Index} ix @param {string} id @returns {Set<string>} An element and all inside it. */
export function family(ix, id) {
  const out = new Set([id]);
  for (const member of out) for (const c of ix.children.get(member) || []) out.add(c.id);
  return out;
}
