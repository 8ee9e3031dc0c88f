// A results file with every field that a chart is drawn from, and a file of events: small, made the
// same way each time, plausible but measured nowhere.

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const models = [
  // model, allocator, time, memory, speed-up by doubling the threads, stops: cause, median, spread
  ['null', null, 0.8, 9, 1.7, []],
  ['manual', 'glibc', 1.9, 1.1, 1.8, []],
  ['manual', 'mimalloc', 1, 1, 1.95, []],
  ['manual', 'jemalloc', 1.6, 1.2, 1.9, []],
  ['rc-gil', 'mimalloc', 2.3, 1.2, 0.95, [['gil_wait', 2e-3, 1.2], ['cycle_gc', 4e-5, 1]]],
  ['rc-atomic', 'mimalloc', 1.7, 1.15, 1.5, [['free_cascade', 2e-6, 1.6]]],
  ['gen', null, 0.7, 2.6, 1.75, [['minor_gc', 4e-4, 0.8], ['major_gc', 4e-3, 0.5]]],
];
const quantiles = (values) => {
  const at = (share) => values[Math.min(values.length - 1, Math.floor(share * values.length))];
  return { p50_s: at(0.5), p90_s: at(0.9), p99_s: at(0.99), p999_s: at(0.999), max_s: values.at(-1) };
};

function lengths(next, count, median, spread) {
  return Array.from({ length: count }, () => median * Math.exp(spread * 1.5 * (next() + next() + next() - 1.5)))
    .sort((a, b) => a - b);
}

