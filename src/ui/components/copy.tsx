import { useState } from 'preact/hooks';
import { Button } from './button.js';
import { say } from './toast.js';

/** Puts a text into the clipboard. Browsers allow that only to pages from this machine or over HTTPS: elsewhere the button is not shown. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isDone, setDone] = useState(false);
  if (!window.isSecureContext) return null;
  return (
    <Button
      small
      kind="plain"
      label={`Copy ${what}`}
      onClick={async () => {
        try {
          await navigator.clipboard.writeText(text);
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        } catch {
          say('warning', 'The browser did not allow it: copy the text yourself.');
        }
      }}
    >
      {isDone ? 'Copied' : 'Copy'}
    </Button>
  );
}
