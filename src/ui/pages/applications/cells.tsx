import type { ComponentChildren } from 'preact';
import { mibText, numberText } from '../../components/text.js';

/** A cell of the list. `name` says which column it is in. */
export function Cell({ name, children }: { readonly name: string; readonly children?: ComponentChildren }) {
  return (
    <div role="cell" class={`apps-${name}`}>
      {children}
    </div>
  );
}

/** A total, and below it how it comes about. */
export function Total({
  text,
  detail,
  title,
}: {
  readonly text: string;
  readonly detail?: string;
  readonly title: string;
}) {
  return (
    <span title={title}>
      {text}
      {detail === undefined ? null : <small>{detail}</small>}
    </span>
  );
}

/** The CPUs of an app: of all wanted instances together, and of each. */
export function AppCpus({ cpus, instances }: { readonly cpus: number; readonly instances: number }) {
  return (
    <Total
      text={numberText(cpus * instances)}
      {...(instances > 1 ? { detail: `${instances} × ${numberText(cpus)}` } : {})}
      title={`CPUs of all ${instances} wanted instances together; ${numberText(cpus)} for each`}
    />
  );
}

/** The memory of an app: of all wanted instances together, and of each. */
export function AppMemory({ mem, instances }: { readonly mem: number; readonly instances: number }) {
  return (
    <Total
      text={mibText(mem * instances)}
      {...(instances > 1 ? { detail: `${instances} × ${mibText(mem)}` } : {})}
      title={`Memory of all ${instances} wanted instances together; ${mibText(mem)} for each`}
    />
  );
}

/** Running and wanted instances. */
export function InstanceCount({ running, wanted }: { readonly running: number; readonly wanted: number }) {
  return (
    <span title={`${running} running of ${wanted} wanted`}>
      {running} <span class="muted">of {wanted}</span>
    </span>
  );
}
