// @ts-check
// The panel: what the selected element or line is, why it is there, and on what it rests.
/** @import {Viewer, View, Thing, Relationship, Evidence} from './types.js' */
import { chip, copyButton, count, h, icon, iconButton, longList } from './dom.js';
import { copyable, elementLink, evidenceList, evidenceText, facts, placeOf, ruleBox, section } from './evidence.js';
import { foldable, isClosed, toggleFold } from './fold.js';
import { CONFIDENCE, KINDS, LEVELS, byName, family, group, labelOf, nameOf, nameOfNode, titleOf, viewInside, viewsShowing } from './model.js';
import { drillInto, goToRelationship, select } from './route.js';
import { tree } from './tree.js';
import { pathOf } from './walk.js';

/** @param {Viewer} viewer @param {Evidence[]} list */
const copyAll = (viewer, list) => list.length > 1 && h('p', { class: 'v-quiet copy-all' }, 'All of it as text ', copyButton(list.map(evidenceText).join('\n\n'), 'all of this evidence', viewer.say));

/** @param {Viewer} viewer @param {Relationship} r @param {string} self @param {boolean} out */
function relationItem(viewer, r, self, out) {
  const other = out ? r.target : r.source, own = out ? r.source : r.target;
  return h('li', null, h('button', { class: 'relation', onclick: () => goToRelationship(viewer, r.id), title: r.confidence + ': ' + (CONFIDENCE[r.confidence] || '') },
    h('span', { class: 'direction ' + (out ? 'out' : 'in'), 'aria-hidden': 'true' }, icon('right')),
    h('span', { class: 'relation-text' }, own === self ? '' : h('span', { class: 'v-quiet' }, nameOf(viewer.index, own) + ' '), out ? '' : h('b', null, nameOf(viewer.index, other) + ' '), r.description + ' ', out ? h('b', null, nameOf(viewer.index, other)) : '',
      r.technology ? h('span', { class: 'v-quiet' }, ' [' + r.technology + ']') : ''),
    chip(r.confidence, 'sure-' + r.confidence)));
}

/** @param {Viewer} viewer @param {string} id @returns {[Relationship[], Relationship[]]} What leaves and what enters an element with all inside it. */
function crossing(viewer, id) {
  const inside = family(viewer.index, id), out = [], into = [];
  for (const member of inside) {
    for (const r of viewer.index.outgoing.get(member) || []) if (!inside.has(r.target)) out.push(r);
    for (const r of viewer.index.incoming.get(member) || []) if (!inside.has(r.source)) into.push(r);
  }
  return [out, into];
}

/** @param {Viewer} viewer @param {Thing} e */
function panelOfElement(viewer, e) {
  const [out, into] = crossing(viewer, e.id);
  const deeper = viewInside(viewer.index, e.id, viewer.state.page ? undefined : viewer.view);
  const kids = (viewer.index.children.get(e.id) || []).filter((c) => c.kind !== 'resource');
  const runs = viewer.index.model.instances.filter((i) => i.container === e.id), hosts = viewer.index.model.instances.filter((i) => i.node === e.id);
  const shown = viewsShowing(viewer.index, e.id);
  return [
    panelHead(viewer, KINDS[e.kind] || e.kind, nameOf(viewer.index, e.id), [e.external && chip('external'), ...(e.badges || []).map((b) => chip(b, 'badge')), e.layer && chip(e.layer + ' layer')]),
    e.description && h('p', { class: 'description' }, e.description),
    actions(viewer, e, Boolean(deeper)),
    !shown.length && h('p', { class: 'notice' }, e.hiddenBy ? 'In no picture: hidden by rule ' + e.hiddenBy + '. ' + (viewer.index.rules.get(e.hiddenBy)?.reason || '') : 'In no picture.'),
    facts([['Technology', e.technology], ['Type', e.resourceType !== e.technology && e.resourceType && h('span', { class: 'mono' }, e.resourceType)], ['Owner', e.owner],
      ['Part of', e.parent && elementLink(viewer, e.parent)], ['Tags', e.tags && e.tags.length && h('span', { class: 'chips' }, ...e.tags.map((t) => chip(t)))], ['Id', copyable(viewer, e.id, 'the id')]]),
    section('Why it is here', ruleBox(viewer, e.rule)),
    section('Evidence (' + e.evidence.length + ')', evidenceList(viewer, e.evidence), copyAll(viewer, e.evidence)),
    section('Uses (' + out.length + ')', out.length > 0 && longList(out, 12, (r) => relationItem(viewer, r, e.id, true), 'ul', 'relations')),
    section('Used by (' + into.length + ')', into.length > 0 && longList(into, 12, (r) => relationItem(viewer, r, e.id, false), 'ul', 'relations')),
    section('Contains (' + kids.length + ')', kids.length > 0 && longList(kids, 12, (c) => h('li', null, elementLink(viewer, c.id), ' ', h('span', { class: 'v-quiet' }, c.technology || KINDS[c.kind] || '')), 'ul', 'plain')),
    section('Runs on', runs.length > 0 && longList(runs, 12, (i) => h('li', null, elementLink(viewer, i.node), i.environment ? h('span', { class: 'v-quiet' }, ' in ' + i.environment) : ''), 'ul', 'plain')),
    section('Hosts (' + hosts.length + ')', hosts.length > 0 && longList(hosts, 12, (i) => h('li', null, elementLink(viewer, i.container)), 'ul', 'plain')),
    ...propertiesOf(viewer, e),
    section('Shown in', shown.length > 0 && longList(shown, 12, (v) => h('li', null, viewLink(viewer, v, e.id)), 'ul', 'plain')),
  ];
}

