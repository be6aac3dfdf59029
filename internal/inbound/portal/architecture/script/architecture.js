// @ts-check
// The viewer in the portal: mounted over a snapshot, with pictures that are asked for when they are looked at, and moved through time by a slider.
/** @import {Source, Evidence, Layout, Drawing} from './types.js' */
import { h } from './dom.js';
import { pageDrafts } from './draft.js';
import { mount } from './mount.js';
import { pageAddress } from './state.js';

const trusted = /** @type {any} */ (window).trustedTypes?.createPolicy('c4arch', { createHTML: (/** @type {string} */ text) => text });
/** @param {string} text What a parser is given. It parses without running anything, and the viewer takes out what could run. */
const trust = (text) => (trusted ? trusted.createHTML(text) : text);

/** @param {string} path @param {RequestInit} [how] @returns {Promise<Response>} an answer; what went wrong is an error in words */
async function ask(path, how) {
  const r = await fetch(path, { credentials: 'same-origin', ...how });
  if (r.ok) return r;
  const said = await r.json().catch(() => ({}));
  throw new Error([said.detail || r.statusText, said.help].filter(Boolean).join('. '));
}

/** @param {HTMLElement} host @param {string} path @param {string[][]} more @returns {string} a part of what is looked at; a comparison says in its query what it is of */
const placeFrom = (host, path, more) => path + '?' + new URLSearchParams([...new URLSearchParams(host.dataset.query || ''), ...more]);

/** @param {HTMLElement} host */
function portal(host) {
  const said = /** @type {HTMLElement} */ (host.querySelector('[data-said]'));
  const root = h('div', { class: 'architecture-viewer' });
  host.append(root);
  /** @type {Record<string, number>} */
  let base = JSON.parse(host.dataset.versions || '{}');
  /** @type {{destroy: () => void} | null} */
  let shown = null;
  let turn = 0;

  /** @param {string} path @returns {Source['picture']} */
  const pictures = (path) => {
    /** @type {Map<string, Promise<Drawing>>} */
    const had = new Map();
    return (key, { open }) => {
      const from = placeFrom(host, path + '/picture', [['view', key], ...open.map((n) => ['open', n])]);
      let got = had.get(from);
      if (!got) {
        got = ask(from).then((r) => r.json());
        got.catch(() => had.delete(from));
        had.set(from, got);
      }
      return got;
    };
  };

  /** @param {Layout} layout */
  async function save(layout) {
    const r = await ask(host.dataset.base + '/layout', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ layout, base }) });
    base = { ...base, ...(await r.json()).base };
    said.textContent = host.dataset.saved || '';
    setTimeout(() => { if (said.textContent === host.dataset.saved) said.textContent = ''; }, 6000);
  }

  /** @param {string} path @param {string} id */
  async function extra(path, id) {
    const text = await (await ask(placeFrom(host, path + '/notes', [['of', id]]))).text();
    const part = new DOMParser().parseFromString(trust(text), 'text/html').body.firstElementChild;
    return part && part.childElementCount ? document.importNode(part, true) : null;
  }

  /** @param {string} path Puts the viewer over a snapshot. */
  async function show(path) {
    const mine = ++turn;
    said.textContent = host.dataset.waiting || '';
    host.classList.add('is-waiting');
    try {
      const picture = pictures(path), first = new URLSearchParams(location.hash.slice(1)).get('view') || host.dataset.view;
      if (first) Promise.resolve(picture(first, { open: [], closed: [] })).catch(() => {}); // beside the model, and not after it; the viewer says what goes wrong
      const model = await (await ask(placeFrom(host, path + '/model', []))).json();
      if (mine !== turn) return;
      shown?.destroy();
      const place = host.dataset.place !== undefined;
      shown = mount(root, { model, picture, ...(place ? { save } : {}) }, {
        address: pageAddress(window), inside: true, fixed: !place, trust, extra: (id) => extra(path, id),
        drafts: place ? pageDrafts(window, 'portal') : undefined,
        proof: (e) => (e.resource && host.dataset.proof ? h('a', { class: 'v-proof', href: path + '/proof?' + new URLSearchParams({ resource: e.resource }) }, host.dataset.proof) : null),
      });
      said.textContent = '';
      host.dataset.ready = path;
    } catch (why) {
      if (mine === turn) said.textContent = (host.dataset.failed || '') + ' ' + (why instanceof Error ? why.message : String(why));
    } finally {
      if (mine === turn) host.classList.remove('is-waiting');
    }
  }
  return { show };
}

