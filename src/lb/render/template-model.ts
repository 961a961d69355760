import { createHash } from 'node:crypto';
import type { RoutingModel, SecureFrontend, SharedFrontend } from '../compile/routing-model.js';
import type { BambooModel } from './bamboo-model.js';

/** A frontend that chooses by what a request asks for, as the shipped template writes all three of them. */
export interface NamedFrontend extends SharedFrontend {
  readonly name: 'http' | 'https' | 'appid';
  /** TLS: certificates and names as in SecureFrontend; null = plain. */
  readonly secure: Pick<SecureFrontend, 'certificates' | 'onlyNames'> | null;
}

/** What the model does not say, because it is no routing. */
export interface Surroundings {
  /** This HAProxy can answer as a target of Prometheus. */
  readonly hasPrometheus: boolean;
  /** The file that says which certificate is for which names; null = each is for the names that it holds. */
  readonly certificateList: string | null;
  /** The port under which clients reach the HTTPS frontend; undefined = the one that it binds. */
  readonly httpsPublicPort?: number | undefined;
  /** For templates that read it. */
  readonly apps?: BambooModel | undefined;
}

/** The model as templates get it. */
export type TemplateModel = RoutingModel & {
  readonly frontends: readonly NamedFrontend[];
  readonly hasPrometheus: boolean;
  readonly certificateList: string | null;
  /** Changes with the content of the certificates in use; null = there are none. */
  readonly certificatesHash: string | null;
  /** `:8443`, or nothing for 443: what stands behind the host of an `https` address. */
  readonly httpsPortSuffix: string;
} & Partial<BambooModel>;

function portSuffix(bind: string | undefined): string {
  const port = /:(\d+)$/.exec(bind ?? '')?.[1];
  return port === undefined || port === '443' ? '' : `:${port}`;
}

function certificatesHash({ https, listeners }: RoutingModel): string | null {
  const used = new Set<string>();
  for (const { path, fingerprint } of https?.certificates ?? []) used.add(`${path}\n${fingerprint}`);
  for (const { certificate } of listeners) {
    if (certificate !== null) used.add(`${certificate.path}\n${certificate.fingerprint}`);
  }
  if (used.size === 0) return null;
  return createHash('sha256')
    .update([...used].join('\n'))
    .digest('hex')
    .slice(0, 16);
}

/** Adds to the model what a template needs besides. */
export function templateModel(
  model: RoutingModel,
  { hasPrometheus, certificateList, httpsPublicPort, apps }: Surroundings,
): TemplateModel {
  const { http, https, appId } = model;
  const frontends: NamedFrontend[] = [];
  if (http !== null) frontends.push({ ...http, name: 'http', secure: null });
  if (https !== null) {
    const { certificates, onlyNames, ...shared } = https;
    frontends.push({ ...shared, name: 'https', secure: { certificates, onlyNames } });
  }
  if (appId !== null) frontends.push({ ...appId, name: 'appid', secure: null });
  return {
    ...model,
    frontends,
    hasPrometheus,
    certificateList,
    certificatesHash: certificatesHash(model),
    httpsPortSuffix: portSuffix(httpsPublicPort === undefined ? https?.bind : `:${httpsPublicPort}`),
    ...(apps ?? {}),
  };
}
