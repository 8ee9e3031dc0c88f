// Zooming: by buttons, by keys, by dragging, and by the wheel with Ctrl, so that the page still
// scrolls under it.
import { element } from './dom.js';

/** Adds to a chart what zooming both ways needs. */
export const zoomable = (option) => ({
  ...option,
  dataZoom: ['xAxisIndex', 'yAxisIndex'].map((axis) => ({
    type: 'inside', [axis]: 0, filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, moveOnMouseWheel: false,
  })),
});

/** Scales what is shown around its middle: factor < 1 looks closer, Infinity shows all. */
export function zoom(chart, factor) {
  const zooms = chart.getOption().dataZoom ?? [];
  const batch = zooms.map(({ start, end }, dataZoomIndex) => {
    const middle = (start + end) / 2, half = Math.min(50, factor * (end - start) / 2);
    const from = Math.max(0, Math.min(middle - half, 100 - 2 * half));
    return { dataZoomIndex, start: from, end: Math.min(100, from + 2 * half) };
  });
  if (batch.length) chart.dispatchAction({ type: 'dataZoom', batch });
}

/** Moves what is shown along the first axis by a share of its width. */
export function pan(chart, share) {
  const [{ start, end }] = chart.getOption().dataZoom;
  const from = Math.max(0, Math.min(100 - (end - start), start + share * (end - start)));
  chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, start: from, end: from + end - start });
}

export function zoomButtons(chartOf) {
  const button = (label, words, act) =>
    element('button', { type: 'button', 'aria-label': words, title: words, onclick: act }, label);
  return element('div', { class: 'zoom' },
    button('+', 'closer', () => zoom(chartOf(), 0.5)),
    button('−', 'farther', () => zoom(chartOf(), 2)),
    button('↺', 'show all', () => zoom(chartOf(), Infinity)));
}
