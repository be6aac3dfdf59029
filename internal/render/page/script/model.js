// The architecture as the page reads it: parsed once, looked up by id. Nothing here touches the document
// but to read the inert blocks that hold the data.

/**
 * @typedef {{input: string, line: number, resource: string, property?: string, column?: number, expression?: string, commitment?: string}} Evidence
 * @typedef {{id: string, kind: string, name: string, technology?: string, description?: string, parent?: string,
 *   tags?: string[], external?: boolean, rule: string, evidence: Evidence[], shape?: string, layer?: string,
 *   hiddenBy?: string, owner?: string, badges?: string[], resourceType?: string, properties?: unknown}} Element_
 * @typedef {{id: string, source: string, target: string, description: string, technology?: string,
 *   confidence: string, rule: string, evidence: Evidence[], declared?: boolean, layer?: string}} Relationship
 * @typedef {{id: string, element: string, parent?: string}} Node_
 * @typedef {{source: string, target: string, description: string, technology?: string, confidence: string,
 *   relationships: string[]}} Line
 * @typedef {{key: string, kind: string, title: string, description?: string, subject?: string, elements: string[],
 *   relationships: string[], nodes: Node_[], lines: Line[]}} View
 * @typedef {{evidence: Evidence, value: string, outcome: string, rule?: string, targets?: string[], reason?: string}} Reference
 * @typedef {{container: string, node: string, environment?: string, rule: string, evidence: Evidence[]}} Instance
 * @typedef {{id: string, reason: string, source: string}} Rule
 * @typedef {{kind: string, input: string, line?: number, thing?: string, reason: string, help?: string, count?: number}} NotRead
 */

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {{name: string, collectedAt: string, snapshot: string, scope: string[], inputs: {name: string, format: string, resources: number, expressions?: number, unresolved?: Record<string, number>}[], elements: Element_[], relationships: Relationship[], instances: Instance[], views: View[], notRead: NotRead[], rules: Rule[], notes: string[], code?: {both: number, declaredOnly: number, liveOnly: number, unmatched: {resource: string, reason: string, candidates?: string[]}[]}, account: {found?: number, shown?: number, nested?: number, hidden?: number, unresolved?: number, ambiguous?: number,   counted?: number, uncounted?: number, byRule: {rule: string, outcome: string, count: number}[], references: Reference[]}}} */
const model = (() => {
  const m = JSON.parse(byId('data').textContent || '{}');
  for (const list of ['inputs', 'elements', 'relationships', 'instances', 'views', 'notRead', 'rules', 'scope', 'notes']) {
    m[list] = m[list] || [];
  }
  for (const e of m.elements) e.evidence = e.evidence || [];
  for (const r of m.relationships) r.evidence = r.evidence || [];
  for (const v of m.views) {
    for (const list of ['elements', 'relationships', 'nodes', 'lines']) v[list] = v[list] || [];
    for (const l of v.lines) l.relationships = l.relationships || [];
  }
  m.account = m.account || {};
  m.account.byRule = m.account.byRule || [];
  m.account.references = m.account.references || [];
  return m;
})();

