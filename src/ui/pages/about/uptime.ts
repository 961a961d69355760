/** `GET /metrics`, as far as it is read. */
export interface MetricsDocument {
  readonly gauges?: Readonly<Record<string, { readonly value?: unknown }>>;
}

/** When the leading scheduler's process began, as its metrics say at `nowMs`; undefined when they do not. */
export function startedAtMs({ gauges = {} }: MetricsDocument, nowMs: number): number | undefined {
  // The prefix of all names is up to --metrics_name_prefix
  const name = Object.keys(gauges).find((one) => one.endsWith('uptime.gauge.seconds'));
  const value = name === undefined ? undefined : gauges[name]?.value;
  return typeof value === 'number' ? nowMs - value * 1000 : undefined;
}
