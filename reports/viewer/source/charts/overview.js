// Every model on every workload, against the best of each: one mark a pair.
import { axisOf, named } from '../axis.js';
import { counted, ratio } from '../format.js';
import { zoomable } from '../zoom.js';

export function overview(chart, view) {
  const { colours } = view;
  const rows = chart.rows.filter((row) => view.shows(row.model) && view.showsThreads(row.threads));
  const left = 58, right = 16;
  const wanted = Math.max(3, Math.floor((view.width - left - right) / 90));
  const x = axisOf({ unit: 'x', log: true }, chart.rows.map((row) => row.time), colours, { wanted });
  const y = axisOf({ unit: 'x', log: true }, chart.rows.map((row) => row.memory), colours, { wanted: 6 });
  const models = [...new Set(rows.map((row) => row.model))];
  return {
    height: view.narrow ? 360 : 460,
    option: zoomable({
      grid: { left, right, top: 26, bottom: 44 },
      xAxis: named(x, 'wall time, times the fastest', colours),
      yAxis: named(y, 'peak RSS, times the leanest', colours, true),
      series: models.map((model) => {
        const { name, colour, symbol } = view.look(model);
        return {
          type: 'scatter',
          name,
          symbol,
          symbolSize: 11,
          itemStyle: { color: colour, opacity: 0.78, borderColor: colours.paper, borderWidth: 0.8 },
          emphasis: { scale: 1.5, focus: 'series', itemStyle: { opacity: 1 } },
          blur: { itemStyle: { opacity: 0.08 } },
          data: rows.filter((row) => row.model === model).map((row) => ({
            value: [row.time, row.memory],
            words: [name, `${row.place}, ${counted(row.threads, 'thread')}`, `${ratio(row.time)} the time of the fastest`, `${ratio(row.memory)} the memory of the leanest`],
          })),
        };
      }),
    }),
  };
}
