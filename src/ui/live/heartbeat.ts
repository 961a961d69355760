/** Servers say something every five seconds: after so long without a word a connection is dead, whatever the browser thinks of it. */
export const maxSilenceMs = 20_000;

/** Tells when a connection has been silent for too long. Times are in milliseconds, of a clock that goes on while the machine sleeps. */
export class Heartbeat {
  #heardAtMs: number;

  constructor(nowMs: number) {
    this.#heardAtMs = nowMs;
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  isLost(nowMs: number): boolean {
    return nowMs - this.#heardAtMs > maxSilenceMs;
  }
}
