import { restOfCharacter, wholeCharacters } from '../../common/whole-characters.js';

/** A piece of a text file. Places and sizes are in bytes. */
export interface Piece {
  readonly data: string;
  readonly offset: number;
  /** Where the next piece begins. */
  readonly next: number;
  /** Of the whole file. */
  readonly size: number;
}

/**
 * What was read of a file from `offset` on as text. Characters that are cut off are left out: at the beginning, because nobody can complete
 * them, at the end for the next piece. At the end of the file there may be none: `mayGrow` = it is waited for all the same.
 */
export function pieceOf(bytes: Buffer, offset: number, knownSize: number, mayGrow: boolean): Piece {
  const size = Math.max(knownSize, offset + bytes.length);
  const skipped = offset === 0 ? 0 : restOfCharacter(bytes);
  const text = bytes.subarray(skipped);
  const isLast = offset + bytes.length === size && !mayGrow;
  const length = isLast ? text.length : wholeCharacters(text);
  const begin = offset + skipped;
  return { data: text.toString('utf8', 0, length), offset: begin, next: begin + length, size };
}
