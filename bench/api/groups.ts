import type { Child } from '../support/child.js';
import { askJson, load } from '../support/load.js';
import type { LoadRequest } from '../support/load.js';
import { table } from '../support/report.js';
import { percentile } from '../support/statistics.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { putJson } from './fleet.js';
import type { Fleet } from './fleet.js';

const rounds = 15;
const versionsBack = 40;

interface Versioned {
  readonly version: string;
}

async function timed(url: string, request: LoadRequest): Promise<number> {
  const startMs = performance.now();
  await askJson(url, request);
  return performance.now() - startMs;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return percentile(values, 0.5);
}

/** Whole groups that are put, removed, brought back and looked at, next to a server that only parses the same body. */
export async function measureGroups(scheduler: SchedulerChild, peer: Child, fleet: Fleet): Promise<void> {
  const row = table('Groups', [
    ['apps', 9],
    ['body', 10],
    ['p50 ms', 9],
    ['parse ms', 10],
    ['ratio', 8],
    ['µs/app', 9],
  ]);
  const changed = (round: number | undefined): { app: number; changes: object } | undefined =>
    round === undefined ? undefined : { app: 0, changes: { env: { ROUND: `${round}` } } };
  const ten = (round: number | undefined): object => ({
    id: '/b0',
    groups: Array.from({ length: 10 }, (_, i) => fleet.groupBody(i, i === 4 ? changed(round) : undefined)),
  });
  const one = (round: number | undefined): object => fleet.groupBody(11, changed(round));

  const put = async (name: string, apps: number, path: string, bodyOf: (round: number) => object): Promise<void> => {
    const own: number[] = [];
    const bare: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round++) {
      const body = JSON.stringify(bodyOf(round));
      bytes = body.length;
      own.push(await timed(scheduler.url, { method: 'PUT', path, body }));
      bare.push(await timed(peer.url, { method: 'POST', path: '/json', body }));
      await scheduler.quiet();
    }
    const [ownMs, bareMs] = [median(own), median(bare)];
    row(name, apps, bytes, ownMs, bareMs, ownMs / bareMs, (ownMs * 1000) / apps);
  };
  const small = fleet.appsPerGroup;
  const large = small * 10;
  await put('PUT a group, 1 app changed', small, '/v2/groups/b1/g1', one);
  await put('PUT a group, nothing changed', small, '/v2/groups/b1/g1', () => one(rounds - 1));
  await put('PUT ten groups, 1 app changed', large, '/v2/groups/b0', ten);
  await put('PUT ten groups, nothing changed', large, '/v2/groups/b0', () => ten(rounds - 1));

  const removals: number[] = [];
  const returns: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { version } = await askJson<Versioned>(scheduler.url, {
      method: 'GET',
      path: '/v2/groups?embed=group.groups',
    });
    removals.push(await timed(scheduler.url, { method: 'DELETE', path: `/v2/groups${fleet.groupId(25)}` }));
    await scheduler.quiet();
    returns.push(await timed(scheduler.url, putJson('/v2/groups/b2', { version })));
    await scheduler.quiet();
  }
  const [removeMs, returnMs] = [median(removals), median(returns)];
  row('DELETE a group', small, Number.NaN, removeMs, Number.NaN, Number.NaN, (removeMs * 1000) / small);
  row(
    'PUT {version} of the group around it: it comes back',
    large,
    Number.NaN,
    returnMs,
    Number.NaN,
    Number.NaN,
    (returnMs * 1000) / large,
  );

  const group = fleet.groupId(33);
  for (let i = 0; i < versionsBack; i++) {
    const body = fleet.groupBody(33, { app: i % small, changes: { env: { ROUND: `${i}` } } });
    await askJson(scheduler.url, putJson(`/v2/groups${group}?force=true`, body));
  }
  await scheduler.quiet();
  const versions = await askJson<readonly string[]>(scheduler.url, {
    method: 'GET',
    path: `/v2/groups${group}/versions`,
  });
  const old = versions[versionsBack] ?? '';
  const now = await load(scheduler.url, 1, { requests: 200 }, () => ({ method: 'GET', path: `/v2/groups${group}` }));
  const then = await load(scheduler.url, 1, { requests: 200 }, () => ({
    method: 'GET',
    path: `/v2/groups${group}/versions/${old}`,
  }));
  const backRow = table('A group, now and then', [
    ['apps', 9],
    ['bytes', 10],
    ['p50 ms', 9],
    ['p99 ms', 9],
    ['ratio', 8],
  ]);
  backRow('GET /v2/groups/{id}', small, now.bytes, now.p50Ms, now.p99Ms, 1);
  backRow(
    `GET …/versions/{ts}, ${versionsBack} versions back`,
    small,
    then.bytes,
    then.p50Ms,
    then.p99Ms,
    then.p50Ms / now.p50Ms,
  );
}
