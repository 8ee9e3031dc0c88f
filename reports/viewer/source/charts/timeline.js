// Who ran, waited and collected: a row a thread, bars to the right. Bars that stand for many say so.
import { tick, count, duration } from '../format.js';

const rowHeight = 30, barHeight = 18;
const us = 1e-6;

/** Each kind has a colour and a height of its own: colour never stands alone. */
function lookOf(word, colours) {
  if (word === 'holds the lock') return { fill: colours.hold, height: barHeight };
  if (word === 'gil_wait') return { fill: colours.wait, height: barHeight / 3 };
  if (word === 'monitor_wait') return { fill: colours.lock, height: barHeight / 3 };
  return { fill: colours.collect, height: barHeight };
}

function wordsOf(chart, [row, word, begin, length, ...more]) {
  const title = `${chart.rows[row]}: ${chart.words[word]}`;
  const from = `from ${duration(begin * us)}`;
  if (typeof more[0] === 'number') {
    return [title, `${count(more[0])} times, ${duration(more[1] * us)} in all`, `the longest ${duration(more[2] * us)}`, `${from}, within ${duration(length * us)}`];
  }
  return [title, `${duration(length * us)} ${from}`, ...(more[0] ? [`lets go: ${more[0]}`] : [])];
}

export function timeline(chart, view) {
  const { colours } = view;
  const left = 74, right = 20;
  const words = chart.words;
  const legend = [...new Map(words.map((word) => [word, lookOf(word, colours)]))];
  return {
    height: 34 + chart.rows.length * rowHeight + 84,
    renderer: 'canvas',
    legend: legend.map(([word, { fill, height }]) => ({ word, fill, low: height < barHeight })),
    words: (index) => wordsOf(chart, chart.bars[index]),
    option: {
      animation: false,
      grid: { left, right, top: 8, bottom: 72 },
      xAxis: {
        type: 'value', min: 0, max: chart.end * us,
        axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: colours.soft, fontSize: 11, hideOverlap: true, showMaxLabel: false, formatter: (value) => tick(duration(value)) },
        splitLine: { lineStyle: { color: colours.grid } },
      },
      yAxis: {
        type: 'category', inverse: true, data: chart.rows, axisLine: { show: false }, axisTick: { show: false },
        axisLabel: { color: colours.ink, fontSize: 12, interval: 0 }, splitLine: { show: false },
      },
      dataZoom: [
        { type: 'inside', filterMode: 'weakFilter', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true },
        { type: 'slider', filterMode: 'weakFilter', bottom: 8, height: 26, showDataShadow: false, brushSelect: false,
          borderColor: colours.line, fillerColor: 'rgba(128,128,128,.18)', textStyle: { color: colours.soft, fontSize: 11 },
          labelFormatter: (value) => duration(value) },
      ],
      series: [{
        type: 'custom',
        clip: true,
        dimensions: ['row', 'begin', 'end'],
        encode: { x: [1, 2], y: 0 },
        data: chart.bars.map(([row, , begin, length]) => [row, begin * us, (begin + length) * us]),
        renderItem: (params, api) => {
          const [x, y] = api.coord([api.value(1), api.value(0)]);
          const end = api.coord([api.value(2), api.value(0)])[0];
          const { fill, height } = lookOf(words[chart.bars[params.dataIndex][1]], colours);
          const area = params.coordSys;
          const from = Math.max(x, area.x), to = Math.min(Math.max(end, x + 1), area.x + area.width);
          if (to <= from) return null;
          return {
            type: 'rect',
            shape: { x: from, y: y + barHeight / 2 - height, width: to - from, height },
            style: { fill, opacity: height < barHeight ? 0.75 : 1 },
            emphasis: { style: { stroke: colours.ink, lineWidth: 1 } },
          };
        },
      }],
    },
  };
}
