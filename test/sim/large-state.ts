import { createHash } from 'node:crypto';
import type { Command } from '../../src/scheduler/core/commands.js';
import type { StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import { loadState } from '../../src/scheduler/core/load.js';
import type { AppUpdate } from '../../src/scheduler/core/normalize/app-update.js';
import type { CoreSettings } from '../../src/scheduler/core/settings.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import type { Turn } from '../../src/scheduler/core/step.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { seeded, settings } from './simulated-world.js';

/** How much there is to be. */
export interface LargeStateSize {
  readonly apps: number;
  /** Of each app, the current one included; two at least. */
  readonly versions: number;
  /** Of each app. */
  readonly instances: number;
  /** `--zk_max_versions`; 50 when not given. */
  readonly maxVersions?: number;
}

/** Requests, and updates, that reach the engine together, and so are one turn. */
const inputsPerTurn = 20;
const agents = 500;
/** One app in so many has a whole configuration file in its environment. */
const withLargeEnv = 100;
const largeEnvLength = 60_000;

const unhindered: CoreSettings = {
  ...settings,
  localPortMin: 10_000,
  localPortMax: 60_000,
  launchTokens: 1_000_000,
  maxInstancesPerOffer: 100,
  maxRunningDeployments: 100_000,
};

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

/** Text that cannot be compressed to less than half, always the same for the same `seed`. */
function hexOf(seed: string, length = 40): string {
  let text = '';
  for (let n = 0; text.length < length; n++) text += createHash('sha512').update(`${seed} ${n}`).digest('hex');
  return text.slice(0, length);
}

function groupOf(index: number): { team: string; name: string } {
  return { team: `team-${String(index % 10)}`, name: `service-${String(index).padStart(4, '0')}` };
}

function environmentOf(id: string, index: number, version: number): Record<string, string> {
  return {
    SERVICE_NAME: id,
    SERVICE_VERSION: `${version}.${index % 7}.0`,
    GIT_COMMIT: hexOf(`commit ${id} ${version}`),
    LOG_LEVEL: 'info',
    JAVA_OPTS: '-Xms256m -Xmx256m -XX:+UseG1GC -XX:MaxGCPauseMillis=200 -Dfile.encoding=UTF-8',
    DATABASE_URL: `postgres://${id.slice(1).replace('/', '_')}@db.service.consul:5432/main`,
    DATABASE_PASSWORD: hexOf(`password ${id}`, 32),
    KAFKA_BROKERS: 'kafka-1.example.com:9092,kafka-2.example.com:9092,kafka-3.example.com:9092',
    REDIS_URL: 'redis://redis.service.consul:6379/0',
    SENTRY_DSN: `https://${hexOf(`sentry ${id}`, 32)}@sentry.example.com/${index}`,
    TRACING_SAMPLE_RATE: '0.01',
    ...(index % withLargeEnv === 0 ? { CONFIG_FILE: hexOf(`file ${id} ${version}`, largeEnvLength) } : {}),
  };
}

/** A web service as teams have them, 2 kB of JSON. */
function definitionOf(index: number): AppUpdate {
  const { team, name } = groupOf(index);
  const id = `/${team}/${name}`;
  return {
    id: name,
    container: {
      type: 'DOCKER',
      docker: { image: `registry.example.com/${team}/${name}:1.0.${index}`, forcePullImage: false },
      volumes: [{ containerPath: '/etc/ssl/certs', hostPath: '/etc/ssl/certs', mode: 'RO' }],
      portMappings: [
        { containerPort: 8080, hostPort: 0, protocol: 'tcp', name: 'http', labels: { VIP_0: `${name}:80` } },
        { containerPort: 9090, hostPort: 0, protocol: 'tcp', name: 'metrics' },
      ],
    },
    networks: [{ mode: 'container/bridge' }],
    cpus: 0.25,
    mem: 320,
    instances: 0,
    env: environmentOf(id, index, 0),
    labels: {
      owner: team,
      tier: index % 3 === 0 ? 'frontend' : 'backend',
      HAPROXY_GROUP: 'external',
      HAPROXY_0_VHOST: `${name}.example.com`,
      HAPROXY_0_BACKEND_WEIGHT: '0',
      'prometheus.io/scrape': 'true',
      'prometheus.io/path': '/metrics',
      costCentre: String(4_000 + (index % 90)),
    },
    healthChecks: [
      {
        protocol: 'MESOS_HTTP',
        path: '/health',
        portIndex: 0,
        gracePeriodSeconds: 120,
        intervalSeconds: 15,
        timeoutSeconds: 5,
        maxConsecutiveFailures: 3,
      },
    ],
    constraints: [['hostname', 'MAX_PER', '3']],
    upgradeStrategy: { minimumHealthCapacity: 0.8, maximumOverCapacity: 0.2 },
  };
}

/** The real core among agents that are never full; what it wants stored is gathered. */
class WritingCore {
  readonly state = loadState(new Map());
  readonly #settings: CoreSettings;
  readonly #random = seeded(1);
  #nowMs = Date.UTC(2026, 0, 1);
  #ids = 0;

  constructor(maxVersions: number) {
    this.#settings = { ...unhindered, maxVersions };
  }

  turn(inputs: readonly Input[]): Turn {
    this.#nowMs += 50;
    const turn = runTurn(this.state, inputs, this.#settings, {
      nowMs: this.#nowMs,
      uuid: () => this.#uuid(),
      random: this.#random,
    });
    for (const { error } of turn.failures) throw error;
    for (const { outcome } of turn.effects.replies) {
      if (outcome.type === 'rejected') throw new Error(`refused: ${JSON.stringify(outcome)}`);
    }
    return turn;
  }

  commands(commands: readonly Command[]): Turn {
    return this.turn(commands.map((command, requestId): Input => ({ type: 'command', requestId, command })));
  }

  offers(): Turn {
    const plenty = { cpus: 64, memMib: 262_144, diskMib: 1_000_000 };
    const offers = Array.from({ length: agents }, (_, n) => ({
      ...anOffer(plenty, { id: this.#uuid(), agentId: `${hexOf('agents', 32)}-S${n}` }),
      hostname: `agent-${n}.example.com`,
    }));
    return this.turn([{ type: 'offers', offers }]);
  }

  /** That the instances launched by a turn run. */
  running(turn: Turn): Input[] {
    return [...turn.touchedInstances].flatMap((id): Input[] => {
      const instance = this.state.instances.get(id);
      if (instance?.condition !== 'Provisioned') return [];
      const { taskId, agentId } = instance;
      const ipAddresses = [{ ipAddress: '172.17.0.5', protocol: 'IPv4' as const }];
      const state = 'TASK_RUNNING';
      const timestampMs = this.#nowMs;
      return [
        {
          type: 'status',
          status: { taskId, agentId, state, message: '', uuid: this.#uuid(), timestampMs, ipAddresses, healthy: true },
        },
      ];
    });
  }

  #uuid(): string {
    const hex = hexOf(`uuid ${this.#ids++}`, 32);
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

/**
 * What the engine stores, turn by turn, until so many apps, versions and running instances are there, written by the real core: a
 * group with all apps in one request, their versions in requests of which some come together, the last one of all in one request
 * again; then launches and status updates as they come. One app in a hundred has an environment of 60 kB. Always the same for the same size.
 */
export function* largeStateTurns({
  apps,
  versions,
  instances,
  maxVersions = 50,
}: LargeStateSize): Generator<readonly StoreOperation[]> {
  const core = new WritingCore(maxVersions);
  const indexes = Array.from({ length: apps }, (_, index) => index);
  const teams = [...new Set(indexes.map((index) => groupOf(index).team))];
  yield core.turn([{ type: 'loaded' }, { type: 'registered', frameworkId: 'F', master: 'm:5050' }]).effects.store;
  const groups = teams.map((team) => {
    return { id: team, apps: indexes.filter((index) => groupOf(index).team === team).map(definitionOf) };
  });
  yield core.commands([{ type: 'updateGroup', id: '/', update: { groups }, force: false }]).effects.store;

  const changed = (index: number, version: number, more: AppUpdate = {}): { id: string; update: AppUpdate } => {
    const { team, name } = groupOf(index);
    const id = `/${team}/${name}`;
    return { id, update: { env: environmentOf(id, index, version), ...more } };
  };
  const common = { type: 'updateApps', partial: true, mayCreate: false, force: false, origin } as const;
  for (let version = 1; version < versions - 1; version++) {
    for (let from = 0; from < apps; from += inputsPerTurn) {
      const some = indexes.slice(from, from + inputsPerTurn);
      yield core.commands(some.map((index) => ({ ...common, updates: [changed(index, version)] }))).effects.store;
    }
  }
  const updates = indexes.map((index) => changed(index, versions - 1, { instances }));
  yield core.commands([{ ...common, updates, isBulk: true }]).effects.store;

  while (core.state.queue.size > 0) {
    const updates: Input[] = [];
    for (let turn = core.offers(); ; turn = core.turn([{ type: 'tick' }])) {
      yield turn.effects.store;
      updates.push(...core.running(turn));
      if (core.state.offerFlow.held.length === 0) break;
    }
    if (updates.length === 0) throw new Error('the offers do not suffice');
    for (let from = 0; from < updates.length; from += inputsPerTurn) {
      yield core.turn(updates.slice(from, from + inputsPerTurn)).effects.store;
    }
  }
  if (core.state.deployments.size > 0) throw new Error('a deployment has not ended');
}
