import type { ComponentChildren } from 'preact';
import { Button } from './button.js';
import { Dialog } from './dialog.js';

/** A dialog that is answered by its button, or by Enter in one of its fields; or not at all. */
export function FormDialog({
  title,
  action,
  danger = false,
  isReady,
  onAnswer,
  onClose,
  children,
}: {
  readonly title: string;
  /** What the button says: the action itself, not "OK". */
  readonly action: string;
  readonly danger?: boolean;
  /** It may be answered: what is typed will do. */
  readonly isReady: boolean;
  readonly onAnswer: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={danger ? 'danger' : 'primary'} disabled={!isReady} onClick={onAnswer}>
            {action}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onAnswer();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
