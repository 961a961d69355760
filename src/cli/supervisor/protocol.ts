import type { StopScope } from '../../common/role.js';

/** What a role tells the supervisor over the IPC channel, once per life. */
export type RoleMessage =
  | {
      readonly type: 'ready';
      /** What it cannot do and what to do about it, when it serves without a part of itself. */
      readonly degraded?: string;
    }
  | {
      readonly type: 'failed';
      /** One line for the user. */
      readonly message: string;
      /** The program was called wrongly, as opposed to: something outside prevents it. */
      readonly usage: boolean;
    };

/** What the supervisor tells a role. */
export interface StopMessage {
  readonly type: 'stop';
  readonly scope: StopScope;
}

/** Set for a process that the supervisor started: it then lives and ends by the channel. */
export const supervisedVariable = 'EKIDEN_SUPERVISED';

export function isRoleMessage(value: unknown): value is RoleMessage {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return value.type === 'ready' || (value.type === 'failed' && 'message' in value && typeof value.message === 'string');
}

export function isStopMessage(value: unknown): value is StopMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'stop' &&
    'scope' in value &&
    (value.scope === 'everything' || value.scope === 'self')
  );
}
