import type { HttpRequest } from '../../../http/server.js';

/** The media types that a request accepts, without their parameters, in its order; empty when it does not say. */
export function acceptedTypes(request: HttpRequest): readonly string[] {
  const accept = request.headers.accept ?? '';
  return accept
    .split(',')
    .map((part) => (part.split(';')[0] ?? '').trim().toLowerCase())
    .filter((type) => type !== '');
}

/** Whether plain text is asked for rather than JSON, which is what everything else gets. */
export function wantsText(request: HttpRequest): boolean {
  const types = acceptedTypes(request);
  return types.includes('text/plain') && !types.includes('application/json');
}
