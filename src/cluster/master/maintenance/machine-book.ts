import type { Unavailability } from '../../../mesos/types.js';

/** `MachineID`: a machine by host name, address or both. */
export interface MachineId {
  readonly hostname?: string;
  readonly ip?: string;
}

/** `maintenance::Window` */
export interface MaintenanceWindow {
  readonly machine_ids: readonly MachineId[];
  readonly unavailability: Unavailability;
}

/** A machine that the schedule names. */
export interface Machine {
  readonly id: MachineId;
  readonly unavailability: Unavailability;
  readonly mode: 'DRAINING' | 'DOWN';
}

const keyOf = ({ hostname = '', ip = '' }: MachineId): string => `${hostname.toLowerCase()}\n${ip}`;

/** A machine in the words of an error message. */
function nameOf({ hostname, ip }: MachineId): string {
  return [hostname, ip].filter((part) => part !== undefined && part !== '').join(' ');
}

function machineProblem(id: MachineId): string | undefined {
  const isEmpty = (id.hostname ?? '') === '' && (id.ip ?? '') === '';
  return isEmpty ? "Both 'hostname' and 'ip' for a machine are empty" : undefined;
}

function listProblem(ids: Iterable<MachineId>): string | undefined {
  const seen = new Set<string>();
  for (const id of ids) {
    const problem = machineProblem(id);
    if (problem !== undefined) return problem;
    if (seen.has(keyOf(id))) return `Machine '${nameOf(id)}' appears more than once in the schedule`;
    seen.add(keyOf(id));
  }
  return undefined;
}

/** The maintenance schedule, and the machines it names. What is refused is told as the text of Mesos' 400 answer. */
export class MachineBook {
  #windows: readonly MaintenanceWindow[] = [];
  readonly #machines = new Map<string, Machine>();

  get windows(): readonly MaintenanceWindow[] {
    return this.#windows;
  }

  machines(): Machine[] {
    return [...this.#machines.values()];
  }

  /** The scheduled machine with this host name and address; what the schedule leaves out fits any. */
  find(hostname: string, ip: string): Machine | undefined {
    const name = hostname.toLowerCase();
    return this.#machines.get(`${name}\n${ip}`) ?? this.#machines.get(`${name}\n`) ?? this.#machines.get(`\n${ip}`);
  }

  /** Replaces the schedule. Machines that are new in it start in mode DRAINING; those that are DOWN must stay in it. */
  reschedule(windows: readonly MaintenanceWindow[]): string | undefined {
    const problem = this.#scheduleProblem(windows);
    if (problem !== undefined) return problem;
    const known = new Map(this.#machines);
    this.#machines.clear();
    for (const { machine_ids, unavailability } of windows) {
      for (const id of machine_ids) {
        const key = keyOf(id);
        this.#machines.set(key, { id, unavailability, mode: known.get(key)?.mode ?? 'DRAINING' });
      }
    }
    this.#windows = windows;
    return undefined;
  }

  #scheduleProblem(windows: readonly MaintenanceWindow[]): string | undefined {
    for (const { machine_ids, unavailability } of windows) {
      if (machine_ids.length === 0) return 'List of machines in the maintenance window is empty';
      if ((unavailability.duration?.nanoseconds ?? 0) < 0) return "Unavailability 'duration' is negative";
    }
    const ids = windows.flatMap(({ machine_ids }) => machine_ids);
    const problem = listProblem(ids);
    if (problem !== undefined) return problem;
    const kept = new Set(ids.map(keyOf));
    for (const [key, { id, mode }] of this.#machines) {
      if (mode === 'DOWN' && !kept.has(key)) {
        return `Machine '${nameOf(id)}' is deactivated and cannot be removed from the schedule`;
      }
    }
    return undefined;
  }

  /** DRAINING → DOWN. */
  bringDown(ids: readonly MachineId[]): string | undefined {
    const problem = this.#changeProblem(ids, 'DRAINING', 'brought down');
    if (problem !== undefined) return problem;
    for (const id of ids) {
      const machine = this.#machines.get(keyOf(id));
      if (machine !== undefined) this.#machines.set(keyOf(id), { ...machine, mode: 'DOWN' });
    }
    return undefined;
  }

  /** DOWN → UP, which takes the machine out of the schedule. */
  bringUp(ids: readonly MachineId[]): string | undefined {
    const problem = this.#changeProblem(ids, 'DOWN', 'brought up');
    if (problem !== undefined) return problem;
    const up = new Set(ids.map(keyOf));
    for (const key of up) this.#machines.delete(key);
    this.#windows = this.#windows
      .map((window) => ({ ...window, machine_ids: window.machine_ids.filter((id) => !up.has(keyOf(id))) }))
      .filter(({ machine_ids }) => machine_ids.length > 0);
    return undefined;
  }

  #changeProblem(ids: readonly MachineId[], mode: Machine['mode'], what: string): string | undefined {
    if (ids.length === 0) return 'List of machines is empty';
    const problem = listProblem(ids);
    if (problem !== undefined) return problem;
    for (const id of ids) {
      const machine = this.#machines.get(keyOf(id));
      if (machine === undefined) return `Machine '${nameOf(id)}' is not part of a maintenance schedule`;
      if (machine.mode !== mode) return `Machine '${nameOf(id)}' is not in ${mode} mode and cannot be ${what}`;
    }
    return undefined;
  }
}
