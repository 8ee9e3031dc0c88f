// Leaked objects: a dot for those left, a ring for those that were planted beyond a model's reach.
import { count, counted } from '../format.js';
import { dot, line, ring, rowsChart } from './rows.js';

export function leaks(chart, view) {
  const shown = chart.rows.filter((row) => view.shows(row.model) && view.showsThreads(row.threads));
  const values = shown.flatMap((row) => [1, row.left, row.expected]).filter((value) => value > 0);
  const rows = shown.map((row) => {
    const { name, colour } = view.look(row.model);
    return {
      name,
      minor: `${row.place}, ${counted(row.threads, 'thread')}`,
      value: count(row.left),
      words: [`${name}, ${row.place}`, counted(row.threads, 'thread'), `${count(row.left)} objects left`, `${count(row.expected)} expected`],
      draw: (place, y, area) => [
        ...(row.left > 0 ? [line(area.x, y, place(row.left), y, colour, 1.5, 0.6), dot(place(row.left), y, 4, colour)] : []),
        ...(row.expected > 0 ? [ring(place(row.expected), y, 7, view.colours.ink, 'none', 1.2)] : []),
      ],
    };
  });
  return rowsChart(view, rows, { unit: 'n', log: true }, values, 32, { decades: 2 });
}
