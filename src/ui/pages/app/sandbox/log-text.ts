import type { SandboxPiece } from '../../../api/sandbox.js';
import { plainStyle, styledTexts } from './ansi.js';
import type { TextStyle } from './ansi.js';

/** Some lines of a file: they are drawn together, and once, as long as nothing is added to them. */
export interface LogChunk {
  /** Names it while it is shown. */
  readonly id: number;
  /** Of the file, in bytes. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** That it begins with: what the lines before it have left. */
  readonly style: TextStyle;
}

/** The part of a file that is shown. */
export interface LogText {
  readonly chunks: readonly LogChunk[];
  /** In bytes; the file begins at 0 and has `size`. */
  readonly start: number;
  readonly end: number;
  readonly size: number;
  /** In characters. */
  readonly length: number;
}

export const emptyLog: LogText = { chunks: [], start: 0, end: 0, size: 0, length: 0 };

/** Lines are gathered up to so many characters. */
const chunkLength = 16 << 10;
/** A line longer than this is drawn in pieces. */
const maxLineLength = 256 << 10;
/** So much is kept. */
export const maxLogLength = 2 << 20;

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

function made(chunks: readonly LogChunk[], size: number): LogText {
  return {
    chunks,
    start: chunks[0]?.start ?? size,
    end: chunks.at(-1)?.end ?? size,
    size,
    length: chunks.reduce((sum, { text }) => sum + text.length, 0),
  };
}

/** Whole lines of a chunk that has become large, and the line that goes on. */
function sealed(chunk: LogChunk): readonly LogChunk[] {
  const { id, start, end, text, style } = chunk;
  if (text.length < chunkLength) return [chunk];
  const newline = text.lastIndexOf('\n') + 1;
  const cut = newline > 0 ? newline : text.length < maxLineLength ? 0 : text.length;
  if (cut === 0) return [chunk];
  const rest = text.slice(cut);
  const middle = end - bytesOf(rest);
  const whole = { id, start, end: middle, text: text.slice(0, cut), style };
  const after = styledTexts(whole.text, style).style;
  return [whole, { id: id + 1, start: middle, end, text: rest, style: after }];
}

/** Puts the next piece of the file behind what is there. Another piece than the next one takes the place of all. */
export function appended(log: LogText, piece: SandboxPiece, maxLength = maxLogLength): LogText {
  const { data, offset, next, size } = piece;
  const last = log.chunks.at(-1);
  if (last === undefined || offset !== log.end) {
    const first = { id: (last?.id ?? 0) + 1, start: offset, end: next, text: data, style: plainStyle };
    return made(sealed(first), size);
  }
  const grown = { ...last, end: next, text: last.text + data };
  const chunks = [...log.chunks.slice(0, -1), ...(data === '' ? [last] : sealed(grown))];
  let length = log.length + data.length;
  let dropped = 0;
  while (length > maxLength && dropped < chunks.length - 1) length -= chunks[dropped++]?.text.length ?? 0;
  return made(dropped === 0 ? chunks : chunks.slice(dropped), size);
}

/** Puts the piece before what is there; what is too much then is dropped at the end. A piece that does not end there is left out. */
export function prepended(log: LogText, piece: SandboxPiece, maxLength = maxLogLength): LogText {
  const first = log.chunks[0];
  if (first === undefined || piece.next !== log.start || piece.data === '') return log;
  const cut = piece.data.lastIndexOf('\n') + 1;
  // The first line of what is there begins in this piece
  const rest = piece.data.slice(cut);
  const middle = piece.next - bytesOf(rest);
  const joined = { ...first, start: cut === 0 ? piece.offset : middle, text: rest + first.text };
  const before = {
    id: first.id - 1,
    start: piece.offset,
    end: middle,
    text: piece.data.slice(0, cut),
    style: plainStyle,
  };
  const chunks = [...(cut === 0 ? [] : [before]), joined, ...log.chunks.slice(1)];
  let length = log.length + piece.data.length;
  while (length > maxLength && chunks.length > 1) length -= chunks.pop()?.text.length ?? 0;
  return made(chunks, Math.max(log.size, piece.size));
}

/** Where a text occurs in another, whatever the case of its letters. */
export function placesOf(text: string, sought: string, limit: number): readonly number[] {
  if (sought === '') return [];
  const lower = text.toLowerCase();
  // Some letters become two in lower case: places would be others
  const [all, one] = lower.length === text.length ? [lower, sought.toLowerCase()] : [text, sought];
  const places: number[] = [];
  for (let at = all.indexOf(one); at >= 0 && places.length < limit; at = all.indexOf(one, at + one.length)) {
    places.push(at);
  }
  return places;
}

/** A stretch of text that looks alike; `match`: which occurrence of what is sought it is (part of), from 0. */
export interface Stretch {
  readonly text: string;
  readonly style: TextStyle;
  readonly match: number | undefined;
}

/** Cuts styled texts at the occurrences of what is sought. `places`: where they begin in the whole text. */
export function stretchesOf(
  parts: readonly { readonly text: string; readonly style: TextStyle }[],
  places: readonly number[],
  soughtLength: number,
): readonly Stretch[] {
  if (places.length === 0) return parts.map(({ text, style }) => ({ text, style, match: undefined }));
  const stretches: Stretch[] = [];
  let partStart = 0;
  let next = 0;
  for (const { text, style } of parts) {
    let at = 0;
    while (at < text.length) {
      const begin = (places[next] ?? Infinity) - partStart;
      const end = begin + soughtLength;
      if (begin >= text.length) {
        stretches.push({ text: text.slice(at), style, match: undefined });
        break;
      }
      if (begin > at) stretches.push({ text: text.slice(at, begin), style, match: undefined });
      stretches.push({ text: text.slice(Math.max(at, begin), end), style, match: next });
      at = Math.min(end, text.length);
      // It may go on in the next part
      if (end <= text.length) next++;
    }
    partStart += text.length;
  }
  return stretches;
}
