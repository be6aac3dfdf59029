// @ts-check
// The comparison as the page reads it: parsed once, looked up by id. Nothing here touches the document but to
// read the inert blocks that hold the data.
import { byId } from './body.js';

/**
 * @typedef {{input: string, line: number, column?: number, declared?: boolean, side: string}} Place
 * @typedef {{id: string, owner: string, reason: string, expires: string, state: string}} Excepted
 * @typedef {{id: string, severity: string, direction: string, change: string, resource: string, type: string, name: string, path: string,
 *   old: unknown, new: unknown, rule: string, title: string, reason: string, remediation: string, controls?: string[] | null, labels?: string[] | null,
 *   firstSeen: string, lastSeen: string, exception: Excepted | null, elements?: string[] | null, places?: Place[] | null}} Finding
 * @typedef {{resource?: string, type?: string, path?: string, input?: string, line?: number, reason: string, help?: string, wasKnown: boolean, count: number}} Unknown_
 * @typedef {{id: string, owner: string, line: number, state: string, expires: string}} Stale
 * @typedef {{bucket: string, resource: string, declared?: string, type: string, name: string, input?: string, line?: number, address?: string,
 *   import?: string, noImport?: string, reason?: string, candidates?: string[] | null}} Entry
 * @typedef {{label: string, root: string, collectedAt: string, resources: number, baseline?: {id: string, by: string, claimed: boolean, at: string, reason: string} | null}} Side
 * @typedef {{name: string, mode: string, at: string, old: Side, new: Side, findings: Finding[], unknown: Unknown_[], improvements: number, exceptions: Stale[],
 *   coverage?: {entries: Entry[], counts: Record<string, number>} | null, noiseBy?: Record<string, number> | null, notes?: string[] | null,
 *   summary: Record<string, any>}} Comparison
 * @typedef {{id: string, kind: string, name: string, technology?: string, description?: string, parent?: string, owner?: string, external?: boolean}} Element_
 * @typedef {{id: string, source: string, target: string, description: string, technology?: string}} Relationship
 * @typedef {{kind: string, grade?: string, count?: number}} Mark
 * @typedef {{key: string, kind: string, title: string, subject?: string, elements: number, marked: number, drift: string, before?: string, after?: string, shows: string[]}} View
 * @typedef {{key: string, title: string, kind: string, picture: string}} MomentView
 * @typedef {{at: string, label: string, root?: string, changes: string[], views: MomentView[]}} Moment
 */

/** @param {string} id */
const block = (id) => JSON.parse(byId(id).textContent || '{}') || {};

/** @type {Comparison} */
export const report = (() => {
  const r = block('report');
  for (const list of ['findings', 'unknown', 'exceptions', 'notes']) r[list] = r[list] || [];
  r.summary = r.summary || {};
  r.old = r.old || {};
  r.new = r.new || {};
  return r;
})();

/** @type {{elements: Element_[], relationships: Relationship[], views: View[], leftOut: number, marks: Record<string, Mark>,
 *   fields: Record<string, {name: string, old: string, new: string}[]>, renamed: Record<string, string>, moments: Moment[], momentsLeft: number, start: number}} */
export const data = (() => {
  const d = block('data');
  for (const list of ['elements', 'relationships', 'views', 'moments']) d[list] = d[list] || [];
  for (const map of ['marks', 'fields', 'renamed']) d[map] = d[map] || {};
  return d;
})();

export const elements = new Map(data.elements.map((e) => [e.id, e]));
export const relationships = new Map(data.relationships.map((r) => [r.id, r]));
export const views = new Map(data.views.map((v) => [v.key, v]));
export const findings = new Map(report.findings.map((f) => [f.id, f]));
export const marks = new Map(Object.entries(data.marks));
const renamed = new Map(Object.entries(data.renamed));

/** Ids as a picture has them, whose attributes lack control characters: what one picture calls a thing, to its id. */
const spelled = new Map([...elements.keys(), ...relationships.keys(), ...renamed.keys()].map((id) => [spelling(id), id]));

/** @param {string} id */
function spelling(id) {
  return [...id].map((c) => (/[\s\p{Cc}]/u.test(c) ? ' ' : c)).join('').replace(/ +/g, ' ').trim();
}

