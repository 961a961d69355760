import type { StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Store } from '../../src/scheduler/ports/store.js';
import { table } from '../support/report.js';
import { percentile } from '../support/statistics.js';
import { timed } from './timed.js';

/** What the engine stores, one commit for each. */
export type Turns = readonly (readonly StoreOperation[])[];

/** A store that is opened anew each time. */
export interface NamedStore {
  readonly name: string;
  readonly open: () => Promise<Store>;
}

/** Commits every turn, one after the other as the engine does. How long each took, sorted; together with the end of the last checkpoint. */
export async function writeAll(turns: Turns, { open }: NamedStore): Promise<{ took: number[]; totalMs: number }> {
  const store = await open();
  const took: number[] = [];
  const totalMs = await timed(async () => {
    for (const turn of turns) took.push(await timed(() => store.write(turn)));
    await store.close();
  });
  return { took: took.sort((a, b) => a - b), totalMs };
}

/** Fills empty stores, the first of which is what the others are compared with; then `bare`, one write after the other, each of the size of a usual commit. */
export async function measureWriting(
  title: string,
  turns: Turns,
  stores: readonly NamedStore[],
  bare: readonly { readonly name: string; readonly write: () => Promise<unknown> }[],
): Promise<void> {
  const row = table(title, [
    ['commits/s', 11],
    ['ratio', 8],
    ['p50 ms', 9],
    ['p99 ms', 9],
    ['most ms', 9],
  ]);
  let first: number | undefined;
  const tell = (name: string, took: readonly number[], totalMs: number): void => {
    const rate = (took.length * 1000) / totalMs;
    first ??= rate;
    row(name, rate, rate / first, percentile(took, 0.5), percentile(took, 0.99), took.at(-1) ?? Number.NaN);
  };
  for (const store of stores) {
    const { took, totalMs } = await writeAll(turns, store);
    tell(store.name, took, totalMs);
  }
  for (const { name, write } of bare) {
    const took: number[] = [];
    for (let n = 0; n < turns.length; n++) took.push(await timed(write));
    const totalMs = took.reduce((sum, ms) => sum + ms, 0);
    tell(
      name,
      took.sort((a, b) => a - b),
      totalMs,
    );
  }
}
