import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, Sequences } from '../src/sequence';

test('the next number applies, a former one was seen, a jump is a hole', () => {
  const sequences = new Sequences();
  sequences.start('3', 7);
  assert.equal(sequences.judge('3', 8), 'apply');
  assert.equal(sequences.judge('3', 8), 'seen');
  assert.equal(sequences.judge('3', 10), 'hole');
  assert.equal(sequences.at('3'), 8);
});

test('a channel that the page does not show starts where its first frame is', () => {
  const sequences = new Sequences();
  assert.equal(sequences.judge('9', 41), 'apply');
  assert.equal(sequences.judge('9', 42), 'apply');
});

test('only channels that are behind are caught up', () => {
  const sequences = new Sequences();
  sequences.start('1', 5);
  sequences.start('2', 5);
  assert.deepEqual(sequences.behind({ '1': 5, '2': 6, '3': 99 }), ['2']);
});

test('a mark never goes back by itself, only when the list was loaded afresh', () => {
  const sequences = new Sequences();
  sequences.start('1', 5);
  sequences.start('1', 3);
  assert.equal(sequences.at('1'), 5);
  sequences.reset('1', 3);
  assert.equal(sequences.at('1'), 3);
});

test('waiting doubles up to half a minute and is spread', () => {
  assert.equal(backoff(0, () => 0.5), 800);
  assert.equal(backoff(3, () => 0.5), 6400);
  assert.equal(backoff(30, () => 0), 18_000);
  assert.equal(Math.round(backoff(30, () => 1)), 42_000);
});
