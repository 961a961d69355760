const taskPattern = /^(?<app>.+)\.instance-(?<uuid>[\w-]+)(?:\.(?<container>[^.]+)\.(?<run>\d+))?$/;
const olderPattern = /^.+[._](?<uuid>[\da-f]{8}-[\da-f-]{20,})$/;
/** So much of a UUID tells the instances of one app apart. */
const shownDigits = 8;
const maxLength = 24;

/** The part of the id of a task or instance that tells it from its siblings: `2ac1f0e0`, with `#3` for its third run in the same place. */
export function shortId(id: string): string {
  const { uuid, run } = taskPattern.exec(id)?.groups ?? olderPattern.exec(id)?.groups ?? {};
  if (uuid === undefined) return id.length > maxLength ? `…${id.slice(1 - maxLength)}` : id;
  const digits = uuid.slice(0, shownDigits);
  return run === undefined || run === '1' ? digits : `${digits} #${run}`;
}

/** The instance that a task is of. */
export function instanceIdOf(taskId: string): string {
  return /^(.+\.instance-[\w-]+)\.[^.]+\.\d+$/.exec(taskId)?.[1] ?? taskId;
}

/** The container of a pod that a task is; undefined for that of an app. */
export function containerOf(taskId: string): string | undefined {
  const name = taskPattern.exec(taskId)?.groups?.['container'];
  return name === '_app' ? undefined : name;
}

/** A version as people compare it: `11-21 06:14:54` of `2026-11-21T06:14:54.123Z`; anything else as it is. */
export function shortVersion(version: string): string {
  const [, date, time] = /^\d{4}-(\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(version) ?? [];
  return date === undefined || time === undefined ? version : `${date} ${time}`;
}
