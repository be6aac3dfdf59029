// Keys: everything that a pointer can do, and the list of them.

/** @type {[string, string][]} */
const KEYS = [
  ['/', 'search'], ['↑ ↓ ← →', 'go to the next element in that direction'],
  ['Enter', 'go inside the selected element (or double click it)'], ['Backspace', 'go up one level'],
  ['Esc', 'select nothing, close what is open'], ['+ −', 'zoom in and out (or turn the wheel)'], ['0', 'fit the picture'], ['1', 'full size'],
  ['f', 'the picture alone'], ['[ ]', 'the view before, the view after'], ['l', 'go through the lines of the selected element'], ['e', 'go to the evidence'], ['v', 'go to the list of views'],
  ['a', 'account of what was found'], ['t', 'theme'], ['?', 'this help'],
];

/** @param {string} key Goes to the nearest element in a direction: what lies straight ahead comes before what lies aside. */
function step(key) {
  if (!stage.svg) return;
  const from = elements.has(current.select) ? nodesOf(current.select)[0] : null;
  const inner = [...stage.svg.querySelectorAll('.node[data-node]')];
  if (!from) {
    const boxes = inner.filter((n) => !current.view?.nodes.some((o) => o.parent === n.getAttribute('data-node')));
    const first = (boxes.length ? boxes : inner).sort((a, b) => centre(a).y - centre(b).y || centre(a).x - centre(b).x)[0];
    if (first) selectByKey(first);
    return;
  }
  const a = centre(from), along = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] || [0, 0];
  let best = null, least = Infinity;
  for (const n of inner) {
    if (n === from || idOf(n) === current.select) continue;
    const b = centre(n), ahead = (b.x - a.x) * along[0] + (b.y - a.y) * along[1];
    const aside = Math.abs((b.x - a.x) * along[1]) + Math.abs((b.y - a.y) * along[0]);
    if (ahead > 4 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = n; }
  }
  if (best) selectByKey(best);
}

/** @param {Element} n A boundary is where its title is, at its upper left. */
function centre(n) {
  const b = n.getBoundingClientRect(), view = current.view;
  const id = n.getAttribute('data-node');
  if (view && view.nodes.some((o) => o.parent === id)) return { x: b.left + Math.min(b.width / 2, 60), y: b.top + 8 };
  return { x: b.left + b.width / 2, y: b.top + b.height / 2 };
}

/** @param {Element} g */
function selectByKey(g) {
  select(idOf(g));
  /** @type {HTMLElement} */ (/** @type {unknown} */ (g)).focus({ preventScroll: true });
}

let nextLine = 0;
function stepLine() {
  const id = elements.has(current.select) ? current.select : '';
  const lines = (stage.svg ? [...stage.svg.querySelectorAll('.line[data-line]')] : []).filter((g) => {
    const l = current.view?.lines[Number(g.getAttribute('data-line'))];
    const ends = l ? [l.source, l.target].map((n) => current.view?.nodes.find((o) => o.id === n)?.element) : [];
    return !id || ends.includes(id);
  });
  if (!id && lines.length) selectByKey(lines[nextLine++ % lines.length]);
  else if (lines.length) selectByKey(lines[0]);
}

/** @param {number} by */
function stepView(by) {
  const order = LEVELS.flatMap((l) => railOrder.get(l.kind) || []);
  const at = current.view ? order.indexOf(current.view) : -1;
  const v = order[(at + by + order.length) % order.length];
  if (v) go({ view: v.key });
}

/** @param {KeyboardEvent} e @returns {boolean} whether the key was one of ours */
function onStage(e) {
  if (current.page || !current.view) return false;
  switch (e.key) {
    case 'ArrowUp': case 'ArrowDown': case 'ArrowLeft': case 'ArrowRight':
      if (!stage.el.contains(document.activeElement) && document.activeElement !== document.body) return false;
      step(e.key); return true;
    case 'Enter':
      if (!stage.el.contains(document.activeElement) && document.activeElement !== document.body) return false;
      if (elements.has(current.select)) drillInto(current.select); return true;
    case '+': case '=': zoom(1.25); return true;
    case '-': case '_': zoom(0.8); return true;
    case '0': fit(true); return true;
    case '1': zoom(1 / stage.scale); return true;
    case 'f': toggleWide(); return true;
    case 'l': stepLine(); return true;
    default: return false;
  }
}

/** @param {KeyboardEvent} e */
function onKey(e) {
  const t = /** @type {HTMLElement} */ (e.target);
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (t.closest('input, textarea, select, dialog')) return;
  let ours = onStage(e);
  if (!ours) {
    ours = true;
    switch (e.key) {
      case '/': byId('search').focus(); /** @type {HTMLInputElement} */ (byId('search')).select(); break;
      case '?': openHelp(); break;
      case 'Backspace': goUp(); break;
      case 'Escape': if (!closeRail()) { if (current.page) go({ view: current.view?.key }); else select(''); } break;
      case '[': stepView(-1); break;
      case ']': stepView(1); break;
      case 'a': go({ page: 'account', view: current.view?.key }); break;
      case 'e': byId('panel').focus(); break;
      case 'v': openRail(); /** @type {HTMLElement | null} */ (document.querySelector('#rail [aria-current]') || document.querySelector('#rail button'))?.focus(); break;
      case 't': nextTheme(); break;
      default: ours = false;
    }
  }
  if (ours) e.preventDefault();
}

function openHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('help'));
  dialog.replaceChildren(
    h('form', { method: 'dialog', class: 'dialog-head' }, h('h2', { id: 'help-title' }, 'Help and keys'), h('button', { type: 'submit', class: 'icon', 'aria-label': 'Close help' }, icon('close'))),
    h('p', null, 'Every box and every line stands on evidence. Select one, and the panel names the rule that made it and each place in the input that it rests on. What could not be resolved or read is listed in the account.'),
    h('table', { class: 'keys' }, h('tbody', null, ...KEYS.map(([k, what]) => h('tr', null, h('th', { scope: 'row' }, ...k.split(' ').map((one) => h('kbd', null, one))), h('td', null, what))))),
    h('p', { class: 'quiet' }, 'How sure a line is: ', ...Object.entries(CONFIDENCE).map(([k, what], i) => h('span', null, i ? '; ' : '', h('b', null, k), ', ' + what)), '.'));
  dialog.showModal();
}
