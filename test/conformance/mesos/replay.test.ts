// Plays recorded requests of a real framework and a real operator to the embedded cluster: the statuses of its answers, the types
// of its events and their fields have to be those that the real master gave.
import { join } from 'node:path';
import t from 'tap';
import { startCluster } from '../../../src/cluster/start.js';
import { silentLogger } from '../../../src/common/logger.js';
import { freePort } from '../../support/ports.js';
import { sharedPath } from '../../support/shared.js';
import { readRecording } from './recording.js';
import { Replay } from './replay.js';

const recordings = sharedPath('recordings/mesos');

/** The recordings that are played, with the differences that are meant, each with its reason. */
const files: Readonly<Record<string, readonly { readonly is: RegExp; readonly because: string }[]>> = {
  '01-subscribe-heartbeat-offers-decline-suppress-revive': [],
  '03-task-failed-exit-code-signal-bad-command-fetch-failure-invalid': [
    { is: /^UPDATE fails-fetch.1 TASK_FAILED /, because: 'says why a file could not be fetched' },
  ],
  '04-kill-with-kill_policy-killing-killed': [],
  '06-launch-group-default-executor-pod': [
    {
      is: /^OFFERS .* has executor_ids/,
      because: 'freed resources are offered at once, a moment before the executor has ended',
    },
    {
      is: /^UPDATE pod_a\.0c1\w\.\w+ TASK_STARTING: (lacks|has) update.status.container_status.(network_infos|executor_pid)/,
      because: 'there by chance: whether the container was up when the status was made',
    },
  ],
  '07-reconcile-explicit-implicit-unknown': [],
  '08-reserve-create-persistent-volume-reoffer-launch-destroy-unreserve': [
    { is: /^OFFERS .* of 0.4 cpus for dev/, because: 'freed resources are offered at once, here to the other role' },
  ],
  '09c-operator-MARK_AGENT_GONE': [],
  '10-errors-status-codes-stream-id-framework-id-content-type': [
    { is: /Failed to parse body into JSON/, because: 'the words of another JSON parser' },
    { is: /Failed to parse body into Call protobuf/, because: 'adds that only JSON is read' },
  ],
  '11-failover-disconnect-resubscribe': [
    { is: /lacks completed_frameworks/, because: 'that master had known other frameworks before' },
  ],
  '13-rescind-by-operator-reserve': [],
  '14-maintenance-inverse-offers-drain-agent': [],
  '20-operator-teardown-several-offers-and-operations-in-one-accept-message-request': [],
};

const skip = recordings === undefined ? 'recordings/mesos is not there' : false;

t.test('recorded requests', { skip, timeout: 300_000 }, async (t) => {
  // The recordings wait for tasks most of the time: all at once takes as long as the longest.
  const results = await Promise.all(
    Object.entries(files).map(async ([file, meant]) => {
      const masterPort = await freePort();
      const handle = await startCluster(
        {
          host: '127.0.0.1',
          hostname: '127.0.0.1',
          masterPort,
          agentPort: await freePort(),
          workDir: join(t.testdir({ [file]: {} }), file),
          resources: 'cpus:2;mem:4096;disk:10000;ports:[31000-31999]',
          attributes: 'rack:r1;zone:a',
        },
        {
          logger: silentLogger,
          fatal: (error) => {
            throw error;
          },
        },
      );
      const result = await new Replay(`http://127.0.0.1:${masterPort}`).play(
        readRecording(join(recordings ?? '', `${file}.jsonl`)),
      );
      await handle.stop('everything');
      return { file, meant, ...result };
    }),
  );
  let compared = 0;
  let exceptions = 0;
  for (const { file, meant, differences, compared: ofFile } of results) {
    const reasonOf = (difference: string): string | undefined => meant.find(({ is }) => is.test(difference))?.because;
    const expected = differences.filter((difference) => reasonOf(difference) !== undefined);
    compared += ofFile;
    exceptions += expected.length;
    t.comment(`${file}: ${ofFile - differences.length} of ${ofFile}`);
    for (const difference of expected) t.comment(`  ${difference.slice(0, 100)} (${reasonOf(difference) ?? ''})`);
    t.same(
      differences.filter((difference) => reasonOf(difference) === undefined),
      [],
      file,
    );
  }
  t.comment(`${compared - exceptions} of ${compared} as recorded, ${exceptions} exceptions`);
});
