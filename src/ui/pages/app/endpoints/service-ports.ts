import type { AppPorts } from '../../../api/ports.js';

/** A port of load balancers at which an app is reached. */
export interface ServicePort {
  readonly port: number;
  /** Of those of the app. */
  readonly index: number;
  readonly name: string | undefined;
  readonly protocol: string;
}

/** The service ports of an app, by their order in its definition. */
export function servicePortsOf({ app }: AppPorts): readonly ServicePort[] {
  const mappings = app.container?.portMappings;
  const all =
    mappings === undefined || mappings === null || mappings.length === 0
      ? (app.portDefinitions ?? []).map(({ port, name, protocol }) => ({ port, name, protocol }))
      : mappings.map(({ servicePort, name, protocol }) => ({ port: servicePort, name, protocol }));
  return all.flatMap(({ port, name, protocol = 'tcp' }, index) =>
    port === undefined || port === 0 ? [] : [{ port, index, name, protocol }],
  );
}
