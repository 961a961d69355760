const bytesUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A size: `1.5 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < bytesUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${bytesUnits[unit]}`;
}

/** Memory and disk of apps: they are in MiB. */
export function mibText(mib: number): string {
  return bytesText(mib * 2 ** 20);
}

/** A number without digits that say nothing: `0.1`, not `0.1000000001`. */
export function numberText(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** An amount of a resource as Mesos counts it: memory and disk are in MiB. */
export function amountText(resource: string, value: number): string {
  return resource === 'mem' || resource === 'disk' ? mibText(value) : numberText(value);
}

/** A span of time in its two largest units: `2 d 3 h`, `45 s`, `120 ms`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .flatMap(([count, unit]) => (count > 0 ? [`${count} ${unit}`] : []))
    .join(' ');
}

/** `1 instance`, `3 instances`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
