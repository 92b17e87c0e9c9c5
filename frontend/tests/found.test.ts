import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spans } from '../src/found';

test('a word is found by its beginning, whatever its accents and case', () => {
  assert.deepEqual(spans('La RÉUNION, réunions et préréunion', ['reunion']), [
    [3, 10],
    [12, 20],
  ]);
});

test('what is marked are the signs of the text, also where folding makes more of them', () => {
  assert.deepEqual(spans('e\u0301te\u0301 ﬁn', ['ete', 'fin']), [
    [0, 5],
    [6, 8],
  ]);
});

test('nothing asked for is nothing found', () => {
  assert.deepEqual(spans('anything', []), []);
});
