import assert from 'node:assert/strict';
import test from 'node:test';
import './page.mjs';

const { without } = await import('../src/redact');

test('what is taken out leaves a gap, counted in code points', () => {
  assert.equal(without('👍 Falcon flies', [[2, 8]]), '👍 […] flies');
  assert.equal(without('Falcon flies', [[0, 6]]), '[…] flies');
});

test('overlapping and touching places leave one gap', () => {
  assert.equal(without('abcdef', [[3, 5], [1, 3], [2, 4]]), 'a[…]f');
  assert.equal(without('abc', []), 'abc');
});
