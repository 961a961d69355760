import { lookUp } from '../answer/lookup.js';
import { rrClass, rrType } from '../answer/protocol.js';
import { lookupNameOf } from '../answer/query.js';
import { isInDomain } from '../answer/zone.js';
import type { Zone } from '../answer/zone.js';
import { zoneText } from '../answer/zone-text.js';
import type { DnsOptions } from '../options.js';
import { generate } from '../records/generate.js';
import { domainFragment } from '../records/label.js';
import { labelFunctionOf } from '../records/options.js';
import type { RecordOptions } from '../records/options.js';
import { dataOf, recordTypes } from '../records/record.js';
import type { DnsRecord, RecordType } from '../records/record.js';
import { recordsOfType } from '../records/record-set.js';
import { wireNameProblem } from '../records/wire-name.js';
import type { Owner, View } from '../records/view.js';
import { absenceOf } from './absence.js';
import type { ExplainedOwner, ExplainedRecord, Explanation } from './explanation.js';
import { explainedOwner } from './explained-owner.js';
import { appText, counted, wordList } from './reason-texts.js';
import { taskOf } from './reasons.js';
import type { Reasons } from './reasons.js';
import { similarNames } from './similar-names.js';

/** So many owners of a name are looked at, and so many records shown. */
const maxOwners = 300;
const maxRecords = 500;
/** After so many records that owners have in all, whatever their names, no more owners are looked at. */
const maxLookedAt = 50_000;
/** So many owners of one record are shown. */
const maxOwnersOfRecord = 50;
/** So many lines of what dig would show. */
const maxLines = 500;

/** What an explanation is made from. */
export interface ExplainParts {
  readonly zone: Zone;
  readonly view: View;
  readonly options: RecordOptions;
  readonly reasons: Reasons;
  readonly resolvers: DnsOptions['resolvers'];
  readonly zoneResolvers: DnsOptions['zoneResolvers'];
  readonly nowMs: number;
}

/** What can be asked for. */
export const explainedTypes = ['ANY', ...recordTypes, 'SOA', 'NS'] as const;
export type ExplainedType = (typeof explainedTypes)[number];

/** Reads a name: in any case, with or without the dot at the end. A text instead of it says why it is none. */
export function readName(text: string): { readonly name: string } | { readonly problem: string } {
  const name = lookupNameOf(text.endsWith('.') ? text.slice(0, -1) : text);
  if (name === '') return { problem: 'the name is empty' };
  const problem = wireNameProblem(name);
  return problem === undefined ? { name } : { problem: `the name ${problem}` };
}

function isRecordType(type: ExplainedType): type is RecordType | 'ANY' {
  return type !== 'SOA' && type !== 'NS';
}

/** `2 A, 1 SRV`. */
function countsByType(records: readonly { readonly type: string }[]): string {
  const counts = new Map<string, number>();
  for (const { type } of records) counts.set(type, (counts.get(type) ?? 0) + 1);
  return wordList(counts);
}

/** The resolvers of the most special zone that the name is in, as for queries. */
function resolversFor(name: string, { resolvers, zoneResolvers }: ExplainParts): readonly string[] {
  const zones = Object.keys(zoneResolvers).filter((zone) => isInDomain(name, zone));
  const zone = zones.sort((a, b) => b.length - a.length)[0];
  return zone === undefined ? resolvers : (zoneResolvers[zone] ?? []);
}

interface Whose {
  readonly records: readonly ExplainedRecord[];
  readonly leftOut: readonly (ExplainedOwner & { readonly why: string })[];
  readonly words: ReadonlyMap<string, number>;
  readonly apps: Explanation['apps'];
  readonly isCut: boolean;
}

/** Who has the records that are shown, and who has none of them though the name is theirs. */
function whose(parts: ExplainParts, name: string, shown: readonly DnsRecord[]): Whose {
  const { view, options, reasons } = parts;
  const { catalog } = reasons;
  const owners = new Map<string, ExplainedOwner[]>(
    shown.slice(0, maxRecords).map((r) => [`${r.type} ${dataOf(r)}`, []]),
  );
  const leftOut: (ExplainedOwner & { readonly why: string })[] = [];
  const words = new Map<string, number>();
  const appIds: string[] = [];
  let inDns = 0;
  let isCut = shown.length > maxRecords;
  let asked = 0;
  let lookedAt = 0;
  for (const expecting of reasons.names.ownersOf(name)) {
    if (asked === maxOwners || lookedAt > maxLookedAt) {
      isCut = true;
      break;
    }
    asked++;
    if (expecting.startsWith('app ')) {
      appIds.push(expecting.slice('app '.length));
      continue;
    }
    const owner = expecting as Owner;
    const explained = explainedOwner(owner, view, options, catalog);
    if (explained === undefined) continue;
    let has = false;
    const { records } = generate(view, owner, options);
    lookedAt += records.length;
    for (const record of records) {
      const holders = record.name === name ? owners.get(`${record.type} ${dataOf(record)}`) : undefined;
      if (holders === undefined) continue;
      has = true;
      if (holders.length < maxOwnersOfRecord && !holders.includes(explained)) holders.push(explained);
    }
    const task = taskOf(view, owner);
    if (has) inDns += task === undefined ? 0 : 1;
    else {
      const absence = task === undefined ? undefined : absenceOf(view, task, options, catalog);
      const word = absence?.word ?? 'without such records';
      words.set(word, (words.get(word) ?? 0) + 1);
      leftOut.push({ ...explained, why: absence?.text ?? 'it has no records of this name and type that are shown' });
    }
  }
  const apps = appIds.flatMap((id) => {
    const app = catalog?.apps.get(id);
    return app === undefined ? [] : [{ id, instances: app.instances, inDns, text: appText(app, words, inDns) }];
  });
  return {
    records: shown.slice(0, maxRecords).map((record) => {
      const data = dataOf(record);
      return { type: record.type, data, owners: owners.get(`${record.type} ${data}`) ?? [] };
    }),
    leftOut,
    words,
    apps,
    isCut,
  };
}

