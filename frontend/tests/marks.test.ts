import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from '../src/marks';

test('marks that do not touch stay as they are', () => {
  const marks = arrange([{ start: 8, end: 10, outcome: 'warn' }, { start: 0, end: 3, outcome: 'hold' }], 12);
  assert.deepEqual(marks, [{ start: 0, end: 3, outcome: 'hold' }, { start: 8, end: 10, outcome: 'warn' }]);
});

test('where marks overlap the graver one shows, and the rest of the other stays', () => {
  const marks = arrange([{ start: 0, end: 10, outcome: 'warn' }, { start: 4, end: 6, outcome: 'block' }], 10);
  assert.deepEqual(marks, [
    { start: 0, end: 4, outcome: 'warn' },
    { start: 4, end: 6, outcome: 'block' },
    { start: 6, end: 10, outcome: 'warn' },
  ]);
});

test('a mark that does not fit into the text is left out', () => {
  assert.deepEqual(arrange([{ start: 3, end: 9, outcome: 'hold' }, { start: 2, end: 2, outcome: 'hold' }], 5), []);
});

test('marks of one kind that overlap are drawn as one', () => {
  const marks = arrange([{ start: 0, end: 6, outcome: 'warn' }, { start: 4, end: 9, outcome: 'warn' }], 9);
  assert.deepEqual(marks, [{ start: 0, end: 9, outcome: 'warn' }]);
});

test('two neighbours are two marks, the same place twice is one', () => {
  const neighbours = arrange([{ start: 0, end: 2, outcome: 'hold' }, { start: 2, end: 4, outcome: 'hold' }], 4);
  assert.equal(neighbours.length, 2);
  const twice = arrange([{ start: 0, end: 2, outcome: 'hold' }, { start: 0, end: 2, outcome: 'hold' }], 4);
  assert.deepEqual(twice, [{ start: 0, end: 2, outcome: 'hold' }]);
});
