// Curves, a line for each model: scaling, utilisation, memory over time, latency, heap limits.
import { axisOf, named } from '../axis.js';
import { shown } from '../format.js';
import { namesAtEnds, roomForNames } from '../names.js';
import { zoomable } from '../zoom.js';

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
const variantDashes = { metered: [6, 4], 'since due': [2, 3] };

export function lines(chart, view) {
  const { colours } = view;
  const drawn = chart.lines.filter((line) => view.shows(line.model));
  const points = [...drawn.flatMap((line) => pairs(line.points)), ...pairs(chart.ideal ?? [])];
  const names = drawn.filter((line) => !line.variant).map((line) => ({ ...view.look(line.model), point: line.points.slice(-2) }));
  const left = 62, right = roomForNames(names, view);
  const wanted = Math.max(2, Math.floor((view.width - left - right) / 74));
  const x = axisOf(chart.x, points.map(([at]) => at), colours, { wanted });
  const y = axisOf(chart.y, points.map(([, value]) => value), colours, { wanted: 5 });
  const at = (value) => new Map(chart.x.ticks ?? []).get(value) ?? shown[chart.x.unit](value);
  const series = drawn.map((line) => {
    const { name, colour, symbol, dash } = view.look(line.model);
    const full = line.variant ? `${name}, ${line.variant}` : name;
    const data = pairs(line.points);
    return {
      type: 'line',
      name: full,
      symbol,
      symbolSize: data.length > 20 ? 4 : 7,
      lineStyle: { color: colour, width: 2, type: variantDashes[line.variant] ?? dash },
      itemStyle: { color: colour },
      emphasis: { focus: 'series' },
      blur: { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } },
      data: data.map((point) => ({ value: point, words: [full, `${chart.x.name} ${at(point[0])}`, `${chart.y.name} ${shown[chart.y.unit](point[1])}`] })),
    };
  });
  if (chart.ideal) {
    series.push({ type: 'line', silent: true, symbol: 'none', z: 1, lineStyle: { color: colours.soft, width: 1, type: [2, 3] }, data: pairs(chart.ideal) });
  }
  if (chart.shadedFrom !== undefined && series.length) {
    series[0].markArea = { z: 0, silent: true, itemStyle: { color: colours.panel }, data: [[{ xAxis: chart.shadedFrom }, { xAxis: x.max }]] };
  }
  series.push(...namesAtEnds(names, view));
  return {
    height: view.narrow ? 260 : 300,
    option: zoomable({
      grid: { left, right, top: 26, bottom: 44 },
      xAxis: named(x, chart.x.name, colours),
      yAxis: named(y, chart.y.name, colours, true),
      series,
    }),
  };
}
