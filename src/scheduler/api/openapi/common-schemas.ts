import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import type { Answer } from './operation.js';

export const text = Type.String();
export const count = Type.Integer({ minimum: 0 });

export const timestamp = Type.String({
  format: 'date-time',
  description: 'Always UTC, always with three digits after the second.',
  examples: ['2014-03-01T23:29:30.158Z'],
});

export const pathId = Type.String({ description: 'An absolute path.', examples: ['/shop/web'] });

export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

export const ipAddressSchema = Type.Object(
  { ipAddress: text, protocol: Type.Enum(['IPv4', 'IPv6'], { type: 'string' }) },
  { $id: 'IpAddress' },
);

export const deploymentResultSchema = Type.Object(
  { version: timestamp, deploymentId: Type.String({ format: 'uuid' }) },
  { $id: 'DeploymentResult' },
);

const deploymentHeader = { 'Marathon-Deployment-Id': 'The id of the deployment.' };

/** The answer to a change: it is stored and accepted, not finished. */
export function deployment(description: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    description,
    headers: { ...deploymentHeader, ...headers },
    content: {
      schema: deploymentResultSchema,
      example: { version: '2014-03-01T23:29:30.158Z', deploymentId: '867ed450-f6a8-4d33-9b0e-e11c5513990b' },
    },
  };
}

/** An answer in JSON that comes with the id of a deployment. */
export function deployed(description: string, schema: TSchema, headers: Readonly<Record<string, string>> = {}): Answer {
  return { description, headers: { ...deploymentHeader, ...headers }, content: { schema } };
}
