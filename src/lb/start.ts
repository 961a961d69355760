import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { UsageError } from '../common/errors.js';
import { parseIpAddress } from '../common/ip-address.js';
import { packageVersion } from '../common/package-version.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { interfaceFolder } from '../http/interface-folder.js';
import { listen } from '../http/server.js';
import { createLbApi } from './api/routes.js';
import type { LbStatus } from './api/routes.js';
import { checkAcl } from './apply/acl-check.js';
import { lockDirectory } from './apply/directory-lock.js';
import { HaproxyControl } from './apply/haproxy-control.js';
import { haproxyPids } from './apply/haproxy-pids.js';
import { HaproxyProgram } from './apply/haproxy-program.js';
import { haproxyAccount, maxConnections } from './apply/machine.js';
import { preparePaths } from './apply/paths.js';
import type { LbPaths } from './apply/paths.js';
import type { ApplyOutcome, ProxyControl } from './apply/proxy-control.js';
import { haproxyCommand } from './apply/stats-socket.js';
import type { ProxySettings, Report } from './compile/routing-model.js';
import { openCertificates } from './certificates/certificates.js';
import { settingsInForce } from './certificates/settings-in-force.js';
import { addExplainAndPlan } from './explain-and-plan.js';
import { ExternalControl } from './external/external-control.js';
import { HostAddresses } from './host-addresses.js';
import { KeptDecisions } from './kept-decisions.js';
import { createBackendReader } from './live/backend-reader.js';
import { LbCounts } from './metrics/lb-counts.js';
import { openStatsd } from './metrics/statsd.js';
import { lbMetrics } from './metrics/lb-metrics.js';
import { meteredControl } from './metrics/metered-control.js';
import type { LbOptions } from './options.js';
import { BambooModels } from './render/bamboo-model.js';
import { createRenderer } from './render/renderer.js';
import { surroundedRenderer } from './render/surrounded-renderer.js';
import { openTemplateSource } from './render/template-source.js';
import { openRules } from './rules/open-rules.js';
import { RuleHistory } from './rules/rule-history.js';
import { announcementOf } from './source/announcement.js';
import { openCatalogSource } from './source/open-source.js';
import { UpdateLoop } from './update-loop.js';
import type { UpdateInputs } from './update/attempt.js';

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

/** Who wants to know how each attempt to bring a configuration into an external HAProxy ends. */
export interface LbObserver {
  readonly onOutcome?: (outcome: ApplyOutcome) => void;
}

/**
 * Starts the load balancer: rules API on `host:lbPort`, and an HAProxy kept at what the schedulers' catalog and the rules say.
 * It serves also without a haproxy program (and says so in its status) and without a scheduler (with the last good
 * configuration). Throws UsageError and StartupError.
 */
