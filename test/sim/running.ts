import type { World } from './simulated-world.js';

/**
 * Runs the world until a task runs and gives its id. Deployments of apps without health checks end by themselves meanwhile, those of
 * checked ones do not.
 */
export function running(world: World): string {
  for (let i = 0; i < 8; i++) {
    world.turn();
    world.clusterStep();
    // Requests for offers keep a distance of 5 s
    world.nowMs += 1000;
  }
  world.turn();
  const [taskId] = world.tasks.keys();
  if (taskId === undefined) throw new Error('no task runs');
  return taskId;
}
