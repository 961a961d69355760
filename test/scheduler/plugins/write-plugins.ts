import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { Logger } from '../../../src/common/logger.js';
import type { Deadline, StartTimer } from '../../../src/scheduler/plugins/deadline.js';
import { loadPlugins } from '../../../src/scheduler/plugins/load-plugins.js';
import type { Plugins } from '../../../src/scheduler/plugins/load-plugins.js';

/** A plugin as a test writes it: the interface, the text of its module, and what else its entry holds. */
export interface WrittenPlugin {
  readonly plugin: string;
  readonly module: string;
  readonly [member: string]: unknown;
}

export interface WrittenPlugins {
  readonly directory: string;
  readonly configuration: string;
}

/** Writes modules and their configuration: plugin `x` is the file `x.mjs`, unless its entry names another `implementation`. */
export function writePlugins(t: Test, plugins: Readonly<Record<string, WrittenPlugin>>): WrittenPlugins {
  const root = t.testdir();
  const directory = join(root, 'plugins');
  mkdirSync(directory);
  const entries = Object.entries(plugins).map(([id, { module, ...entry }]): [string, object] => {
    writeFileSync(join(directory, `${id}.mjs`), module);
    return [id, { implementation: `./${id}.mjs`, ...entry }];
  });
  const configuration = join(root, 'plugins.json');
  writeFileSync(configuration, JSON.stringify({ plugins: Object.fromEntries(entries) }));
  return { directory, configuration };
}

/** Writes and loads plugins. */
export function loadWritten(
  t: Test,
  plugins: Readonly<Record<string, WrittenPlugin>>,
  { logger = silentLogger, deadline }: { readonly logger?: Logger; readonly deadline?: Deadline } = {},
): Promise<Plugins> {
  return loadPlugins(writePlugins(t, plugins), { logger, ...(deadline === undefined ? {} : { deadline }) });
}

/** A deadline that is over when the test says so. */
export function manualDeadline(): {
  readonly deadline: Deadline;
  readonly expire: () => void;
  readonly running: () => number;
} {
  const timers = new Set<() => void>();
  const startTimer: StartTimer = (_ms, onEnd) => {
    timers.add(onEnd);
    return () => timers.delete(onEnd);
  };
  return {
    deadline: { limitMs: 5_000, startTimer },
    expire: () => {
      for (const onEnd of [...timers]) onEnd();
    },
    running: () => timers.size,
  };
}

/** A logger that keeps its lines as text. */
export function noteLogger(): { readonly logger: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const loggerOf = (more: object): Logger => {
    const note = (fields: object, message: string): void =>
      void lines.push(`${message} ${JSON.stringify({ ...more, ...fields })}`);
    return { debug: note, info: note, warn: note, error: note, child: (fields) => loggerOf({ ...more, ...fields }) };
  };
  return { logger: loggerOf({}), lines };
}
