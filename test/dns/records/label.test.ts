import t from 'tap';
import { domainFragment, rfc1123Label, rfc952Label } from '../../../src/dns/records/label.js';
import { agentTail, taskHash } from '../../../src/dns/records/task-hash.js';
import { wireNameProblem } from '../../../src/dns/records/wire-name.js';
import { parseHostPort, parsePid } from '../../../src/dns/records/host-port.js';

t.test('any text becomes a label', (t) => {
  for (const [text, label] of [
    ['cart.shop', 'cart-shop'],
    ['api.west.eu.shop', 'api-west-eu-shop'],
    ['Under_Score', 'under-score'],
    ['--lead', 'lead'],
    ['4digits.first', '4digits-first'],
    ['späße ✓', 'spe'],
    ['###', ''],
    ['x'.repeat(70), 'x'.repeat(63)],
    [`hello${'-'.repeat(60)}f-g-`, 'hellof-g-'],
    [`${'a'.repeat(62)}-.b`, `${'a'.repeat(62)}b`],
  ] as const) {
    t.equal(rfc1123Label(text), label, text);
  }
  t.equal(rfc952Label('4digits-first'), 'digits-first');
  t.equal(rfc952Label('0123456789-a'), 'a');
  t.equal(rfc952Label('abcdefghijklmnopqrstuvwxyz'), 'abcdefghijklmnopqrstuvwx');
  t.end();
});

t.test('a framework name becomes several labels', (t) => {
  t.equal(domainFragment('.dotted..fw.', rfc1123Label), 'dotted.fw');
  t.equal(domainFragment('Aurora Scheduler/v2 (main)', rfc1123Label), 'auroraschedulerv2main');
  t.equal(domainFragment('chronos-2.5.0', rfc1123Label), 'chronos-2.5.0');
  t.equal(domainFragment('chronos-2.5.0', rfc952Label), 'chronos-2');
  t.equal(domainFragment('###', rfc1123Label), '');
  t.end();
});

t.test('instances are told apart by hash and agent', (t) => {
  t.equal(taskHash('test'), 'iffe9');
  t.equal(agentTail('b9b4b2db-7a3b-S12'), 's12');
  t.equal(agentTail('AGENT_without'), 'agent_without');
  t.end();
});

t.test('names that cannot be sent are recognised', (t) => {
  t.equal(wireNameProblem('a.b.mesos'), undefined);
  t.match(wireNameProblem('a..mesos'), /empty label/);
  t.match(wireNameProblem(`${'a'.repeat(64)}.mesos`), /label longer than 63/);
  t.match(wireNameProblem(Array(64).fill('abc').join('.')), /longer than 255/);
  t.equal(wireNameProblem('ab.'.repeat(84) + 'c'), undefined, '255 octets with length octets and root');
  t.match(wireNameProblem('ü.mesos'), /ASCII/);
  t.end();
});

t.test('addresses in pids', (t) => {
  t.strictSame(parsePid('slave(1)@10.0.0.1:5051'), { host: '10.0.0.1', port: 5051 });
  t.strictSame(parsePid('scheduler-6@[fd00::16]:8088'), { host: 'fd00::16', port: 8088 });
  for (const bad of ['', 'slave(1)', 'a@b@c:1', 'x@10.0.0.1', 'x@10.0.0.1:99999', 'x@fd00::1:80']) {
    t.equal(parsePid(bad), undefined, bad);
  }
  t.strictSame(parseHostPort('m1.example:5050'), { host: 'm1.example', port: 5050 });
  t.end();
});
