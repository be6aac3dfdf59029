// @ts-check
// What is seen of the page on a small screen.
import { state } from './address.js';
import { byId } from './body.js';
import { cutHead, panes } from './held.js';
import { markSelected } from './pane.js';
import { fit, toggleWide } from './sight.js';

/** On a small screen one part is seen at a time. @param {'side' | 'main'} part */
export function showPart(part) {
  if (part === 'side' && document.body.classList.contains('is-wide')) toggleWide();
  document.body.dataset.part = part;
  for (const b of byId('switch').children) b.setAttribute('aria-pressed', String(b.getAttribute('data-part') === part));
  if (part !== 'main' || panes.every((p) => p.cut || !p.svg)) return;
  panes.forEach(cutHead); // it was not to be seen, and could not be measured
  fit(false);
  markSelected(Boolean(state.select));
}
