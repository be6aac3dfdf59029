// @ts-check
// The viewer of a page that holds everything itself: the model and the pictures lie in inert blocks.
/** @import {Source, Drawing} from './types.js' */
import { pageDrafts } from './draft.js';
import { mount } from './mount.js';
import { pageAddress } from './state.js';

/** @param {Document} doc @returns {Source} */
function embedded(doc) {
  const block = (/** @type {string} */ kind, /** @type {string} */ key) => doc.querySelector('script[data-' + kind + '="' + CSS.escape(key) + '"]');
  const drawing = (/** @type {string} */ key) => {
    const picture = block('picture', key), view = block('view', key), text = picture?.textContent || '';
    /** @type {Drawing} */
    const out = { svg: picture?.getAttribute('type') === 'application/json' ? JSON.parse(text) : text };
    if (view) out.view = JSON.parse(view.textContent || '{}');
    return out;
  };
  return {
    model: JSON.parse(doc.querySelector('script[data-model]')?.textContent || '{}'),
    picture: (key, { open }) => {
      const last = open.findLast((node) => block('picture', key + '~' + node));
      if (open.length === 1 && last) return drawing(key + '~' + last);
      if (open.length && block('picture', key + '~all')) {
        const shut = open.includes('*') ? [] : (drawing(key).view?.nodes || []).filter((n) => n.folded && !open.includes(n.id)).map((n) => n.id);
        return { ...drawing(key + '~all'), closed: shut };
      }
      return drawing(last ? key + '~' + last : key);
    },
  };
}

const source = embedded(document);
mount(/** @type {HTMLElement} */ (document.querySelector('[data-viewer-here]')), source,
  { address: pageAddress(window), drafts: pageDrafts(window, String(/** @type {{snapshot?: string}} */ (source.model).snapshot || '').slice(0, 80)), titles: true, themes: true });
document.documentElement.dataset.ready = 'true';