/** Names of frameworks as they are in the zone. */
function fragmentsOf({ view, options }: ExplainParts): string[] {
  const label = labelFunctionOf(options);
  return [...new Set(Array.from(view.frameworks.values(), ({ name }) => domainFragment(name, label)))];
}

function foreign(parts: ExplainParts, name: string, type: ExplainedType): Explanation {
  const resolvers = resolversFor(name, parts);
  const { domain } = parts.zone.settings;
  const isClaimed = parts.reasons.names.ownersOf(name).next().done !== true;
  const outside = isClaimed
    ? `${name} is the address of several, of whom nobody could say which is meant, so that it has no record here`
    : `${name} is not in the zone ${domain}`;
  return {
    ...nothingOf(parts, name, type),
    text:
      resolvers.length === 0
        ? `${outside}, and there are no resolvers for it: queries are refused.`
        : `${outside}: it is looked up at ${resolvers.join(', ')} for those who may have such names looked up.`,
    isServed: false,
    resolvers,
    status: resolvers.length === 0 ? 'REFUSED' : null,
  };
}

function nothingOf({ zone, nowMs }: ExplainParts, name: string, type: ExplainedType): Omit<Explanation, 'text'> {
  const { staleSinceMs } = zone;
  return {
    name,
    type,
    zone: zone.settings.domain,
    isServed: true,
    resolvers: [],
    status: 'NOERROR',
    answer: [],
    authority: [],
    additional: [],
    serial: zone.serial,
    staleSince: staleSinceMs === null ? null : new Date(staleSinceMs).toISOString(),
    staleMs: staleSinceMs === null ? null : Math.max(0, nowMs - staleSinceMs),
    records: [],
    leftOut: [],
    apps: [],
    isCut: false,
    similar: [],
  };
}

/** `web.marathon.mesos has 2 A records` … */
function sentences(
  { name, type, status, staleSince, similar }: Omit<Explanation, 'text'>,
  found: {
    readonly all: readonly DnsRecord[];
    readonly answers: readonly { readonly type: string }[];
    readonly whose: Whose;
  },
  reason: string | undefined,
): string {
  const { all, answers } = found;
  const texts: string[] = [];
  if (status === 'NXDOMAIN') texts.push(`${name} does not exist`);
  else if (answers.length > 0)
    texts.push(`${name} has ${countsByType(answers)} ${answers.length === 1 ? 'record' : 'records'}`);
  else if (all.length > 0) texts.push(`${name} has no ${type} records: it has ${countsByType(all)}`);
  else texts.push(`${name} has no records of its own: there are only names below it`);
  const { apps, leftOut, words } = found.whose;
  const told = apps.map(({ text }) => text);
  if (told.length > 0) texts.push(told.slice(0, 3).join('; '));
  else if (reason !== undefined) texts.push(reason);
  else if (leftOut.length > 0) texts.push(`${counted(leftOut.length, 'other')} left out: ${wordList(words)}`);
  if (similar.length > 0) texts.push(`names that exist: ${similar.join(', ')}`);
  if (staleSince !== null) texts.push(`no Mesos master has been heard of since ${staleSince}`);
  return `${texts.join('; ')}.`;
}

/** Explains a name (as `readName` gives it). The work is bounded, however many names, records and owners there are. */
export function explain(parts: ExplainParts, name: string, type: ExplainedType): Explanation {
  const { zone, reasons } = parts;
  const { domain } = zone.settings;
  const found = zone.records.find(name);
  if (!isInDomain(name, domain) && found === undefined) return foreign(parts, name, type);
  const basis = nothingOf(parts, name, type);
  if (!zone.synced) {
    const reason = zone.reasonOf(domain) ?? 'no Mesos master has been reached yet';
    return { ...basis, status: 'SERVFAIL', text: `The zone is not served yet: ${reason}.` };
  }
  const all = found === undefined ? [] : recordsOfType(found, 'ANY');
  const shown = found === undefined || !isRecordType(type) ? [] : recordsOfType(found, type);
  const question = { name, type: rrType[type], class: rrClass.IN };
  const { exists, answers, authorities, additionals } = lookUp(zone, question, () => 0);
  const owned = whose(parts, name, shown);
  const lines = (records: typeof answers): string[] =>
    records.slice(0, maxLines).map((record) => zoneText(record, zone.settings));
  const explanation: Omit<Explanation, 'text'> = {
    ...basis,
    status: exists ? 'NOERROR' : 'NXDOMAIN',
    answer: lines(answers),
    authority: lines(authorities),
    additional: lines(additionals),
    records: owned.records,
    leftOut: owned.leftOut,
    apps: owned.apps,
    isCut: owned.isCut,
    similar: exists
      ? []
      : similarNames(name, domain, fragmentsOf(parts), (other) => zone.records.find(other) !== undefined),
  };
  const text = sentences(explanation, { all, answers, whose: owned }, reasons.reasonOf(name));
  return { ...explanation, text };
}
