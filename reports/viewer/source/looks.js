// How a model looks: colour by family, as in the page's style sheet; symbol and dash tell the
// models of one family apart, so that colour never stands alone.

const dashes = ['solid', [7, 3], [2, 3], [9, 3, 2, 3]];

const shapes = [
  'M10 5A5 5 0 1 1 0 5 5 5 0 1 1 10 5z', // circle
  'M5-.500 10.500 5 5 10.500-.500 5z', // diamond
  'M5 0 10 9H0z', // triangle
  'M.700.700h8.600v8.600H.700z', // square
  'M0 1h10L5 10z', // triangle, upside down
  'M3.300 0h3.400v3.300H10v3.400H6.700V10H3.300V6.700H0V3.300h3.300z', // cross
  'M5 0l5 3.800L8.100 10H1.900L0 3.800z', // pentagon
];

/** Looks of all models: {name, variable, path, symbol, dash}; `variable` is of the style sheet. */
export function looksOf(models) {
  const seen = new Map();
  return models.map(({ name, colour }, index) => {
    const nth = seen.get(colour) ?? 0;
    seen.set(colour, nth + 1);
    const path = shapes[index % shapes.length];
    return {
      name,
      variable: colour === 'quiet' ? '--fq' : `--${colour}`,
      path,
      symbol: `path://${path}`,
      dash: dashes[nth % dashes.length],
    };
  });
}
