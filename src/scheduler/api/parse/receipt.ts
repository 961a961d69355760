import { edgeRoles } from '../../../catalog/edges.js';
import type { EdgeAnnouncement, EdgeRole, Receipt } from '../../../catalog/edges.js';
import { edgePattern, receiptSchema } from '../../core/validate/receipt-schema.js';
import { readJson } from '../../core/validate/schema.js';
import type { JsonOf } from '../../core/validate/schema.js';
import { violationsOf } from '../../core/validate/violations.js';
import { ApiError, wrongShape } from '../api-error.js';
import { parseJson } from './body.js';
import { textOf } from './query.js';
import type { Query } from './query.js';

const maxUrlLength = 1024;
const proofPattern = /^[\w-]{16,128}$/;

/** The body of POST /ekiden/v1/receipts. Throws ApiError 400 (no JSON) or 422. */
export function parseReceipt(body: unknown): Receipt {
  const { value, problems } = readJson(receiptSchema, parseJson(body));
  if (problems.length > 0) throw wrongShape(violationsOf(problems));
  return value as JsonOf<typeof receiptSchema>;
}

/** How a reader of the catalog introduces itself: `?edge=…&role=…&apiUrl=…&proof=…`; undefined when it does not. Throws ApiError 422. */
export function parseAnnouncement(query: Query): EdgeAnnouncement | undefined {
  const edge = textOf(query, 'edge');
  if (edge === undefined) return undefined;
  const role = textOf(query, 'role') ?? '';
  const apiUrl = textOf(query, 'apiUrl');
  if (!new RegExp(edgePattern).test(edge)) throw new ApiError(422, `edge: "${edge.slice(0, 300)}" is not host:port`);
  if (!(edgeRoles as readonly string[]).includes(role)) {
    throw new ApiError(422, `role: "${role.slice(0, 100)}" is none of ${edgeRoles.join(', ')}`);
  }
  if (apiUrl !== undefined && !(apiUrl.length <= maxUrlLength && /^https?:\/\//.test(apiUrl) && URL.canParse(apiUrl))) {
    throw new ApiError(422, `apiUrl: "${apiUrl.slice(0, 300)}" is not http://host:port`);
  }
  // Whoever may read where edges are would read them, too
  if (apiUrl !== undefined && /^https?:\/\/[^/?#]*@/.test(apiUrl)) {
    throw new ApiError(422, 'apiUrl: a user and a password have no place in it');
  }
  const proof = textOf(query, 'proof');
  if (proof !== undefined && !proofPattern.test(proof)) {
    throw new ApiError(422, 'proof: must be 16 to 128 letters, digits, _ and -');
  }
  return {
    edge,
    role: role as EdgeRole,
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...(proof === undefined ? {} : { proof }),
  };
}
