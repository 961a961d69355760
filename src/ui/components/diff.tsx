import { useMemo, useState } from 'preact/hooks';
import { diffLines, foldDiff, unifiedDiffLines } from './diff-lines.js';
import type { DiffLine, UnifiedLine } from './diff-lines.js';
import { countText } from './text.js';
import './diff.css';

const signs = { same: '', added: '+', removed: '−', head: '' } as const;

function Line({ line }: { readonly line: UnifiedLine }) {
  if (line.kind === 'head') {
    return (
      <tr class="diff-head">
        <td colSpan={4}>{line.text}</td>
      </tr>
    );
  }
  return (
    <tr class={`diff-${line.kind}`}>
      <td class="diff-number">{line.before}</td>
      <td class="diff-number">{line.after}</td>
      <td class="diff-sign">{signs[line.kind]}</td>
      <td class="diff-text">{line.text}</td>
    </tr>
  );
}

function Folded({ lines }: { readonly lines: readonly DiffLine[] }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) {
    return (
      <>
        {lines.map((line) => (
          <Line key={`${line.before}`} line={line} />
        ))}
      </>
    );
  }
  return (
    <tr class="diff-fold">
      <td colSpan={4}>
        <button type="button" onClick={() => setOpen(true)}>
          ⋯ {countText(lines.length, 'line')} the same
        </button>
      </td>
    </tr>
  );
}

function Frame({ label, children }: { readonly label: string; readonly children: preact.ComponentChildren }) {
  return (
    <div class="diff" role="region" aria-label={label} tabIndex={0}>
      <table>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

const withoutComma = (line: string): string => line.replace(/,$/, '');

/**
 * Two texts compared line by line, what is the same folded. `json`: they are JSON, whose commas at the ends of lines say nothing. `label`
 * says what is compared, for those who do not see it.
 */
export function Diff({
  before,
  after,
  label,
  json,
}: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  readonly json?: boolean;
}) {
  const parts = useMemo(
    () => foldDiff(diffLines(before, after, json === true ? withoutComma : undefined)),
    [before, after, json],
  );
  if (parts.every(({ isFolded }) => isFolded)) return <p class="empty">No differences.</p>;
  return (
    <Frame label={label}>
      {parts.map(({ isFolded, lines }) => {
        const key = `${lines[0]?.before ?? ''}:${lines[0]?.after ?? ''}:${lines.length}`;
        return isFolded ? (
          <Folded key={key} lines={lines} />
        ) : (
          lines.map((line) => <Line key={`${line.before ?? ''}:${line.after ?? ''}`} line={line} />)
        );
      })}
    </Frame>
  );
}

/** A text that is a unified diff already, as the name servers and load balancers give them. */
export function UnifiedDiff({ text, label = 'Differences' }: { readonly text: string; readonly label?: string }) {
  const lines = useMemo(() => unifiedDiffLines(text), [text]);
  if (lines.length === 0) return <p class="empty">No differences.</p>;
  return (
    <Frame label={label}>
      {lines.map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </Frame>
  );
}
