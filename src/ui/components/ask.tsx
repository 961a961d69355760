import { signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { FormDialog } from './form-dialog.js';

/** A dialog that is asked for from anywhere, and what is done with its answer. */
interface Asked {
  readonly id: number;
  readonly draw: (answer: (value: never) => void) => ComponentChildren;
  readonly answer: (value: never) => void;
}

const asked = signal<readonly Asked[]>([]);
let nextId = 1;

/** Shows a dialog until it answers. `draw` gives it, and calls `answer` once. */
export function ask<T>(draw: (answer: (value: T) => void) => ComponentChildren): Promise<T> {
  return new Promise((resolve) => {
    const entry: Asked = {
      id: nextId++,
      draw: draw as Asked['draw'],
      answer: (value: never) => {
        asked.value = asked.value.filter((other) => other !== entry);
        resolve(value);
      },
    };
    asked.value = [...asked.value, entry];
  });
}

/** Where dialogs that are asked for are shown; once on each page. */
export function AskedDialogs() {
  return (
    <>
      {asked.value.map(({ id, draw, answer }) => (
        <Fragment key={id}>{draw(answer)}</Fragment>
      ))}
    </>
  );
}

export interface Question {
  readonly title: string;
  readonly text: ComponentChildren;
  /** What the button says: the action itself, not "OK". */
  readonly action: string;
  readonly danger?: boolean;
  /** Must be typed before the button can be pressed: for what cannot be undone. */
  readonly typed?: string;
}

function ConfirmDialog({ question, answer }: { readonly question: Question; readonly answer: (yes: boolean) => void }) {
  const { title, text, action, danger, typed } = question;
  const [input, setInput] = useState('');
  const isReady = typed === undefined || input.trim() === typed;
  return (
    <FormDialog
      title={title}
      action={action}
      danger={danger === true}
      isReady={isReady}
      onAnswer={() => answer(true)}
      onClose={() => answer(false)}
    >
      {text}
      {typed === undefined ? null : (
        <label class="field">
          <span>
            Type <code>{typed}</code> to go on
          </span>
          <input
            value={input}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setInput(event.currentTarget.value)}
          />
        </label>
      )}
    </FormDialog>
  );
}

/** Asks whether to go on. */
export function confirm(question: Question): Promise<boolean> {
  return ask<boolean>((answer) => <ConfirmDialog question={question} answer={answer} />);
}
