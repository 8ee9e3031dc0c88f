// Stops by model and cause: where half of them, 99 in 100 and all of them ended; and, from the
// histogram, how often stops of each length came.
import { count, duration } from '../format.js';
import { diamond, dot, line, ring, rowsChart } from './rows.js';

const binsADecade = 10; // as in the page's data
const hillHeight = 15;

const begin = (bin) => 10 ** (bin / binsADecade);

/** A hill over the bins; its height is the logarithm of the count, as rare stops matter most. */
function hill(density, place, y, fill) {
  const most = Math.log1p(Math.max(...density.filter((_, index) => index % 2 === 1)));
  const points = [];
  for (let i = 0; i < density.length; i += 2) {
    const height = hillHeight * Math.log1p(density[i + 1]) / most;
    const [left, right] = [place(begin(density[i])), place(begin(density[i] + 1))];
    points.push([left, y], [left, y - height], [right, y - height], [right, y]);
  }
  return { type: 'polygon', silent: true, shape: { points }, style: { fill, opacity: 0.3 } };
}

const told = (name, value) => `${name} ${value === null ? 'unknown, too few stops' : duration(value)}`;

export function stops(chart, view) {
  const shown = chart.rows.filter((row) => view.shows(row.model));
  const values = shown.flatMap((row) => [
    row.p50, row.p99, row.max, ...(row.density ? [begin(row.density[0])] : []),
  ]).filter((value) => value > 0);
  const rows = shown.map((row) => {
    const { name, colour } = view.look(row.model);
    const start = row.p50 ?? row.p99 ?? row.max;
    return {
      name,
      minor: row.cause,
      value: duration(row.max),
      words: [
        `${name}, ${row.cause}`, `${count(row.count)} stops, ${duration(row.total)} in all`,
        told('median', row.p50), told('99 %', row.p99), told('longest', row.max),
        ...(row.part ? ['a part of the collection\'s stop'] : []),
      ],
      draw: (place, middle) => {
        const y = middle + 8;
        return [
          ...(row.density ? [hill(row.density, place, y, colour)] : []),
          line(place(start), y, place(row.max), y, colour, 1.5, row.part ? 0.4 : 0.7),
          ...(row.p50 > 0 ? [ring(place(row.p50), y, 4, colour, view.colours.paper)] : []),
          ...(row.p99 > 0 ? [dot(place(row.p99), y, 4, colour)] : []),
          diamond(place(row.max), y, 6, colour),
        ];
      },
    };
  });
  return rowsChart(view, rows, { unit: 's', log: true }, values, 34, { decades: 2 });
}