/** @template T @param {T[]} list @param {(t: T) => string | undefined} key @returns {Map<string, T[]>} */
function group(list, key) {
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

const elements = new Map(model.elements.map((e) => [e.id, e]));
const relationships = new Map(model.relationships.map((r) => [r.id, r]));
const rules = new Map(model.rules.map((r) => [r.id, r]));
const views = new Map(model.views.map((v) => [v.key, v]));
const children = group(model.elements, (e) => e.parent);
const outgoing = group(model.relationships, (r) => r.source);
const incoming = group(model.relationships, (r) => r.target);
const viewsOf = group(model.views, (v) => v.subject);

/** The levels, outermost first, as the rail lists them. */
const LEVELS = [
  { kind: 'landscape', mark: '', name: 'Landscape', about: 'All systems and people' },
  { kind: 'context', mark: 'L1', name: 'System context', about: 'One system and its surroundings' },
  { kind: 'containers', mark: 'L2', name: 'Containers', about: 'Inside one system' },
  { kind: 'components', mark: 'L3', name: 'Components', about: 'Inside one container' },
  { kind: 'resources', mark: 'L4', name: 'Resources', about: 'What the cloud has, with its properties' },
  { kind: 'deployment', mark: '', name: 'Deployment', about: 'Where things run' },
];

/** @type {Record<string, string>} */
const KINDS = {
  person: 'Person', softwareSystem: 'Software system', container: 'Container', component: 'Component',
  deploymentNode: 'Deployment node', infrastructureNode: 'Infrastructure node', resource: 'Resource',
};

/** @type {Record<string, string>} */
const CONFIDENCE = {
  certain: 'the source states it',
  high: 'an address or a name resolves to exactly one thing',
  may: 'it is permitted or possible; that it is used is not shown',
};

/** @param {string} id */
const nameOf = (id) => { const e = elements.get(id); return (e && e.name.trim()) || id; };

/** @param {string | undefined} subject @param {string} kind A view that is cut into parts stands before them. */
const viewAbout = (subject, kind) => (subject ? viewsOf.get(subject) || [] : []).find((v) => v.kind === kind);

/** @param {View} v A short name for lists: what the view is about. */
const labelOf = (v) => (v.subject && v.kind !== 'deployment' && elements.has(v.subject) && viewAbout(v.subject, v.kind) === v ? nameOf(v.subject) : v.title.trim() || v.key);

/** @param {View} v @param {string} id @returns {View | undefined} The part of a view that has been cut which is about a place. */
const partOf = (v, id) => (viewsOf.get(v.subject || '') || []).find((o) => o !== v && o.kind === v.kind && (o.title + ' (').includes(': ' + nameOf(id) + ' ('));

const landscape = model.views.find((v) => v.kind === 'landscape');
const firstView = landscape || LEVELS.map((l) => model.views.find((v) => v.kind === l.kind)).find(Boolean) || model.views[0];

/** @type {Record<string, string[]>} */
const INSIDE = {
  person: ['context'], softwareSystem: ['containers', 'context'], container: ['components', 'resources'],
  component: ['resources'], deploymentNode: ['deployment', 'resources'], infrastructureNode: ['deployment', 'resources'],
};

/** @param {string} id @param {View | undefined} here @returns {View | undefined} The view inside an element, deeper than here. */
function viewInside(id, here) {
  const e = elements.get(id);
  let kinds = (e && INSIDE[e.kind]) || [];
  if (here && e && e.kind === 'deploymentNode' && here.kind === 'containers') {
    const part = partOf(here, id);
    if (part) return part;
  }
  if (here && here.subject === id) {
    const at = kinds.indexOf(here.kind);
    if (e && e.kind !== 'softwareSystem') kinds = kinds.slice(at + 1);
    else if (here.kind === 'containers') kinds = [];
  }
  for (const kind of kinds) {
    const v = viewAbout(id, kind);
    if (v && v !== here) return v;
  }
  return undefined;
}

/** @param {string} id @returns {string[]} What an element is part of, innermost first; a circle ends where it closes. */
function ancestors(id) {
  /** @type {Set<string>} */
  const out = new Set();
  for (let p = elements.get(id)?.parent; p && p !== id && !out.has(p); p = elements.get(p)?.parent) out.add(p);
  return [...out];
}

/** @param {View} v @returns {View | undefined} The view that v lies in. */
function viewAround(v) {
  const e = v.subject ? elements.get(v.subject) : undefined;
  if (!e || v.kind === 'context') return v === landscape ? undefined : landscape;
  const whole = viewAbout(e.id, v.kind);
  if (whole && whole !== v) return whole;
  if (v.kind === 'containers') return viewAbout(e.id, 'context') || landscape;
  if (v.kind === 'resources' && viewAbout(e.id, 'components')) return viewAbout(e.id, 'components');
  for (const p of ancestors(e.id)) {
    const kinds = v.kind === 'deployment' ? ['deployment'] : ['components', 'containers', 'context', 'deployment', 'resources'];
    for (const kind of kinds) {
      const up = viewAbout(p, kind);
      if (up && up !== v) return up;
    }
  }
  return model.views.find((o) => o !== v && o.kind === 'deployment' && !o.subject && v.kind === 'deployment') || landscape;
}

/** @param {string} id @returns {View[]} The views that show an element, the most telling first. */
function viewsShowing(id) {
  const e = elements.get(id);
  const best = { person: 'landscape', softwareSystem: 'landscape', container: 'containers', component: 'components',
    deploymentNode: 'deployment', infrastructureNode: 'deployment', resource: 'resources' }[e ? e.kind : ''] || '';
  const rank = (/** @type {View} */ v) => (v.kind === best ? 0 : 2) - (v.subject && e && v.subject === e.parent ? 1 : 0);
  return model.views.filter((v) => v.elements.includes(id) || v.nodes.some((n) => n.element === id))
    .map((v, i) => /** @type {const} */ ([v, i])).sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map((p) => p[0]);
}

/** @param {string} id @returns {Set<string>} An element and all inside it. */
function family(id) {
  const out = new Set([id]);
  for (const member of out) for (const c of children.get(member) || []) out.add(c.id);
  return out;
}
