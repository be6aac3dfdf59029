// The account: what became of every reference, what could not be read, and what was read.

/** @type {[string, string][]} */
const OUTCOMES = [
  ['shown', 'drawn as a relationship'], ['nested', 'drawn as one thing inside another'], ['hidden', 'kept out of the pictures by a named rule'],
  ['unresolved', 'no target, or no rule claims it'], ['ambiguous', 'several targets: none drawn, all listed'],
];

/** @type {Record<string, string>} */
const NOT_READ = { input: 'Input not understood', type: 'Type without a rule', property: 'Property withheld', variable: 'Variable or file missing', resource: 'Resource not read' };

/** @param {string} outcome @returns {number} */
const booked = (outcome) => Number(/** @type {any} */ (model.account)[outcome]) || 0;

function drawAccount() {
  byId('sheet').replaceChildren(
    h('header', { class: 'sheet-head' }, h('div', null, h('h2', null, 'Account'), h('p', { class: 'quiet' }, 'What was found, what became of it, and what could not be read.')),
      h('button', { class: 'primary', onclick: () => go({ view: current.view?.key }) }, 'Back to the pictures')),
    books(), codeList() || '', noteList() || '', notRead(), referenceList(), h('div', { class: 'columns' }, levelTable(), sureTable()), inputTable(), ruleTable(),
    h('section', null, h('h3', null, 'Snapshot'), h('p', null, 'The model was derived from the snapshot with this root; whoever has the snapshot can verify it.'), h('p', null, copyable(model.snapshot || 'none', 'the root of the snapshot'))));
}

function books() {
  const a = model.account, found = a.found || 0, sum = OUTCOMES.reduce((n, [k]) => n + booked(k), 0);
  const balanced = sum === found;
  const bar = h('div', { class: 'bar', role: 'img', 'aria-label': OUTCOMES.map(([k]) => booked(k) + ' ' + k).join(', ') },
    ...OUTCOMES.filter(([k]) => booked(k) > 0).map(([k]) => { const part = h('span', { class: 'share ' + k, title: booked(k) + ' ' + k }); part.style.flexGrow = String(booked(k)); return part; }));
  return h('section', null, h('h3', null, 'References between resources'),
    h('p', { class: balanced ? 'verdict good' : 'verdict bad' }, balanced
      ? (found ? 'The books balance: each of the ' + count(found, 'reference') + ' found has exactly one outcome.' : 'No reference between resources was found.')
      : 'The books do not balance: ' + found + ' found, ' + sum + ' accounted for.'),
    found ? bar : null,
    h('ul', { class: 'legend' }, ...OUTCOMES.map(([k, what]) => h('li', null, h('span', { class: 'swatch ' + k, 'aria-hidden': 'true' }), h('b', null, booked(k).toLocaleString('en')), ' ' + k, h('span', { class: 'quiet' }, ' ' + what)))),
    found ? h('p', { class: 'quiet' }, 'A second counter that knows no rules saw ' + (a.counted || 0).toLocaleString('en') + ' of them' + (a.uncounted ? ' and missed ' + count(a.uncounted, 'reference') + ' that a rule resolved: a defect of the counter.' : '.')) : null);
}

