import type { CommandResult } from '../../../common/run-command.js';
import { runCommand } from '../../../common/run-command.js';
import { LaunchError } from '../launch-error.js';
import { ContainerEngine } from './engine.js';

/** How long it is believed that there is no engine. */
const rememberFailureMs = 10_000;
const versionMs = 20_000;

/** Docker counts when its daemon answers, podman needs none. */
const candidates: readonly { readonly program: string; readonly format: string }[] = [
  { program: 'docker', format: '{{.Server.Version}}' },
  { program: 'podman', format: '{{.Client.Version}}' },
];

function complaint(program: string, result: CommandResult): string {
  if (result.failure === 'ENOENT') return `the program '${program}' is not installed`;
  return `'${program} version' says: ${(result.stderr.trim().split('\n').at(-1) ?? '').slice(0, 300) || 'nothing'}`;
}

/** Finds the container engine of this machine, once one is needed. */
export class EngineFinder {
  readonly #agentId: string;
  readonly #now: () => number;
  readonly #programs: readonly string[];
  #found: Promise<ContainerEngine> | undefined;
  #lookAgainAtMs = 0;
  readonly #known = new Map<string, ContainerEngine>();

  /** `program`: only this one is looked for. */
  constructor(options: { agentId: string; now: () => number; program?: string | undefined }) {
    this.#agentId = options.agentId;
    this.#now = options.now;
    this.#programs = options.program === undefined ? candidates.map(({ program }) => program) : [options.program];
  }

  /** The engine that a container was started with, found by an earlier agent. */
  named(program: string): ContainerEngine {
    let engine = this.#known.get(program);
    if (engine === undefined) {
      engine = new ContainerEngine(program, this.#agentId);
      this.#known.set(program, engine);
    }
    return engine;
  }

  /** Throws LaunchError when there is none; it is looked for again after a while. */
  find(): Promise<ContainerEngine> {
    if (this.#found === undefined || this.#now() >= this.#lookAgainAtMs) {
      this.#lookAgainAtMs = Infinity;
      this.#found = this.#find();
      this.#found.catch(() => {
        this.#lookAgainAtMs = this.#now() + rememberFailureMs;
      });
    }
    return this.#found;
  }

  async #find(): Promise<ContainerEngine> {
    const complaints: string[] = [];
    for (const program of this.#programs) {
      const format = candidates.find((candidate) => candidate.program === program)?.format ?? '{{.Client.Version}}';
      const result = await runCommand(program, ['version', '--format', format], { timeoutMs: versionMs });
      if (result.exitCode === 0) return this.named(program);
      complaints.push(complaint(program, result));
    }
    throw new LaunchError(
      `there is no container engine on the agent (${complaints.join('; ')}): install Docker and start it, or podman ` +
        '(on Debian: apt-get install --no-install-recommends podman runc netavark aardvark-dns iptables)',
    );
  }
}
