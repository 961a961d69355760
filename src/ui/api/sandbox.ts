/** `GET /ekiden/v1/sandbox/{taskId}/browse?path=` (a path in the sandbox, default its top). Ended tasks have theirs until Mesos deletes it. */
export interface SandboxFolder {
  readonly taskId: string;
  readonly host: string;
  /** Without slashes around it; empty: the top. */
  readonly path: string;
  readonly files: readonly SandboxFile[];
}

export interface SandboxFile {
  readonly name: string;
  /** In the sandbox. */
  readonly path: string;
  readonly isFolder: boolean;
  /** In bytes. */
  readonly size: number;
  /** As `ls -l` shows it. */
  readonly mode: string;
  readonly modifiedAt: string;
  readonly owner: string;
}

/**
 * `GET …/read?path=&offset=&length=`: a piece of a file, at most 64 KiB; `offset=-1` only tells the size. `GET …/download?path=`: all of it.
 */
export interface SandboxPiece {
  readonly data: string;
  readonly offset: number;
  /** Where the next piece begins, in bytes. */
  readonly next: number;
  /** Of the whole file, in bytes. */
  readonly size: number;
}

/**
 * `GET …/follow?path=&offset=`: what the file has and gets, as server-sent events `piece` (SandboxPiece), from `offset` on (negative: so many bytes
 * before the end); `gone` when it or the task's agent is not there any more (`{message}`).
 */
export type SandboxFollowed = SandboxPiece;
