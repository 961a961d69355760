/** What Mesos-DNS counts, under its names; all since the start (mesos-dns.md §12). */
export interface ExactCounts {
  MesosRequests: number;
  MesosSuccess: number;
  /** Names that exist without the type that was asked for count as well. */
  MesosNXDomain: number;
  MesosFailed: number;
  NonMesosRequests: number;
  NonMesosSuccess: number;
  NonMesosNXDomain: number;
  NonMesosFailed: number;
  /** Each resolver that was tried. */
  NonMesosForwarded: number;
}

export function noExactCounts(): ExactCounts {
  return {
    MesosRequests: 0,
    MesosSuccess: 0,
    MesosNXDomain: 0,
    MesosFailed: 0,
    NonMesosRequests: 0,
    NonMesosSuccess: 0,
    NonMesosNXDomain: 0,
    NonMesosFailed: 0,
    NonMesosForwarded: 0,
  };
}

/** `{MesosRequests:1 MesosSuccess:1 …}`: as Go prints a struct, which is how they have always stood in the log. */
export function countsLine(counts: ExactCounts): string {
  return `{${Object.entries(counts)
    .map(([name, count]) => `${name}:${String(count)}`)
    .join(' ')}}`;
}

/** Notes how a question was answered; `inDomain`: whether it was about a name of the domain. */
export function count(counts: ExactCounts, inDomain: boolean, outcome: 'Success' | 'NXDomain' | 'Failed'): void {
  const of = inDomain ? 'Mesos' : 'NonMesos';
  counts[`${of}Requests`]++;
  counts[`${of}${outcome}`]++;
}
