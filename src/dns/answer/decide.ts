import { lookUp } from './lookup.js';
import { opcode, rcode, rrClass, rrType } from './protocol.js';
import type { Rcode } from './protocol.js';
import type { Query, Question } from './query.js';
import { emptyReply } from './reply.js';
import type { Decision } from './reply.js';
import { isInDomain } from './zone.js';
import type { Zone } from './zone.js';

/** What a decision depends on besides the query. */
export interface AnswerContext {
  readonly zone: Zone;
  /** There are resolvers for names outside the zone. */
  readonly forwarding: boolean;
  /** Whether there is one for this name (in lower case); absent: for all, or for none. */
  readonly forwards?: (name: string) => boolean;
  /** In [0, 1); decides the order of records. */
  readonly random: () => number;
}

/** One link of the chain: undefined passes the query on. */
type Unit = (query: Query, question: Question, context: AnswerContext) => Decision | undefined;

function recursionAvailable(query: Query, context: AnswerContext): boolean {
  return context.forwarding && query.mayRecurse;
}

function refuse(code: Rcode, query: Query, context: AnswerContext): Decision {
  return { action: 'reply', reply: emptyReply(query, code, recursionAvailable(query, context)) };
}

/** NOTIFY, UPDATE, STATUS … are for other servers. */
const onlyQueries: Unit = (query, _question, context) =>
  query.opcode === opcode.QUERY ? undefined : refuse(rcode.NOTIMP, query, context);

/** RFC 6891 §6.1.3. */
const onlyEdnsVersion0: Unit = (query, _question, context) =>
  (query.edns?.version ?? 0) === 0 ? undefined : refuse(rcode.BADVERS, query, context);

/** Whatever is not about our domain is forwarded for those who may, and refused to others. */
const outsideOfTheZone: Unit = (query, question, context) => {
  const name = question.name.toLowerCase();
  if (isInDomain(name, context.zone.settings.domain)) return undefined;
  const isForwarded = recursionAvailable(query, context) && (context.forwards?.(name) ?? true);
  return isForwarded ? { action: 'forward' } : refuse(rcode.REFUSED, query, context);
};

const onlyTheInternetClass: Unit = (query, question, context) =>
  question.class === rrClass.IN || question.class === rrClass.ANY ? undefined : refuse(rcode.REFUSED, query, context);

const noZoneTransfers: Unit = (query, question, context) =>
  question.type === rrType.AXFR || question.type === rrType.IXFR ? refuse(rcode.REFUSED, query, context) : undefined;

/** Before the cluster was seen, "no such name" would be a guess that clients remember. */
const onlyWhenSynced: Unit = (query, _question, context) =>
  context.zone.synced ? undefined : refuse(rcode.SERVFAIL, query, context);

function fromTheZone(query: Query, question: Question, context: AnswerContext): Decision {
  const { exists, ...sections } = lookUp(context.zone, question, context.random);
  const code = exists ? rcode.NOERROR : rcode.NXDOMAIN;
  const reply = emptyReply(query, code, recursionAvailable(query, context));
  return { action: 'reply', reply: { ...reply, authoritative: true, ...sections } };
}

const chain: readonly Unit[] = [
  onlyQueries,
  onlyEdnsVersion0,
  outsideOfTheZone,
  onlyTheInternetClass,
  noZoneTransfers,
  onlyWhenSynced,
];

/** Decides what is done with a query: the first link of the chain that has an opinion, or else a look into the zone. */
export function decide(query: Query, context: AnswerContext): Decision {
  const [question] = query.questions;
  if (question === undefined || query.questions.length > 1) return refuse(rcode.FORMERR, query, context);
  for (const unit of chain) {
    const decision = unit(query, question, context);
    if (decision !== undefined) return decision;
  }
  return fromTheZone(query, question, context);
}
