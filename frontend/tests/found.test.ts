import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spans } from '../src/found';

const wanted = (...words: string[]): ReadonlySet<string> => new Set(words);

test('a word is marked whatever its accents and case, and no other that begins like it', () => {
  assert.deepEqual(spans('La RÉUNION, réunions et préréunion', wanted('reunion')), [[3, 10]]);
});

test('what is marked are the signs of the text, also where folding makes more of them', () => {
  assert.deepEqual(spans('e\u0301te\u0301 ﬁn', wanted('ete', 'fin')), [
    [0, 5],
    [6, 8],
  ]);
});

test('words in quotes are marked where they stand together', () => {
  assert.deepEqual(spans('The new, portal: the portal is new', wanted('new+portal')), [[4, 15]]);
});

test('nothing asked for is nothing found', () => {
  assert.deepEqual(spans('anything', wanted()), []);
});
