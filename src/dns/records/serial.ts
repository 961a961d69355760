/**
 * The SOA serial after a change: the time in seconds since 1970 as in Mesos-DNS, but always greater than the one before
 * (RFC 1982, 32 bits), however fast changes follow each other and whatever the clock does.
 */
export function nextSerial(previous: number, nowSeconds: number): number {
  const now = Math.floor(nowSeconds) >>> 0;
  const ahead = (now - previous) >>> 0;
  return ahead > 0 && ahead < 0x8000_0000 ? now : (previous + 1) >>> 0;
}
