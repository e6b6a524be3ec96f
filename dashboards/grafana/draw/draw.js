// Asks a Prometheus every query of every dashboard, as Grafana would, and draws what it answers: one picture each.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import UPNG from 'upng-js';

const prometheus = process.argv[2] ?? 'http://localhost:9090';
const dashboards = '../dashboards';
const pictures = '../../docs';
const width = 1440;
/** In seconds: how often Prometheus scrapes, and how far back it is searched for a training. */
const scrapeInterval = Number(process.argv[3] ?? 5);
const searched = 12 * 3600;

async function ask(path, parameters) {
  const response = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = await response.json();
  if (answer.status !== 'success') {
    throw new Error(`${path}: must be answered. Found: ${JSON.stringify(answer)} for ${JSON.stringify(parameters)}`);
  }
  return answer.data;
}

/** From the first to the last moment in which a training ran. */
async function range() {
  const times = `timestamp(lossledger_run_active == 1)[${searched}s:${scrapeInterval}s]`;
  const [from, to] = await Promise.all(
    ['min(min', 'max(max'].map((pick) => ask('query', { query: `${pick}_over_time(${times}))` })),
  );
  if (from.result.length === 0) {
    throw new Error(`lossledger_run_active: must have been scraped in the last ${searched} s. Found: nothing at ${prometheus}`);
  }
  return { from: Number(from.result[0].value[1]), to: Number(to.result[0].value[1]) };
}

const filledIn = (text, values) =>
  Object.keys(values)
    .sort((a, b) => b.length - a.length)
    .reduce((filled, name) => filled.replaceAll(`\${${name}}`, values[name]).replaceAll(`$${name}`, values[name]), text);

/** What Grafana chooses when a dashboard is opened: all where all may be chosen, else what the file names, else the first of the list. */
async function chosen(variables, span) {
  const values = { datasource: 'LossLedger', __range: `${Math.ceil(span.to - span.from)}s` };
  for (const { name, type, query, sort, includeAll, allValue, regex, current } of variables) {
    if (type === 'query') {
      const found = await options(filledIn(query.query, values), regex, span);
      const sorted = sort === 2 ? found.reverse() : found;
      values[name] = includeAll ? allValue : (sorted.find((value) => value === current.value) ?? sorted[0]);
    }
  }
  return values;
}

async function options(question, regex, span) {
  const [, match, label] = question.match(/^label_values\((.*), (\w+)\)$/) ?? [];
  if (match) {
    return ask(`label/${label}/values`, { 'match[]': match, start: span.from, end: span.to });
  }
  const [, query] = question.match(/^query_result\((.*)\)$/);
  const { result } = await ask('query', { query, time: span.to });
  const lines = result.map(({ metric }) => Object.entries(metric).map(([key, value]) => `${key}="${value}"`).join(','));
  return lines.map((line) => line.match(new RegExp(regex.slice(1, -1)))[1]);
}

async function answers(panel, values, span) {
  const seconds = span.to - span.from;
  const points = (panel.gridPos.w / 24) * width;
  const step = Math.max(scrapeInterval, Math.ceil(seconds / points));
  const filled = {
    ...values,
    __rate_interval: `${Math.max(step + scrapeInterval, 4 * scrapeInterval)}s`,
    __range: `${Math.ceil(seconds)}s`,
    __interval: `${step}s`,
  };
  return Promise.all(
    panel.targets.map(async (target) => {
      const query = filledIn(target.expr, filled);
      const data = target.instant
        ? await ask('query', { query, time: span.to })
        : await ask('query_range', { query, start: span.from, end: span.to, step });
      return { ...target, step, series: data.result };
    }),
  );
}

/** As Grafana opens a dashboard: of a collapsed row only its title, and what is below moves up. */
function opened(panels) {
  let hidden = 0;
  return panels.map((panel) => {
    const moved = { ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y - hidden } };
    if (panel.collapsed) {
      hidden += Math.max(...panel.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) - panel.gridPos.y - 1;
    }
    return moved;
  });
}

const bundle = await build({
  entryPoints: ['page.jsx'],
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
  outdir: 'build',
  logLevel: 'error',
});
const script = bundle.outputFiles.find((file) => file.path.endsWith('.js')).text;
const style = bundle.outputFiles.find((file) => file.path.endsWith('.css'))?.text ?? '';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
let faults = 0;
try {
  const span = await range();
  for (const file of readdirSync(dashboards)) {
    const dashboard = JSON.parse(readFileSync(`${dashboards}/${file}`, 'utf8'));
    const values = await chosen(dashboard.templating.list, span);
    const panels = await Promise.all(
      opened(dashboard.panels).map(async (panel) => (panel.targets ? { ...panel, answers: await answers(panel, values, span) } : panel)),
    );
    const page = await browser.newPage({ viewport: { width, height: 900 }, timezoneId: 'UTC', locale: 'en-GB' });
    page.on('pageerror', (error) => console.log(`${file}: ${error}`, ++faults));
    page.on('console', (message) => message.type() === 'error' && console.log(`${file}: ${message.text()}`, ++faults));
    const body = `<html><head><style>${style}</style></head><body><div id="root"></div></body></html>`;
    await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('http://localhost/'); // nothing is asked: but a page without an address has no storage, which the library reads
    const input = { title: dashboard.title, variables: dashboard.templating.list, values, span, width, panels };
    await page.evaluate((drawn) => (window.drawn = drawn), input);
    await page.addScriptTag({ type: 'module', content: script });
    await page.waitForSelector('[data-drawn]');
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(1500); // the charts follow frame by frame, and tell nobody when they are done
    const picture = `${pictures}/grafana-${file.replace('lossledger-', '').replace('.json', '.png')}`;
    const drawn = UPNG.decode(await page.screenshot({ fullPage: true }));
    const colors = 256; // of a palette: a third of the bytes
    writeFileSync(picture, Buffer.from(UPNG.encode(UPNG.toRGBA8(drawn), drawn.width, drawn.height, colors)));
    await page.close();
    console.log(picture);
  }
} finally {
  await browser.close();
}
process.exitCode = faults > 0 ? 1 : 0;
