/** How a text looks, as terminals are told it; colours by their number, 0 … 15. */
export interface TextStyle {
  readonly colour: number | undefined;
  readonly background: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

export const plainStyle: TextStyle = {
  colour: undefined,
  background: undefined,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

const escape = '\\u001b';
/** Escape sequences (colours, cursor, titles of windows), and other characters that are not to be seen. */
const unseen = new RegExp(
  [
    `${escape}\\[([0-?]*)[ -/]*([@-~])`,
    `${escape}\\][^\\u0007${escape}]*(?:\\u0007|${escape}\\\\)?`,
    // The rest of it has not come yet
    `${escape}\\[[0-?]*[ -/]*$`,
    `${escape}.?`,
    '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001a\\u001c-\\u001f\\u007f]',
  ].join('|'),
  'g',
);

/** The one of the first sixteen colours that a colour is like. */
function nearest(red: number, green: number, blue: number): number {
  const least = Math.min(red, green, blue);
  const most = Math.max(red, green, blue);
  if (most - least < 40) return most < 60 ? 0 : most < 140 ? 8 : most < 215 ? 7 : 15;
  const middle = (least + most) / 2;
  return (red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0) + (least > 60 ? 8 : 0);
}

/** One of 256 colours: the first sixteen, a cube of 6 × 6 × 6, a ramp of greys. */
function ofPalette(number: number): number {
  if (number < 16) return number;
  if (number >= 232) return nearest((number - 232) * 10 + 8, (number - 232) * 10 + 8, (number - 232) * 10 + 8);
  const level = (step: number): number => (step === 0 ? 0 : step * 40 + 55);
  const cube = number - 16;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** The colour that follows 38 or 48, and how many numbers say it. */
function extended(
  codes: readonly number[],
  at: number,
): { readonly colour: number | undefined; readonly used: number } {
  const [kind, a = 0, b = 0, c = 0] = codes.slice(at);
  if (kind === 5) return { colour: ofPalette(Math.min(255, a)), used: 2 };
  if (kind === 2) return { colour: nearest(a, b, c), used: 4 };
  return { colour: undefined, used: 0 };
}

/** The style after `ESC [ <codes> m`. */
export function styleAfter(style: TextStyle, text: string): TextStyle {
  const codes = text.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let next = style;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = plainStyle;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code >= 30 && code <= 37) next = { ...next, colour: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, colour: code - 82 };
    else if (code >= 40 && code <= 47) next = { ...next, background: code - 40 };
    else if (code >= 100 && code <= 107) next = { ...next, background: code - 92 };
    else if (code === 39) next = { ...next, colour: undefined };
    else if (code === 49) next = { ...next, background: undefined };
    else if (code === 38 || code === 48) {
      const { colour, used } = extended(codes, i + 1);
      next = code === 38 ? { ...next, colour } : { ...next, background: colour };
      i += used;
    }
  }
  return next;
}

/** What a terminal would have left of lines that were written over: that which stands after their last carriage return. */
function withoutOverwritten(text: string): string {
  return text.includes('\r') ? text.replace(/\r+(?=\n|$)/g, '').replace(/[^\n]*\r/g, '') : text;
}

/** Takes a text of a terminal apart by its styles; what cannot be seen is left out. `style`: that it begins with. */
export function styledTexts(
  text: string,
  style: TextStyle,
): { readonly parts: readonly StyledText[]; readonly style: TextStyle } {
  const parts: StyledText[] = [];
  let current = style;
  let from = 0;
  const add = (piece: string): void => {
    const last = parts.at(-1);
    if (piece === '') return;
    if (last?.style === current) parts[parts.length - 1] = { text: last.text + piece, style: current };
    else parts.push({ text: piece, style: current });
  };
  const shown = withoutOverwritten(text);
  for (const match of shown.matchAll(unseen)) {
    add(shown.slice(from, match.index));
    from = match.index + match[0].length;
    const [, codes, command] = match;
    if (command === 'm' && codes !== undefined && /^[\d;:]*$/.test(codes)) current = styleAfter(current, codes);
  }
  add(shown.slice(from));
  return { parts, style: current };
}

/** Names of classes for a style; empty: it is the plain one. */
export function classesOf(style: TextStyle): string {
  const { colour, background, bold, dim, italic, underline } = style;
  return [
    colour === undefined ? '' : `ansi-${colour}`,
    background === undefined ? '' : `ansi-back-${background}`,
    bold ? 'ansi-bold' : '',
    dim ? 'ansi-dim' : '',
    italic ? 'ansi-italic' : '',
    underline ? 'ansi-underline' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}
