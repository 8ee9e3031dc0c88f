// Makes the page's charts live: reads the data that the page carries, puts a chart into each place
// that asks for one, and a bar to choose by above the
// first of them.
import { Choice } from './state.js';
import { looksOf } from './looks.js';
import { onTheme } from './theme.js';
import { Place } from './place.js';
import { toolbar } from './toolbar.js';

const data = JSON.parse(document.getElementById('chart-data').textContent);
const looks = looksOf(data.models);
const choice = new Choice(data.models, data.threads);

document.documentElement.classList.add('live');
const places = [...document.querySelectorAll('[data-chart]')].map(
  (mount) => new Place(mount, data.charts[mount.dataset.chart], looks, choice));
const placeOf = new Map(places.map((place) => [place.mount, place]));

const panels = document.querySelectorAll('[data-threads]');
const showPanels = () => {
  for (const panel of panels) panel.classList.toggle('filtered', !choice.threads.has(Number(panel.dataset.threads)));
};
const redrawAll = () => {
  showPanels();
  for (const place of places) place.redraw();
};
choice.onChange(redrawAll);
onTheme(redrawAll);

const nearness = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const place = placeOf.get(target);
    place.near = isIntersecting;
    if (isIntersecting) place.draw();
  }
}, { rootMargin: '600px 0px' });
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const place = placeOf.get(target);
    if (place.echart && place.canvas.clientWidth !== place.echart.getWidth()) place.redraw();
  }
});
for (const place of places) {
  nearness.observe(place.mount);
  widths.observe(place.mount);
}

places[0].mount.closest('section').before(toolbar(choice, looks));

/** For tests: what was drawn, and a way to draw all that is not near the screen. */
globalThis.reclaimViewer = { choice, places, drawAll: () => places.forEach((place) => place.draw()) };
