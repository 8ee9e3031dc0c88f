// Numbers for people, as the program itself writes them: three significant digits and a unit.

const timeUnits = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']];
const byteUnits = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB'], [1, 'B']];

const decimals = (value) => (value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);

function withUnit(units, value) {
  if (value === 0) return '0';
  const [size, name] = units.find(([size]) => value >= 0.9995 * size) ?? units.at(-1);
  return `${(value / size).toFixed(name === 'B' ? 0 : decimals(value / size))} ${name}`;
}

export const duration = (seconds) => withUnit(timeUnits, seconds);
export const bytes = (count) => withUnit(byteUnits, count);
export const count = (number) => Math.round(number).toLocaleString('en-US');
export const ratio = (value) => `${value.toFixed(decimals(value))}×`;
export const percent = (share) => `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** What a unit of the data is called there, and how it is written. */
export const shown = { s: duration, B: bytes, n: count, x: ratio, '%': percent };

/** A tick's value without needless zeros: "50 ms", not "50.0 ms"; "2×", not "2.00×". */
export const tick = (text) => text.replace(/\.0+(?=\D|$)/, '');

/** "1 thread", "2 threads". */
export const counted = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;
