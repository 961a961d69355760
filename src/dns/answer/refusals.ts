import { extendedError, opcodeNames } from './protocol.js';
import type { ExtendedError } from './protocol.js';
import type { ZoneSettings } from './zone.js';

/** So many networks are told of. */
const maxNetworks = 4;

/** `10.0.0.0/8, local addresses` */
function networksText(networks: readonly string[]): string {
  if (networks.length === 0) return 'nobody';
  const shown = networks.slice(0, maxNetworks).map((text) => (text === 'local' ? 'local addresses' : text));
  const more = networks.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Names outside the zone are not looked up for everybody. */
export function recursionProhibited(recursionFrom: readonly string[]): ExtendedError {
  return {
    code: extendedError.PROHIBITED,
    text: `recursion is for ${networksText(recursionFrom)} (--dns_recursion_from)`,
  };
}

/** The zone is not for everybody. */
export function transferProhibited(transferTo: readonly string[]): ExtendedError {
  return {
    code: extendedError.PROHIBITED,
    text: `the zone is transferred to ${networksText(transferTo)} (--dns_transfer_to)`,
  };
}

/** There is nobody to ask about other names. */
export function notAuthoritative({ domain }: ZoneSettings): ExtendedError {
  return {
    code: extendedError.NOT_AUTHORITATIVE,
    text: `only ${domain} is served here, and there is no resolver for other names`,
  };
}

export function transferElsewhere({ domain }: ZoneSettings): ExtendedError {
  return { code: extendedError.NOT_AUTHORITATIVE, text: `the zone is ${domain}` };
}

export function opcodeNotSupported(opcode: number): ExtendedError {
  return {
    code: extendedError.NOT_SUPPORTED,
    text: `opcode ${opcodeNames[opcode] ?? opcode}: only QUERY is answered`,
  };
}

export function classNotSupported(asked: number): ExtendedError {
  return { code: extendedError.NOT_SUPPORTED, text: `class ${asked}: the zone is of class IN` };
}

export const transferOverUdp: ExtendedError = {
  code: extendedError.OTHER,
  text: 'AXFR is defined over TCP only (RFC 5936)',
};
