import { lookUp } from './lookup.js';
import { opcode, rcode, rrClass, rrType } from './protocol.js';
import type { ExtendedError, Rcode } from './protocol.js';
import { maxReplyBytes } from './query.js';
import type { Query, Question } from './query.js';
import {
  classNotSupported,
  notAuthoritative,
  opcodeNotSupported,
  recursionProhibited,
  transferElsewhere,
  transferOverUdp,
  transferProhibited,
} from './refusals.js';
import { emptyReply } from './reply.js';
import type { Decision } from './reply.js';
import { isTransfer, serialOnly } from './transfer.js';
import { notReady } from './zone-error.js';
import { isInDomain } from './zone.js';
import type { Zone } from './zone.js';

/** What a decision depends on besides the query. */
export interface AnswerContext {
  readonly zone: Zone;
  /** There are resolvers for names outside the zone. */
  readonly forwarding: boolean;
  /** Whether there is one for this name (in lower case); absent: for all, or for none. */
  readonly forwards?: (name: string) => boolean;
  /** false: answers from the zone never say that other names are looked up (RA). */
  readonly recurseOn?: boolean;
  /** Whose clients may have names looked up, and the zone transferred: told to others. */
  readonly recursionFrom?: readonly string[];
  readonly transferTo?: readonly string[];
  /** In [0, 1); decides the order of records. */
  readonly random: () => number;
}

/** One link of the chain: undefined passes the query on. */
type Unit = (query: Query, question: Question, context: AnswerContext) => Decision | undefined;

function mayForward(query: Query, context: AnswerContext): boolean {
  return context.forwarding && query.mayRecurse;
}

/** RA of what is not passed on. */
function recursionAvailable(query: Query, context: AnswerContext): boolean {
  return context.recurseOn !== false && mayForward(query, context);
}

function refuse(code: Rcode, query: Query, context: AnswerContext, error?: ExtendedError): Decision {
  return { action: 'reply', reply: emptyReply(query, code, recursionAvailable(query, context), error) };
}

/** NOTIFY, UPDATE, STATUS … are for other servers. */
const onlyQueries: Unit = (query, _question, context) =>
  query.opcode === opcode.QUERY ? undefined : refuse(rcode.NOTIMP, query, context, opcodeNotSupported(query.opcode));

/** RFC 6891 §6.1.3. */
const onlyEdnsVersion0: Unit = (query, _question, context) =>
  (query.edns?.version ?? 0) === 0 ? undefined : refuse(rcode.BADVERS, query, context);

/** The name of an address that is one of ours, with nobody else at it. Whatever else is asked about addresses is for others. */
function isKnownAddress(name: string, { type }: Question, zone: Zone): boolean {
  if (type !== rrType.PTR && type !== rrType.ANY) return false;
  return name.endsWith('.arpa') && (zone.records.find(name)?.PTR?.length ?? 0) > 0;
}

/** Whatever is not about our domain is forwarded for those who may, and refused to others. */
const outsideOfTheZone: Unit = (query, question, context) => {
  const name = question.name.toLowerCase();
  const { settings } = context.zone;
  if (isInDomain(name, settings.domain) || isKnownAddress(name, question, context.zone)) return undefined;
  if (!context.forwarding || !(context.forwards?.(name) ?? true)) {
    return refuse(rcode.REFUSED, query, context, notAuthoritative(settings));
  }
  if (!query.mayRecurse) {
    return refuse(rcode.REFUSED, query, context, recursionProhibited(context.recursionFrom ?? []));
  }
  return isTransfer(question)
    ? refuse(rcode.NOTAUTH, query, context, transferElsewhere(settings))
    : { action: 'forward' };
};

const onlyTheInternetClass: Unit = (query, question, context) =>
  question.class === rrClass.IN || question.class === rrClass.ANY
    ? undefined
    : refuse(rcode.REFUSED, query, context, classNotSupported(question.class));

/** Before the cluster was seen, "no such name" would be a guess that clients remember. */
const onlyWhenSynced: Unit = (query, _question, context) =>
  context.zone.synced ? undefined : refuse(rcode.SERVFAIL, query, context, notReady(context.zone));

/** The zone as a whole is for those who may have it, over TCP. */
const zoneTransfers: Unit = (query, question, context) => {
  if (!isTransfer(question)) return undefined;
  const { zone } = context;
  if (!query.mayTransfer) {
    return refuse(rcode.REFUSED, query, context, transferProhibited(context.transferTo ?? []));
  }
  if (question.name.toLowerCase() !== zone.settings.domain) {
    return refuse(rcode.NOTAUTH, query, context, transferElsewhere(zone.settings));
  }
  if (!zone.synced) return refuse(rcode.SERVFAIL, query, context, notReady(zone));
  const answers = serialOnly(query, question, zone);
  if (answers !== undefined) {
    const reply = emptyReply(query, rcode.NOERROR, recursionAvailable(query, context));
    return { action: 'reply', reply: { ...reply, authoritative: true, answers } };
  }
  return query.transport === 'tcp' ? { action: 'transfer' } : refuse(rcode.FORMERR, query, context, transferOverUdp);
};

function fromTheZone(query: Query, question: Question, context: AnswerContext): Decision {
  const { exists, ...sections } = lookUp(context.zone, question, context.random, maxReplyBytes(query));
  const code = exists ? rcode.NOERROR : rcode.NXDOMAIN;
  const reply = emptyReply(query, code, recursionAvailable(query, context));
  return { action: 'reply', reply: { ...reply, authoritative: true, ...sections } };
}

const chain: readonly Unit[] = [
  onlyQueries,
  onlyEdnsVersion0,
  outsideOfTheZone,
  onlyTheInternetClass,
  zoneTransfers,
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
