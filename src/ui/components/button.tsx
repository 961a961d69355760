import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import './button.css';

export interface ButtonProps {
  readonly children: ComponentChildren;
  /** While what it returns is under way, the button is busy and cannot be pressed again. */
  readonly onClick?: () => unknown;
  readonly kind?: 'primary' | 'danger' | 'plain';
  readonly disabled?: boolean;
  /** What it does, where its text alone does not say that: `Kill web.instance-1`. */
  readonly label?: string;
  readonly title?: string;
  readonly type?: 'button' | 'submit';
  readonly small?: boolean;
}

/** A button. */
export function Button({ children, onClick, kind, disabled, label, title, type = 'button', small }: ButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const press = async (): Promise<void> => {
    setBusy(true);
    try {
      await onClick?.();
    } finally {
      setBusy(false);
    }
  };
  return (
    <button
      type={type}
      class={['button', kind === undefined ? '' : `button-${kind}`, small === true ? 'button-small' : '']
        .join(' ')
        .trim()}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
      aria-label={label}
      title={title}
      onClick={onClick === undefined ? undefined : () => void press()}
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
