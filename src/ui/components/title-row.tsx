import type { ComponentChildren } from 'preact';
import './title-row.css';

/** A heading (given as the first child) with what belongs to it at the other end of the line. */
export function TitleRow({ children }: { readonly children: ComponentChildren }) {
  return <div class="title-row">{children}</div>;
}