function referenceList() {
  const list = model.account.references;
  const box = h('div', null), chips = h('div', { class: 'filters', role: 'group', 'aria-label': 'Filter by outcome' });
  let outcome = '', words = /** @type {string[]} */ ([]);
  const draw = () => {
    const fits = list.filter((r) => (!outcome || r.outcome === outcome) && words.every((w) => [r.value, r.rule, r.reason, r.evidence.resource, r.evidence.property, r.evidence.input, ...(r.targets || [])].join('\n').toLowerCase().includes(w)));
    box.replaceChildren(fits.length ? longList(fits, 100, referenceItem, 'ul', 'references') : h('p', { class: 'quiet' }, 'None.'));
    for (const b of chips.children) b.setAttribute('aria-pressed', String(b.dataset.outcome === outcome));
  };
  for (const k of ['', ...OUTCOMES.map((o) => o[0])]) {
    const n = k ? list.filter((r) => r.outcome === k).length : list.length;
    if (n || !k) chips.append(h('button', { 'data-outcome': k, 'aria-pressed': 'false', onclick: () => { outcome = k; draw(); } }, (k || 'all') + ' ' + n));
  }
  chips.append(h('input', { type: 'search', placeholder: 'Filter references', 'aria-label': 'Filter references', oninput: (/** @type {Event} */ e) => { words = /** @type {HTMLInputElement} */ (e.target).value.toLowerCase().split(/\s+/).filter(Boolean); draw(); } }));
  draw();
  return h('section', null, h('h3', null, 'References that are no line and no boundary'), h('p', { class: 'quiet' }, 'Those that were resolved and drawn are found at their lines.'), list.length ? chips : null, box);
}

/** @param {Reference} r */
function referenceItem(r) {
  const targets = (r.targets || []).map((t) => h('li', null, targetLink(t)));
  return h('li', { class: 'reference' },
    h('p', null, chip(r.outcome, 'outcome ' + r.outcome), ' ', h('b', { class: 'mono' }, r.value), ' ', r.rule ? chip('rule ' + r.rule, 'rule-id') : null),
    r.reason ? h('p', null, r.reason) : null,
    h('p', { class: 'quiet mono' }, [placeOf(r.evidence), r.evidence.resource, r.evidence.property].filter(Boolean).join('  ')),
    targets.length ? h('ul', { class: 'plain' }, ...targets) : null);
}

/** @type {Map<string, string> | undefined} Elements by the resource that they rest on. */
let byResource;
/** @param {string} resource */
function targetLink(resource) {
  if (!byResource) {
    byResource = new Map();
    for (const e of model.elements) for (const v of e.evidence) if (v.resource && !v.property && !byResource.has(v.resource)) byResource.set(v.resource, e.id);
  }
  const id = byResource.get(resource);
  return id ? h('span', null, elementLink(id), ' ', h('span', { class: 'quiet mono' }, resource)) : h('span', { class: 'mono' }, resource);
}

/** Why an expression of code could not be told. @type {Record<string, string>} */
const UNKNOWN = {
  runtime: 'known only to the cloud', parameter: 'a parameter without a value', scope: 'where it will be deployed to', chance: 'different each time',
  data: 'read when it is applied', module: 'from a module that was not read', secret: 'a secret', file: 'a file that is not there', limit: 'too large to evaluate',
  fault: 'the expression is wrong or uses what is not known here',
};

/** How code and what was seen live meet, and how much of the code could be told. */
function codeList() {
  const code = model.code;
  if (!code) return null;
  const inputs = model.inputs.filter((i) => i.expressions);
  const all = inputs.reduce((n, i) => n + (i.expressions || 0), 0);
  /** @type {Map<string, number>} */
  const why = new Map();
  for (const i of inputs) for (const [k, n] of Object.entries(i.unresolved || {})) why.set(k, (why.get(k) || 0) + n);
  const open = [...why.values()].reduce((n, k) => n + k, 0);
  return h('section', null, h('h3', null, 'Code'),
    h('p', null, (code.both + code.declaredOnly).toLocaleString('en') + ' resources are declared by code: ' + code.both.toLocaleString('en') + ' were also seen live, ' + code.declaredOnly.toLocaleString('en') + ' were not.',
      code.liveOnly ? ' ' + code.liveOnly.toLocaleString('en') + ' were seen live where code declares others and not these.' : ''),
    all ? h('p', null, count(all, 'property', 'properties') + ' written as expressions: ' + (all - open).toLocaleString('en') + ' could be told, ' + open.toLocaleString('en') + ' could not (' + (100 * open / all).toFixed(1) + ' %).') : null,
    why.size ? h('ul', { class: 'legend' }, ...[...why].sort((a, b) => b[1] - a[1]).map(([k, n]) => h('li', null, h('b', null, n.toLocaleString('en')), ' ', UNKNOWN[k] || k))) : null,
    code.unmatched.length ? h('p', { class: 'quiet' }, 'Of these it cannot be told whether they were seen:') : null,
    code.unmatched.length ? longList(code.unmatched, 100, (u) => h('li', { class: 'reference' }, h('p', null, targetLink(u.resource)), h('p', null, u.reason),
      u.candidates ? h('ul', { class: 'plain' }, ...u.candidates.map((c) => h('li', null, targetLink(c)))) : null), 'ul', 'references') : null);
}

