// Colours come from the page's style sheet; light or dark by the reader's system until the page's
// own switch says otherwise.

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');

export const colour = (variable) => getComputedStyle(root).getPropertyValue(variable).trim();

export const isDark = () =>
  root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;

/** Calls `listener` whenever colours have changed. */
export function onTheme(listener) {
  system.addEventListener('change', listener);
  new MutationObserver(listener).observe(root, { attributeFilter: ['data-theme'] });
}

export function switchTheme() {
  root.dataset.theme = isDark() ? 'light' : 'dark';
}

/** The colours that charts use beside those of models, and the page's font. */
export const palette = () => ({
  ink: colour('--ink'), soft: colour('--soft'), line: colour('--line'), grid: colour('--grid'),
  paper: colour('--paper'), panel: colour('--panel'), accent: colour('--accent'),
  heat: `rgb(${colour('--heat').split(' ').join(',')})`,
  hold: colour('--hold'), wait: colour('--wait'), lock: colour('--lock'),
  collect: colour('--collect'), font: getComputedStyle(document.body).fontFamily,
});
