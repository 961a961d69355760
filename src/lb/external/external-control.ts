import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { runCommand } from '../../common/run-command.js';
import type { HaproxyProgram } from '../apply/haproxy-program.js';
import { mapText } from '../apply/map-files.js';
import type { ApplyOutcome, Configuration, ProxyControl, RunningProxy } from '../apply/proxy-control.js';
import type { MapFile } from '../compile/routing-model.js';
import { plan } from '../plan/plan.js';
import type { Planned } from '../plan/plan.js';
import type { ExternalHaproxy } from './external-haproxy.js';
import { replaceMaps } from './map-files.js';
import { Candidate, readConfigFile, restoreConfigFile } from './replace-config.js';
import type { ConfigFile } from './replace-config.js';
import { runShell } from './shell-command.js';
import { findSystemReload } from './system-reload.js';

const validateTimeoutMs = 60_000;
const reloadTimeoutMs = 90_000;

export interface ExternalControlOptions {
  readonly external: ExternalHaproxy;
  /** Checks where there is no command for it. */
  readonly program: HaproxyProgram;
  /** Of this role: what was brought into force is noted there. */
  readonly directory: string;
  readonly logger: Logger;
  /** Told how each attempt has ended. */
  readonly onOutcome?: ((outcome: ApplyOutcome) => void) | undefined;
  /** Takes the configuration where it is only to be shown. */
  readonly print?: (text: string) => void;
}

/**
 * Keeps the configuration file of an HAProxy that something else runs, and has that one reload it. What is in force is what a reload has
 * succeeded with, not what the file says: a reload that failed is tried again, with the file as it was before meanwhile. (Bamboo
 * compares with the file, finds nothing to do, and the old configuration serves on.)
 */
export class ExternalControl implements ProxyControl {
  readonly #options: ExternalControlOptions;
  readonly #notePath: string;
  #running: RunningProxy | undefined;
  /** Of text and maps. */
  #digest: string | undefined;
  #maps: readonly MapFile[] = [];

  constructor(options: ExternalControlOptions) {
    this.#options = options;
    this.#notePath = join(options.directory, 'reloaded.json');
  }

  get running(): RunningProxy | undefined {
    return this.#running;
  }

  /** Nothing is known of them. */
  readonly oldProcesses = 0;
  readonly problem = undefined;
  readonly isUntidy = false;

