import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago } from '../src/ago';
import { length } from '../src/counter';

const now = new Date('2026-11-23T12:00:00Z');
const before = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);

test('times are told in the reader’s language', () => {
  assert.equal(ago(before(4), now, { locale: 'en' }), '4 min. ago');
  assert.equal(ago(before(4), now, { locale: 'fr' }), 'il y a 4\u00a0min');
  assert.equal(ago(before(125), now, { locale: 'en' }), '2 hr. ago');
  assert.equal(ago(before(0), now, { locale: 'en' }), 'this minute');
});

test('what is older than a week has its date', () => {
  assert.match(ago(new Date('2026-10-02T12:00:00Z'), now, { locale: 'en' }), /2/);
  assert.match(ago(new Date('2025-10-02T12:00:00Z'), now, { locale: 'en' }), /2025/);
});

test('a clock that is ahead says no nonsense', () => {
  assert.equal(ago(new Date(now.getTime() + 20_000), now, { locale: 'en' }), 'this minute');
});

test('characters count as people count them', () => {
  assert.equal(length('a🦅'), 2);
  assert.equal(length('👨‍👩‍👧‍👦'), 1);
  assert.equal(length('é'), 1);
});
