import type { Test } from 'tap';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { silentLogger } from '../../src/common/logger.js';
import type { HttpServer } from '../../src/http/server.js';
import { createLbApi } from '../../src/lb/api/routes.js';
import type { LbApiOptions, LbStatus } from '../../src/lb/api/routes.js';
import { openRuleFile } from '../../src/lb/rules/file-rule-store.js';
import { RuleHistory } from '../../src/lb/rules/rule-history.js';
import type { RuleStore } from '../../src/lb/rules/rule-store.js';

/** The status of a load balancer that has nothing to do, and does it. */
export const idleStatus: LbStatus = {
  haproxy: { state: 'running', pid: 4711, generation: 'abc' },
  synced: true,
  connected: true,
  scheduler: 'http://127.0.0.1:8080',
  position: null,
  lastReload: null,
  rules: { kind: 'file', where: '/rules.json', count: 0, problem: null },
  lastRuntimeChange: null,
  counts: { reloads: 0, runtimeChanges: 0, oldProcesses: 0 },
  draining: [],
  reports: [],
};

/** The API of a load balancer over a store of rules, without a load balancer. */
export interface LbApi {
  readonly server: HttpServer;
  readonly store: RuleStore;
  readonly history: RuleHistory;
  readonly directory: string;
}

export type LbApiParts = Partial<Omit<LbApiOptions, 'status' | 'rules' | 'history'>> & {
  readonly status?: Partial<LbStatus>;
  /** Instead of one that stays as it is. */
  readonly liveStatus?: () => LbStatus;
  /** Instead of a file. */
  readonly open?: (onChange: () => void) => Promise<RuleStore>;
};

/** Starts it; not listening. It ends with the test. An ACL with `refused` in it is what HAProxy does not take here. */
export async function startLbApi(
  t: Test,
  { status = {}, liveStatus = () => ({ ...idleStatus, ...status }), open, ...parts }: LbApiParts = {},
): Promise<LbApi> {
  // Not tap's own directory: that one goes before what is in use.
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-lb-api-'));
  const late: { history?: RuleHistory } = {};
  const onChange = (): void => late.history?.look();
  const file = { path: join(directory, 'rules.json'), lastGoodPath: join(directory, 'good.json') };
  const store = await (open ?? ((onChange) => openRuleFile({ ...file, logger: silentLogger, onChange })))(onChange);
  const opened = await RuleHistory.open({ store, path: join(directory, 'history.json'), logger: silentLogger });
  late.history = opened;
  const server = createLbApi({
    credentials: undefined,
    rules: store,
    history: opened,
    catalog: new Catalog(),
    calledBack: () => undefined,
    status: liveStatus,
    routing: () => undefined,
    runningConfig: () => undefined,
    changes: () => [],
    backends: { read: () => Promise.resolve(undefined) },
    pids: () => Promise.resolve([4711]),
    regenerate: () => undefined,
    metrics: () => Promise.resolve(''),
    checkAcl: (expression) => Promise.resolve(expression.includes('refused') ? 'HAProxy says no' : undefined),
    interfaceFiles: undefined,
    ...parts,
  });
  t.teardown(async () => {
    await server.close();
    await store.close();
    await opened.close();
    await rm(directory, { recursive: true });
  });
  return { server, store, history: opened, directory };
}
