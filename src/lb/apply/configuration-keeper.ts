import { rename, writeFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { MapFile } from '../compile/routing-model.js';
import type { HaproxyProgram } from './haproxy-program.js';
import { writeMaps } from './map-files.js';
import type { LbPaths } from './paths.js';
import type { Configuration } from './proxy-control.js';

/** Checking a large configuration takes a good part of a second of a processor: it is done once for the changes of such a time. */
const minDistanceMs = 1_000;
const distancePerCheck = 5;

/**
 * Puts on disk what the running process was told, so that the next one, after a reload or a crash, begins with the same. Traffic does
 * not wait for it: of several changes in a row the last one is written, once `haproxy -c` has accepted it.
 */
export class ConfigurationKeeper {
  readonly #paths: LbPaths;
  readonly #program: HaproxyProgram;
  readonly #logger: Logger;
  #wanted: Configuration | undefined;
  #work: Promise<void> | undefined;
  #endWait: (() => void) | undefined;
  /** What stands in the map files. */
  #maps: readonly MapFile[] = [];
  #problem: string | undefined;

  constructor({ paths, program, logger }: { paths: LbPaths; program: HaproxyProgram; logger: Logger }) {
    this.#paths = paths;
    this.#program = program;
    this.#logger = logger;
  }

  /** Why the files are not what runs; undefined when they are, or will be in a moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Writes this one, in the background. */
  keep(configuration: Configuration): void {
    this.#wanted = configuration;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves when nothing goes on in the background; what waits is done at once. */
  async settle(): Promise<void> {
    while (this.#work !== undefined) {
      this.#endWait?.();
      await this.#work;
    }
  }

  /** Forgets what waits, as a reload writes everything; resolves when nothing goes on. */
  async stop(): Promise<void> {
    this.#wanted = undefined;
    await this.settle();
  }

  /** Takes note of what a reload has written, or an earlier load balancer. */
  onDisk(maps: readonly MapFile[]): void {
    this.#maps = maps;
    this.#problem = undefined;
  }

  async #run(): Promise<void> {
    while (this.#wanted !== undefined) {
      const configuration = this.#wanted;
      this.#wanted = undefined;
      const startedAt = performance.now();
      try {
        await this.#write(configuration);
      } catch (error) {
        this.#note(`the configuration cannot be written: ${messageOf(error)}`);
      }
      const took = performance.now() - startedAt;
      if (this.#wanted !== undefined) await this.#wait(Math.max(minDistanceMs, distancePerCheck * took));
    }
  }

  async #write({ text, maps }: Configuration): Promise<void> {
    await writeMaps(maps, this.#maps);
    this.#maps = maps;
    await writeFile(this.#paths.nextConfig, text, { mode: 0o600 });
    const problem = await this.#program.check(this.#paths.nextConfig);
    if (problem !== undefined) {
      this.#note(`HAProxy does not accept what it was told at run time as a file: ${problem.message}`);
      return;
    }
    await rename(this.#paths.nextConfig, this.#paths.config);
    await writeFileAtomic(this.#paths.goodConfig, text, 0o600);
    this.#problem = undefined;
  }

  #note(problem: string): void {
    this.#problem = problem;
    this.#logger.error({ problem }, 'a restart of HAProxy would begin with an older configuration');
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endWait = undefined;
  }
}