/** @param {Viewer} viewer @param {Thing} e @param {boolean} deeper What one can do with an element, each with its key. */
function actions(viewer, e, deeper) {
  const { state } = viewer, act = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ key, /** @type {() => void} */ does, pressed = false) =>
    h('button', { class: 'v-act', 'data-act': name, 'aria-pressed': pressed ? 'true' : null, onclick: does }, icon(name), label, h('kbd', { 'aria-hidden': 'true' }, key));
  const choosing = state.from && !state.to && state.from !== e.id;
  return h('div', { class: 'acts', role: 'group', 'aria-label': 'What can be done with it' },
    deeper && h('button', { class: 'v-primary', 'data-act': 'inside', onclick: () => drillInto(viewer, e.id) }, icon('inside'), 'Go inside'),
    act('focus', state.focus === e.id ? 'Show all again' : 'Neighbours only', 'n', () => viewer.go({ focus: state.focus === e.id ? '' : e.id, depth: 1, direction: 'both' }), state.focus === e.id),
    act('path', choosing ? 'Path to here' : 'Path from here', 'p', () => viewer.go(choosing ? { to: e.id } : { from: e.id, to: '' })),
    foldable(viewer, e.id) && act(isClosed(viewer, e.id) ? 'unfold' : 'fold', isClosed(viewer, e.id) ? 'Open' : 'Close', 'c', () => toggleFold(viewer, e.id)));
}

/** @param {Viewer} viewer The path that was asked for, hop by hop. */
function panelOfPath(viewer) {
  const { state, index, view } = viewer;
  if (!state.from || !index.elements.has(state.from)) return null;
  const end = h('button', { class: 'v-link', 'data-act': 'no-path', onclick: () => viewer.go({ from: '', to: '' }) }, 'Forget the path');
  if (!state.to) return h('section', { class: 'part path' }, h('h3', null, 'Path from ' + nameOf(index, state.from)), h('p', null, 'Choose where it leads: select an element, or search for one. ', end));
  const found = pathOf(index, state, viewer.picture?.view || view);
  const head = 'Path from ' + nameOf(index, state.from) + ' to ' + nameOf(index, state.to);
  if (!found.hops) return h('section', { class: 'part path' }, h('h3', null, head), h('p', { class: 'notice' }, 'No line leads there, in any direction. '), end);
  if (!found.hops.length) return h('section', { class: 'part path' }, h('h3', null, head), h('p', { class: 'notice' }, 'One is part of the other.'), end);
  const against = found.hops.filter((hop) => hop.against).length;
  const items = found.hops.map((hop) => {
    const line = found.view?.lines[Number(hop.link)], rel = found.view ? undefined : index.relationships.get(hop.link);
    const [a, b] = (hop.against ? [hop.to, hop.from] : [hop.from, hop.to]).map((end) => (found.view ? nameOfNode(index, found.view, end) : nameOf(index, end)));
    return h('li', null, h('button', { class: 'relation', 'data-hop': hop.link, onclick: () => goToRelationship(viewer, rel ? rel.id : line?.relationships[0] || '') },
      h('span', { class: 'relation-text' }, h('b', null, a), ' ' + (line || rel)?.description + ' ', h('b', null, b), hop.against ? h('span', { class: 'v-quiet' }, ' (against its direction)') : ''),
      chip((line || rel)?.confidence || '', 'sure-' + (line || rel)?.confidence)));
  });
  return h('section', { class: 'part path' }, h('h3', null, head + ' (' + count(items.length, 'hop') + ')'),
    against ? h('p', { class: 'v-quiet' }, count(against, 'line') + ' of it ' + (against === 1 ? 'points' : 'point') + ' the other way.') : null,
    !found.view ? h('p', { class: 'notice' }, 'No view shows all of it: these are relationships of the whole model.') : found.view !== view && found.view !== viewer.picture?.view
      ? h('p', null, h('button', { class: 'v-primary', 'data-act': 'show-path', onclick: () => viewer.go({ view: /** @type {View} */ (found.view).key }) }, 'Show it in ' + titleOf(found.view))) : null,
    h('ol', { class: 'relations hops' }, ...items), end);
}

