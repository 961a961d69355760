import { useEffect, useRef } from 'preact/hooks';
import { indentEdit, newLineEdit } from './editor-text.js';
import type { TextEdit } from './editor-text.js';
import './text-editor.css';

/** A mark beside a line, from 1, and what is said of it. */
export interface LineMark {
  readonly line: number;
  readonly text: string;
}

/** Makes an edit so that the browser can undo it. */
function perform(area: HTMLTextAreaElement, { start, end, text, selection }: TextEdit): void {
  area.setSelectionRange(start, end);
  // There is nothing else that keeps the browser's own undo; where it is gone, the edit is made without
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, start, end, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  area.setSelectionRange(...selection);
}

/**
 * A place for text with fixed structure: numbered lines, Tab indents, Shift+Tab the other way, Enter keeps the indentation. Tab leaves it
 * after Escape, as for those who use no mouse.
 */
export function TextEditor({
  id,
  label,
  value,
  onInput,
  mark,
  rows = 24,
  describedBy,
}: {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly mark?: LineMark | undefined;
  readonly rows?: number;
  readonly describedBy?: string;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const mayLeave = useRef(false);
  const count = value.split('\n').length;

  const follow = (): void => {
    if (numbers.current !== null && area.current !== null) numbers.current.scrollTop = area.current.scrollTop;
  };
  useEffect(follow);

  const pressed = (event: KeyboardEvent): void => {
    const element = area.current;
    if (element === null || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { selectionStart, selectionEnd } = element;
    if (event.key === 'Escape') {
      mayLeave.current = true;
      return;
    }
    if (event.key === 'Tab' && !mayLeave.current) {
      event.preventDefault();
      const edit = indentEdit(element.value, selectionStart, selectionEnd, event.shiftKey);
      if (edit !== undefined) perform(element, edit);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      perform(element, newLineEdit(element.value, selectionStart, selectionEnd));
    }
    if (event.key !== 'Shift') mayLeave.current = false;
  };

  return (
    <div class={mark === undefined ? 'editor' : 'editor editor-wrong'}>
      <div class="editor-numbers" ref={numbers} aria-hidden="true">
        {Array.from({ length: count }, (_, index) => (
          <span key={index} class={mark?.line === index + 1 ? 'editor-mark' : ''}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        id={id}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={mark !== undefined}
        rows={rows}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        wrap="off"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={pressed}
        onScroll={follow}
      />
    </div>
  );
}
