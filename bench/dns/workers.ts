import { median } from '../support/statistics.js';
import { table } from '../support/report.js';
import { dnsperf } from './dnsperf.js';
import type { QueryKind } from './queries.js';
import type { RoleServer } from './servers.js';

/** Answers a second of the same zone with one and with two workers, in turns. Returns how many times as many two answer. */
export async function measureWorkers(
  roles: readonly RoleServer[],
  kinds: readonly QueryKind[],
  options: { readonly seconds: number; readonly runs: number; readonly cores: string },
): Promise<number[]> {
  const { seconds, runs, cores } = options;
  const print = table('Workers', [
    ['answers/s', 11],
    ['µs/query', 10],
    ['to first', 10],
    ['lost', 7],
  ]);
  const ratios: number[] = [];
  for (const kind of kinds) {
    const perSecond = new Map<RoleServer, number[]>(roles.map((role) => [role, []]));
    const micros = new Map<RoleServer, number[]>(roles.map((role) => [role, []]));
    let lostOf = 0;
    for (let run = 0; run < runs; run++) {
      for (const role of roles) {
        const before = role.processorNs();
        const load = await dnsperf({ port: role.port, queries: kind.file, seconds, cores });
        micros.get(role)?.push((role.processorNs() - before) / 1000 / load.answered);
        perSecond.get(role)?.push(load.perSecond);
        lostOf += load.lost;
      }
    }
    const first = median(perSecond.get(roles[0] as RoleServer) ?? []);
    for (const role of roles) {
      const own = median(perSecond.get(role) ?? []);
      print(`${kind.name}: ${role.name}`, own, median(micros.get(role) ?? []), own / first, lostOf);
      if (role !== roles[0]) ratios.push(own / first);
    }
  }
  return ratios;
}
