import { UsageError } from '../common/errors.js';
import { parseIpAddress } from '../common/ip-address.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { listen } from '../http/server.js';
import { createLbApi } from './api/routes.js';
import type { LbStatus } from './api/routes.js';
import { checkAcl } from './apply/acl-check.js';
import { lockDirectory } from './apply/directory-lock.js';
import { HaproxyControl } from './apply/haproxy-control.js';
import { HaproxyProgram } from './apply/haproxy-program.js';
import { haproxyAccount, maxConnections } from './apply/machine.js';
import { preparePaths } from './apply/paths.js';
import type { LbPaths } from './apply/paths.js';
import type { ProxySettings, Report } from './compile/routing-model.js';
import { HostAddresses } from './host-addresses.js';
import type { LbOptions } from './options.js';
import { createRenderer } from './render/renderer.js';
import { openTemplateSource } from './render/template-source.js';
import { openRules } from './rules/open-rules.js';
import { announcementOf } from './source/announcement.js';
import { openCatalogSource } from './source/open-source.js';
import { UpdateLoop } from './update-loop.js';

function proxySettings(options: LbOptions, paths: LbPaths): ProxySettings {
  const { bindAddress, haproxyHttpPort, haproxyHttpsPort, haproxyStatsPort, lbPort } = options;
  if (bindAddress !== '*' && parseIpAddress(bindAddress) === undefined) {
    throw new UsageError(`--haproxy_bind ${bindAddress}: not an IP address or *`);
  }
  const ports = [
    ['haproxy_http_port', haproxyHttpPort],
    ['haproxy_https_port', haproxyHttpsPort],
    ['haproxy_stats_port', haproxyStatsPort],
    ['lb_port', lbPort],
  ] as const;
  for (const [index, [flag, port]] of ports.entries()) {
    const other = ports.slice(0, index).find(([, p]) => p === port);
    if (other !== undefined && port !== 0) throw new UsageError(`--${flag} and --${other[0]} are both ${port}`);
  }
  return {
    bindAddress,
    httpPort: haproxyHttpPort,
    httpsPort: haproxyHttpsPort,
    statsPort: haproxyStatsPort,
    appIdPort: options.haproxyAppIdPort,
    bindsHttpAndHttps: options.bindsHttpAndHttps,
    reservedPorts: [lbPort],
    maxConnections: maxConnections(),
    statsSocket: paths.statsSocket,
    account: haproxyAccount(),
    hardStopAfterSeconds: options.hardStopAfterSeconds,
    mapsDirectory: paths.maps,
    serverStateFile: paths.serverState,
    certificates: [],
    isStrictSni: options.isStrictSni,
    statsCredentials: options.statsCredentials ?? null,
    statsPath: options.statsPath ?? null,
    emptyServices: options.emptyServices,
    health: options.health,
    defaultRule: options.defaultRule,
    hostClaims: options.hostClaims,
  };
}

/**
 * Starts the load balancer: rules API on `host:lbPort`, and an HAProxy kept at what the schedulers' catalog and the rules say.
 * It serves also without a haproxy program (and says so in its status) and without a scheduler (with the last good
 * configuration). Throws UsageError and StartupError.
 */
export async function startLb(options: LbOptions, { logger }: RoleContext): Promise<RoleHandle> {
  /** What to undo, last first, when starting fails or the role ends. */
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  let endHaproxy = false;
  let loop: UpdateLoop | undefined;
  const changed = (): void => loop?.changed();
  try {
    const paths = await preparePaths(options.workDir);
    const settings = proxySettings(options, paths);
    undo.push(await lockDirectory(paths.lock));
    const program = new HaproxyProgram(options.haproxyPath);
    const control = new HaproxyControl({ paths, program, logger });
    undo.push(async () => {
      if (endHaproxy) await control.end();
    });
    const rulesPath = options.rulesFile ?? paths.rules;
    const rules = await openRules({
      zk: options.rulesZk,
      file: rulesPath,
      lastGoodPath: paths.goodRules,
      directory: paths.directory,
      logger,
      onChange: changed,
    });
    undo.push(() => rules.close());
    const template = await openTemplateSource({ path: options.templatePath, logger, onChange: changed });
    undo.push(() => template.close());
    const renderer = createRenderer();
    undo.push(() => renderer.close());
    const source = await openCatalogSource(options, {
      announcement: announcementOf(options),
      logger,
      onChange: changed,
    });
    undo.push(() => source.close());
    const updates = (loop = new UpdateLoop({
      inputs: () => ({
        catalog: source.catalog,
        synced: source.status.synced,
        rules: rules.rules,
        template: template.text,
      }),
      settings,
      control,
      program,
      renderer,
      addresses: new HostAddresses(),
      logger,
    }));
    undo.push(() => updates.close());

    const status = (): LbStatus => {
      const { running } = control;
      const { synced, connected, scheduler, lastError, problems } = source.status;
      const own: Report[] = [];
      if (rules.problem !== undefined) own.push({ kind: 'rules-file', id: rulesPath, reason: rules.problem });
      if (template.problem !== undefined) own.push({ kind: 'template', id: 'file', reason: template.problem });
      if (lastError !== undefined) own.push({ kind: 'catalog', id: scheduler ?? '', reason: lastError });
      for (const { id, reason } of problems) own.push({ kind: 'catalog', id, reason });
      const state = running !== undefined ? 'running' : updates.missing ? 'missing' : synced ? 'down' : 'waiting';
      return {
        haproxy: {
          state,
          pid: running?.identity.pid ?? null,
          generation: running?.generation ?? null,
          ...(updates.missing ? { hint: 'apt-get install haproxy' } : {}),
        },
        synced,
        connected,
        scheduler: scheduler ?? null,
        position: updates.position ?? null,
        lastReload: updates.lastReload ?? null,
        reports: [...own, ...updates.reports],
      };
    };
    const api = createLbApi({
      rules,
      catalog: source.catalog,
      calledBack: (data) => source.calledBack(data),
      status,
      runningConfig: () => control.running?.text,
      checkAcl: (expression) => checkAcl(program, paths.directory, expression),
    });
    undo.push(() => api.close());
    const port = await listen(api, { host: options.host, port: options.lbPort, flag: 'lb_port' });
    await updates.start();
    logger.info({ url: `http://${options.host}:${port}` }, 'the load balancer serves its API');

    let stopped: Promise<void> | undefined;
    return {
      stop(scope) {
        endHaproxy ||= scope === 'everything';
        return (stopped ??= close());
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