/** @param {Viewer} viewer @param {Thing} e The properties of a resource; those of the resources behind anything else. */
function propertiesOf(viewer, e) {
  const behind = e.kind === 'resource' ? [e] : (viewer.index.children.get(e.id) || []).filter((c) => c.kind === 'resource');
  return behind.map((r) => section(behind.length > 1 || r !== e ? 'Properties of ' + nameOf(viewer.index, r.id) : 'Properties',
    r !== e && h('p', { class: 'v-quiet' }, [r.resourceType, r.evidence[0] && placeOf(r.evidence[0])].filter(Boolean).join(' · '), ' ', elementLink(viewer, r.id)),
    r.properties && typeof r.properties === 'object' ? tree(r.properties, '', behind.length === 1 ? 1 : 0) : h('p', { class: 'v-quiet' }, 'No properties were kept.')));
}

/** @param {Viewer} viewer @param {View} v @param {string} [select] */
function viewLink(viewer, v, select) {
  const level = LEVELS.find((l) => l.kind === v.kind);
  return h('button', { class: 'v-link', onclick: () => viewer.go({ view: v.key, select: select || '', page: '' }), 'aria-current': v === viewer.view && !viewer.state.page ? 'page' : null }, (level ? (level.mark || level.name) + ' · ' : '') + labelOf(viewer.index, v));
}

/** @param {Viewer} viewer @param {string} kind @param {string} name @param {(Node | string | undefined | false)[]} chips */
function panelHead(viewer, kind, name, chips) {
  return h('header', { class: 'panel-head' },
    iconButton('grow', 'Make the panel higher or lower', () => viewer.parts.panel.classList.toggle('is-tall'), { class: 'v-icon panel-grow' }),
    h('div', null, h('p', { class: 'kind' }, kind), h('h2', { dir: 'auto' }, name), chips.some(Boolean) ? h('p', { class: 'chips' }, ...chips) : null),
    iconButton('close', 'Select nothing (Esc)', () => { viewer.go({ select: '' }, { quiet: true }); viewer.parts.stage.focus(); }, { class: 'v-icon panel-close' }));
}

/** @param {Viewer} viewer @param {string} id A line of the picture, or a relationship that no line of it stands for. */
function panelOfRelationship(viewer, id) {
  const v = viewer.picture?.view || viewer.view;
  const line = v?.lines.find((l) => l.relationships.includes(id));
  const list = (line ? line.relationships : [id]).map((r) => viewer.index.relationships.get(r)).filter((r) => r !== undefined);
  const first = list[0];
  const many = list.length > 1;
  const ends = line && v ? [v.nodes.find((n) => n.id === line.source)?.element || '', v.nodes.find((n) => n.id === line.target)?.element || ''] : [first.source, first.target];
  const about = line || first;
  return [
    panelHead(viewer, many ? 'Line for ' + count(list.length, 'relationship') : 'Relationship', nameOf(viewer.index, ends[0]) + ' → ' + nameOf(viewer.index, ends[1]), [chip(about.confidence, 'sure-' + about.confidence), first.declared && chip('declared', 'badge')]),
    h('p', { class: 'description' }, elementLink(viewer, ends[0]), ' ' + about.description + ' ', elementLink(viewer, ends[1])),
    facts([['Technology', about.technology], ['Confidence', h('span', null, h('b', null, about.confidence), ': ' + (CONFIDENCE[about.confidence] || ''))], ['Id', !many && copyable(viewer, first.id, 'the id')]]),
    ...list.map((r) => h('div', { class: many ? 'bundle' : '' },
      many && h('h3', { class: 'bundle-name' }, elementLink(viewer, r.source), ' ' + r.description + ' ', elementLink(viewer, r.target), ' ', chip(r.confidence, 'sure-' + r.confidence)),
      section('Why it is here', ruleBox(viewer, r.rule)),
      section('Evidence (' + r.evidence.length + ')', evidenceList(viewer, r.evidence), copyAll(viewer, r.evidence)))),
  ];
}

