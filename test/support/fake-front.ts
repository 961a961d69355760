import type { Test } from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import type { HttpServer } from '../../src/http/server.js';
import type { StaticFolder } from '../../src/http/static-files.js';
import { openAccess } from '../../src/scheduler/api/access.js';
import { createFront } from '../../src/scheduler/api/front.js';
import type { FrontContext } from '../../src/scheduler/api/front-context.js';
import { addHelp } from '../../src/scheduler/api/routes/help.js';
import { addLogging } from '../../src/scheduler/api/routes/logging.js';
import { addPing } from '../../src/scheduler/api/routes/ping.js';
import { addSystem } from '../../src/scheduler/api/routes/system.js';
import { addUi, addUiFiles } from '../../src/scheduler/api/routes/ui.js';

type FrontOptions = FrontContext['service']['options'];

export const frontOptions: FrontOptions = {
  host: '127.0.0.1',
  httpPort: 8080,
  httpDisabled: false,
  httpsHost: '127.0.0.1',
  httpsPort: 8443,
  tls: undefined,
  credentials: undefined,
  realm: 'Mesosphere',
  allowedOrigins: [],
  maxConcurrentRequests: undefined,
  compression: true,
  maxRequestBytes: 4 << 20,
  mountPrefix: undefined,
  assetsPath: undefined,
  hostname: 'leader.example',
  flags: {},
};

export interface FrontParts extends Partial<Omit<FrontContext, 'service'>> {
  /** The web interface, instead of what the options say; undefined = none. */
  readonly interfaceFiles?: StaticFolder | undefined;
}

/** The API without a scheduler behind it: its front, and the routes that tell of the process itself. It ends with the test. */
export function createFakeFront(
  t: Test,
  changes: Partial<FrontOptions> = {},
  parts: FrontParts = {},
  routes: (server: HttpServer) => void = () => undefined,
): HttpServer {
  const context: FrontContext = {
    service: { options: { ...frontOptions, ...changes } },
    logger: silentLogger,
    access: openAccess,
    ...parts,
  };
  const server = createFront(context);
  if ('interfaceFiles' in parts) addUiFiles(server, context, parts.interfaceFiles);
  else addUi(server, context);
  addHelp(server, context);
  addPing(server);
  addSystem(server, context);
  addLogging(server, context);
  routes(server);
  t.teardown(() => server.close());
  return server;
}
