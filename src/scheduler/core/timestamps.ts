import type { Timestamp } from '../model/app-definition.js';

// `Date` is kept out of the core so that nothing here can ask for the time; this is calendar arithmetic on a given time.

const msPerDay = 86_400_000;

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Milliseconds since 1970 as `yyyy-MM-ddTHH:mm:ss.SSSZ` (proleptic Gregorian, years 0000–9999). */
export function toTimestamp(ms: number): Timestamp {
  const days = Math.floor(ms / msPerDay);
  const rest = Math.floor(ms - days * msPerDay);
  // Civil date from day number, in the era of 400 years that starts on 0000-03-01.
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const time = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1000) % 60];
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time.map((t) => pad(t, 2)).join(':')}.${pad(rest % 1000, 3)}Z`;
}

/** The inverse of `toTimestamp`; NaN for text of another form. */
export function fromTimestamp(timestamp: Timestamp): number {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/.exec(timestamp);
  if (m === null) return Number.NaN;
  const [year, month, day, hours, minutes, seconds, millis] = m.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (
    (era * 146_097 + dayOfEra - 719_468) * msPerDay + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + millis
  );
}

/** A version for a change made now: now, or just after the newest version there is, so that versions grow even if clocks do not. */
export function nextVersion(nowMs: number, newest: Timestamp | undefined): Timestamp {
  const now = toTimestamp(nowMs);
  return newest === undefined || now > newest ? now : toTimestamp(fromTimestamp(newest) + 1);
}
