import type { Logger } from '../../common/logger.js';
import type { ProxyControl } from '../apply/proxy-control.js';
import type { HostAddresses } from '../host-addresses.js';
import type { ChangeRecords } from './change-records.js';
import { failureText } from './change-words.js';
import type { LeftOut } from './left-out.js';
import type { Pace } from './pace.js';

const superviseMs = 200;
/** How often a missing program, a taken port or an unknown host name is looked for again. */
const recheckMs = 5_000;

export interface SupervisionParts {
  readonly control: ProxyControl;
  readonly addresses: HostAddresses;
  readonly pace: Pace;
  readonly records: ChangeRecords;
  readonly leftOut: LeftOut;
  /** The catalog has been received. */
  readonly isSynced: () => boolean;
  /** Whether work is under way: it looks itself. */
  readonly isBusy: () => boolean;
  /** Does one piece of work, when none is under way. */
  readonly run: (work: () => Promise<void>) => void;
  /** An update is due. */
  readonly changed: () => void;
  readonly logger: Logger;
}

/** Looks all the time whether HAProxy still runs, and now and then for what was not there: the program, ports, addresses of hosts. */
export class Supervision {
  readonly #parts: SupervisionParts;
  #timer: NodeJS.Timeout | undefined;
  #missing = false;
  #died = false;
  #recheckAt = 0;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
  }

  /** No haproxy program was found. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Adopts the HAProxy that runs, or starts one with the last good configuration; looks after it from then on. */
  async start(): Promise<void> {
    const { control } = this.#parts;
    if (!(await control.isAvailable())) this.noteMissing();
    if (!(await control.adopt()) && !this.#missing) await this.#startLastGood();
    this.#timer = setInterval(() => this.#look(), superviseMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** There is no haproxy program. */
  noteMissing(): void {
    if (!this.#missing) {
      const hint = 'apt-get install haproxy';
      this.#parts.logger.error({ hint }, 'there is no haproxy program: nothing is routed');
    }
    this.#missing = true;
  }

  #look(): void {
    const { control, addresses, leftOut, isSynced, isBusy, run } = this.#parts;
    if (isBusy()) return;
    if (control.noticeDeath()) this.#died = true;
    if (this.#died) {
      run(() => this.#recover());
      return;
    }
    const now = performance.now();
    if (now < this.#recheckAt) return;
    // Without a catalog there are no updates that would start it.
    const isDown = !this.#missing && control.running === undefined && !isSynced();
    if (!isDown && !this.#missing && !leftOut.hasPorts && !addresses.hasUnknown()) return;
    this.#recheckAt = now + recheckMs;
    run(() => (isDown ? this.#startLastGood() : this.#recheck()));
  }

  async #recover(): Promise<void> {
    this.#died = false;
    this.#parts.logger.error({}, 'HAProxy was found dead');
    await this.#startLastGood();
    this.#parts.changed();
  }

  async #startLastGood(): Promise<void> {
    const { control, pace, records, logger } = this.#parts;
    const startedAt = performance.now();
    const outcome = await control.startLastGood();
    if (outcome?.kind === 'running') {
      pace.reloaded(startedAt);
      records.reload('restart', outcome);
      await control.remember();
      logger.info({ pid: control.running?.pid }, 'HAProxy started with the last good configuration');
    } else if (outcome !== undefined) {
      records.failed(`the last good configuration: ${failureText(outcome)}`);
      logger.warn({ outcome }, 'HAProxy cannot be started with the last good configuration');
    }
  }

  /** Looks again for what was not there. */
  async #recheck(): Promise<void> {
    const { control, addresses, leftOut, changed, logger } = this.#parts;
    if (this.#missing && (await control.isAvailable())) {
      this.#missing = false;
      logger.info({}, 'haproxy is there now');
      changed();
    }
    if (leftOut.hasPorts && (await leftOut.recheckPorts())) changed();
    if (addresses.hasUnknown()) changed();
  }
}
