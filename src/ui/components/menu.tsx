import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './menu.css';

export interface MenuItem {
  readonly text: string;
  readonly act: () => unknown;
  readonly danger?: boolean;
  /** Why it cannot be chosen now; it is shown all the same, with that. */
  readonly blocked?: string;
}

/** Between the button and its menu, and between the menu and the edge of the window; in pixels. */
const gap = 2;

/** Puts a menu under its button, or above it where there is more room, and within the window. */
function putBeside(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = window.innerHeight - at.bottom - gap;
  const top = height <= below || at.top < below ? at.bottom + gap : at.top - gap - height;
  menu.style.top = `${Math.max(gap, Math.min(top, window.innerHeight - height - gap))}px`;
  menu.style.left = `${Math.max(gap, Math.min(at.right - width, window.innerWidth - width - gap))}px`;
}

/**
 * A button that opens a menu: arrow keys, Home, End and Escape work as in other menus. The menu lies above everything, whatever the button
 * is in; it closes when that is scrolled.
 */
export function Menu({
  label,
  text = '⋯',
  items,
}: {
  readonly label: string;
  readonly text?: string;
  readonly items: readonly MenuItem[];
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();

  const entries = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const close = (refocus: boolean): void => {
    setOpen(false);
    if (refocus) root.current?.querySelector('button')?.focus();
  };

  useLayoutEffect(() => {
    const button = root.current?.querySelector('button') ?? undefined;
    if (!isOpen || list.current === null || button === undefined) return;
    list.current.showPopover();
    putBeside(list.current, button);
  }, [isOpen]);

  useEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus({ preventScroll: true });
    const scrolled = (): void => close(false);
    const outside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) close(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    document.addEventListener('scroll', scrolled, { capture: true, passive: true });
    window.addEventListener('resize', scrolled);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      document.removeEventListener('scroll', scrolled, { capture: true });
      window.removeEventListener('resize', scrolled);
    };
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      all[to]?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    }
  };

  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class="button button-small"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
      >
        {text}
      </button>
      {isOpen ? (
        <ul id={id} class="menu-list" role="menu" aria-label={label} popover="manual" ref={list} onKeyDown={onKeyDown}>
          {items.map(({ text: name, act, danger, blocked }) => (
            <li key={name} role="none">
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                class={danger === true ? 'menu-danger' : ''}
                aria-disabled={blocked !== undefined}
                title={blocked}
                onClick={() => {
                  if (blocked !== undefined) return;
                  close(true);
                  void act();
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