export async function startLb(
  options: LbOptions,
  { logger }: RoleContext,
  { onOutcome }: LbObserver = {},
): Promise<RoleHandle> {
  /** What to undo, last first, when starting fails or the role ends. */
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  let endHaproxy = false;
  let loop: UpdateLoop | undefined;
  let history: RuleHistory | undefined;
  const changed = (): void => loop?.changed();
  try {
    const paths = await preparePaths(options.workDir);
    const settings = proxySettings(options, paths);
    undo.push(await lockDirectory(paths.lock));
    const program = new HaproxyProgram(options.haproxyPath);
    const { external } = options;
    const print = (text: string): boolean => process.stdout.write(text);
    const control: ProxyControl =
      external === undefined
        ? new HaproxyControl({
            paths,
            program,
            logger,
            maxOldProcesses: options.maxOldProcesses,
            archivedConfigs: options.archivedConfigs,
          })
        : new ExternalControl({ external, program, directory: paths.directory, logger, onOutcome, print });
    undo.push(async () => {
      if (endHaproxy) await control.end();
    });
    const counts = new LbCounts();
    const statsd = options.statsd === undefined ? undefined : openStatsd(options.statsd, logger);
    if (statsd !== undefined) undo.push(() => statsd.close());
    statsd?.count('restart');
    const version = packageVersion();
    const forwardProof = randomUUID();
    const rules = await openRules({
      zk: options.rulesZk,
      file: options.rulesFile ?? paths.rules,
      lastGoodPath: paths.goodRules,
      directory: paths.directory,
      logger,
      onChange: () => {
        history?.look();
        statsd?.count('reload.domain');
        changed();
      },
    });
    undo.push(() => rules.close());
    const ruleHistory = (history = await RuleHistory.open({ store: rules, path: paths.ruleHistory, logger }));
    undo.push(() => ruleHistory.close());
    const template = await openTemplateSource({ path: options.templatePath, logger, onChange: changed });
    undo.push(() => template.close());
    const certificates = await openCertificates({
      paths: options.certificates,
      directory: join(paths.directory, 'certs'),
      logger,
      onChange: changed,
    });
    undo.push(() => certificates.close());
    const inForce = settingsInForce(certificates, settings, options);
    const bamboo = new BambooModels();
    let knownPrometheus: boolean | undefined;
    const hasPrometheus = async (): Promise<boolean> => (knownPrometheus ??= await program.hasPrometheus()) ?? false;
    const renderer = surroundedRenderer(createRenderer(), async ({ https }) => ({
      hasPrometheus: await hasPrometheus(),
      certificateList: await certificates.keepList(https),
      httpsPublicPort: options.httpsPublicPort,
      apps: template.usesApps ? bamboo.read(source.catalog, rules.rules.values()) : undefined,
    }));
    undo.push(() => renderer.close());
    const source = await openCatalogSource(options, {
      announcement: announcementOf(options, forwardProof),
      logger,
      onChange: () => {
        counts.catalogChanged();
        statsd?.count('callback.marathon');
        changed();
      },
    });
    undo.push(() => source.close());
    const inputs = (): UpdateInputs => ({
      catalog: source.catalog,
      synced: source.status.synced,
      rules: rules.rules,
      template: template.text,
    });
    const decisions = await KeptDecisions.open(paths.decisions, logger);
    undo.push(() => decisions.close());
    const updates = (loop = new UpdateLoop({
      inputs,
      get settings() {
        return inForce().settings;
      },
      get reading() {
        return inForce().reading;
      },
      control: meteredControl(control, {
        outcome(outcome) {
          counts.outcome(outcome);
          statsd?.outcome(outcome);
        },
      }),
      renderer,
      addresses: new HostAddresses(),
      decisions,
      reloadIntervalMs: options.reloadIntervalMs,
      acknowledge: (position, drained) => source.acknowledge(position, drained),
      logger,
    }));
    undo.push(() => updates.close());

    const status = (): LbStatus => {
      const { running } = control;
      const { synced, connected, scheduler, lastError, problems } = source.status;
      const own: Report[] = [];
      const { kind, where, problem, leftOut } = rules;
      const rulesKind = kind === 'file' ? 'rules-file' : 'rules';
      if (problem !== undefined) own.push({ kind: rulesKind, id: where, reason: problem });
      for (const { id, reason } of leftOut) own.push({ kind: 'rule', id, reason });
      if (template.problem !== undefined) own.push({ kind: 'template', id: 'file', reason: template.problem });
      if (lastError !== undefined) own.push({ kind: 'catalog', id: scheduler ?? '', reason: lastError });
      for (const { id, reason } of problems) own.push({ kind: 'catalog', id, reason });
      own.push(...certificates.reports);
      const state = running !== undefined ? 'running' : updates.missing ? 'missing' : synced ? 'down' : 'waiting';
      return {
        haproxy: {
          state,
          pid: running?.pid ?? null,
          generation: running?.generation ?? null,
          ...(updates.missing ? { hint: 'apt-get install haproxy' } : {}),
        },
        synced,
        connected,
        scheduler: scheduler ?? null,
        position: updates.position ?? null,
        lastReload: updates.lastReload ?? null,
        rules: { kind, where, count: rules.rules.size, problem: problem ?? null },
        lastRuntimeChange: updates.lastRuntimeChange ?? null,
        counts: { ...updates.counts, oldProcesses: control.oldProcesses },
        draining: updates.draining,
        reports: [...own, ...updates.reports],
      };
    };
    const command = (): ((text: string) => Promise<string>) | undefined =>
      external === undefined && control.running !== undefined
        ? (text) => haproxyCommand(paths.statsSocket, text, 2_000)
        : undefined;
    const api = createLbApi({
      forwardProof,
      credentials: options.apiCredentials,
      rules,
      history: ruleHistory,
      catalog: source.catalog,
      calledBack: (data) => source.calledBack(data),
      status,
      routing: () => updates.routing,
      runningConfig: () => control.running?.text,
      changes: () => updates.changes,
      backends: createBackendReader({ command, routing: () => updates.routing, logger }),
      pids: () => haproxyPids(control, paths),
      regenerate: (reads) => {
        if (reads) source.calledBack();
        changed();
      },
      metrics: () => {
        const { haproxy, connected, synced, reports } = status();
        return lbMetrics({
          counts: counts.reading,
          haproxy: { isUp: haproxy.state === 'running', oldProcesses: control.oldProcesses },
          source: { connected, synced },
          rules: { count: rules.rules.size, isInSync: rules.problem === undefined },
          reports,
          routing: updates.routing,
          residentBytes: process.memoryUsage.rss(),
          version,
          nowMs: Date.now(),
        });
      },
      checkAcl: (expression) => checkAcl(program, paths.directory, expression),
      interfaceFiles: interfaceFolder('rules.html'),
    });
    const previewer = addExplainAndPlan(api, {
      updates,
      inputs,
      reports: () => status().reports,
      certificates,
      usesApps: () => template.usesApps,
      hasPrometheus,
      httpsPublicPort: options.httpsPublicPort,
      program,
      checkAcl: (expression) => checkAcl(program, paths.directory, expression),
      command,
      directory: paths.directory,
      logger,
    });
    undo.push(() => previewer.close());
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