  isAvailable(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Who runs it looks after it. */
  noticeDeath(): boolean {
    return false;
  }

  /** Takes over what an earlier load balancer has brought into force, if the file still says so. */
  async adopt(): Promise<boolean> {
    try {
      const note: unknown = JSON.parse(await readFile(this.#notePath, 'utf8'));
      const { text } = await readConfigFile(this.#options.external.configPath, 0o644);
      if (text === undefined || typeof note !== 'object' || note === null) return false;
      if (!('file' in note) || note.file !== digestOf(text) || !('all' in note) || typeof note.all !== 'string')
        return false;
      this.#digest = note.all;
      this.#running = { pid: undefined, text, generation: undefined };
      return true;
    } catch (error) {
      this.#options.logger.debug({ reason: messageOf(error) }, 'what HAProxy runs is not known');
      return false;
    }
  }

  startLastGood(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async apply(configuration: Configuration, { mayReload }: { readonly mayReload: boolean }): Promise<ApplyOutcome> {
    const outcome = await this.#apply(configuration, mayReload).catch((error: unknown): ApplyOutcome => ({
      kind: 'failed',
      message: messageOf(error),
    }));
    this.#options.onOutcome?.(outcome);
    return outcome;
  }

  async #apply(configuration: Configuration, mayReload: boolean): Promise<ApplyOutcome> {
    const { external, print } = this.#options;
    const { text, maps, generation } = configuration;
    const all = digestOf([text, ...maps.map((map) => `${map.path}\n${mapText(map.entries)}`)].join('\n'));
    const before = await readConfigFile(external.configPath, 0o644);
    if (external.effect === 'reload' && all === this.#digest && before.text === text) return { kind: 'unchanged' };
    const reasons = this.#reasons({ text, maps });
    if (!mayReload) return { kind: 'postponed', reasons, changes: [] };
    const startedAt = performance.now();
    const restoreMaps = await replaceMaps(maps);
    if (external.effect === 'print') {
      print?.(text);
    } else {
      const failure = await this.#replace(text, before);
      if (failure !== undefined) {
        await restoreMaps();
        return failure;
      }
      this.#digest = all;
      await writeFileAtomic(this.#notePath, `${JSON.stringify({ file: digestOf(text), all })}\n`, 0o600);
    }
    this.#running = { pid: undefined, text, generation };
    this.#maps = maps;
    return { kind: 'running', reasons, durationMs: performance.now() - startedAt };
  }

  /** An external HAProxy is not asked: what is about to be killed waits for its deadline. */
  drained(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  tidy(): Promise<void> {
    return Promise.resolve();
  }

  remember(): Promise<void> {
    return Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  #reasons(next: Planned): readonly string[] {
    const text = this.#running?.text;
    const planned = plan(text === undefined ? undefined : { text, maps: this.#maps }, next);
    if (planned.kind === 'reload') return planned.reasons;
    return ['servers or maps are different: an HAProxy that something else runs reads them with the rest'];
  }

  /** Checked, put in place, reloaded; undefined when all of that was done, else nothing of it lasts. */
  async #replace(text: string, before: ConfigFile): Promise<ApplyOutcome | undefined> {
    const { configPath, cleanupCommand } = this.#options.external;
    const candidate = await Candidate.write(configPath, text, before);
    try {
      const refusal = await this.#check(candidate.path);
      if (refusal !== undefined) return refusal;
      await candidate.place();
    } finally {
      await candidate.discard();
    }
    const failure = await this.#reload();
    if (failure !== undefined) await restoreConfigFile(configPath, before);
    if (cleanupCommand !== null) {
      const cleaned = await runShell(cleanupCommand, { file: configPath, timeoutMs: reloadTimeoutMs });
      if (cleaned.failure !== undefined) this.#options.logger.warn({ reason: cleaned.failure }, 'the clean-up failed');
    }
    return failure === undefined ? undefined : { kind: 'failed', message: failure };
  }

  async #check(file: string): Promise<ApplyOutcome | undefined> {
    const { external, program, logger } = this.#options;
    if (external.validateCommand !== null) {
      const { failure, output } = await runShell(external.validateCommand, { file, timeoutMs: validateTimeoutMs });
      if (failure === undefined) return undefined;
      const lines = [...output.matchAll(/\[[^\]\s]*:(\d+)\]/g)].map((match) => Number(match[1]));
      return { kind: 'refused', message: failure, lines };
    }
    const problem = await program.check(file);
    if (problem?.missing === true) {
      logger.warn({}, 'there is no haproxy program: the configuration is not checked');
      return undefined;
    }
    return problem === undefined ? undefined : { kind: 'refused', message: problem.message, lines: problem.lines };
  }

  async #reload(): Promise<string | undefined> {
    const { reloadCommand, configPath } = this.#options.external;
    if (reloadCommand !== null) {
      return (await runShell(reloadCommand, { file: configPath, timeoutMs: reloadTimeoutMs })).failure;
    }
    const found = findSystemReload();
    if (found === undefined) return 'nothing on this machine reloads HAProxy (Upstart, systemd, /etc/init.d/haproxy)';
    const result = await runCommand(found.file, found.args, { timeoutMs: reloadTimeoutMs });
    if (result.exitCode === 0) return undefined;
    const words = [found.file, ...found.args].join(' ');
    return `${words}: ${result.failure ?? (result.stderr || result.stdout).trim().slice(-500)}`;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
