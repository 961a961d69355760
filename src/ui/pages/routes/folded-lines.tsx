/** So many are seen at once; the others when they are asked for. */
const fewLines = 6;

function List({ lines, isCode }: { readonly lines: readonly string[]; readonly isCode: boolean }) {
  return (
    <ul class={isCode ? 'lb-plan-lines mono' : 'lb-plan-lines'}>
      {lines.map((line, index) => (
        <li key={`${index} ${line}`}>{line}</li>
      ))}
    </ul>
  );
}

/** Reasons or commands, one on each line; what is more than a few is folded. `isCode`: they are what HAProxy is told. */
export function FoldedLines({ lines, isCode }: { readonly lines: readonly string[]; readonly isCode: boolean }) {
  // A fold that hides one line takes as much place as the line
  if (lines.length <= fewLines + 1) return <List lines={lines} isCode={isCode} />;
  return (
    <>
      <List lines={lines.slice(0, fewLines)} isCode={isCode} />
      <details class="lb-fold">
        <summary>and {lines.length - fewLines} more</summary>
        <List lines={lines.slice(fewLines)} isCode={isCode} />
      </details>
    </>
  );
}
