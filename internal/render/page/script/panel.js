// The evidence panel: what the selected element or line is, why it is there, and on what it rests.

/** @param {string} title @param {...(Node | null | false | undefined)} kids */
const section = (title, ...kids) => (kids.some(Boolean) ? h('section', { class: 'part' }, h('h3', null, title), ...kids) : null);

/** @param {[string, Node | string | undefined | null | false][]} rows */
const facts = (rows) => h('dl', { class: 'facts' }, ...rows.filter((r) => r[1]).flatMap(([k, v]) => [h('dt', null, k), h('dd', null, v)]));

/** @param {string} id */
function elementLink(id) {
  if (!elements.has(id)) return h('span', { class: 'mono' }, id);
  return h('button', { class: 'link', onclick: () => goToElement(id), title: id }, nameOf(id));
}

/** @param {string} id @param {string} what */
const copyable = (id, what) => h('span', { class: 'copyable' }, h('span', { class: 'mono' }, id), copyButton(id, what));

/** @param {string} id The rule that made something, with its reason and its source. */
function ruleBox(id) {
  const r = rules.get(id);
  return h('div', { class: 'rule' }, h('p', null, chip('rule ' + id, 'rule-id'), r ? ' ' + r.reason : ''), r && r.source ? h('p', { class: 'quiet' }, 'Source: ' + r.source) : null);
}

/** @param {Evidence} e */
const placeOf = (e) => e.input + (e.line ? ':' + e.line + (e.column ? ':' + e.column : '') : '');

/** @param {Evidence} e */
function evidenceText(e) {
  return [placeOf(e), e.resource, e.property, e.expression, e.commitment].filter(Boolean).join('\n');
}

/** @param {Evidence} e */
function evidenceItem(e) {
  return h('li', { class: 'evidence' },
    h('div', { class: 'evidence-head' }, h('span', { class: 'place mono' }, placeOf(e)), copyButton(evidenceText(e), 'this evidence')),
    facts([
      ['Resource', e.resource && h('span', { class: 'mono' }, e.resource)],
      ['Property', e.property ? h('span', { class: 'mono' }, e.property) : e.resource && h('span', { class: 'quiet' }, 'the resource as a whole')],
      ['Expression', e.expression && h('span', { class: 'mono' }, e.expression)],
      ['Commitment', e.commitment && h('span', { class: 'mono faint' }, e.commitment)],
    ]));
}

/** @param {Evidence[]} list */
function evidenceList(list) {
  return list.length ? longList(list, 20, evidenceItem, 'ul', 'evidences')
    : h('p', { class: 'quiet' }, 'None: it was declared by a person or follows from other elements.');
}

/** @param {Relationship} r @param {string} self @param {boolean} out */
function relationItem(r, self, out) {
  const other = out ? r.target : r.source, own = out ? r.source : r.target;
  return h('li', null, h('button', { class: 'relation', onclick: () => goToRelationship(r.id), title: r.confidence + ': ' + (CONFIDENCE[r.confidence] || '') },
    h('span', { class: 'direction ' + (out ? 'out' : 'in'), 'aria-hidden': 'true' }, icon('right')),
    h('span', { class: 'relation-text' }, own === self ? '' : h('span', { class: 'quiet' }, nameOf(own) + ' '), out ? '' : h('b', null, nameOf(other) + ' '), r.description + ' ', out ? h('b', null, nameOf(other)) : '',
      r.technology ? h('span', { class: 'quiet' }, ' [' + r.technology + ']') : ''),
    chip(r.confidence, 'sure-' + r.confidence)));
}

/** @param {string} id @returns {[Relationship[], Relationship[]]} What leaves and what enters an element with all inside it. */
function crossing(id) {
  const inside = family(id), out = [], into = [];
  for (const member of inside) {
    for (const r of outgoing.get(member) || []) if (!inside.has(r.target)) out.push(r);
    for (const r of incoming.get(member) || []) if (!inside.has(r.source)) into.push(r);
  }
  return [out, into];
}

