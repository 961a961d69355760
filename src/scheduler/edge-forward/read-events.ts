/** One server-sent event. */
export interface ReadEvent {
  readonly event: string;
  /** One line. */
  readonly data: string;
  readonly id: string | undefined;
}

/** An event that is larger than this is no event of an edge. */
const maxEventLength = 8 << 20;

/** The event in the lines between two empty ones; undefined: there is none, only comments and the like. */
function eventIn(block: string): ReadEvent | undefined {
  let event = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split(/\r\n?|\n/)) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('event:')) event = value;
    else if (line.startsWith('id:')) id = value;
    else if (line.startsWith('data:')) data.push(value);
  }
  // What edges send is JSON: there, the end of a line is as good as a blank
  return data.length === 0 ? undefined : { event, id, data: data.join(' ') };
}

/** Reads server-sent events one after the other, each as soon as it is whole. Throws for one without end, and what `bytes` throws. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent, undefined> {
  const decoder = new TextDecoder();
  const blankLine = /\r?\n\r?\n/g;
  let rest = '';
  for await (const chunk of bytes) {
    const before = rest.length;
    rest += decoder.decode(chunk, { stream: true });
    // The empty line may have begun in what was there before
    blankLine.lastIndex = Math.max(0, before - 3);
    let start = 0;
    for (let end = blankLine.exec(rest); end !== null; end = blankLine.exec(rest)) {
      const event = eventIn(rest.slice(start, end.index));
      start = blankLine.lastIndex;
      if (event !== undefined) yield event;
    }
    rest = rest.slice(start);
    if (rest.length > maxEventLength) throw new Error(`an event is longer than ${maxEventLength} characters`);
  }
  return undefined;
}
