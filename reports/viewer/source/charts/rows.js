// A chart of labelled rows with time or a count to the right: what wall times, stops and leaks
// share. Each row is one mark, as wide as the chart, so that it is easy to hit.
import { axisOf } from '../axis.js';

/** Margins that names and values stand in. */
export const margins = (view) => ({ left: view.narrow ? 142 : 170, right: view.narrow ? 58 : 70 });

/**
 * rows: [{name, minor?, value, words, draw(place, y)}]; `draw` gives graphics, `place` turns a value
 * into pixels. `values`: all that the axis must cover.
 */
export function rowsChart(view, rows, dimension, values, rowHeight, options = {}) {
  const { colours } = view;
  const { left, right } = margins(view);
  const bottom = 26;
  const wide = Math.max(view.width - left - right, 60);
  const axis = axisOf(dimension, values, colours, { wanted: Math.max(3, Math.min(6, Math.floor(wide / 74))), ...options });
  const label = (row) => (row.minor ? `${row.name}\n{minor|${row.minor}}` : row.name);
  const category = {
    type: 'category',
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
  return {
    height: rows.length * rowHeight + bottom + 4,
    option: {
      grid: { left, right, top: 2, bottom, containLabel: false },
      xAxis: axis,
      yAxis: [
        {
          ...category,
          data: rows.map(label),
          axisLabel: {
            color: colours.ink, fontSize: view.narrow ? 11 : 12, lineHeight: 13, interval: 0, width: left - 12, overflow: 'truncate',
            rich: { minor: { color: colours.soft, fontSize: 11, lineHeight: 13, align: 'right' } },
          },
        },
        {
          ...category,
          position: 'right',
          data: rows.map((row) => row.value),
          axisLabel: { color: colours.ink, fontSize: 12, interval: 0 },
        },
      ],
      series: [
        {
          type: 'custom',
          clip: false,
          data: rows.map((row, index) => ({ value: [values[0], index], words: row.words })),
          renderItem: (params, api) => {
            const row = rows[params.dataIndex];
            const area = params.coordSys;
            const y = api.coord([axis.min > 0 ? axis.min : 0, params.dataIndex])[1];
            const place = (value) => {
              const x = api.coord([dimension.log ? Math.max(value, axis.min) : value, params.dataIndex])[0];
              return Math.min(Math.max(x, area.x), area.x + area.width);
            };
            return {
              type: 'group',
              children: [
                {
                  type: 'rect',
                  shape: { x: 0, y: y - rowHeight / 2, width: view.width, height: rowHeight, r: 4 },
                  style: { fill: 'rgba(0,0,0,0)' },
                  emphasis: { style: { fill: colours.line, opacity: 0.45 } },
                },
                ...row.draw(place, y, area),
              ],
            };
          },
        },
      ],
    },
  };
}

/** Graphics. All are silent: the row itself is what is pointed at. */
export const bar = (x, y, width, height, fill, opacity) => ({
  type: 'rect', silent: true, shape: { x, y, width: Math.max(width, 0.5), height, r: 1.5 }, style: { fill, opacity },
});
export const line = (x1, y1, x2, y2, stroke, width = 1.5, opacity = 1) => ({
  type: 'line', silent: true, shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: width, opacity },
});
export const dot = (cx, cy, r, fill, opacity = 1) => ({
  type: 'circle', silent: true, shape: { cx, cy, r }, style: { fill, opacity },
});
export const ring = (cx, cy, r, stroke, fill, width = 1.5) => ({
  type: 'circle', silent: true, shape: { cx, cy, r }, style: { fill, stroke, lineWidth: width },
});
export const diamond = (x, y, r, fill) => ({
  type: 'polygon', silent: true, shape: { points: [[x, y - r], [x + r * 0.75, y], [x, y + r], [x - r * 0.75, y]] }, style: { fill },
});