/** @param {Element_} e */
function panelOfElement(e) {
  const [out, into] = crossing(e.id);
  const deeper = viewInside(e.id, current.page ? undefined : current.view);
  const kids = (children.get(e.id) || []).filter((c) => c.kind !== 'resource');
  const runs = model.instances.filter((i) => i.container === e.id), hosts = model.instances.filter((i) => i.node === e.id);
  const shown = viewsShowing(e.id);
  return [
    panelHead(KINDS[e.kind] || e.kind, nameOf(e.id), [e.external && chip('external'), ...(e.badges || []).map((b) => chip(b, 'badge')), e.layer && chip(e.layer + ' layer')]),
    e.description && h('p', { class: 'description' }, e.description),
    deeper && h('p', null, h('button', { class: 'primary', onclick: () => drillInto(e.id) }, icon('inside'), 'Go inside')),
    !shown.length && h('p', { class: 'notice' }, e.hiddenBy ? 'In no picture: hidden by rule ' + e.hiddenBy + '. ' + (rules.get(e.hiddenBy)?.reason || '') : 'In no picture.'),
    facts([['Technology', e.technology], ['Type', e.resourceType !== e.technology && e.resourceType && h('span', { class: 'mono' }, e.resourceType)], ['Owner', e.owner],
      ['Part of', e.parent && elementLink(e.parent)], ['Tags', e.tags && e.tags.length && h('span', { class: 'chips' }, ...e.tags.map((t) => chip(t)))], ['Id', copyable(e.id, 'the id')]]),
    section('Why it is here', ruleBox(e.rule)),
    section('Evidence (' + e.evidence.length + ')', evidenceList(e.evidence)),
    section('Uses (' + out.length + ')', out.length > 0 && longList(out, 12, (r) => relationItem(r, e.id, true), 'ul', 'relations')),
    section('Used by (' + into.length + ')', into.length > 0 && longList(into, 12, (r) => relationItem(r, e.id, false), 'ul', 'relations')),
    section('Contains (' + kids.length + ')', kids.length > 0 && longList(kids, 12, (c) => h('li', null, elementLink(c.id), ' ', h('span', { class: 'quiet' }, c.technology || KINDS[c.kind] || '')), 'ul', 'plain')),
    section('Runs on', runs.length > 0 && longList(runs, 12, (i) => h('li', null, elementLink(i.node), i.environment ? h('span', { class: 'quiet' }, ' in ' + i.environment) : ''), 'ul', 'plain')),
    section('Hosts (' + hosts.length + ')', hosts.length > 0 && longList(hosts, 12, (i) => h('li', null, elementLink(i.container)), 'ul', 'plain')),
    ...propertiesOf(e),
    section('Shown in', shown.length > 0 && longList(shown, 12, (v) => h('li', null, viewLink(v, e.id)), 'ul', 'plain')),
  ];
}

/** @param {Element_} e The properties of a resource; those of the resources behind anything else. */
function propertiesOf(e) {
  const behind = e.kind === 'resource' ? [e] : (children.get(e.id) || []).filter((c) => c.kind === 'resource');
  return behind.map((r) => section(behind.length > 1 || r !== e ? 'Properties of ' + nameOf(r.id) : 'Properties',
    r !== e && h('p', { class: 'quiet' }, [r.resourceType, r.evidence[0] && placeOf(r.evidence[0])].filter(Boolean).join(' · '), ' ', elementLink(r.id)),
    r.properties && typeof r.properties === 'object' ? tree(r.properties, '', behind.length === 1 ? 1 : 0) : h('p', { class: 'quiet' }, 'No properties were kept.')));
}

/** @param {View} v @param {string} [select] */
function viewLink(v, select) {
  const level = LEVELS.find((l) => l.kind === v.kind);
  return h('button', { class: 'link', onclick: () => go({ view: v.key, select }), 'aria-current': v === current.view && !current.page ? 'page' : null }, (level ? (level.mark || level.name) + ' · ' : '') + labelOf(v));
}

/** @param {string} kind @param {string} name @param {(Node | string | undefined | false)[]} chips */
function panelHead(kind, name, chips) {
  return h('header', { class: 'panel-head' },
    h('button', { class: 'icon panel-grow', 'aria-label': 'Make the panel higher or lower', onclick: () => byId('panel').classList.toggle('is-tall') }, icon('grow')),
    h('div', null, h('p', { class: 'kind' }, kind), h('h2', { dir: 'auto' }, name), chips.some(Boolean) ? h('p', { class: 'chips' }, ...chips) : null),
    h('button', { class: 'icon panel-close', 'aria-label': 'Select nothing', title: 'Close (Esc)', onclick: () => { select(''); stage.el.focus(); } }, icon('close')));
}

