// The live page as a reader meets it, in headless Chromium:
//   node live_test.mjs PROGRAM REFERENCE_RESULTS CHROMIUM FOLDER
// Reports are written by PROGRAM into FOLDER. Prints a line a statement; exits 1 if one is false.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { environment, events, everything, text } from './fixture.mjs';

const [program, reference, browserPath, folder] = process.argv.slice(2).map((path) => resolve(path));
const kinds = ['leaks', 'lines', 'overview', 'stops', 'surface', 'timeline', 'tradeoff', 'wall'];
let failed = 0;

function state(statement, holds, found = '') {
  console.log(`${holds ? 'ok    ' : 'FALSE '} ${statement}${holds ? '' : `: ${found}`}`);
  if (!holds) ++failed;
}

function write(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function report(name, ...options) {
  const out = join(folder, name);
  execFileSync(program, ['report', ...options, '--out', out], { stdio: ['ignore', 'ignore', 'pipe'] });
  return join(out, 'index.html');
}

/** Opens a page and keeps what went wrong on it. */
async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const trouble = { errors: [], requests: [] };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.errors.push(message.text());
  });
  page.on('pageerror', (error) => trouble.errors.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) trouble.requests.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, trouble, close: () => context.close() };
}

/** Draws all charts, also those far from the screen; [{id, kind, marks, painted}]. */
const drawn = (page) => page.evaluate(() => {
  reclaimViewer.drawAll();
  return reclaimViewer.places.map((place) => {
    const canvas = place.canvas.querySelector('canvas');
    const painted = canvas
      ? canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0)
      : place.canvas.querySelectorAll('svg path').length > 0;
    return { id: place.mount.dataset.chart, kind: place.chart.kind, marks: place.marks(), painted };
  });
});
const marksOf = (page, id) => page.evaluate((wanted) => {
  reclaimViewer.drawAll();
  return reclaimViewer.places.find((place) => place.mount.dataset.chart === wanted).marks();
}, id);