/** @param {Viewer} viewer @param {View} v Nothing is selected: what the view itself is. */
function panelOfView(viewer, v) {
  const level = LEVELS.find((l) => l.kind === v.kind);
  const sure = group(v.lines, (l) => l.confidence);
  const subject = v.subject ? viewer.index.elements.get(v.subject) : undefined;
  const order = Object.keys(KINDS), rank = (/** @type {string} */ id) => order.indexOf(viewer.index.elements.get(id)?.kind || '');
  const shown = [...v.elements].sort((a, b) => rank(a) - rank(b) || byName(nameOf(viewer.index, a), nameOf(viewer.index, b)));
  return [
    panelHead(viewer, level ? [level.mark, level.name].filter(Boolean).join(' · ') : 'View', labelOf(viewer.index, v), []),
    h('p', { class: 'description' }, v.description || (level ? level.about + '.' : '')),
    facts([['Elements', String(v.elements.length)], ['Lines', v.lines.length ? v.lines.length + ' (' + Object.keys(CONFIDENCE).filter((k) => sure.has(k)).map((k) => (sure.get(k) || []).length + ' ' + k).join(', ') + ')' : '0'],
      ['About', subject && elementLink(viewer, subject.id)], ['Owner', subject && subject.owner]]),
    h('p', { class: 'hint' }, 'Select a box or a line to see what it rests on. ', h('kbd', null, '?'), ' lists the keys.'),
    section('In this view', shown.length > 0 && longList(shown, 30, (id) => h('li', null, h('button', { class: 'v-link', onclick: () => select(viewer, id) }, nameOf(viewer.index, id)), ' ', h('span', { class: 'v-quiet' }, viewer.index.elements.get(id)?.technology || KINDS[viewer.index.elements.get(id)?.kind || ''] || '')), 'ul', 'plain')),
  ];
}

/** @param {Viewer} viewer @param {string} id Adds what the page around knows of a thing, when it comes and if the thing is still looked at. */
function addExtra(viewer, id) {
  if (!id || !viewer.options.extra) return;
  const { panel } = viewer.parts, slot = h('div', { class: 'v-extra' });
  panel.append(slot);
  Promise.resolve(viewer.options.extra(id)).then((node) => { if (node && slot.isConnected) slot.replaceChildren(node); }, () => slot.remove());
}

/** @param {Viewer} viewer */
export function drawPanel(viewer) {
  const panel = viewer.parts.panel, id = viewer.state.select;
  const e = viewer.index.elements.get(id), r = viewer.index.relationships.get(id);
  const path = panelOfPath(viewer);
  const parts = e ? panelOfElement(viewer, e) : r ? panelOfRelationship(viewer, id) : viewer.view ? panelOfView(viewer, viewer.view) : [];
  panel.replaceChildren(...[parts[0], path, ...parts.slice(1)].filter((part) => part !== null && part !== undefined && typeof part === 'object'));
  panel.scrollTop = 0;
  panel.classList.toggle('has-selection', Boolean(e || r));
  panel.classList.toggle('is-empty', !parts.length);
  addExtra(viewer, e || r ? id : '');
  if (e) viewer.say(nameOf(viewer.index, id) + ', ' + (KINDS[e.kind] || e.kind) + ', ' + count(e.evidence.length, 'piece', 'pieces') + ' of evidence');
  if (r) viewer.say(nameOf(viewer.index, r.source) + ' ' + r.description + ' ' + nameOf(viewer.index, r.target) + ', ' + r.confidence);
}
