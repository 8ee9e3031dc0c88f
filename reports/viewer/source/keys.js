// Keys on a chart that has the focus: arrows go from mark to mark and say what each is, Escape lets
// go, plus, minus and 0 zoom.
import { pan, zoom } from './zoom.js';

const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** All marks of a chart that have words, in order. */
function stops(place) {
  const result = [];
  place.echart.getOption().series.forEach(({ data = [] }, series) => {
    data.forEach((_, item) => {
      if (place.wordsOf(series, item)) result.push({ series, item });
    });
  });
  return result;
}

export function followKeys(place) {
  let at = -1;
  const show = (index) => {
    const all = stops(place);
    if (!all.length) return;
    at = (index + all.length) % all.length;
    const { series, item } = all[at];
    place.echart.dispatchAction({ type: 'downplay' });
    place.echart.dispatchAction({ type: 'highlight', seriesIndex: series, dataIndex: item });
    place.echart.dispatchAction({ type: 'showTip', seriesIndex: series, dataIndex: item });
    place.said.textContent = place.wordsOf(series, item).join(', ');
  };
  const hide = () => {
    at = -1;
    place.echart?.dispatchAction({ type: 'hideTip' });
    place.echart?.dispatchAction({ type: 'downplay' });
    place.said.textContent = '';
  };
  const zooms = () => place.echart.getOption().dataZoom?.length;
  place.canvas.addEventListener('keydown', (event) => {
    if (!place.echart || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (event.shiftKey && key in steps && zooms()) pan(place.echart, steps[key] * 0.25);
    else if (key in steps) show(at < 0 && steps[key] < 0 ? -1 : at + steps[key]);
    else if (key === 'Home') show(0);
    else if (key === 'End') show(-1);
    else if (key === 'Escape') hide();
    else if (key === '+' && zooms()) zoom(place.echart, 0.5);
    else if (key === '-' && zooms()) zoom(place.echart, 2);
    else if (key === '0' && zooms()) zoom(place.echart, Infinity);
    else return;
    event.preventDefault();
  });
  place.canvas.addEventListener('blur', hide);
}
