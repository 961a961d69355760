import type { AnswererSettings } from '../../../src/dns/answerer.js';

/** How queries are answered by a name server without options, on the loopback interface. */
export const testAnswererSettings: Omit<AnswererSettings, 'dnsPort' | 'zone'> = {
  host: '127.0.0.1',
  resolvers: [],
  zoneResolvers: {},
  resolverTimeoutSeconds: 2,
  recurseOn: true,
  setTruncateBit: true,
  recursionFrom: ['local'],
  transferTo: [],
  rateLimit: 0,
};
