import type { Leaving, MapFile } from '../compile/routing-model.js';
import type { RuntimeChange } from '../plan/runtime-change.js';
import type { ConfigurationText } from '../render/configuration-text.js';
import type { TakenPort } from './bind-preflight.js';

/** A configuration with the map files that it reads. */
export interface Configuration extends ConfigurationText {
  readonly maps: readonly MapFile[];
}

/** The proxy that serves now. */
export interface RunningProxy {
  /** undefined where it is somebody else who starts and ends it. */
  readonly pid: number | undefined;
  /** What it runs, with all that it was told at run time; undefined when that is not known. */
  readonly text: string | undefined;
  readonly generation: string | undefined;
}

/** How an attempt to bring a configuration into force has ended. */
export type ApplyOutcome =
  /** HAProxy runs exactly this already. */
  | { readonly kind: 'unchanged' }
  /** The running process was told; it is the same as before. */
  | { readonly kind: 'changed'; readonly changes: readonly RuntimeChange[]; readonly durationMs: number }
  /** HAProxy was replaced. */
  | { readonly kind: 'running'; readonly reasons: readonly string[]; readonly durationMs: number }
  /** It has to be replaced, and may not be yet. What could be told to the running process was told. */
  | { readonly kind: 'postponed'; readonly reasons: readonly string[]; readonly changes: readonly RuntimeChange[] }
  /** HAProxy does not accept the text: the same text need not be tried again. `lines` are the ones it names. */
  | { readonly kind: 'refused'; readonly message: string; readonly lines: readonly number[] }
  /** Other programs have these ports. */
  | { readonly kind: 'ports-taken'; readonly ports: readonly TakenPort[] }
  /** There is no haproxy program. */
  | { readonly kind: 'missing' }
  /** It went wrong in a way that may pass. The last good configuration stays in force. */
  | { readonly kind: 'failed'; readonly message: string };

/**
 * What brings configurations into force and keeps the proxy running. Its methods are called one at a time; none throws for what a
 * proxy or a configuration does.
 */
export interface ProxyControl {
  readonly running: RunningProxy | undefined;
  /** Replaced processes that still serve connections. */
  readonly oldProcesses: number;
  /** What was brought into force and is not as it should be all the same (the file on disk, …), for people; undefined = nothing. */
  readonly problem: string | undefined;

  /** Whether there is a program to run. */
  isAvailable(): Promise<boolean>;
  /** Whether the process that should serve has ended; forgets it then. */
  noticeDeath(): boolean;
  /** Finds the process that an earlier load balancer of this directory left. True when there is one. */
  adopt(): Promise<boolean>;
  /** Starts with the last good configuration; undefined when there is none. */
  startLastGood(): Promise<ApplyOutcome | undefined>;
  /** Brings a configuration into force; with `mayReload: false` only as far as the process needs not be replaced. */
  apply(configuration: Configuration, options: { readonly mayReload: boolean }): Promise<ApplyOutcome>;
  /** Of instances that are about to be killed: the task ids of those that nobody uses through this proxy any more. */
  drained(leaving: readonly Leaving[]): Promise<readonly string[]>;
  /** Whether `tidy` has something to do. */
  readonly isUntidy: boolean;
  /** Does what has to wait for others: removes servers that were withdrawn, once nobody uses them. */
  tidy(): Promise<void>;
  /** Notes what runs now for a restart of this role or the machine; called after `apply`, when traffic does not wait for it. */
  remember(): Promise<void>;
  /** Resolves when what goes on in the background (checking and writing files) has ended; called before the role ends. */
  settle(): Promise<void>;
  /** Ends the proxy and all replaced processes that still serve. */
  end(): Promise<void>;
}
