import type { Refusal, ShortAmounts } from '../../core/match/reject-reason.js';
import type { Constraint } from '../../core/match/constraints.js';

/** Amounts by the names that they have in definitions: `mem` and `disk` in MiB. */
function renderAmounts({ cpus, memMib, diskMib, gpus, ports }: ShortAmounts): object {
  return { cpus, mem: memMib, disk: diskMib, gpus, ports };
}

/** `[field, operator]` or `[field, operator, value]`, as apps have it. */
export function constraintList({ field, operator, value }: Constraint): readonly string[] {
  return value === undefined ? [field, operator] : [field, operator, value];
}

/** One filter's no: what was needed and what was there, in words and, as far as there are any, in numbers. */
export function renderRefusal({ reason, needed, had, amounts, constraint, missingPorts }: Refusal): object {
  return {
    reason,
    needed,
    had,
    amounts:
      amounts === undefined ? undefined : { needed: renderAmounts(amounts.needed), had: renderAmounts(amounts.had) },
    constraint: constraint === undefined ? undefined : constraintList(constraint),
    missingPorts,
  };
}

/** The same as a sentence for people. */
export function refusalText(hostname: string, { reason, needed, had }: Refusal): string {
  return `${hostname}: ${reason}, needs ${needed}, the offer has ${had}.`;
}
