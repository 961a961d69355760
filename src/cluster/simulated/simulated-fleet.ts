import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock } from '../../common/time.js';
import type { StopScope } from '../../common/role.js';
import type { HttpServer } from '../../http/server.js';
import { parseAttributesFlag } from '../agent/parse-attributes.js';
import { parseResourcesFlag } from '../agent/parse-resources.js';
import { sendNotFound, sendText } from '../http-answers.js';
import type { ClusterOptions, SimulationOptions } from '../options.js';
import { parseDomainFlag } from '../parse-cluster-flags.js';
import type { AgentControl, ServedAgents } from '../serve-cluster.js';
import { Alarms } from './alarms.js';
import { fillPattern } from './pattern.js';
import { SimulatedAgent } from './simulated-agent.js';

/** Each simulated agent's resources when `--resources` says nothing. */
const defaultResources = 'cpus:8;mem:16384;disk:100000;ports:[31000-32000]';
/** Mesos' interval between two sendings of an unacknowledged update. */
const resendMs = 10_000;

export type FleetOptions = ClusterOptions & { readonly simulation: SimulationOptions };

/** As many simulated agents as wanted, all behind one port. Throws UsageError for bad resources, attributes or domains. */
export class SimulatedFleet implements ServedAgents {
  readonly agents: readonly SimulatedAgent[];
  readonly #alarms: Alarms;
  readonly #resend: NodeJS.Timeout;
  #running: number;

  constructor(options: FleetOptions, clock: Clock) {
    const { simulation } = options;
    const fleetId = randomUUID();
    this.#alarms = new Alarms(clock);
    const make = (n: number): SimulatedAgent => {
      const hostname = fillPattern(simulation.hostname, n);
      const ip = isIP(hostname) > 0 ? hostname : options.host;
      const domain = parseDomainFlag(
        fillPattern(simulation.domain === '' ? (options.domain ?? '') : simulation.domain, n),
        'simulate_domain',
      );
      const attributes = [options.attributes, simulation.attributes].filter((text) => text !== '').join(';');
      return new SimulatedAgent({
        info: {
          id: { value: `${fleetId}-S${n}` },
          hostname,
          port: options.agentPort,
          attributes: parseAttributesFlag(fillPattern(attributes, n)),
          ...(domain === undefined ? {} : { domain }),
        },
        pid: `slave(${n + 1})@${ip.includes(':') ? `[${ip}]` : ip}:${options.agentPort}`,
        ip,
        resources: parseResourcesFlag(fillPattern(options.resources === '' ? defaultResources : options.resources, n)),
        startDelayMs: simulation.startDelayMs,
        clock,
        alarms: this.#alarms,
      });
    };
    this.agents = Array.from({ length: simulation.agents }, (_, n) => this.#counted(make(n)));
    this.#running = this.agents.length;
    this.#resend = setInterval(() => {
      for (const agent of this.agents) agent.resend();
    }, resendMs).unref();
  }

  /** The fleet's own timers end with its last agent. */
  #counted(agent: SimulatedAgent): SimulatedAgent {
    const stop = agent.stop.bind(agent);
    agent.stop = (scope: StopScope) => {
      if (--this.#running <= 0) {
        clearInterval(this.#resend);
        this.#alarms.stop();
      }
      return stop(scope);
    };
    return agent;
  }

  /**
   * `/health`, and what a simulation does to its agents: `POST /simulate/agents/<number>/unreachable` cuts one off, `…/remove` has it
   * unregister and lose everything, `…/back` has it register again, with what runs on it. 409 when it is there, or is not.
   */
  routes(server: HttpServer, control: AgentControl): void {
    server.get('/health', (_request, reply) => reply.code(200).send());
    server.post<{ Params: { n: string; action: string } }>('/simulate/agents/:n/:action', (request, reply) => {
      const { n, action } = request.params;
      const agent = /^\d{1,9}$/.test(n) ? this.agents[Number(n)] : undefined;
      const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (agent === undefined || act === undefined) return sendNotFound(reply);
      if (agent.connected === (action === 'back')) {
        return sendText(reply, 409, `Agent ${n} is ${agent.connected ? 'registered' : 'not registered'}`);
      }
      act(agent, control);
      return reply.code(202).send();
    });
  }
}

const actions: Readonly<Record<string, (agent: SimulatedAgent, control: AgentControl) => void>> = {
  unreachable: (agent, control) => {
    agent.cutOff();
    control.unreachable(agent.id);
  },
  back: (agent, control) => {
    control.registered(agent.registration(), agent);
    agent.comeBack();
  },
  remove: (agent, control) => {
    control.removed(agent.id);
    agent.cutOff();
    agent.wipe();
  },
};

/** Makes the agents of a simulated cluster. */
export function createSimulatedFleet(options: FleetOptions, clock: Clock = Date.now): SimulatedFleet {
  return new SimulatedFleet(options, clock);
}
