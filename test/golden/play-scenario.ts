import type { Command } from '../../src/scheduler/core/commands.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import { loadState } from '../../src/scheduler/core/load.js';
import { isConsideredHealthy } from '../../src/scheduler/core/health.js';
import { instanceIdOf } from '../../src/scheduler/core/launch/task-id.js';
import type { OfferOperation } from '../../src/scheduler/model/offer.js';
import type { CoreSettings } from '../../src/scheduler/core/settings.js';
import { instancesOf, runSpecOf } from '../../src/scheduler/core/state.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import { renderExplanation } from '../../src/scheduler/api/render/explain.js';
import { seeded, settings as plainSettings } from '../sim/simulated-world.js';
import { callText, eventText, outcomeText, storeText } from './trace.js';
import { ScenarioCluster } from './scenario-cluster.js';

/** What of the effects a scenario shows. */
type Shown = 'store' | 'call' | 'event' | 'reply' | 'count';

const startMs = Date.UTC(2026, 0, 1);
const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

/**
 * Plays the inputs of a scenario (the lines that begin with `>`) against the scheduler's core in virtual time. The words:
 *
 *   settings {…}                 of the core, before anything else
 *   show store call event reply count   what is traced from here on; `count` is a line for each app whenever its numbers change
 *   agent NAME {…}               AgentDescription
 *   create {app}, update /id {partial app}, delete /id, restart /id, group /id {group}, pod {pod}, kill TASK… [scale] [wipe] [force]
 *   cancel /id [force]           the deployment that holds it; `force` may follow update, delete, restart and group, too
 *   offer [AGENT…] [role=ROLE], status TASK STATE [{…}], healthy TASK, unhealthy TASK [cause], ready TASK, unready TASK
 *   wait SECONDS                 time passes, nothing else happens
 *   run [SECONDS]                the cluster acts by itself, second by second; without a number until nothing has happened for a while
 *   crash, disconnect, connect, explain /id
 *
 * `web#1` stands for the task that was launched first of /web (`a/b#2`: of /a/b the second one), `pod#1.main` for that of a container in the first task
 * group of /pod.
 */
export class ScenarioPlayer {
  #settings: CoreSettings = plainSettings;
  readonly #cluster = new ScenarioCluster();
  readonly #records = new Map<string, string>();
  readonly #random = seeded(1);
  readonly #launched = new Map<string, string[][]>();
  readonly #counts = new Map<string, string>();
  #state = loadState(new Map());
  #shown = new Set<Shown>(['store', 'call', 'event', 'reply']);
  #nowMs = startMs;
  #wakeMs: number | undefined;
  #ids = 0;
  #requests = 0;
  #lines: string[] = [];

  /** The trace of one input. */
  play(input: string): string[] {
    this.#lines = [];
    const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(input) ?? [];
    this.#do(word, rest.trim());
    return this.#lines;
  }

