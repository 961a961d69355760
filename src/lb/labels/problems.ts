import type { SettingProblem } from './service-settings.js';
import { SettingError } from './values.js';

/** More are counted, not told; there is room for those that cost a service. */
const maxProblems = 30;
const maxWithFatalOnes = 60;

/** What is wrong with the settings of an app, gathered while they are read. */
export class Problems {
  readonly #found: SettingProblem[] = [];
  #more = 0;

  add(label: string, reason: string, isFatal = false): void {
    // What is wrong for the whole app is found at each of its ports.
    if (this.#found.some((found) => found.label === label && found.reason === reason)) return;
    if (this.#found.length < (isFatal ? maxWithFatalOnes : maxProblems)) this.#found.push({ label, reason, isFatal });
    else this.#more += 1;
  }

  /** What `read` gives; a SettingError becomes a problem of `label`, and `fallback` the result. */
  attempt<T, F>(label: string, fallback: F, read: () => T, isFatal = false): T | F {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.add(label, error.message, isFatal);
      return fallback;
    }
  }

  list(): readonly SettingProblem[] {
    if (this.#more === 0) return this.#found;
    return [...this.#found, { label: 'HAPROXY_…', reason: `${this.#more} more problems`, isFatal: false }];
  }
}
