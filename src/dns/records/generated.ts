import type { DnsRecord } from './record.js';
import { wireNameProblem } from './wire-name.js';

/** The records of one owner, in Mesos-DNS' order, and what was left out, each with the reason. */
export interface Generated {
  readonly records: readonly DnsRecord[];
  readonly problems: readonly string[];
  /** Wherever a name has records of a type from others, those of this owner are left out. */
  readonly avoided?: boolean;
}

export const nothing: Generated = { records: [], problems: [] };

/** At most this many problems of one owner are told: they tend to be the same one, once per port. */
const maxProblems = 8;

function problemOf(record: DnsRecord): string | undefined {
  const problem = wireNameProblem(record.name);
  if (problem !== undefined) return `${record.type} record left out: its name "${record.name}" ${problem}`;
  if (record.type !== 'SRV' && record.type !== 'PTR') return undefined;
  const targetProblem = wireNameProblem(record.target);
  if (targetProblem !== undefined)
    return `${record.type} record left out: its target "${record.target}" ${targetProblem}`;
  if (record.type === 'PTR') return undefined;
  if (!Number.isInteger(record.port) || record.port < 0 || record.port > 65_535) {
    return `SRV record of "${record.name}" left out: ${record.port} is not a port`;
  }
  return undefined;
}

/** Leaves out what cannot be put on the wire. */
export function withoutUnsendable(generated: Generated): Generated {
  const { records, problems } = generated;
  const told = new Set(problems);
  const sendable = records.filter((record) => {
    const problem = problemOf(record);
    if (problem !== undefined && told.size < maxProblems) told.add(problem);
    return problem === undefined;
  });
  return sendable.length === records.length ? generated : { ...generated, records: sendable, problems: [...told] };
}
