/** What is wrong with a field of a body, as Marathon says it. */
export interface ErrorDetail {
  /** `/container/docker/image`; `/` is the whole. */
  readonly path: string;
  readonly errors: readonly string[];
}

/** An answer that is not the wanted one. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: there was no answer. */
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  /** Deployments that are in the way (409). */
  readonly deployments: readonly string[];

  constructor(
    status: number,
    message: string,
    details: readonly ErrorDetail[] = [],
    deployments: readonly string[] = [],
  ) {
    super(message);
    this.status = status;
    this.details = details;
    this.deployments = deployments;
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function detailOf(value: unknown): ErrorDetail[] {
  if (!isObject(value)) return [];
  const { path, errors, error } = value;
  const texts = Array.isArray(errors) ? errors.map(String) : typeof error === 'string' ? [error] : [];
  return [{ path: typeof path === 'string' && path !== '' ? path : '/', errors: texts }];
}

function idOf(value: unknown): string[] {
  return isObject(value) && typeof value['id'] === 'string' ? [value['id']] : [];
}

/** Reads an error in whatever form the scheduler, the name server or the load balancer gives it: JSON with `message`, or plain text. */
export function errorOf(status: number, statusText: string, body: string): ApiError {
  const fallback =
    body.trim() === '' || body.trimStart().startsWith('<') ? `${status} ${statusText}`.trim() : body.trim();
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return new ApiError(status, fallback);
  }
  if (!isObject(value)) return new ApiError(status, fallback);
  const { message, details, deployments } = value;
  const list = Array.isArray(details) ? details.flatMap(detailOf) : [];
  const locks = Array.isArray(deployments) ? deployments.flatMap(idOf) : [];
  const text = typeof message === 'string' && message !== '' ? message : fallback;
  return new ApiError(status, text, list, locks);
}
