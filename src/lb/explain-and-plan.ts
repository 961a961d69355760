import type { Logger } from '../common/logger.js';
import type { HttpServer } from '../http/server.js';
import { addExplainRoutes } from './api/explain-routes.js';
import { addPlanRoutes } from './api/plan-routes.js';
import type { HaproxyProgram } from './apply/haproxy-program.js';
import type { Certificates } from './certificates/certificates.js';
import type { Report } from './compile/routing-model.js';
import { createStateAsker } from './explain/ask-states.js';
import { checkRule } from './rules/check-rule.js';
import { Previewer } from './preview/previewer.js';
import { BambooModels } from './render/bamboo-model.js';
import { templateModel } from './render/template-model.js';
import type { UpdateInputs } from './update/attempt.js';
import type { UpdateLoop } from './update-loop.js';

/** What explanations and plans are made from. */
export interface ExplainAndPlanParts {
  readonly updates: UpdateLoop;
  readonly inputs: () => UpdateInputs;
  readonly reports: () => readonly Report[];
  readonly certificates: Pick<Certificates, 'listFor'>;
  /** The template reads the apps and rules as Bamboo's do. */
  readonly usesApps: () => boolean;
  readonly hasPrometheus: () => Promise<boolean>;
  readonly httpsPublicPort: number | undefined;
  readonly program: HaproxyProgram;
  readonly checkAcl: (expression: string) => Promise<string | undefined>;
  /** Sends a command to the running HAProxy; undefined while there is none to be asked. */
  readonly command: () => ((text: string) => Promise<string>) | undefined;
  /** Where files for `haproxy -c` may be put for a moment. */
  readonly directory: string;
  readonly logger: Logger;
}

/** Adds explanations, the list of routes and plans to the API; what is given back is to be closed after it. */
export function addExplainAndPlan(api: HttpServer, parts: ExplainAndPlanParts): Previewer {
  const { updates, inputs, reports, certificates, usesApps, hasPrometheus, program, checkAcl, directory } = parts;
  // One of its own: it keeps what it was last asked about
  const bamboo = new BambooModels();
  const previewer = new Previewer({
    source: () => {
      const { routing, configuration } = updates;
      const now = inputs();
      if (routing === undefined || configuration === undefined || !now.synced) return undefined;
      return {
        input: updates.compileInput(now),
        template: now.template,
        last: { routing, configuration },
        templateModel: async ({ model }, catalog, rules) => {
          const list = certificates.listFor(model.https);
          const surroundings = {
            hasPrometheus: await hasPrometheus(),
            certificateList: list?.path ?? null,
            httpsPublicPort: parts.httpsPublicPort,
            apps: usesApps() ? bamboo.read(catalog, rules) : undefined,
          };
          return { model: templateModel(model, surroundings), files: list === null ? [] : [list] };
        },
      };
    },
    program,
    checkRule: (rule) => checkRule(rule, checkAcl),
    directory,
  });
  addPlanRoutes(api, previewer);
  addExplainRoutes(api, {
    parts: () => {
      const { routing } = updates;
      const now = inputs();
      if (routing === undefined) return undefined;
      const { settings } = updates.compileInput(now);
      return { routing, settings, catalog: now.catalog, rules: now.rules, reports: reports() };
    },
    states: createStateAsker(parts.command, parts.logger),
  });
  return previewer;
}
