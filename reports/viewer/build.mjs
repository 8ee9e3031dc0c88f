// Builds the viewer into one file: node build.mjs OUT. The same sources and lock file give the same
// bytes.
import { build } from 'esbuild';

const [out] = process.argv.slice(2);
if (!out) {
  console.error('build.mjs: where to? node build.mjs dist/viewer.js');
  process.exit(2);
}
await build({
  entryPoints: [new URL('source/main.js', import.meta.url).pathname],
  outfile: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'none',
  banner: {
    js: '/* The viewer of reclaim\'s reports, and Apache ECharts 6 (echarts.apache.org); both under the Apache License 2.0. */',
  },
  logLevel: 'warning',
});
