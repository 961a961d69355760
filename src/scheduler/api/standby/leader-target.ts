/** Where the scheduler that leads is reached. */
export interface LeaderTarget {
  /** `host:port`, as ZooKeeper has it. */
  readonly address: string;
  /** A name or an IP address; of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const addressPattern = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+)):([0-9]{1,5})$/i;

/** Reads the address of a leader; undefined for anything that is not `host:port`. */
export function leaderTargetOf(address: string): LeaderTarget | undefined {
  const match = addressPattern.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { address, host, port };
}
