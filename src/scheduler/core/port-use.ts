/** TCP and UDP have so many. */
const ports = 65_536;

/** Which service ports are in use. The lowest free one is found 32 ports at a time, however many are taken. */
export class PortUse {
  /** How many apps use each port. */
  readonly counts = new Map<number, number>();
  /** One bit for each port, set while it is used. */
  readonly bits = new Uint32Array(ports / 32);

  /** An app uses the port (1) or uses it no more (-1). */
  count(port: number, by: 1 | -1): void {
    const count = (this.counts.get(port) ?? 0) + by;
    const word = port >>> 5;
    const bit = 1 << (port & 31);
    const bits = this.bits[word] ?? 0;
    if (count > 0) {
      this.counts.set(port, count);
      this.bits[word] = bits | bit;
    } else {
      this.counts.delete(port);
      this.bits[word] = bits & ~bit;
    }
  }

  /** The lowest port from `min` to `max` (both included) that nobody uses. */
  lowestFree(min: number, max: number): number | undefined {
    const last = Math.min(max, ports - 1);
    for (let port = Math.max(0, min); port <= last; port = ((port >>> 5) + 1) << 5) {
      // Zeros of the word from this port on, as ones.
      const free = ~(this.bits[port >>> 5] ?? 0) & (-1 << (port & 31));
      if (free === 0) continue;
      const found = ((port >>> 5) << 5) + 31 - Math.clz32(free & -free);
      return found <= last ? found : undefined;
    }
    return undefined;
  }
}
