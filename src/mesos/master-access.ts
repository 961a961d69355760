import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf, StartupError, UsageError } from '../common/errors.js';
import { createHttpClient } from '../common/http-client.js';
import type { HttpClient } from '../common/http-client.js';
import type { Logger } from '../common/logger.js';
import { withoutCredentials } from '../common/redact.js';
import { trusting } from '../common/tls-trust.js';
import { parseMasterAddress } from './master-address.js';
import type { MasterClient } from './master-client.js';
import type { MasterSource } from './master-source.js';
import { openMasterSource } from './open-master-source.js';

/** How a master is talked to. */
export interface MasterOptions {
  /** `--mesos_authentication_principal`, `--mesos_authentication_secret`; the secret is absent where masters only want to know who asks. */
  readonly credentials: { readonly principal: string; readonly secret: string | undefined } | undefined;
  /** `--mesos_authentication_secret_file`: holds the secret in place of `credentials.secret`. */
  readonly secretFile: string | undefined;
  /** `--mesos_tls` */
  readonly tls: boolean;
  /** `--mesos_ca`: a PEM file with what to trust of masters besides the usual authorities. */
  readonly caFile: string | undefined;
  /** false: every certificate of a master counts. Default true. */
  readonly verifiesCertificates?: boolean;
  /** PEM files of what is shown to masters that ask for a certificate. */
  readonly ownCertificate?: { readonly certificateFile: string; readonly keyFile: string };
  /** Asked before each request for its `Authorization`, with the client that is used for masters too. */
  readonly logIn?: (http: HttpClient) => Promise<string>;
}

/** The client with an `Authorization` of its own for each request. */
function authorized(http: HttpClient, logIn: (http: HttpClient) => Promise<string>): HttpClient {
  const headersFor = async (headers: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> => {
    return { ...headers, authorization: await logIn(http) };
  };
  return {
    request: async (request) => http.request({ ...request, headers: await headersFor(request.headers) }),
    stream: async (request) => http.stream({ ...request, headers: await headersFor(request.headers) }),
    close: () => http.close(),
  };
}

/** The masters of a cluster: who they are, and how they are talked to. */
export interface MasterAccess extends MasterClient {
  /** `--master` as it may be shown: without a password. */
  readonly name: string;
  readonly source: MasterSource;
  close(): Promise<void>;
}

const defaults = {
  /** Of a master's silence, when connecting, before its answer, and within it. */
  answerTimeoutMs: 10_000,
  /** Per master: one for the calls in order, four for acknowledgements (outbox.ts), and what is asked of the operator API. */
  connections: 8,
  /** Mesos' `--zk_session_timeout` */
  sessionTimeoutMs: 10_000,
};

/** Certificates and secrets are some kilobytes; whatever is larger is neither. */
const maxFileBytes = 1 << 20;

async function readSmallText(path: string, flag: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new StartupError(`--${flag}: ${path} is not a file`);
    if (found.size > maxFileBytes) {
      throw new StartupError(`--${flag}: ${path} has ${found.size} bytes, allowed are ${maxFileBytes}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StartupError(`--${flag}: there is no file ${path}`);
    if (code === 'EACCES') throw new StartupError(`--${flag}: this user may not read ${path}`);
    throw new StartupError(`--${flag}: ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** The secret itself; the line end that editors add to a file is none of it. */
async function secretOf({ credentials, secretFile }: MasterOptions): Promise<string | undefined> {
  if (secretFile === undefined) return credentials?.secret;
  const secret = (await readSmallText(secretFile, 'mesos_authentication_secret_file')).replace(/\r?\n$/, '');
  if (secret === '') throw new StartupError(`--mesos_authentication_secret_file: ${secretFile} is empty`);
  return secret;
}

async function headersOf(options: MasterOptions): Promise<Readonly<Record<string, string>>> {
  const secret = await secretOf(options);
  const principal = options.credentials?.principal;
  if (principal === undefined || secret === undefined) return {};
  if (principal.includes(':')) {
    throw new UsageError(
      `--mesos_authentication_principal: "${principal}" has a colon in it, which HTTP basic authentication cannot tell from the one before the secret`,
    );
  }
  return { authorization: `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}` };
}

async function trustOf(caFile: string | undefined): Promise<string | undefined> {
  if (caFile === undefined) return undefined;
  const pem = await readSmallText(caFile, 'mesos_ca');
  try {
    trusting(pem);
  } catch (error) {
    throw new StartupError(`--mesos_ca: ${caFile} ${messageOf(error)}`);
  }
  return pem;
}

async function ownCertificateOf({
  ownCertificate,
}: MasterOptions): Promise<{ certificate: string; key: string } | undefined> {
  if (ownCertificate === undefined) return undefined;
  const { certificateFile, keyFile } = ownCertificate;
  return {
    certificate: await readSmallText(certificateFile, 'CertFile'),
    key: await readSmallText(keyFile, 'KeyFile'),
  };
}

/**
 * Opens the way to the masters that `--master` names. Resolves at once, also when none of them, and no ZooKeeper, can be reached. Throws
 * UsageError for an address or a principal that is none, and StartupError, which names the option, for files that cannot be used.
 */
export async function openMasterAccess(
  master: string,
  options: MasterOptions,
  parts: {
    readonly logger: Logger;
    /** In [0, 1). */
    readonly random: () => number;
    /** Of ZooKeeper sessions. */
    readonly sessionTimeoutMs?: number | undefined;
    readonly answerTimeoutMs?: number;
    readonly connections?: number;
    /** Of one answer. */
    readonly maxBodyBytes?: number;
  },
): Promise<MasterAccess> {
  const { logger, random, maxBodyBytes } = parts;
  const address = parseMasterAddress(master);
  const headers = await headersOf(options);
  const trust = await trustOf(options.caFile);
  const http = createHttpClient({
    timeoutMs: parts.answerTimeoutMs ?? defaults.answerTimeoutMs,
    connections: parts.connections ?? defaults.connections,
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    trust,
    verifiesCertificates: options.verifiesCertificates ?? true,
    ownCertificate: await ownCertificateOf(options),
  });
  const sessionTimeoutMs = parts.sessionTimeoutMs ?? defaults.sessionTimeoutMs;
  const source = openMasterSource(address, { sessionTimeoutMs, logger, random });
  return {
    name: withoutCredentials(master),
    source,
    http: options.logIn === undefined ? http : authorized(http, options.logIn),
    scheme: options.tls ? 'https' : 'http',
    headers,
    async close() {
      await source.close();
      await http.close();
    },
  };
}
