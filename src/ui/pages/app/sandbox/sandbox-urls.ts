import { apiUrl } from '../../../http/request.js';

/** The path of something of a task's sandbox (src/ui/api/sandbox.ts). */
export function sandboxPath(taskId: string, what: 'browse' | 'read' | 'follow' | 'download'): string {
  return `ekiden/v1/sandbox/${encodeURIComponent(taskId)}/${what}`;
}

/** Where a file of it is downloaded from. */
export function downloadUrl(taskId: string, path: string): string {
  return apiUrl(sandboxPath(taskId, 'download'), { path });
}
