/** Named instants, each key with one deadline at most; the next one is found in constant time, changes cost O(log n). */
export class DeadlineQueue {
  /** Binary min-heap of [atMs, key]; an entry whose key has another deadline by now is stale and skipped. */
  #heap: (readonly [atMs: number, key: string])[] = [];
  readonly #current = new Map<string, number>();

  get size(): number {
    return this.#current.size;
  }

  get(key: string): number | undefined {
    return this.#current.get(key);
  }

  /** All keys, in no particular order. */
  keys(): string[] {
    return [...this.#current.keys()];
  }

  /** Sets, moves or (undefined) removes the deadline of a key. */
  set(key: string, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#current.delete(key);
      return;
    }
    if (this.#current.get(key) === atMs) return;
    this.#current.set(key, atMs);
    this.#push([atMs, key]);
    // Stale entries are dropped when they come up; rebuild when they outnumber the live ones, so memory stays bounded.
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#current.size) this.#rebuild();
  }

  /** The earliest deadline. */
  nextMs(): number | undefined {
    this.#dropStale();
    return this.#heap[0]?.[0];
  }

  /** Removes and returns all keys whose deadline is at or before `nowMs`, earliest first. */
  takeDue(nowMs: number): string[] {
    const due: string[] = [];
    for (;;) {
      this.#dropStale();
      const first = this.#heap[0];
      if (first === undefined || first[0] > nowMs) return due;
      this.#pop();
      this.#current.delete(first[1]);
      due.push(first[1]);
    }
  }

  #dropStale(): void {
    for (
      let first = this.#heap[0];
      first !== undefined && this.#current.get(first[1]) !== first[0];
      first = this.#heap[0]
    ) {
      this.#pop();
    }
  }

  #rebuild(): void {
    this.#heap = [...this.#current].map(([key, atMs]) => [atMs, key] as const).sort((a, b) => a[0] - b[0]);
  }

  #push(entry: readonly [number, string]): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above[0] <= entry[0]) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const left = heap[child];
      if (left === undefined) break;
      let least = left;
      const right = heap[child + 1];
      if (right !== undefined && right[0] < left[0]) {
        least = right;
        child++;
      }
      if (least[0] >= last[0]) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }
}
