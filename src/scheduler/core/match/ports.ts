import type { AppDefinition } from '../../model/app-definition.js';
import type { PortRange } from '../../model/offer.js';
import { portCount } from './offer-resources.js';

/** The n-th port (from 0) of the ranges laid end to end. */
function nthPort(ranges: readonly PortRange[], n: number): number | undefined {
  let rest = n;
  for (const { begin, end } of ranges) {
    const size = end - begin + 1;
    if (rest < size) return begin + rest;
    rest -= size;
  }
  return undefined;
}

/**
 * Host ports for an app with host networking: the listed ones if `requirePorts`, else ports from a random place in what is
 * offered, one after the other (marathon.md §9.3). Undefined when the offer has not got them.
 */
export function pickHostPorts(
  app: AppDefinition,
  offered: readonly PortRange[],
  random: () => number,
): readonly number[] | undefined {
  if (app.requirePorts) {
    const wanted = app.portDefinitions.map((p) => p.port);
    const has = wanted.every((port) => offered.some((range) => range.begin <= port && port <= range.end));
    return has ? wanted : undefined;
  }
  const count = portCount(offered);
  const needed = app.portDefinitions.length;
  if (count < needed) return undefined;
  const start = Math.floor(random() * count);
  const ports: number[] = [];
  for (let i = 0; i < needed; i++) {
    const port = nthPort(offered, (start + i) % count);
    if (port === undefined) return undefined;
    ports.push(port);
  }
  return ports;
}