/** What the model leaves out on purpose. */
function noteList() {
  return model.notes.length ? h('section', null, h('h3', null, 'Left out'), ...model.notes.map((n) => h('p', null, n))) : null;
}

function notRead() {
  const list = model.notRead;
  const things = list.reduce((n, r) => n + (r.count || 1), 0);
  return h('section', null, h('h3', null, 'Not read' + (things ? ' (' + things.toLocaleString('en') + ')' : '')),
    list.length ? h('p', { class: 'quiet' }, 'Unknown is not absent: the pictures say nothing about these.') : h('p', { class: 'verdict good' }, 'Everything was read.'),
    list.length ? longList(list, 100, (r) => h('li', { class: 'reference' },
      h('p', null, chip(NOT_READ[r.kind] || r.kind, 'outcome unresolved'), ' ', r.thing ? h('b', { class: 'mono' }, r.thing) : null, r.count && r.count > 1 ? ' ' + r.count + ' times' : ''),
      h('p', null, r.reason, r.help ? h('span', { class: 'help-text' }, ' → ' + r.help) : ''),
      h('p', { class: 'quiet mono' }, r.input + (r.line ? ':' + r.line : ''))), 'ul', 'references') : null);
}

/** @param {string} title @param {string[]} heads @param {(Node | string)[][]} rows @param {number[]} [numbers] */
function table(title, heads, rows, numbers) {
  const cls = (/** @type {number} */ i) => ((numbers || []).includes(i) ? 'number' : null);
  return h('section', null, h('h3', null, title), h('div', { class: 'scroll', tabindex: '0' }, h('table', null,
    h('thead', null, h('tr', null, ...heads.map((t, i) => h('th', { scope: 'col', class: cls(i) }, t)))),
    h('tbody', null, ...rows.map((r) => h('tr', null, ...r.map((c, i) => h('td', { class: cls(i) }, c))))))));
}

const levelTable = () => table('Elements by level', ['Kind', 'Scanned', 'External', 'Not drawn'], Object.keys(KINDS).map((k) => {
  const all = model.elements.filter((e) => e.kind === k), drawn = all.filter((e) => !e.layer);
  return [KINDS[k], ...[drawn.filter((e) => !e.external), drawn.filter((e) => e.external), all.filter((e) => e.layer)].map((l) => l.length.toLocaleString('en'))];
}), [1, 2, 3]);

const sureTable = () => table('Relationships by confidence', ['Confidence', 'Number', 'Meaning'], Object.keys(CONFIDENCE).map((k) =>
  [k, model.relationships.filter((r) => r.confidence === k).length.toLocaleString('en'), CONFIDENCE[k]]), [1]);

const inputTable = () => table('Inputs', ['Input', 'Read as', 'Resources'], model.inputs.map((i) =>
  [h('span', { class: 'mono' }, i.name), i.format || h('span', { class: 'chip outcome unresolved' }, 'not read'), i.resources.toLocaleString('en')]), [2]);

function ruleTable() {
  const uses = group(model.account.byRule, (r) => r.rule);
  return table('Rules that this model names', ['Rule', 'Reason', 'Source', 'References'], model.rules.map((r) =>
    [chip(r.id, 'rule-id'), r.reason, r.source, (uses.get(r.id) || []).map((u) => u.count + ' ' + u.outcome).join(', ')]));
}
