import type { HttpClient } from '../../src/common/http-client.js';
import type { KnownMasters } from '../../src/mesos/master-source.js';
import { fixedMasters, MasterBoard } from '../../src/mesos/master-source.js';
import type { MasterAccess } from '../../src/mesos/master-access.js';

/** The way to masters that are given, over plain HTTP and without credentials. `http` stays the caller's. */
export function masterAccess(http: HttpClient, masters: readonly string[], headers = {}): MasterAccess {
  return {
    name: masters.join(),
    source: fixedMasters(masters),
    http,
    scheme: 'http',
    headers,
    close: () => Promise.resolve(),
  };
}

/** The same for masters of which the test tells, as ZooKeeper does. */
export function toldMasters(http: HttpClient): { access: MasterAccess; tell: (masters: KnownMasters) => void } {
  const board = new MasterBoard();
  const source = {
    get current() {
      return board.current;
    },
    onChange: (listener: (masters: KnownMasters) => void) => board.onChange(listener),
    known: (signal: AbortSignal) => board.known(signal),
    close: () => Promise.resolve(),
  };
  return {
    access: { name: 'zk://z/mesos', source, http, scheme: 'http', headers: {}, close: () => Promise.resolve() },
    tell: (masters) => board.set(masters),
  };
}
