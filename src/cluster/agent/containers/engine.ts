import { basename } from 'node:path';
import type { Limiter } from '../../../common/concurrency.js';
import { createLimiter } from '../../../common/concurrency.js';
import type { CommandResult } from '../../../common/run-command.js';
import { runCommand } from '../../../common/run-command.js';
import { LaunchError } from '../launch-error.js';
import type { ContainerState } from './engine-answers.js';
import { inspectFormat, parseInspected } from './engine-answers.js';

/** A question to the engine, which it should answer at once. */
const questionMs = 60_000;
const pullMs = 60 * 60_000;
/** Clients of the engine that run at a time, besides the one per container. */
const maxQuestions = 4;
const maxPulls = 4;
const maxStops = 32;
/** Of what a client complains about, so much becomes part of a message. */
const maxComplaint = 1000;

/** The engine did not do what it was asked for. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** What an engine's client said, in Mesos' words for a command that failed. */
export function failureOf(words: readonly string[], result: CommandResult): string {
  const shown = words.join(' ').slice(0, 300);
  const said = result.stderr.trim().slice(-maxComplaint);
  const end =
    result.failure === 'timeout'
      ? 'did not end in time'
      : result.failure !== undefined
        ? `could not be run (${result.failure})`
        : result.exitCode === undefined
          ? `terminated with signal ${result.signal}`
          : `exited with status ${result.exitCode}`;
  return `Failed to run '${shown}': ${end}${said === '' ? '' : `; stderr='${said}'`}`;
}

/** The command line of a container engine: Docker's, or podman's, which has the same. */
export class ContainerEngine {
  /** The program, as it is found in PATH or by its path. */
  readonly program: string;
  /** The label on all containers of one agent. */
  readonly #agentLabel: string;
  readonly #questions: Limiter = createLimiter(maxQuestions);
  readonly #pulls: Limiter = createLimiter(maxPulls);
  readonly #stops: Limiter = createLimiter(maxStops);

  constructor(program: string, agentId: string) {
    this.program = program;
    this.#agentLabel = `ekiden.agent=${agentId}`;
  }

  /** What messages call it. */
  get name(): string {
    return basename(this.program);
  }

  get agentLabel(): readonly [key: string, value: string] {
    const [key = '', value = ''] = this.#agentLabel.split('=');
    return [key, value];
  }

  #run(words: readonly string[], timeoutMs = questionMs): Promise<CommandResult> {
    return runCommand(this.program, words, { timeoutMs });
  }

  #ask(words: readonly string[]): Promise<CommandResult> {
    return this.#questions(() => this.#run(words));
  }

  /** The working directory that a local image names, or ''; undefined when the image is not here. */
  async imageDirectory(image: string): Promise<string | undefined> {
    const result = await this.#ask(['image', 'inspect', '--format', '{{.Config.WorkingDir}}', image]);
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  }

  /** Fetches an image from its registry. Throws LaunchError with the client's words; an aborted signal ends it. */
  async pull(image: string, environment: Record<string, string>, signal: AbortSignal): Promise<void> {
    await this.#pulls(async () => {
      const words = ['pull', '--quiet', image];
      const result = await runCommand(this.program, words, { timeoutMs: pullMs, env: environment, signal });
      signal.throwIfAborted();
      if (result.exitCode !== 0) throw new LaunchError(failureOf([this.name, 'pull', image], result));
    }, signal);
  }

  /**
   * What it knows about a container; undefined when there is none of this name, or only what is left of one. Throws EngineError when it
   * does not answer.
   */
  async inspect(name: string): Promise<ContainerState | undefined> {
    const words = ['inspect', '--type', 'container', '--format', inspectFormat, name];
    const result = await this.#ask(words);
    if (result.exitCode === 0) {
      const state = parseInspected(result.stdout);
      if (state === undefined) throw new EngineError(`'${this.name} inspect' answered something unreadable`);
      return state;
    }
    // The latter: podman was killed while it removed the container
    if (/no such (?:container|object)|container not known/i.test(result.stderr)) return undefined;
    throw new EngineError(failureOf([this.name, 'inspect', name], result));
  }

  /** Asks a container to end, and kills it after so many seconds. Resolves when it has ended, or the client gave up. */
  async stop(name: string, seconds: number): Promise<void> {
    await this.#stops(() => this.#run(['stop', '-t', String(seconds), name], (seconds + 60) * 1000));
  }

  async kill(name: string): Promise<void> {
    await this.#ask(['kill', '--signal', 'KILL', name]);
  }

  /** Removes a container that is not running, and the volumes that have no name. Throws EngineError. */
  async remove(name: string): Promise<void> {
    const result = await this.#ask(['rm', '-f', '-v', name]);
    if (result.exitCode === 0 || /no such container/i.test(result.stderr)) return;
    throw new EngineError(failureOf([this.name, 'rm', '-f', '-v', name], result));
  }

  /** The names of all containers of this agent, whether they run or not. Throws EngineError. */
  async list(): Promise<readonly string[]> {
    const words = ['ps', '--all', '--no-trunc', '--filter', `label=${this.#agentLabel}`, '--format', '{{.Names}}'];
    const result = await this.#ask(words);
    if (result.exitCode !== 0) throw new EngineError(failureOf([this.name, 'ps'], result));
    return result.stdout.split('\n').filter((name) => name !== '');
  }
}
