// The pause surface: for each model, the longest stop by allocation rate and live data. Shading by
// the logarithm, the same for all models; the number stands in each cell.
import { bytes, duration, tick } from '../format.js';

export function surface(chart, view) {
  const { colours } = view;
  const models = chart.models.filter(({ model }) => view.shows(model));
  const known = chart.models.flatMap(({ longest }) => longest).filter((value) => value > 0);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const heat = (value) => (value > 0 ? 0.06 + 0.74 * Math.log(value / least) / Math.max(Math.log(most / least), 0.1) : 0);
  const columns = Math.max(1, Math.min(models.length, Math.floor(view.width / 400)));
  const cellHeight = 34, head = 30, foot = 40, left = 84, gap = 24;
  const panelHeight = head + chart.rates.length * cellHeight + foot;
  const panelWidth = (view.width - gap * (columns - 1)) / columns;
  const category = (data, extra) => ({
    type: 'category', data, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false },
    axisLabel: { color: colours.soft, fontSize: 11, interval: 0 }, ...extra,
  });
  const option = { grid: [], xAxis: [], yAxis: [], series: [] };
  models.forEach(({ model, longest }, index) => {
    const x = (index % columns) * (panelWidth + gap), y = Math.floor(index / columns) * panelHeight;
    const { name } = view.look(model);
    option.grid.push({ left: x + left, width: panelWidth - left, top: y + head, height: chart.rates.length * cellHeight });
    option.xAxis.push(category(chart.live.map((mb) => `${tick(bytes(mb * 1e6))} live`), { gridIndex: index }));
    option.yAxis.push(category(chart.rates.map((mb) => `${tick(bytes(mb * 1e6))}/s`), {
      gridIndex: index, name, nameLocation: 'end', nameGap: 10, nameTextStyle: { color: colours.ink, fontSize: 13, fontWeight: 600, align: 'left', padding: [0, 0, 0, -left] },
    }));
    option.series.push({
      type: 'custom', name, xAxisIndex: index, yAxisIndex: index,
      data: longest.map((value, i) => ({
        value: [i % chart.live.length, Math.floor(i / chart.live.length)],
        words: [name, `${bytes(chart.rates[Math.floor(i / chart.live.length)] * 1e6)} allocated a second, ${bytes(chart.live[i % chart.live.length] * 1e6)} live`,
          value === null ? 'no stop seen' : `longest stop ${duration(value)}`],
      })),
      renderItem: (params, api) => {
        const [cx, cy] = api.coord([api.value(0), api.value(1)]);
        const [width, height] = api.size([1, 1]);
        const value = longest[params.dataIndex];
        return {
          type: 'rect',
          shape: { x: cx - width / 2 + 1, y: cy - height / 2 + 1, width: width - 2, height: height - 2, r: 5 },
          style: { fill: value === null ? colours.panel : colours.heat, opacity: value === null ? 1 : heat(value) },
          emphasis: { style: { stroke: colours.ink, lineWidth: 1.5 } },
          textContent: { style: { text: value === null ? '–' : duration(value), fill: colours.ink, fontSize: 11 }, silent: true },
          textConfig: { position: 'inside' },
        };
      },
    });
  });
  return { height: Math.max(1, Math.ceil(models.length / columns)) * panelHeight, option };
}
