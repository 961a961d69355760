/** How much a logger says; `all` and `trace` are as much as there is, `off` is nothing. */
export type Verbosity = 'all' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'off';

/** The weight of a line, as pino counts; a logger says what weighs at least as much as its threshold. */
const thresholds: Readonly<Record<Verbosity, number>> = {
  all: 0,
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  off: Infinity,
};

export const verbosities = Object.keys(thresholds) as readonly Verbosity[];

/** The name of the logger that all others follow unless they have a level of their own. */
export const rootLogger = 'ROOT';

/** The level of one logger. */
export interface LevelOf {
  readonly level: Verbosity;
  /** It has none of its own: this is the root's. */
  readonly inherited: boolean;
}

/** Decides what one logger says. */
export interface LevelGate {
  allows(line: 'debug' | 'info' | 'warn' | 'error'): boolean;
}

/** The levels of the loggers of one process, by name; may be changed while they are in use. */
export interface LogLevels {
  /** Of every logger, the root first. */
  all(): ReadonlyMap<string, LevelOf>;
  /** Gives a logger a level of its own, or takes it away (undefined; of the root: sets it to what it was at the start). False: not known. */
  set(name: string, level: Verbosity | undefined): boolean;
  /** The level that a logger has of its own. */
  own(name: string): Verbosity | undefined;
  /** The gate of a logger; it is known by this name from now on. */
  gate(name: string): LevelGate;
}

export function createLogLevels(initial: Verbosity): LogLevels {
  const own = new Map<string, Verbosity | undefined>([[rootLogger, undefined]]);
  const levelOf = (name: string): Verbosity => own.get(name) ?? own.get(rootLogger) ?? initial;
  return {
    all: () =>
      new Map(
        [...own].map(([name, level]) => [
          name,
          { level: levelOf(name), inherited: name !== rootLogger && level === undefined },
        ]),
      ),
    set(name, level) {
      if (!own.has(name)) return false;
      own.set(name, level);
      return true;
    },
    own: (name) => own.get(name),
    gate(name) {
      if (!own.has(name)) own.set(name, undefined);
      return { allows: (line) => thresholds[line] >= thresholds[levelOf(name)] };
    },
  };
}
