/** What the engine says about a container. */
export interface ContainerState {
  readonly isRunning: boolean;
  /** It has run, or runs. */
  readonly wasStarted: boolean;
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  /** Why it was not started, in the engine's words; often empty. */
  readonly error: string;
  /** Pid of its first process in this machine's numbers; undefined when it has none. */
  readonly pid: number | undefined;
  /** Its addresses in networks of its own. */
  readonly addresses: readonly string[];
}

interface Inspected {
  readonly Status?: string;
  readonly Running?: boolean;
  readonly OOMKilled?: boolean;
  readonly ExitCode?: number;
  readonly Error?: string;
  readonly Pid?: number;
  readonly StartedAt?: string;
}

interface Addresses {
  readonly IPAddress?: string;
  readonly GlobalIPv6Address?: string;
}

interface InspectedNetworks extends Addresses {
  readonly Networks?: Readonly<Record<string, Addresses | null>> | null;
}

/** What `inspect` is asked for: one JSON value per line. */
export const inspectFormat = '{{json .State}}\n{{json .NetworkSettings}}';

/** Reads the answer to `inspectFormat`; undefined when it is something else. */
export function parseInspected(text: string): ContainerState | undefined {
  let state: Inspected;
  let networks: InspectedNetworks;
  try {
    const [first = '', second = ''] = text.trim().split('\n');
    state = JSON.parse(first) as Inspected;
    networks = (JSON.parse(second) ?? {}) as InspectedNetworks;
  } catch {
    return undefined;
  }
  const found = [networks, ...Object.values(networks.Networks ?? {})].flatMap((network) =>
    network === null ? [] : [network.IPAddress, network.GlobalIPv6Address],
  );
  return {
    isRunning: state.Running === true,
    wasStarted: state.StartedAt !== undefined && !state.StartedAt.startsWith('0001-'),
    exitCode: state.ExitCode ?? 0,
    isOutOfMemory: state.OOMKilled === true,
    error: state.Error ?? '',
    pid: state.Pid === undefined || state.Pid === 0 ? undefined : state.Pid,
    addresses: [...new Set(found.filter((address) => address !== undefined && address !== ''))] as string[],
  };
}
