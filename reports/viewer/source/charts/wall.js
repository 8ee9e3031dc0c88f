// Wall time: bar to the median, a line over its 95 % interval, a dot for each round.
import { counted, duration } from '../format.js';
import { bar, dot, line, rowsChart } from './rows.js';

const mostDots = 40; // more would only smear

export function wall(chart, view) {
  const shown = chart.rows.filter((row) => view.shows(row.model));
  const values = shown.flatMap((row) => [...row.wall, ...row.rounds]);
  const rows = shown.map(({ model, wall: [median, low, high], rounds }) => {
    const { name, colour } = view.look(model);
    return {
      name,
      value: duration(median),
      words: [name, `median ${duration(median)}`, `${duration(low)} to ${duration(high)}, 95 % of ${counted(rounds.length, 'round')}`],
      draw: (place, y, area) => [
        bar(area.x, y - 6, place(median) - area.x, 12, colour, 0.42),
        ...(rounds.length <= mostDots ? rounds.map((round) => dot(place(round), y, 2, colour, 0.75)) : []),
        line(place(low), y, place(high), y, view.colours.ink),
      ],
    };
  });
  return rowsChart(view, rows, { unit: 's' }, values, 24);
}
