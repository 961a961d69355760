import { measureApi } from './api.js';
import { measureDns } from './dns.js';
import { measureLatency } from './latency.js';
import { measureLb } from './lb.js';
import { measureScheduler } from './scheduler.js';
import { measureStore } from './store.js';
import { measureUi } from './ui.js';

const benchmarks: Readonly<
  Record<string, { readonly text: string; readonly run: (args: readonly string[]) => Promise<void> }>
> = {
  api: {
    text: "Marathon's API against bounds of the same run [apps, default 10000] [parts: growth reads changes groups streams waiting, default all]",
    run: measureApi,
  },
  dns: {
    text: 'the name server under load, next to nsd and to a bare socket [seconds of a run, default 3] [parts: queries latency workers memory reload events fuzz, default all]',
    run: measureDns,
  },
  latency: {
    text: 'status update persisted → DNS answers, → HAProxy routes [changes, default 200] [pause between them in ms, default 1500]',
    run: measureLatency,
  },
  lb: {
    text: 'the load balancer with a real HAProxy: a change of one server, reloads, a storm [numbers of apps, default 10 100 1000 5000]',
    run: measureLb,
  },
  scheduler: {
    text: 'launches, status updates and reconciliation with simulated agents, and the core alone [parts: launching updates core, default all]',
    run: measureScheduler,
  },
  store: {
    text: 'the store in ZooKeeper next to the embedded one: commits, load at start, checkpoints [apps, default 1000]',
    run: measureStore,
  },
  ui: {
    text: 'what the web interface reads, the first list and what changes cost; the list in Chromium [apps, default 10000] [parts: rows snapshots changes browser, default all]',
    run: measureUi,
  },
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined) {
  console.log('npm run bench -- NAME [options]\n');
  for (const [known, { text }] of Object.entries(benchmarks)) console.log(`  ${known.padEnd(10)}${text}`);
  process.exitCode = name === '' ? 0 : 2;
} else {
  await benchmark.run(args);
}
