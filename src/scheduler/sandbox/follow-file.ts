import { messageOf } from '../../common/errors.js';
import { sleep } from '../../common/time.js';
import { AgentAwayError } from '../ports/agent-files.js';
import { pieceOf } from './pieces.js';
import type { Piece } from './pieces.js';
import { NoSuchFileError } from './sandboxes.js';

/** A file that may grow. Both answer undefined, or throw NoSuchFileError, when it is not there, and throw what AgentFiles throws. */
export interface GrowingFile {
  /** In bytes. */
  size(): Promise<number | undefined>;
  read(offset: number, length: number): Promise<Buffer | undefined>;
}

/** Who reads it. */
export interface Follower {
  piece(piece: Piece): void;
  /** Nothing more comes, for a reason that a reader understands. */
  gone(message: string): void;
  /** Resolves when the reader takes more, and when it has gone. */
  ready(): Promise<void>;
}

/** How often a file is looked at while nothing is new in it. */
const defaultIntervalMs = 500;
/** An agent that is being started again is waited for. */
const defaultPatienceMs = 15_000;
/** A file that is rotated is not there for a moment. */
const defaultRotationMs = 2_000;
/** A piece is at most so large. */
export const maxPieceBytes = 64 << 10;

/**
 * Tells a follower what a file has from `from` on (negative: so many bytes before its end) and what it gets, until `signal` is aborted or the
 * file is gone. The first piece comes at once, be it empty. A file that was cut, or made anew, is read from its beginning. Nothing is read
 * while the follower does not read. Never rejects.
 */
export async function followFile(
  file: GrowingFile,
  from: number,
  follower: Follower,
  {
    signal,
    intervalMs = defaultIntervalMs,
    patienceMs = defaultPatienceMs,
    rotationMs = defaultRotationMs,
  }: {
    readonly signal: AbortSignal;
    readonly intervalMs?: number;
    readonly patienceMs?: number;
    readonly rotationMs?: number;
  },
): Promise<void> {
  let position: number | undefined;
  /** Since when nothing can be read. */
  let awayMs: number | undefined;

  async function look(): Promise<void> {
    const size = await file.size();
    if (size === undefined) throw new NoSuchFileError('The file is not there any more');
    const isFirst = position === undefined;
    position ??= from < 0 ? Math.max(0, size + from) : Math.min(from, size);
    if (position > size) position = 0;
    if (isFirst && position === size) follower.piece({ data: '', offset: size, next: size, size });
    while (position < size && !signal.aborted) {
      const bytes = await file.read(position, Math.min(maxPieceBytes, size - position));
      if (bytes === undefined) throw new NoSuchFileError('The file is not there any more');
      const piece = pieceOf(bytes, position, size, true);
      // Only a part of a character is there yet
      if (piece.next === position) return;
      position = piece.next;
      if (!signal.aborted) follower.piece(piece);
      await follower.ready();
    }
  }

  /** For how long it is tried again after an error. */
  function patienceFor(error: unknown): number {
    if (error instanceof AgentAwayError) return patienceMs;
    return error instanceof NoSuchFileError && position !== undefined ? rotationMs : 0;
  }

  while (!signal.aborted) {
    try {
      await look();
      awayMs = undefined;
    } catch (error) {
      const nowMs = performance.now();
      awayMs ??= nowMs;
      if (nowMs - awayMs >= patienceFor(error)) return follower.gone(messageOf(error));
      if (error instanceof NoSuchFileError) position = 0;
    }
    await sleep(intervalMs, signal);
    await follower.ready();
  }
}
