import type { Test } from 'tap';

/** One thing that a client does, or a rule that clients give: named after the behaviour. */
export interface ClientCase {
  readonly name: string;
  /** What would break, for whom. */
  readonly why: string;
  readonly run: (t: Test) => Promise<void>;
}

/** Runs the cases one after the other and says how many of them hold. `who`: a client with its commit, or a rule. */
export async function runCases(t: Test, who: string, cases: readonly ClientCase[]): Promise<void> {
  let held = 0;
  for (const { name, why, run } of cases) {
    await t.test(name, async (t) => {
      t.comment(why);
      await run(t);
      if (t.passing()) held++;
    });
  }
  t.comment(`${who}: ${held} of ${cases.length} cases`);
}
