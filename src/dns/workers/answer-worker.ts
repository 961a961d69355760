// A process that answers queries: it knows of the zone what it is told, and ends when the one that started it is gone.
import { messageOf, StartupError, UsageError } from '../../common/errors.js';
import { startAnswerer } from '../answerer.js';
import type { Answerer, AnswererSettings } from '../answerer.js';
import { ServedZone } from '../served/served-zone.js';
import type { ZoneChange } from '../served/zone-change.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { createWorkerLog } from './worker-log.js';

/** Workers of a name server that was killed have its port until they notice. */
const portPatienceMs = 2_000;

let verbose = false;
let started: { readonly settings: AnswererSettings; readonly zone: ServedZone } | undefined;
let answerer: Answerer | undefined;
/** The counts at the last report. */
let reported = '';

/** Whoever does not listen any more is gone, and with the channel this process. */
function send(message: FromWorker, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, {}, sent);
}

const log = createWorkerLog(send, () => verbose);

async function serve(): Promise<void> {
  if (started === undefined) return;
  const { settings, zone } = started;
  try {
    answerer = await startAnswerer(settings, {
      zone,
      logger: log.logger,
      clock: Date.now,
      random: Math.random,
      portPatienceMs,
    });
    send({ type: 'serving' });
  } catch (error) {
    const usage = error instanceof UsageError;
    // Anything else ends the process with its stack on stderr, which the other side shows.
    if (!usage && !(error instanceof StartupError)) throw error;
    send({ type: 'failed', usage, message: messageOf(error) }, () => process.exit(1));
  }
}

function report(): void {
  const counts = answerer?.counts;
  const text = JSON.stringify(counts ?? {});
  log.refill();
  if (counts === undefined || text === reported) {
    send({ type: 'report' });
    return;
  }
  reported = text;
  send({ type: 'report', counts });
}

function take(message: ToWorker): void {
  switch (message.type) {
    case 'settings': {
      verbose = message.verbose;
      started = { settings: message.settings, zone: new ServedZone(message.settings.zone) };
      return;
    }
    case 'zone': {
      if (started === undefined) return;
      const { zone } = started;
      zone.apply(JSON.parse(message.change) as ZoneChange);
      send({ type: 'applied', serial: zone.serial, names: zone.size });
      return;
    }
    case 'serve': {
      void serve();
      return;
    }
    case 'report': {
      report();
      return;
    }
  }
}

// Ctrl-C on a terminal reaches the whole group: when it ends is for the one that has started it to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (message) => take(message as ToWorker));
send({ type: 'ready' });
