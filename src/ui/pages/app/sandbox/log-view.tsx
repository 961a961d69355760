import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Component } from 'preact';
import { Button } from '../../../components/button.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { bytesText } from '../../../components/text.js';
import { classesOf, styledTexts } from './ansi.js';
import { LogReader } from './log-reader.js';
import { maxLogLength, placesOf, stretchesOf } from './log-text.js';
import type { LogChunk } from './log-text.js';
import { downloadUrl } from './sandbox-urls.js';
import './log.css';

/** So near to an end of what is shown, in pixels, more is read. */
const nearPx = 200;
/** So near to the end counts as being at it. */
const endPx = 8;
const maxMatches = 5_000;

interface LinesProps {
  readonly chunk: LogChunk;
  /** Where what is sought occurs in them. */
  readonly places: readonly number[];
  /** Of what is sought. */
  readonly length: number;
  /** The occurrence that is looked at, if it is one of these. */
  readonly current: number | undefined;
}

/** Some lines; drawn again only when they change, or what is sought in them. */
class Lines extends Component<LinesProps> {
  override shouldComponentUpdate(next: LinesProps): boolean {
    const { chunk, places, length, current } = this.props;
    return (
      chunk !== next.chunk ||
      places !== next.places ||
      current !== next.current ||
      (places.length > 0 && length !== next.length)
    );
  }

  override render() {
    const { chunk, places, length, current } = this.props;
    const stretches = stretchesOf(styledTexts(chunk.text, chunk.style).parts, places, length);
    return (
      <div class="log-lines">
        {stretches.map(({ text, style, match }, i) => {
          const classes = classesOf(style);
          if (match !== undefined) {
            return (
              <mark key={i} class={`${classes} ${match === current ? 'is-current' : ''}`.trim()}>
                {text}
              </mark>
            );
          }
          return classes === '' ? (
            text
          ) : (
            <span key={i} class={classes}>
              {text}
            </span>
          );
        })}
      </div>
    );
  }
}

const noPlaces: readonly number[] = [];

/** The text of lines as it is seen; made once for each. */
const seen = new WeakMap<LogChunk, string>();
function seenText(chunk: LogChunk): string {
  const known = seen.get(chunk);
  if (known !== undefined) return known;
  const text = styledTexts(chunk.text, chunk.style)
    .parts.map((part) => part.text)
    .join('');
  seen.set(chunk, text);
  return text;
}

