// Memory against time of the models of one scenario, both logarithmic; crosses are 95 % intervals,
// the thin line joins those that none beats in both.
import { axisOf, named } from '../axis.js';
import { bytes, duration } from '../format.js';
import { namesBeside } from '../names.js';
import { zoomable } from '../zoom.js';

/** Those that no other beats in both, by time. */
export function frontier(rows) {
  const result = [];
  for (const row of [...rows].sort((a, b) => a.time[0] - b.time[0] || a.memory[0] - b.memory[0])) {
    if (!result.length || row.memory[0] < result.at(-1).memory[0]) result.push(row);
  }
  return result;
}

export function tradeoff(chart, view) {
  const { colours } = view;
  const rows = chart.rows.filter((row) => view.shows(row.model));
  const left = 58, right = view.narrow ? 24 : 60;
  const wanted = Math.max(2, Math.floor((view.width - left - right) / 80));
  const x = axisOf({ unit: 's', log: true }, rows.flatMap((row) => row.time), colours, { wanted });
  const y = axisOf({ unit: 'B', log: true }, rows.flatMap((row) => row.memory), colours, { wanted: 5 });
  const cross = (row) => [
    [[row.time[1], row.memory[0]], [row.time[2], row.memory[0]]],
    [[row.time[0], row.memory[1]], [row.time[0], row.memory[2]]],
  ];
  return {
    height: view.narrow ? 300 : 340,
    option: zoomable({
      grid: { left, right, top: 26, bottom: 44 },
      xAxis: named(x, 'wall time', colours),
      yAxis: named(y, 'peak RSS', colours, true),
      series: [
        {
          type: 'scatter',
          symbolSize: 11,
          z: 3,
          data: rows.map((row) => {
            const { name, colour, symbol } = view.look(row.model);
            return {
              value: [row.time[0], row.memory[0]],
              symbol,
              itemStyle: { color: colour },
              words: [name, `${duration(row.time[0])} (${duration(row.time[1])} to ${duration(row.time[2])})`,
                `${bytes(row.memory[0])} (${bytes(row.memory[1])} to ${bytes(row.memory[2])})`],
            };
          }),
          emphasis: { scale: 1.5 },
        },
        {
          type: 'line', silent: true, symbol: 'none', step: 'end', z: 1,
          lineStyle: { color: colours.soft, width: 1, type: [2, 3] },
          data: frontier(rows).map((row) => [row.time[0], row.memory[0]]),
        },
        ...rows.flatMap((row) => cross(row).map((ends) => ({
          type: 'line', silent: true, symbol: 'none', z: 2, animation: false,
          lineStyle: { color: view.look(row.model).colour, width: 1.5, opacity: 0.6 },
          data: ends,
        }))),
        ...namesBeside(rows.map((row) => ({ ...view.look(row.model), point: [row.time[0], row.memory[0]] })), view),
      ],
    }),
  };
}