/** @param {HTMLElement} host @param {(path: string) => void} show Leads through the snapshots. */
function slide(host, show) {
  const box = document.querySelector('[data-slide]'), now = document.querySelector('[data-now]');
  const input = /** @type {HTMLInputElement | null} */ (box && box.querySelector('input')), list = [...document.querySelectorAll('[data-moments] a')].reverse();
  const menu = document.querySelector('details.times-all');
  let wait = 0;
  const go = (/** @type {number} */ n, /** @type {boolean} */ push) => {
    const link = /** @type {HTMLAnchorElement | undefined} */ (list[n]);
    if (!link) return;
    for (const other of list) other.removeAttribute('aria-current');
    link.setAttribute('aria-current', 'true');
    if (input) { input.value = String(n); input.setAttribute('aria-valuetext', (link.textContent || '').trim().replace(/\s+/g, ' ')); }
    now?.replaceChildren(...[...link.childNodes].map((node) => node.cloneNode(true)));
    clearTimeout(wait);
    wait = setTimeout(() => {
      const path = link.pathname;
      if (path === host.dataset.path) return;
      host.dataset.path = path;
      if (push) history.pushState(null, '', path + location.hash);
      document.dispatchEvent(new CustomEvent('c4arch:snapshot', { detail: { path, id: link.dataset.moment } }));
      show(path);
    }, push ? 160 : 0);
  };
  if (box && input) {
    /** @type {HTMLElement} */ (box).hidden = false;
    input.setAttribute('aria-valuetext', (list[Number(input.value)]?.textContent || '').trim().replace(/\s+/g, ' '));
    input.addEventListener('input', () => go(Number(input.value), true));
  }
  for (const [n, link] of list.entries()) link.addEventListener('click', (e) => {
    const mouse = /** @type {MouseEvent} */ (e);
    if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
    e.preventDefault();
    if (menu) { /** @type {HTMLDetailsElement} */ (menu).open = false; menu.querySelector('summary')?.focus(); }
    go(n, true);
  });
  addEventListener('popstate', () => {
    const n = list.findIndex((link) => /** @type {HTMLAnchorElement} */ (link).pathname === location.pathname);
    if (n >= 0) go(n, false);
  });
}

/** @param {HTMLElement} host What stands around the viewer goes with what is seen: the files that it is saved as, the page in words, the link to it. */
function beside(host) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('[data-export-form]')), words = /** @type {HTMLAnchorElement | null} */ (document.querySelector('[data-words]'));
  const compare = /** @type {HTMLAnchorElement | null} */ (document.querySelector('[data-compare]')), link = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-permalink]'));
  const follow = () => {
    const q = new URLSearchParams(location.hash.slice(1)), view = q.get('view') || host.dataset.view || '', path = host.dataset.path || '';
    if (form) {
      form.action = path + '/export';
      for (const old of form.querySelectorAll('[data-seen]')) old.remove();
      const field = form.querySelector('[data-export-view]');
      if (field) field.setAttribute('value', view);
      for (const k of ['open', 'closed']) for (const v of q.getAll(k).slice(0, 200)) form.append(h('input', { type: 'hidden', name: k, value: v, 'data-seen': '' }));
    }
    if (words) words.href = path + '/words?' + new URLSearchParams({ view });
    if (compare) compare.href = compare.pathname + '?' + new URLSearchParams({ to: path.slice(path.lastIndexOf('/') + 1) }) + (view ? '#' + new URLSearchParams({ view }) : '');
    for (const f of document.querySelectorAll('[data-forget]')) /** @type {HTMLElement} */ (f).hidden = /** @type {HTMLElement} */ (f).dataset.forget !== view;
  };
  addEventListener('hashchange', follow);
  document.addEventListener('c4arch:snapshot', follow);
  follow();
  if (!link) return;
  link.hidden = false;
  link.addEventListener('click', async () => {
    const said = host.querySelector('[data-said]'), to = location.origin + host.dataset.path + location.hash;
    const done = await navigator.clipboard.writeText(to).then(() => true, () => false);
    if (said) said.textContent = done ? host.dataset.copied || '' : to;
    setTimeout(() => { if (said && (said.textContent === host.dataset.copied)) said.textContent = ''; }, 4000);
  });
}

const host = /** @type {HTMLElement | null} */ (document.querySelector('[data-architecture]'));
if (host) {
  const { show } = portal(host);
  slide(host, show);
  beside(host);
  show(host.dataset.path || '');
}