/** A file of a sandbox as text: its end first, and what it gets. */
export function LogView({
  taskId,
  path,
  isFollowing: isWanted,
  onFollow,
}: {
  readonly taskId: string;
  readonly path: string;
  readonly isFollowing: boolean;
  readonly onFollow: (on: boolean) => void;
}) {
  const reader = useMemo(() => new LogReader(taskId, path), [taskId, path]);
  const [isWrapped, setWrapped] = useState(true);
  const [sought, setSought] = useState('');
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  /** How far the reader was from the end of the text, in pixels. */
  const fromEnd = useRef(0);
  /** The first lines, and where they were, before earlier ones were put before them. */
  const anchor = useRef<{ readonly start: number; readonly lines: HTMLElement; readonly top: number }>();
  const { log, isKnown, isFollowing, gone, problem, wasCut } = reader.state.value;

  useEffect(() => () => reader.close(), [reader]);
  useEffect(() => {
    if (isWanted) {
      isAtEnd.current = true;
      reader.follow();
    } else if (reader.state.value.isKnown) reader.pause();
    else void reader.end();
  }, [reader, isWanted]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = anchor.current;
    if (before !== undefined && log.start < before.start) {
      // What is read stays where it is
      element.scrollTop += before.lines.offsetTop - before.top;
      anchor.current = undefined;
    } else if (isAtEnd.current && sought === '') element.scrollTop = element.scrollHeight;
  }, [log, isWrapped]);

  useLayoutEffect(() => {
    // Lines that were out of sight have their true height now
    const element = box.current;
    if (element !== null && !isFollowing) {
      element.scrollTop = element.scrollHeight - element.clientHeight - fromEnd.current;
    }
  }, [isFollowing]);

  const found = useMemo(() => {
    let left = maxMatches;
    let before = 0;
    return log.chunks.map((chunk) => {
      const places = sought === '' ? noPlaces : placesOf(seenText(chunk), sought, left);
      left -= places.length;
      const first = before;
      before += places.length;
      return { chunk, places: places.length === 0 ? noPlaces : places, first };
    });
  }, [log.chunks, sought]);
  const last = found.at(-1);
  const count = last === undefined ? 0 : last.first + last.places.length;
  const current = count === 0 ? 0 : Math.min(at, count - 1);

  useEffect(() => {
    if (sought !== '') box.current?.querySelector('mark.is-current')?.scrollIntoView({ block: 'center' });
  }, [sought, current]);

  const readEarlier = async (): Promise<void> => {
    const element = box.current;
    const lines = element?.querySelector<HTMLElement>('.log-lines') ?? null;
    if (lines === null || log.start === 0) return;
    anchor.current = { start: log.start, lines, top: lines.offsetTop };
    await reader.earlier();
  };
  const scrolled = (): void => {
    const element = box.current;
    if (element === null) return;
    const toEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    const wasAtEnd = isAtEnd.current;
    fromEnd.current = toEnd;
    isAtEnd.current = toEnd <= endPx;
    // Who scrolls up wants to read: nothing moves then
    if (wasAtEnd && toEnd > nearPx && isFollowing) onFollow(false);
    if (element.scrollTop < nearPx && element.scrollHeight > element.clientHeight && !isFollowing) void readEarlier();
    if (toEnd < nearPx && !isFollowing && gone === undefined && log.end < log.size) void reader.later();
  };
  const toEnd = (): void => {
    isAtEnd.current = true;
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    if (!isFollowing && log.end < log.size) void reader.end();
  };
  const step = (by: number): void => {
    if (count > 0) setAt((current + by + count) % count);
  };

  return (
    <section class="log" aria-label={path}>
      <div class="row log-tools" role="group" aria-label={`View of ${path}`}>
        <label class="row">
          <input
            type="checkbox"
            checked={isWanted && gone === undefined}
            onChange={(event) => {
              // After its end it is begun again
              if (isWanted && event.currentTarget.checked) reader.follow();
              onFollow(event.currentTarget.checked);
            }}
          />
          Follow
        </label>
        <label class="row">
          <input type="checkbox" checked={isWrapped} onChange={(event) => setWrapped(event.currentTarget.checked)} />
          Wrap
        </label>
        <form
          class="row log-search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            step(1);
          }}
        >
          <input
            type="search"
            aria-label={`Search in what is shown of ${path}`}
            placeholder="Search"
            value={sought}
            onInput={(event) => {
              setSought(event.currentTarget.value);
              // The last lines are the ones of interest
              setAt(maxMatches);
            }}
          />
          {sought === '' ? null : (
            <>
              <span class="muted" role="status">
                {count === 0 ? 'not found' : `${current + 1} of ${count}${count >= maxMatches ? ' or more' : ''}`}
              </span>
              <Button small label="Previous occurrence" onClick={() => step(-1)}>
                ↑
              </Button>
              <Button small label="Next occurrence" onClick={() => step(1)}>
                ↓
              </Button>
            </>
          )}
        </form>
        <span class="log-right row">
          <span class="muted tabular">{isKnown ? bytesText(log.size) : ''}</span>
          <Button small onClick={toEnd}>
            To the end
          </Button>
          <a
            class="button button-small"
            href={downloadUrl(taskId, path)}
            download={path.slice(path.lastIndexOf('/') + 1)}
          >
            Download
          </a>
        </span>
      </div>
      {problem === undefined ? null : (
        <Notice level="warning" title={`${path} could not be read`}>
          {problem}
        </Notice>
      )}
      {gone === undefined ? null : (
        <Notice level="info" title={`${path} is not followed any more`}>
          {gone}
        </Notice>
      )}
      {wasCut ? (
        <Notice level="info">The file became shorter: what is shown begins with its new content.</Notice>
      ) : null}
      {!isKnown ? (
        <Loading what={path} />
      ) : log.size === 0 && problem === undefined && gone === undefined ? (
        <p class="empty">It is empty{isFollowing ? ' so far' : ''}.</p>
      ) : null}
      <div
        class={['log-box', isWrapped ? 'is-wrapped' : '', isFollowing ? 'is-followed' : ''].join(' ').trim()}
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={`Content of ${path}`}
        onScroll={scrolled}
        hidden={log.length === 0}
      >
        {log.start > 0 && log.chunks.length > 0 ? (
          <p class="log-earlier">
            <Button small onClick={readEarlier} disabled={log.length >= maxLogLength && isFollowing}>
              Earlier lines ({bytesText(log.start)})
            </Button>
          </p>
        ) : null}
        {found.map(({ chunk, places, first }) => (
          <Lines
            key={chunk.id}
            chunk={chunk}
            places={places}
            length={sought.length}
            current={sought !== '' && current >= first && current < first + places.length ? current - first : undefined}
          />
        ))}
      </div>
    </section>
  );
}
