// A Prometheus that finds tasks by Marathon's API and scrapes them, and the scheduler's own metrics there and at a StatsD server.
import t from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { ask } from '../support/http.js';
import { startPrometheus, withoutPrometheus } from './support/prometheus.js';
import { startStatsdSink } from './support/statsd-sink.js';

t.setTimeout(300_000);

/** An app whose tasks have metrics of their own: a gauge that is always 42. */
const measuredCommand = `exec '${process.execPath}' -e '${[
  'const text = "# HELP answer What it is\\n# TYPE answer gauge\\nanswer 42\\n";',
  'require("http").createServer((_, a) => a.setHeader("content-type", "text/plain").end(text)).listen(+process.env.PORT0, process.env.HOST);',
].join(' ')}'`;

/** `promtool check metrics` dislikes these kinds of names; they are Marathon's, whose dashboards shall go on working. */
const namesOfMarathon = [
  /metric name should not include type '(?:gauge|counter|histogram)'$/,
  /counter metrics should have "_total" suffix$/,
  /non-histogram and non-summary metrics should not have "_count" suffix$/,
];

t.test('metrics of tasks and of the scheduler, for Prometheus and StatsD', async (t) => {
  const statsd = await startStatsdSink(t);
  const bundle = await startBundle(t, [
    '--metrics_statsd',
    '--metrics_statsd_host=127.0.0.1',
    `--metrics_statsd_port=${statsd.port}`,
    '--metrics_statsd_transmission_interval_ms=500',
  ]);
  await bundle.postApp({
    id: '/shop/measured',
    cmd: measuredCommand,
    cpus: 0.1,
    mem: 32,
    instances: 2,
    labels: { 'team-name': 'blue' },
    portDefinitions: [{ port: 0, protocol: 'tcp', name: 'http', labels: { metrics: '/metrics' } }],
  });
  await bundle.waitForDeployments();

  await t.test(
    'Prometheus finds the tasks of a running bundle and scrapes them',
    { skip: withoutPrometheus },
    async (t) => {
      const prometheus = await startPrometheus(t, [
        {
          job_name: 'tasks',
          marathon_sd_configs: [{ servers: [`http://127.0.0.1:${bundle.ports.http}`], refresh_interval: '1s' }],
        },
        {
          job_name: 'scheduler',
          metrics_path: '/metrics/prometheus',
          static_configs: [{ targets: [`127.0.0.1:${bundle.ports.http}`] }],
        },
      ]);
      /** Waits until exactly the tasks that run are scraped. */
      const scraped = (count: number) =>
        waitFor(
          `${count} targets to be up`,
          async () => {
            const tasks = await bundle.tasks('shop/measured');
            const targets = await prometheus.targets('tasks');
            const addresses = tasks.map(({ host, ports: [port] }) => `http://${host}:${port}/metrics`).sort();
            if (targets.map(({ scrapeUrl }) => scrapeUrl).join() !== addresses.join() || targets.length !== count) {
              throw new Error(`found ${JSON.stringify(targets)}, wanted ${addresses.join()}`);
            }
            const down = targets.find(({ health }) => health !== 'up');
            if (down !== undefined) throw new Error(`${down.scrapeUrl} is ${down.health}: ${down.lastError}`);
            return { tasks, targets };
          },
          { withinMs: 60_000, everyMs: 200 },
        );

      const { tasks, targets } = await scraped(2);
      for (const target of targets) {
        const address = target.discoveredLabels['__address__'];
        const task = tasks.find(({ host, ports: [port] }) => `${host}:${port}` === address);
        t.match(target.discoveredLabels, {
          __meta_marathon_app: '/shop/measured',
          __meta_marathon_app_label_team_name: 'blue',
          __meta_marathon_task: task?.id,
          __meta_marathon_port_index: '0',
          __meta_marathon_port_definition_label_metrics: '/metrics',
        });
      }
      await waitFor('what the tasks say', async () => {
        const series = await prometheus.query('sum(answer{job="tasks"})');
        return series[0]?.value === 84;
      });

      t.equal((await bundle.api('PUT', '/v2/apps/shop/measured', { instances: 1 })).status, 200);
      t.equal((await scraped(1)).targets.length, 1, 'a task that is gone is not scraped any more');

      await waitFor('the scheduler itself to be scraped', async () => {
        const [own] = await prometheus.targets('scheduler');
        if (own?.health !== 'up') throw new Error(`${own?.health}: ${own?.lastError}`);
        return true;
      });
      await waitFor('its metrics', async () => {
        const [up] = await prometheus.query('up{job="scheduler"}');
        const [apps] = await prometheus.query('marathon_apps_active_gauge');
        const [running] = await prometheus.query('marathon_instances_running_gauge');
        return up?.value === 1 && apps?.value === 1 && running?.value === 1;
      });
      const all = await prometheus.query('count({__name__=~"marathon_.+"})');
      t.ok((all[0]?.value ?? 0) > 100, `${all[0]?.value} series`);
      t.match((await prometheus.query('marathon_tasks_launched_counter'))[0], { value: 2 });
    },
  );

  await t.test('promtool has nothing against our text but the names', { skip: withoutPrometheus }, async (t) => {
    const { headers, text } = await ask(bundle.ports.http, '/metrics/prometheus');
    t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
    const checked = await runCommand('promtool', ['check', 'metrics'], { input: text, timeoutMs: 30_000 });
    t.ok(
      checked.exitCode === 0 || checked.exitCode === 3,
      `exit status ${checked.exitCode}: 1 would be an error of syntax`,
    );
    const others = `${checked.stdout}${checked.stderr}`
      .split('\n')
      .filter((line) => line !== '' && !namesOfMarathon.some((kind) => kind.test(line)));
    t.same(others, []);
  });

  await t.test('StatsD hears of what happens', async (t) => {
    const { apps } = (await bundle.api('GET', '/v2/apps')).body as { apps: { instances: number }[] };
    const before = apps[0]?.instances;
    await waitFor('the app that runs', () => statsd.gauges.get('marathon.instances.running.gauge') === before);
    t.equal(statsd.gauges.get('marathon.apps.active.gauge'), 1);
    await bundle.postApp({ id: '/more', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 3 });
    await waitFor(
      'three more tasks of a second app',
      () =>
        statsd.gauges.get('marathon.instances.running.gauge') === (before ?? 0) + 3 &&
        statsd.gauges.get('marathon.apps.active.gauge') === 2,
    );
    // UDP may lose what is pushed once, so that the sum is not asserted
    await waitFor('launches', () => (statsd.counters.get('marathon.tasks.launched.counter') ?? 0) > 0);
    t.ok(statsd.gauges.has('marathon.http.requests.post.duration.timer.seconds.p99'), 'the parts of a timer');
    t.same(statsd.strange, []);
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
