import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { ApplyOutcome } from '../apply/proxy-control.js';

/** Where counters are sent to as they happen (`--lb_statsd`). */
export interface StatsdTarget {
  readonly host: string;
  readonly port: number;
  /** Before every name, with a dot; empty = nothing. */
  readonly prefix: string;
}

/** What Bamboo counts, under its names; datagrams that get lost are lost. */
export interface StatsdSender {
  /** Counts one of `restart`, `callback.marathon`, `reload.domain`. */
  count(name: 'restart' | 'callback.marathon' | 'reload.domain'): void;
  /** Counts how an attempt to bring a configuration into force has ended, and how long it took. */
  outcome(outcome: ApplyOutcome): void;
  close(): Promise<void>;
}

/** A network that takes no datagrams must not fill the memory. */
const maxUnderWay = 1_000;
/** How long the address of the server is taken to be right, and how long one that is not found is not asked for again. */
const addressMs = 60_000;

/** What is sent for an outcome: Bamboo's names, and one of ours for what HAProxy was told without a reload. */
function linesOf(outcome: ApplyOutcome): string[] {
  switch (outcome.kind) {
    case 'unchanged':
      return ['haproxy.reload.skipped:1|c'];
    case 'running':
      return [
        'haproxy.reload.marathon.reloaded:1|c',
        `haproxy.reload.marathon.duration:${Math.round(outcome.durationMs)}|ms`,
      ];
    case 'changed':
      return ['haproxy.runtime.changed:1|c', `haproxy.runtime.duration:${Math.round(outcome.durationMs)}|ms`];
    case 'refused':
    case 'ports-taken':
    case 'missing':
    case 'failed':
      return ['haproxy.reload.error:1|c'];
    case 'postponed':
      return [];
  }
}

/** Sends to a StatsD server by UDP. */
export function openStatsd({ host, port, prefix }: StatsdTarget, logger: Logger): StatsdSender {
  const socket = createSocket('udp4').unref();
  let underWay = 0;
  let isSaid = false;
  let address: string | undefined;
  let askedAt = -Infinity;
  /** What came before the address was known, at first. */
  let waiting: string[] = [];
  const failed = (error: Error): void => {
    if (!isSaid) logger.warn({ host, port, reason: messageOf(error) }, 'StatsD cannot be reached; this is said once');
    isSaid = true;
  };
  socket.on('error', failed);
  // One look-up at a time: asking for a name that nobody knows holds up all others of this process
  async function resolve(): Promise<void> {
    askedAt = performance.now();
    try {
      address = (await lookup(host, { family: 4 })).address;
      for (const line of waiting.splice(0)) send(line);
    } catch (error) {
      waiting = [];
      failed(error as Error);
    }
  }
  function send(line: string): void {
    if (performance.now() - askedAt > addressMs) void resolve();
    if (address === undefined) {
      if (waiting.length < maxUnderWay) waiting.push(line);
      return;
    }
    if (underWay >= maxUnderWay) return;
    underWay += 1;
    socket.send(prefix === '' ? line : `${prefix}.${line}`, port, address, (error) => {
      underWay -= 1;
      if (error !== null) failed(error);
    });
  }
  return {
    count: (name) => send(`${name}:1|c`),
    outcome: (outcome) => linesOf(outcome).forEach(send),
    close: () => new Promise((resolved) => socket.close(() => resolved())),
  };
}