function histogram(values) {
  const buckets = new Map();
  for (const value of values) {
    const bucket = Math.round(10 ** (Math.round(Math.log10(value * 1e9) * 20) / 20));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return [...buckets].sort((a, b) => a[0] - b[0]);
}

function stopsOf(next, causes, threads, factor) {
  const stops = {};
  for (const [cause, median, spread] of causes) {
    if (cause === 'gil_wait' && threads === 1) continue;
    const values = lengths(next, cause === 'major_gc' ? 12 : 400, median * factor, spread);
    stops[cause] = {
      count: values.length, total_s: values.reduce((sum, value) => sum + value, 0), ...quantiles(values), histogram: histogram(values),
    };
    delete stops[cause].p999_s;
  }
  return stops;
}

/** Resident memory: a saw-tooth for a collector, a ramp for one that never frees. */
function series(next, model, wall, peak) {
  return Array.from({ length: 120 }, (_, i) => {
    const share = i / 119;
    const level = model === 'null' ? share : model === 'gen' ? 0.45 + 0.55 * ((share * 9) % 1) : Math.min(1, share * 6);
    return [share * wall, Math.round(peak * (0.15 + 0.85 * level) * (1 - 0.01 * next()))];
  });
}

function cell(next, [model, allocator, time, memory, speedUp, causes], workload, threads, round, more = {}) {
  const noise = () => 1 + 0.04 * (next() + next() - 1);
  const factor = workload === 'larson' && model === 'gen' ? 4 : 1;
  const heap = more.heap ? Number.parseFloat(more.heap) : 3;
  const tight = model === 'gen' ? 1 + 0.8 / (heap - 0.9) : 1;
  const wall = 0.08 * time * factor * tight * noise() * threads / speedUp ** Math.log2(threads);
  const peak = Math.round((4e6 + 2e7 * memory * (model === 'gen' ? heap / 3 : 1)) * noise());
  const leaked = workload === 'cycles' && model === 'rc-atomic' ? 20000 : 0;
  const pressure = more.params ? (more.params.live_mb / 16) ** (model === 'gen' ? 0.9 : 0.1) : 1;
  return {
    kind: 'cell', schema: 1, model, allocator, workload, size: 'standard', params: { depth: 16 }, threads, round, warmup: 0,
    heap: null, heap_limit_bytes: null, status: 'ok', message: '', wall_s: wall, user_s: wall * threads * 0.9, sys_s: 0.01, ops: 1000000,
    checksum: '0x0123456789abcdef', peak_rss_bytes: peak, baseline_rss_bytes: 4000000, work_scaling: 'per_thread',
    census: model === 'null'
      ? { allocated_objects: 1000000, allocated_bytes: 32000000, reclaimed_objects: 0, reclaimed_bytes: 0, leaked_objects: null, leaked_bytes: null, unreclaimed_objects: 1000000, unreclaimed_bytes: 32000000 }
      : { allocated_objects: 1000000, allocated_bytes: 32000000, reclaimed_objects: 1000000 - leaked, reclaimed_bytes: 32000000 - 32 * leaked, leaked_objects: leaked, leaked_bytes: 32 * leaked },
    stops: stopsOf(next, causes, threads, factor * pressure), planted_leaks: 0, expected_leaks: leaked,
    mmu: causes.length ? [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1].map((window_s) => ({ window_s, utilisation: Math.max(0, 1 - causes[0][1] * 8 / window_s) * 0.97 })) : [],
    rss_series: series(next, model, wall, peak),
    ...more,
  };
}

function latency(next, model) {
  const simple = lengths(next, 3000, model === 'rc-gil' ? 4e-5 : 6e-6, 1.5);
  const slower = (factor) => Object.fromEntries(Object.entries(quantiles(simple)).map(([name, value]) => [name, value * factor]));
  return { count: 3000, simple: quantiles(simple), metered: [{ window_s: null, ...slower(3) }], open_loop: { rate_per_s: 50000, load: 0.7, ...slower(9) } };
}

export const environment = {
  kind: 'environment', schema: 1, reclaim_version: '0.1.0', git: 'v0.1.0', build: { compiler: 'g++ 12.2.0', flags: '-O2', type: 'Release', checked: false },
  machine: { cpu: 'Example CPU @ 2.60GHz', cores: 2, memory_bytes: 8321499136, kernel: 'Linux 6.1.0', thp: 'madvise', os: 'Debian GNU/Linux 12' },
  allocators: { glibc: '2.36' }, seed: 42, started: '2024-05-04T10:20:30Z', command: 'reclaim report', planned_cells: 0,
};

export const text = (records) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** Every kind of chart has something to draw in it. */
export function everything() {
  const next = random(7);
  const records = [environment];
  for (let round = 0; round < 6; ++round) {
    for (const model of models) {
      for (const threads of [1, 2, 4]) {
        for (const workload of ['larson', 'cycles', 'lru-cache']) {
          records.push(cell(next, model, workload, threads, round, workload === 'lru-cache' ? { latency: latency(next, model[0]) } : {}));
        }
      }
      for (const heap of model[0] === 'gen' ? ['1.5x', '2x', '3x', '6x'] : [null]) {
        records.push(cell(next, model, 'gcbench', 1, round, { heap, heap_limit_bytes: heap ? Number.parseFloat(heap) * 8e6 : null }));
      }
    }
  }
  for (const rate_mb_s of [50, 200, 800]) {
    for (const live_mb of [16, 64, 256]) {
      for (const model of models) records.push(cell(next, model, 'pressure', 2, 0, { params: { rate_mb_s, live_mb } }));
    }
  }
  return records;
}

/** Events as `run --events` writes them: `count` hand-overs of a lock between three threads. */
export function events(count) {
  const next = random(11);
  const lines = ['[', JSON.stringify({ name: 'process_name', ph: 'M', pid: 1, args: { name: 'rc-gil:mimalloc counter', dropped_events: 0 } }) + ','];
  let at = 0;
  const add = (tid, name, ts, dur, let_go) =>
    lines.push(JSON.stringify({ name, ph: 'X', pid: 1, tid, ts: Math.round(ts * 1e3) / 1e3, dur: Math.round(dur * 1e3) / 1e3, ...(let_go ? { args: { let_go } } : {}) }) + ',');
  for (let i = 0; i < count / 2; ++i) {
    const holder = 1 + (i % 3);
    const length = 20 + 60 * next() ** 4 + (i % 5000 === 77 ? 4000 : 0);
    add(holder, 'holds the lock', at, length, 'asked');
    add(1 + ((i + 1) % 3), i % 97 === 5 ? 'cycle_gc' : 'gil_wait', at + 0.5, length - 0.5);
    at += length;
  }
  return `${lines.join('\n')}\n]\n`;
}
