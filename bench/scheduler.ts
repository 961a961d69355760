import { measureCore } from './scheduler/core.js';
import { measureLaunching } from './scheduler/launching.js';
import { measureUpdates } from './scheduler/updates.js';
import { startChild } from './support/child.js';

/**
 * The scheduler and the cluster as two processes with HTTP between them, the agents simulated; then the core alone. Every number stands
 * next to those of a tenth and a hundredth of the instances.
 */
export async function measureScheduler(args: readonly string[]): Promise<void> {
  const wants = (part: string): boolean => args.length === 0 || args.includes(part);
  if (wants('launching')) {
    const peer = await startChild(new URL('support/peer-process.js', import.meta.url));
    try {
      await measureLaunching(peer);
    } finally {
      await peer.stop();
    }
  }
  if (wants('updates')) await measureUpdates();
  if (wants('core')) measureCore();
}