/** @param {string} id A line of the picture, or a relationship that no line of it stands for. */
function panelOfRelationship(id) {
  const line = current.view?.lines.find((l) => l.relationships.includes(id));
  const list = (line ? line.relationships : [id]).map((r) => relationships.get(r)).filter((r) => r !== undefined);
  const first = list[0];
  const many = list.length > 1;
  const v = /** @type {View} */ (current.view);
  const ends = line ? [v.nodes.find((n) => n.id === line.source)?.element || '', v.nodes.find((n) => n.id === line.target)?.element || ''] : [first.source, first.target];
  const about = line || first;
  return [
    panelHead(many ? 'Line for ' + count(list.length, 'relationship') : 'Relationship', nameOf(ends[0]) + ' → ' + nameOf(ends[1]), [chip(about.confidence, 'sure-' + about.confidence), first.declared && chip('declared', 'badge')]),
    h('p', { class: 'description' }, elementLink(ends[0]), ' ' + about.description + ' ', elementLink(ends[1])),
    facts([['Technology', about.technology], ['Confidence', h('span', null, h('b', null, about.confidence), ': ' + (CONFIDENCE[about.confidence] || ''))], ['Id', !many && copyable(first.id, 'the id')]]),
    ...list.map((r) => h('div', { class: many ? 'bundle' : '' },
      many && h('h3', { class: 'bundle-name' }, elementLink(r.source), ' ' + r.description + ' ', elementLink(r.target), ' ', chip(r.confidence, 'sure-' + r.confidence)),
      section('Why it is here', ruleBox(r.rule)),
      section('Evidence (' + r.evidence.length + ')', evidenceList(r.evidence)))),
  ];
}

/** @param {View} v Nothing is selected: what the view itself is. */
function panelOfView(v) {
  const level = LEVELS.find((l) => l.kind === v.kind);
  const sure = group(v.lines, (l) => l.confidence);
  const subject = v.subject ? elements.get(v.subject) : undefined;
  const order = Object.keys(KINDS), rank = (/** @type {string} */ id) => order.indexOf(elements.get(id)?.kind || '');
  const shown = [...v.elements].sort((a, b) => rank(a) - rank(b) || nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
  return [
    panelHead(level ? [level.mark, level.name].filter(Boolean).join(' · ') : 'View', labelOf(v), []),
    h('p', { class: 'description' }, v.description || (level ? level.about + '.' : '')),
    facts([['Elements', String(v.elements.length)], ['Lines', v.lines.length ? v.lines.length + ' (' + Object.keys(CONFIDENCE).filter((k) => sure.has(k)).map((k) => (sure.get(k) || []).length + ' ' + k).join(', ') + ')' : '0'],
      ['About', subject && elementLink(subject.id)], ['Owner', subject && subject.owner]]),
    h('p', { class: 'hint' }, 'Select a box or a line to see what it rests on. ', h('kbd', null, '?'), ' lists the keys.'),
    section('In this view', shown.length > 0 && longList(shown, 30, (id) => h('li', null, h('button', { class: 'link', onclick: () => select(id) }, nameOf(id)), ' ', h('span', { class: 'quiet' }, elements.get(id)?.technology || KINDS[elements.get(id)?.kind || ''] || '')), 'ul', 'plain')),
  ];
}

function drawPanel() {
  const panel = byId('panel'), id = current.select;
  const e = elements.get(id), r = relationships.get(id);
  const parts = e ? panelOfElement(e) : r ? panelOfRelationship(id) : current.view ? panelOfView(current.view) : [];
  panel.replaceChildren(...parts.filter(Boolean));
  panel.scrollTop = 0;
  panel.classList.toggle('has-selection', Boolean(e || r));
  panel.classList.toggle('is-empty', !parts.length);
  if (e) say(nameOf(id) + ', ' + (KINDS[e.kind] || e.kind) + ', ' + count(e.evidence.length, 'piece', 'pieces') + ' of evidence');
  if (r) say(nameOf(r.source) + ' ' + r.description + ' ' + nameOf(r.target) + ', ' + r.confidence);
}