async function checkCharts(browser, name, file, wantedKinds) {
  const { page, trouble, close } = await open(browser, file);
  const charts = await drawn(page);
  const present = [...new Set(charts.map((chart) => chart.kind))].sort();
  state(`${name}: has charts of each kind that was measured`, present.join() === wantedKinds.join(), present.join());
  const blank = charts.filter(({ marks, painted }) => marks < 5 || !painted).map(({ id }) => id);
  state(`${name}: each of ${charts.length} charts is drawn and not blank`, blank.length === 0, blank.join());
  state(`${name}: no error, no warning`, trouble.errors.length === 0, trouble.errors.join('; '));
  state(`${name}: asks for nothing but itself`, trouble.requests.length === 0, trouble.requests.join());
  state(`${name}: at most 2 MB`, statSync(file).size <= 2e6, statSync(file).size);
  for (const width of [1600, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await drawn(page);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
    state(`${name}: nothing sticks out at ${width} pixels`, wide <= width, wide);
  }
  await close();
}

async function checkFilter(browser, file) {
  const { page, close } = await open(browser, file);
  const id = 'larson-wall-2';
  const all = await marksOf(page, id);
  const button = page.getByRole('button', { name: 'rc-gil:mimalloc' });
  await button.click();
  state('a model that is not chosen leaves the charts', await marksOf(page, id) < all);
  state('its button says so', await button.getAttribute('aria-pressed') === 'false');
  await button.click();
  state('chosen again, it is back', await marksOf(page, id) === all);
  const panel = page.locator('[data-threads="2"]', { has: page.locator(`[data-chart="${id}"]`) });
  await page.getByRole('group', { name: 'Threads' }).getByRole('button', { name: '2', exact: true }).click();
  state('a thread count that is not chosen has no panel', !(await panel.isVisible()));
  await page.getByRole('group', { name: 'Models' }).getByRole('button', { name: 'none' }).click();
  await page.evaluate(() => globalThis.reclaimViewer.drawAll());
  state('with no model chosen a chart says so', await page.locator('[data-chart="larson-wall-1"].empty').count() === 1);
  await close();
}

async function checkZoom(browser, file) {
  const { page, close } = await open(browser, file);
  for (const id of ['timeline-0', 'larson-tradeoff-1']) {
    const place = page.locator(`[data-chart="${id}"]`);
    await place.scrollIntoViewIfNeeded();
    await page.waitForFunction((wanted) => reclaimViewer.places.find((p) => p.mount.dataset.chart === wanted).marks() > 0, id);
    const window = () => page.evaluate((wanted) => {
      const { start, end } = reclaimViewer.places.find((p) => p.mount.dataset.chart === wanted).echart.getOption().dataZoom[0];
      return end - start;
    }, id);
    await place.getByRole('button', { name: 'closer' }).click();
    state(`${id}: the button looks closer`, Math.abs(await window() - 50) < 1, await window());
    await place.locator('.canvas').focus();
    await page.keyboard.press('+');
    state(`${id}: so does the key`, Math.abs(await window() - 25) < 1, await window());
    await page.keyboard.press('0');
    state(`${id}: and another shows all again`, await window() === 100, await window());
  }
  await close();
}

async function checkKeys(browser, file) {
  const { page, close } = await open(browser, file);
  const place = page.locator('[data-chart="larson-wall-1"]');
  await place.scrollIntoViewIfNeeded();
  await place.locator('.canvas svg').waitFor();
  await place.locator('.canvas').focus();
  await page.keyboard.press('ArrowRight');
  const first = await place.locator('[aria-live]').textContent();
  await page.keyboard.press('ArrowRight');
  const second = await place.locator('[aria-live]').textContent();
  state('arrow keys go from mark to mark and say what each is', /median .+ 95 %/.test(first) && first !== second, `${first} / ${second}`);
  await page.keyboard.press('Escape');
  state('Escape lets go', await place.locator('[aria-live]').textContent() === '');
  await close();
}

async function checkThemes(browser, file) {
  const { page, close } = await open(browser, file, { colorScheme: 'dark' });
  await drawn(page);
  const ink = () => page.evaluate(() => reclaimViewer.places[0].echart.getOption().tooltip[0].textStyle.color);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = [await ink(), await paper()];
  await page.getByRole('button', { name: 'light / dark' }).click();
  await drawn(page);
  const light = [await ink(), await paper()];
  state('the switch changes paper and charts', dark[0] !== light[0] && dark[1] !== light[1], `${dark} / ${light}`);
  await page.emulateMedia({ media: 'print' });
  state('print shows the still pictures', await page.locator('.chart > .plot').first().isVisible());
  state('and not the live ones', !(await page.locator('.canvas').first().isVisible()));
  await close();
}

async function checkWithoutScript(browser, file) {
  const { page, close } = await open(browser, file, { javaScriptEnabled: false });
  const plots = await page.locator('.chart > .plot').count();
  state('without script each still picture is there', plots > 10 && await page.locator('.chart > .plot').first().isVisible(), plots);
  state('and nothing that only a script could fill', !(await page.locator('.live-only').first().isVisible()));
  await close();
}

async function checkHostile(browser) {
  const name = '</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>';
  const records = everything().slice(1, 60).map((record) => ({ ...record, model: record.model === 'gen' ? name : record.model, workload: `<!--${name}` }));
  const file = report('hostile', write('hostile.jsonl', text([environment, ...records])));
  const { page, trouble, close } = await open(browser, file);
  await drawn(page);
  const place = page.locator('[data-chart]').nth(1);
  await place.locator('.canvas').focus();
  await page.keyboard.press('ArrowRight');
  state('names cannot inject script', await page.evaluate(() => window.hacked === undefined && document.images.length === 0));
  state('nor make the page fail', trouble.errors.length === 0, trouble.errors.join('; '));
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.foreign = 1';
    document.body.append(script);
    return window.foreign === 1;
  });
  state('the policy runs no script but the viewer', !ran);
  await close();
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const trace = write('events.json', events(100_000));
const results = write('results.jsonl', text(everything()));
const full = report('everything', results, '--events', trace);
const standard = report('reference', reference);
const timeline = join(folder, 'timeline.html');
execFileSync(program, ['timeline', trace, '-o', timeline]);

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  await checkCharts(browser, 'a report of everything', full, kinds);
  await checkCharts(browser, 'the reference report', standard, ['leaks', 'lines', 'overview', 'stops', 'tradeoff', 'wall']);
  await checkCharts(browser, 'a timeline', timeline, ['timeline']);
  await checkFilter(browser, full);
  await checkZoom(browser, full);
  await checkKeys(browser, full);
  await checkThemes(browser, full);
  await checkWithoutScript(browser, full);
  await checkHostile(browser);
} finally {
  await browser.close();
}
console.log(failed === 0 ? 'all statements hold' : `${failed} statements are false`);
process.exitCode = failed === 0 ? 0 : 1;
