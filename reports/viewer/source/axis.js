// Axes: round ticks on linear and logarithmic scales, and their common look.
import { shown, tick } from './format.js';

const nearlyEqual = 1e-9;

function logTicks(low, high, wanted) {
  const inside = (steps) => {
    const ticks = [];
    for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); ++exponent) {
      for (const step of steps) {
        const value = step * 10 ** exponent;
        if (value >= low * (1 - nearlyEqual) && value <= high * (1 + nearlyEqual)) ticks.push(value);
      }
    }
    return ticks;
  };
  let ticks = [];
  for (const steps of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    ticks = inside(steps);
    if (ticks.length <= wanted) return ticks;
  }
  const keep = Math.ceil(ticks.length / wanted);
  return ticks.filter((_, index) => index % keep === 0);
}

function linearTicks(high, wanted) {
  const power = 10 ** Math.floor(Math.log10(high / wanted));
  const step = [1, 2, 5, 10].map((s) => s * power).find((s) => s * wanted >= high * (1 - nearlyEqual));
  const ticks = [];
  for (let i = 0; i * step <= high * (1 + nearlyEqual); ++i) ticks.push(i * step);
  return ticks;
}

function extent(values, logarithmic) {
  const usable = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  return usable.length ? [Math.min(...usable), Math.max(...usable)] : [1, 1];
}

/**
 * An axis that covers `values`. `decades`: least width of a logarithmic one.
 * `dimension`: {name, unit, log, least, most, ticks} as in the page's data.
 */
export function axisOf(dimension, values, colours, { wanted = 5, decades = 0.5 } = {}) {
  const format = (value) => tick(shown[dimension.unit](value));
  const words = dimension.ticks && new Map(dimension.ticks);
  let [low, high] = extent(values, dimension.log);
  low = dimension.least ?? low;
  high = dimension.most ?? high;
  if (dimension.log) {
    const missing = Math.max(0, decades - Math.log10(high / low)) / 2;
    const pad = 0.06 * Math.max(decades, Math.log10(high / low));
    low *= 10 ** -(missing + pad);
    high *= 10 ** (missing + pad);
  } else if (words) {
    const pad = (high - low) * 0.06;
    low -= pad;
    high += pad;
  } else {
    low = 0;
    high = high > 0 ? high * 1.02 : 1;
  }
  const ticks = words ? [...words.keys()] : dimension.log ? logTicks(low, high, wanted) : linearTicks(high, wanted);
  return {
    type: dimension.log ? 'log' : 'value',
    min: low,
    max: high,
    axisLine: { show: false },
    axisTick: { show: false, customValues: ticks },
    axisLabel: {
      color: colours.soft,
      fontSize: 11,
      customValues: ticks,
      hideOverlap: true,
      formatter: (value) => words?.get(value) ?? format(value),
    },
    splitLine: { show: true, lineStyle: { color: colours.grid }, customValues: ticks },
    minorSplitLine: { show: false },
  };
}

/** The name at the end of a horizontal axis, or above a vertical one. */
export const named = (axis, name, colours, vertical) => ({
  ...axis,
  name: vertical ? `${name} ↑` : `${name} →`,
  nameLocation: vertical ? 'end' : 'middle',
  nameGap: vertical ? 12 : 26,
  nameTextStyle: { color: colours.soft, fontSize: 11, align: vertical ? 'left' : 'center', padding: vertical ? [0, 0, 0, -44] : 0 },
});