/** @param {string} text @returns {string} The id in the merged model of what a picture calls so. */
export function idOfSpelling(text) {
  const id = elements.has(text) || relationships.has(text) || renamed.has(text) ? text : spelled.get(spelling(text)) || text;
  return renamed.get(id) || id;
}

/** Severities, gravest first, and what else a finding can be in a list. */
export const GRADES = ['critical', 'high', 'medium', 'low', 'improved', 'accepted'];

/** @param {Finding} f */
export const gradeOf = (f) => (f.exception && f.exception.state === 'active' ? 'accepted' : f.direction === 'tightened' ? 'improved' : f.severity);

/** @param {string | undefined} grade */
export const rank = (grade) => { const at = GRADES.indexOf(grade || ''); return at < 0 ? GRADES.length : at; };

/** What each finding is about, among what the page can show: elements, and relationships. @type {Map<string, string[]>} */
export const about = new Map(report.findings.map((f) => {
  const direct = [...(f.elements || []), f.resource].filter((id) => elements.has(id) || relationships.has(id));
  const behind = ['container', 'component', 'deploymentNode', 'infrastructureNode', 'softwareSystem', 'resource'].map((k) => k + ':' + f.resource).filter((id) => elements.has(id));
  return [f.id, [...new Set([...direct, ...behind])]];
}));

/** Findings by what they are about, the gravest first. @type {Map<string, Finding[]>} */
export const findingsAbout = new Map();
for (const f of report.findings) {
  for (const id of about.get(f.id) || []) {
    const had = findingsAbout.get(id);
    if (had) had.push(f); else findingsAbout.set(id, [f]);
  }
}
for (const list of findingsAbout.values()) list.sort((a, b) => rank(gradeOf(a)) - rank(gradeOf(b)));

/** @type {Record<string, string>} */
export const KINDS = {
  person: 'Person', softwareSystem: 'Software system', container: 'Container', component: 'Component',
  deploymentNode: 'Deployment node', infrastructureNode: 'Infrastructure node', resource: 'Resource',
};

/** @type {Record<string, string>} */
export const LEVELS = { landscape: 'Landscape', context: 'System context', containers: 'Containers', components: 'Components', deployment: 'Deployment', resources: 'Resources' };

/** @type {Record<string, string>} */
export const SIGNS = { added: '+', removed: '−', changed: '~', moved: '→', unknown: '?', inside: '•' };

/** @param {string} id */
export const nameOf = (id) => { const e = elements.get(id); return (e && e.name.trim()) || id; };

/** @param {string} id @returns {string} An element, or both ends of a relationship, in words. */
export function wordsOf(id) {
  const r = relationships.get(id);
  return r ? nameOf(r.source) + ' ' + r.description + ' ' + nameOf(r.target) : nameOf(id);
}

/** @param {string} id @returns {string[]} What an element is part of, innermost first; a circle ends where it closes. */
export function ancestors(id) {
  /** @type {Set<string>} */
  const out = new Set();
  for (let p = elements.get(id)?.parent; p && p !== id && !out.has(p); p = elements.get(p)?.parent) out.add(p);
  return [...out];
}

/** What each view shows. */
export const shows = new Map(data.views.map((v) => [v.key, new Set(v.shows || [])]));

/** @param {string} id @param {View | undefined} here @returns {View | undefined} The view in which something is seen best: this one, if it shows it. */
export function viewShowing(id, here) {
  const has = (/** @type {View} */ v, /** @type {string} */ what) => Boolean(shows.get(v.key)?.has(what));
  if (here && has(here, id)) return here;
  const e = elements.get(id);
  const best = { softwareSystem: 'landscape', person: 'landscape', container: 'containers', component: 'components', deploymentNode: 'deployment', infrastructureNode: 'deployment', resource: 'resources' }[e ? e.kind : ''] || 'containers';
  return data.views.find((v) => v.kind === best && has(v, id)) || data.views.find((v) => has(v, id)) || ancestors(id).map((p) => data.views.find((v) => has(v, p))).find(Boolean);
}
