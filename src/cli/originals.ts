/** A program that is stood in for, as its file under commands/ exports it: takes its words and resolves with the exit status. */
export interface OriginalModule {
  run(argv: readonly string[]): Promise<number>;
}

/** The load balancers whose words are understood, by what stands behind `ekiden` (bin/ has a file for each). */
const originals: Readonly<Record<string, () => Promise<OriginalModule>>> = {
  'haproxy-marathon-bridge': () => import('./commands/haproxy-marathon-bridge.js'),
  servicerouter: () => import('./commands/servicerouter.js'),
  'marathon-lb': () => import('./commands/marathon-lb.js'),
  bamboo: () => import('./commands/bamboo.js'),
};

/** How to run one; undefined when the word names none. */
export function originalNamed(word: string): (() => Promise<OriginalModule>) | undefined {
  return Object.hasOwn(originals, word) ? originals[word] : undefined;
}
