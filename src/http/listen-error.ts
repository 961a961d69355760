import { codeOf, StartupError } from '../common/errors.js';

/** The one clear line for a port that cannot be had; any other error is returned as it is. */
export function listenError(
  error: unknown,
  { host, port, flag }: { host: string; port: number; flag: string },
): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartupError(`port ${port} on ${host} is in use by another program: choose another with --${flag}`);
    case 'EACCES':
      return new StartupError(
        `port ${port} on ${host} needs more privileges than this user has: choose another with --${flag}`,
      );
    case 'EADDRNOTAVAIL':
      return new StartupError(`${host} is not an address of this machine (port ${port}, --${flag})`);
    default:
      return error;
  }
}
