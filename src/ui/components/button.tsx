import { useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import './button.css';

export interface ButtonProps {
  readonly children: ComponentChildren;
  /** While what it returns is under way, the button is busy and cannot be pressed again. */
  readonly onClick?: () => unknown;
  readonly kind?: 'primary' | 'danger' | 'plain';
  readonly disabled?: boolean;
  /** What it does is under way, for another reason than that it was pressed. */
  readonly busy?: boolean;
  /** What it does, where its text alone does not say that: `Kill web.instance-1`. */
  readonly label?: string;
  readonly title?: string;
  readonly type?: 'button' | 'submit';
  readonly small?: boolean;
}

/** A button. It keeps the focus when it cannot be pressed any more. */
export function Button({ children, onClick, kind, disabled, busy, label, title, type = 'button', small }: ButtonProps) {
  const [isPressed, setPressed] = useState(false);
  const isActing = useRef(false);
  const element = useRef<HTMLButtonElement>(null);
  const isBusy = isPressed || busy === true;
  const isOff = isBusy || disabled === true;
  // A button that is disabled loses the focus: whoever uses the keyboard would begin at the top of the page again
  const hasFocus = element.current !== null && element.current === document.activeElement;
  const press = async (event: Event): Promise<void> => {
    if (isActing.current || isOff) {
      event.preventDefault();
      return;
    }
    isActing.current = true;
    setPressed(true);
    try {
      await onClick?.();
    } finally {
      isActing.current = false;
      setPressed(false);
    }
  };
  return (
    <button
      ref={element}
      type={type}
      class={['button', kind === undefined ? '' : `button-${kind}`, small === true ? 'button-small' : '']
        .join(' ')
        .trim()}
      disabled={disabled === true && !hasFocus}
      aria-disabled={isOff ? true : undefined}
      aria-busy={isBusy}
      aria-label={label}
      title={title}
      onClick={(event) => void press(event)}
    >
      {children}
    </button>
  );
}

/** A link that looks like a button: it leads somewhere. */
export function ButtonLink({
  href,
  kind,
  children,
}: {
  readonly href: string;
  readonly kind?: 'primary' | 'plain';
  readonly children: ComponentChildren;
}) {
  return (
    <a class={['button', kind === undefined ? '' : `button-${kind}`].join(' ').trim()} href={href}>
      {children}
    </a>
  );
}
