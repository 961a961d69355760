import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { messageOf } from '../../src/common/errors.js';
import { freePort } from '../support/ports.js';

t.test('the text of anything that was thrown', (t) => {
  t.equal(messageOf(new TypeError('no list')), 'no list');
  t.equal(messageOf('a text'), 'a text');
  t.equal(messageOf(undefined), 'undefined');
  t.equal(messageOf(new RangeError()), 'RangeError');
  t.equal(messageOf(Object.assign(new Error(''), { code: 'EIO' })), 'EIO');
  t.equal(messageOf(new AggregateError([new Error('first'), new Error(''), 'third'])), 'first; Error; third');
  t.equal(messageOf(new AggregateError([])), 'AggregateError');
  t.end();
});

t.test('a host with two addresses, neither of which takes the connection', async (t) => {
  const port = await freePort();
  const socket = connect({
    host: 'two.example',
    port,
    autoSelectFamily: true,
    lookup: (_host, _options, found) =>
      found(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]),
  });
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [unknown];
  t.equal(messageOf(error), `connect ECONNREFUSED 127.0.0.1:${port}; connect ECONNREFUSED 127.0.0.2:${port}`);
});
