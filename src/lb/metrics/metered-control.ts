import type { ApplyOutcome, ProxyControl } from '../apply/proxy-control.js';
import type { LbCounts } from './lb-counts.js';

/** A control whose attempts to bring configurations into force are counted. */
export function meteredControl(control: ProxyControl, counts: Pick<LbCounts, 'outcome'>): ProxyControl {
  const counted = <T extends ApplyOutcome | undefined>(outcome: T): T => {
    if (outcome !== undefined) counts.outcome(outcome);
    return outcome;
  };
  return {
    get running() {
      return control.running;
    },
    get oldProcesses() {
      return control.oldProcesses;
    },
    get problem() {
      return control.problem;
    },
    get isUntidy() {
      return control.isUntidy;
    },
    isAvailable: () => control.isAvailable(),
    noticeDeath: () => control.noticeDeath(),
    adopt: () => control.adopt(),
    startLastGood: async () => counted(await control.startLastGood()),
    apply: async (configuration, options) => counted(await control.apply(configuration, options)),
    drained: (leaving) => control.drained(leaving),
    tidy: () => control.tidy(),
    remember: () => control.remember(),
    settle: () => control.settle(),
    end: () => control.end(),
  };
}