  #do(word: string, rest: string): void {
    const json = rest.indexOf('{') < 0 ? '' : rest.slice(rest.indexOf('{'));
    const words = (json === '' ? rest : rest.slice(0, rest.indexOf('{'))).split(/\s+/).filter((w) => w !== '');
    const [first = ''] = words;
    const force = words.includes('force');
    const parsed = (): Record<string, never> => JSON.parse(json) as Record<string, never>;
    switch (word) {
      case 'settings':
        this.#settings = { ...this.#settings, ...parsed() };
        return;
      case 'show':
        this.#shown = new Set(words as Shown[]);
        return;
      case 'agent':
        this.#cluster.addAgent(first, json === '' ? {} : parsed(), this.#nowMs);
        return;
      case 'connect':
        this.#turn([{ type: 'registered', frameworkId: 'F', master: 'm:5050' }]);
        return;
      case 'disconnect':
        this.#turn([{ type: 'disconnected' }]);
        return;
      case 'crash':
        this.#state = loadState(new Map([...this.#records].map(([key, text]) => [key, JSON.parse(text) as unknown])));
        this.#turn([{ type: 'loaded' }, { type: 'registered', frameworkId: 'F', master: 'm:5050' }]);
        return;
      case 'create':
        this.#command({ type: 'createApp', update: parsed(), force, origin });
        return;
      case 'pod':
        this.#command({ type: 'createPod', update: parsed(), force, origin });
        return;
      case 'update': {
        const updates = [{ id: first, update: parsed() }];
        this.#command({ type: 'updateApps', updates, partial: true, mayCreate: false, force, origin });
        return;
      }
      case 'group':
        this.#command({ type: 'updateGroup', id: first, update: parsed(), force });
        return;
      case 'delete':
        this.#command(
          this.#state.apps.has(first)
            ? { type: 'deleteApp', id: first, force }
            : { type: 'deletePod', id: first, force, origin },
        );
        return;
      case 'restart':
        this.#command({ type: 'restartApp', id: first, force });
        return;
      case 'kill': {
        const options = ['scale', 'wipe', 'force'];
        const taskIds = words.filter((w) => !options.includes(w)).map((name) => this.#task(name));
        this.#command({
          type: 'killTasks',
          taskIds,
          scale: words.includes('scale'),
          wipe: words.includes('wipe'),
          force,
        });
        return;
      }
      case 'cancel':
        this.#command({ type: 'cancelDeployment', id: this.#state.locks.get(first) ?? first, force });
        return;
      case 'offer': {
        const [role = this.#settings.mesosRole] = words.flatMap((w) => (w.startsWith('role=') ? [w.slice(5)] : []));
        const names = words.filter((w) => !w.startsWith('role='));
        this.#turn([this.#cluster.offer(names, role)]);
        return;
      }
      case 'status':
        this.#turn([this.#cluster.status(this.#task(first), words[1] ?? '', json === '' ? {} : parsed())]);
        return;
      case 'healthy':
      case 'unhealthy': {
        const cause = words.slice(1).join(' ');
        const result = { taskId: this.#task(first), checkIndex: 0, result: word, ...(cause === '' ? {} : { cause }) };
        this.#turn([{ type: 'health', results: [result] }]);
        return;
      }
      case 'ready':
      case 'unready': {
        const response = { status: word === 'ready' ? 200 : 503, contentType: 'text/plain', body: word };
        this.#turn([{ type: 'readiness', results: [{ taskId: this.#task(first), response }] }]);
        return;
      }
      case 'wait':
        this.#waitUntil(this.#nowMs + Number(first) * 1000);
        return;
      case 'run':
        this.#run(first === '' ? undefined : Number(first));
        return;
      case 'explain': {
        const rules = { nowMs: this.#nowMs, settings: this.#settings };
        const { reasons, ended } = renderExplanation(this.#state, first, rules) as {
          readonly reasons: readonly string[];
          readonly ended: readonly { readonly taskId: string; readonly text: string }[];
        };
        this.#lines.push(...reasons, ...ended.map(({ taskId, text }) => `ended ${taskId}: ${text}`));
        return;
      }
      default:
        throw new Error(`a scenario has the unknown word '${word}'`);
    }
  }

  #command(command: Command): void {
    this.#turn([{ type: 'command', requestId: this.#requests++, command }]);
  }

  #task(name: string): string {
    const [, app = '', number = '', container = '_app'] = /^(.+)#(\d+)(?:\.(.+))?$/.exec(name) ?? [];
    const group = this.#launched.get(`/${app}`)?.[Number(number) - 1] ?? [];
    return group.find((taskId) => taskId.includes(`.${container}.`)) ?? name;
  }

  #seconds(): string {
    return `${((this.#nowMs - startMs) / 1000).toFixed(3).replace(/\.?0+$/, '')} s`;
  }

  /** One turn; whether anything came of it. */
  #turn(inputs: readonly Input[]): boolean {
    const { effects, failures, nextWakeMs } = runTurn(this.#state, inputs, this.#settings, {
      nowMs: this.#nowMs,
      uuid: () => `u${++this.#ids}`,
      random: this.#random,
    });
    for (const { error } of failures) throw error;
    this.#wakeMs = nextWakeMs;
    for (const { key, value } of effects.store) {
      if (value === undefined) this.#records.delete(key);
      else this.#records.set(key, JSON.stringify(value));
    }
    for (const call of effects.calls) {
      this.#cluster.take(call);
      if (call.type === 'accept') for (const operation of call.operations) this.#remember(operation);
    }
    const trace: string[] = [];
    const show = (kind: Shown, texts: readonly string[]): void => {
      if (this.#shown.has(kind)) trace.push(...texts.map((text) => `${kind.padEnd(5)} ${text}`));
    };
    show('store', effects.store.map(storeText));
    show('call', effects.calls.map(callText));
    show('event', effects.events.map(eventText));
    show(
      'reply',
      effects.replies.map(({ outcome }) => outcomeText(outcome)),
    );
    show('count', this.#changedCounts());
    if (trace.length > 0) this.#lines.push(`[${this.#seconds()}]`, ...trace);
    return effects.store.length > 0 || effects.calls.length > 0;
  }

  #remember(operation: OfferOperation): void {
    const tasks =
      operation.type === 'launch' ? [operation.task] : operation.type === 'launchGroup' ? operation.group.tasks : [];
    const ids = tasks.map(({ taskId }) => taskId);
    const instance = this.#state.instances.get(instanceIdOf(ids[0] ?? ''));
    if (instance === undefined) return;
    this.#launched.set(instance.appId, [...(this.#launched.get(instance.appId) ?? []), ids]);
  }

  /** Instances of each app or pod by configuration, old before new, and how many of all are up. */
  #changedCounts(): string[] {
    const lines: string[] = [];
    for (const id of new Set([...this.#state.apps.keys(), ...this.#state.pods.keys(), ...this.#counts.keys()])) {
      const current = runSpecOf(this.#state, id)?.versionInfo.lastConfigChangeAt ?? '';
      const all = instancesOf(this.#state, id);
      const old = all.filter(({ appVersion }) => appVersion < current).length;
      const up = all.filter((i) => i.goal === 'Running' && isConsideredHealthy(this.#state, i)).length;
      const text = `${id}: ${old} old + ${all.length - old} new = ${all.length}, ${up} up`;
      if (text !== this.#counts.get(id)) lines.push(text);
      this.#counts.set(id, text);
    }
    return lines;
  }

  #waitUntil(untilMs: number): void {
    while (this.#wakeMs !== undefined && this.#wakeMs <= untilMs) {
      this.#nowMs = Math.max(this.#nowMs, this.#wakeMs);
      this.#turn([{ type: 'tick' }]);
    }
    this.#nowMs = untilMs;
  }

  #run(seconds: number | undefined): void {
    const untilMs = seconds === undefined ? Infinity : this.#nowMs + seconds * 1000;
    for (let quiet = 0; quiet < 7 && this.#nowMs < untilMs;) {
      if (this.#nowMs - startMs > 3_600_000) throw new Error('the scenario does not come to rest within an hour');
      this.#waitUntil(this.#nowMs + 1000);
      const acts = this.#cluster.act(this.#settings.mesosRole);
      const busy = acts.length > 0 && this.#turn(acts);
      quiet = busy || seconds !== undefined ? 0 : quiet + 1;
    }
  }
}

/** The text of a scenario with its trace as it is now: comments and inputs stay, all other lines are made. */
export function playScenario(text: string): string {
  const player = new ScenarioPlayer();
  const result: string[] = [];
  const lines = text.split('\n').filter((line) => line.startsWith('>') || line.startsWith('#') || line === '');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (!line.startsWith('>')) {
      if (line !== '' || result.at(-1) !== '') result.push(line);
      continue;
    }
    let input = line.slice(1).trim();
    result.push(line);
    // What is indented by more than one space goes on with the input before
    for (let next = lines[i + 1]; next?.startsWith('>  ') === true; next = lines[i + 1]) {
      input += ` ${next.slice(1).trim()}`;
      result.push(next);
      i++;
    }
    result.push(...player.play(input).map((traced) => `  ${traced}`));
  }
  return `${result.join('\n').trimEnd()}\n`;
}
