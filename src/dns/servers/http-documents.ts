import { lookupNameOf } from '../answer/query.js';
import { anyOf } from '../answer/shuffle.js';
import type { ZoneSettings } from '../answer/zone.js';
import { generate, ownersOf } from '../records/generate.js';
import type { RecordOptions } from '../records/options.js';
import { dataOf, keyOf } from '../records/record.js';
import type { DnsRecord, RecordType } from '../records/record.js';
import { recordsOfType } from '../records/record-set.js';
import type { RecordSet } from '../records/record-set.js';
import { taskOwner } from '../records/view.js';
import type { Owner, View } from '../records/view.js';

/** The documents of Mesos-DNS' HTTP API, with its field names. Names end in a dot there. */

/** The name that `/v1/hosts/{host}` and `/v1/services/{service}` look up: a trailing dot may be there or not. */
function nameAsked(text: string): string {
  return lookupNameOf(text).replace(/\.$/, '');
}

export function hostDocument(records: Pick<RecordSet, 'find'>, host: string): object[] {
  const name = nameAsked(host);
  const found = records.find(name);
  const entries = [...(found?.A ?? []), ...(found?.AAAA ?? [])].map(({ address }) => ({
    host: `${name}.`,
    ip: address,
  }));
  return entries.length > 0 ? entries : [{ host: '', ip: '' }];
}

/** One entry per SRV record and address family of its target, the address being any of the target's. */
export function serviceDocument(records: Pick<RecordSet, 'find'>, service: string, random: () => number): object[] {
  const entries = (records.find(nameAsked(service))?.SRV ?? []).flatMap(({ target, port }) => {
    const addresses = records.find(target);
    return [anyOf(addresses?.A ?? [], random), anyOf(addresses?.AAAA ?? [], random)].flatMap((record) =>
      record === undefined ? [] : [{ service, host: `${target}.`, ip: record.address, port: String(port) }],
    );
  });
  return entries.length > 0 ? entries : [{ service: '', host: '', ip: '', port: '' }];
}

/** Every framework with its counting tasks, each record at the first task that has it (and not where others had it before). */
export function enumerateDocument(view: View, options: RecordOptions): object {
  const told = new Set<string>();
  const takeFresh = (owner: Owner): DnsRecord[] =>
    generate(view, owner, options).records.filter((record) => {
      const key = keyOf(record);
      return told.has(key) ? false : told.add(key);
    });

  const tasksOf = new Map(Array.from(view.frameworks.keys(), (id) => [id, [] as object[]]));
  for (const owner of ownersOf(view)) if (!owner.startsWith('task ')) takeFresh(owner);
  for (const [key, task] of view.tasks) {
    if (!task.running || !view.agents.has(task.agentId)) continue;
    const records = takeFresh(taskOwner(key)).map((record) => {
      return { name: `${record.name}.`, host: dataOf(record), rtype: record.type };
    });
    tasksOf.get(task.frameworkId)?.push({
      name: task.name,
      id: task.id,
      records: records.length > 0 ? records : null,
    });
  }
  const frameworks = Array.from(view.frameworks.values(), ({ id, name }) => ({ tasks: tasksOf.get(id), name }));
  return { frameworks: frameworks.length > 0 ? frameworks : null };
}

/** The whole zone by type and name; names sorted, values in any order. */
export function axfrDocument(
  records: Pick<RecordSet, 'find' | 'names'>,
  settings: ZoneSettings,
  serial: number,
  refreshSeconds: number,
): object {
  const names = [...records.names()].sort();
  const byName = (type: RecordType): object =>
    Object.fromEntries(
      names.flatMap((name) => {
        const found = records.find(name);
        const ofType = found === undefined ? [] : recordsOfType(found, type);
        return ofType.length === 0 ? [] : [[`${name}.`, ofType.map(dataOf)]];
      }),
    );
  return {
    TTL: settings.ttlSeconds,
    Serial: serial,
    RefreshSeconds: refreshSeconds,
    Mname: `${settings.soa.nameServer}.`,
    Rname: `${settings.soa.mailbox}.`,
    Domain: settings.domain,
    Records: { As: byName('A'), AAAAs: byName('AAAA'), SRVs: byName('SRV') },
  };
}
