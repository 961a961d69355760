import t from 'tap';
import { generate, ownersOf } from '../../../src/dns/records/generate.js';
import { rrType } from '../../../src/dns/answer/protocol.js';
import { lookUp } from '../../../src/dns/answer/lookup.js';
import { dataOf } from '../../../src/dns/records/record.js';
import type { DnsRecord } from '../../../src/dns/records/record.js';
import { RecordSet } from '../../../src/dns/records/record-set.js';
import type { Owner } from '../../../src/dns/records/view.js';
import { axfrDocument, enumerateDocument } from '../../../src/dns/servers/http-documents.js';
import { sharedPath } from '../../support/shared.js';
import { readJson, recordOptionsOf, viewOf } from '../support/golden.js';

interface Recorded {
  requests: { req: { path: string }; res: { json?: { Records?: Record<string, Record<string, string[]>> } } }[];
}

interface Enumerated {
  frameworks: { name: string; tasks: { name: string; id: string; records: object[] | null }[] }[];
}

function withTasksReversed(state: unknown): unknown {
  const { frameworks, ...rest } = state as { frameworks: { tasks: object[] }[] };
  return { ...rest, frameworks: frameworks.map((f) => ({ ...f, tasks: [...f.tasks].reverse() })) };
}

/** The enumerated tasks in a comparable form, but those whose id `reference` has more than once. */
function tasksOf({ frameworks }: Enumerated, reference: Enumerated): object[] {
  const ids = reference.frameworks.flatMap(({ tasks }) => tasks.map(({ id }) => id));
  const once = new Set(ids.filter((id, i) => ids.indexOf(id) === i && ids.lastIndexOf(id) === i));
  return frameworks
    .flatMap(({ name: framework, tasks }) =>
      tasks
        .filter(({ id }) => once.has(id))
        .map(({ name, id, records }) => ({
          framework,
          name,
          id,
          records: records && records.map((r) => JSON.stringify(r, ['name', 'host', 'rtype'])).sort(),
        })),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface RecordedQuery {
  q: { name: string; type: string; raw?: string; class?: string; opcode?: string; more?: object[] };
  r: { rcode?: string; flags?: string[]; answer?: unknown; truncatedSilently?: boolean };
}

/** A question whose answer is the same records in every mode: whole, and not about the zone itself. */
function isPlainAnswer(q: RecordedQuery['q'], r: RecordedQuery['r']): boolean {
  if (q.raw !== undefined || q.more !== undefined || (q.class ?? 'IN') !== 'IN' || q.opcode !== undefined) return false;
  if (!['A', 'AAAA', 'SRV'].includes(q.type) || r.truncatedSilently === true || q.name.includes('\\')) return false;
  return Array.isArray(r.answer) && r.answer.length > 0 && r.flags?.includes('aa') === true && !r.flags.includes('tc');
}

function rdataOf(record: DnsRecord): string {
  return record.type === 'SRV' ? `${record.port} ${record.target}.` : dataOf(record);
}

const golden = sharedPath('golden/dns/open');

for (const scenario of ['main', 'rfc952-host', 'docker-mesos', 'upstream-fake']) {
  t.test(
    `${scenario}: the records are those of the real Mesos-DNS`,
    { skip: golden === undefined && 'no golden data' },
    (t) => {
      const folder = `${golden ?? ''}/${scenario}`;
      const config = readJson(folder, 'config.json') as Record<string, unknown>;
      const { requests } = readJson(folder, 'http.json') as Recorded;
      const recorded = (path: string): NonNullable<Recorded['requests'][number]['res']['json']> =>
        requests.find(({ req }) => req.path === path)?.res.json ?? {};

      const options = recordOptionsOf(config);
      const state = readJson(folder, 'state.json');
      const view = viewOf(state);
      view.setHostAddresses('localhost', ['127.0.0.1']); // in /etc/hosts where this was recorded
      const records = new RecordSet();
      for (const owner of ownersOf(view)) records.replace(owner, generate(view, owner, options).records);
      // The documents hold tasks with the id of another one on the same agent, which Mesos does not allow: a view has the last.
      const others = viewOf(withTasksReversed(state));
      for (const owner of ownersOf(others)) {
        if (owner.startsWith('task ')) {
          records.replace(`${owner}\nother` as Owner, generate(others, owner, options).records);
        }
      }

      const sorted = (all: object = {}): object =>
        Object.fromEntries(
          Object.entries(all)
            .map(([name, values]) => [name, [...(values as string[])].sort()] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        );
      const settings = {
        domain: options.domain,
        ttlSeconds: 60,
        srvWeight: 1,
        soa: { nameServer: '', mailbox: '', refreshSeconds: 0, retrySeconds: 0, expireSeconds: 0 },
      };
      const ours = axfrDocument(records, settings, 0, 5) as { Records: Record<string, object> };
      const theirs = recorded('/v1/axfr').Records ?? {};
      for (const type of ['As', 'AAAAs', 'SRVs']) {
        t.strictSame(sorted(ours.Records[type]), sorted(theirs[type]), type);
      }

      const { queries } = readJson(folder, 'dns.json') as { queries: RecordedQuery[] };
      const compared = queries.filter(({ q, r }) => isPlainAnswer(q, r));
      const zone = { settings, serial: 0, synced: true, staleSinceMs: null, reasonOf: () => undefined, records };
      const answered = compared.map(({ q }) => {
        const question = { name: q.name.replace(/\.$/, ''), type: rrType[q.type as 'A' | 'AAAA' | 'SRV'], class: 1 };
        const answers = lookUp(zone, question, Math.random).answers as DnsRecord[];
        return { q: `${q.name} ${q.type}`, data: answers.map(rdataOf).sort() };
      });
      const theirAnswers = compared.map(({ q, r }) => {
        const data = (r.answer as string[]).map((line) =>
          line
            .split(' ')
            .slice(line.includes(' IN SRV ') ? 6 : 4)
            .join(' '),
        );
        return { q: `${q.name} ${q.type}`, data: data.sort() };
      });
      t.ok(compared.length > 50);
      t.strictSame(answered, theirAnswers, `${compared.length} answers`);

      const enumerated = recorded('/v1/enumerate') as Enumerated;
      t.strictSame(
        tasksOf(enumerateDocument(view, options) as Enumerated, enumerated),
        tasksOf(enumerated, enumerated),
        'enumeration',
      );
      t.end();
    },
  );
}
