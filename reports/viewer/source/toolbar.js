// The bar that follows the reader: which models and thread counts all charts show, and the theme.
// It is the legend too.
import { element, swatch } from './dom.js';
import { switchTheme } from './theme.js';

/** Buttons that are pressed while their value is chosen. */
function toggles(choice, kind, label, values, contentOf) {
  const buttons = values.map((value) => [value, element('button', {
    type: 'button', onclick: () => choice.toggle(kind, value),
  }, ...contentOf(value))]);
  const all = element('button', { type: 'button', class: 'all', onclick: () => choice.choose(kind) }, 'all');
  const none = element('button', { type: 'button', class: 'all', onclick: () => choice.choose(kind, []) }, 'none');
  const update = () => {
    for (const [value, button] of buttons) button.setAttribute('aria-pressed', choice[kind].has(value));
  };
  update();
  choice.onChange(update);
  return element('div', { role: 'group', 'aria-label': label }, element('span', { class: 'meta' }, label),
    ...buttons.map(([, button]) => button), ...(values.length > 2 ? [all, none] : []));
}

export function toolbar(choice, looks) {
  const parts = [];
  if (looks.length > 1) {
    parts.push(toggles(choice, 'models', 'Models', choice.all.models, (model) => [swatch(looks[model]), looks[model].name]));
  }
  if (choice.all.threads.length > 1) {
    parts.push(toggles(choice, 'threads', 'Threads', choice.all.threads, (threads) => [String(threads)]));
  }
  const theme = element('button', { type: 'button', class: 'theme', onclick: switchTheme }, 'light / dark');
  const bar = element('details', { class: 'toolbar' },
    element('summary', {}, parts.length ? 'What the charts show' : 'Colours'),
    element('div', { class: 'tools' }, ...parts, theme));
  bar.open = matchMedia('(min-width: 800px)').matches;
  return bar;
}
