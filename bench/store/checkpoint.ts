import type { Store } from '../../src/scheduler/ports/store.js';
import { table } from '../support/report.js';
import { timed } from './timed.js';
import type { Turns } from './writing.js';

/**
 * What it takes to bring a journal that holds everything into the pages, which the next commit starts; and how long commits take that
 * are made beside it, one after the other. `settled`: whether a checkpoint is done.
 */
export async function measureCheckpoint(
  title: string,
  beside: Turns[number],
  { name, store, settled }: { readonly name: string; readonly store: Store; readonly settled: () => boolean },
): Promise<void> {
  const row = table(title, [
    ['all ms', 9],
    ['CPU ms', 9],
    ['commits', 9],
    ['most ms', 9],
  ]);
  const { user, system } = process.cpuUsage();
  const took: number[] = [];
  const allMs = await timed(async () => {
    while (!settled()) took.push(await timed(() => store.write(beside)));
  });
  const cpu = process.cpuUsage();
  row(name, allMs, (cpu.user - user + cpu.system - system) / 1000, took.length, Math.max(...took));
}
