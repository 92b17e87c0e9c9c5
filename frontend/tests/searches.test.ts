import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEager, wordAt } from '../src/searches';

test('the word at the caret may become an operator, or be one', () => {
  assert.deepEqual(wordAt('budget fr', 9), { start: 7, end: 9, query: 'fr' });
  assert.deepEqual(wordAt('-from:al budget', 8), { start: 0, end: 8, query: '-from:al' });
  assert.deepEqual(wordAt('in:', 3), { start: 0, end: 3, query: 'in:' });
  for (const text of ['', 'budget ', 'the quarterly', '"fr', 'from:"al', 'in 2026']) assert.equal(wordAt(text, text.length), null, text);
});

test('a word alone may be the name of a place', () => {
  assert.deepEqual(wordAt('engineering-lyon', 16), { start: 0, end: 16, query: 'engineering-lyon' });
  assert.equal(wordAt('engineering', 4)?.query, 'engi');
  assert.equal(wordAt('engineering now', 11), null);
});

test('Enter takes a suggestion only where nothing else can be meant', () => {
  assert.equal(isEager('in', [{ instead: 'in:' }]), false);
  assert.equal(isEager('from:al', [{ instead: 'from:alice ' }]), true);
  assert.equal(isEager('From:Alice', [{ instead: 'from:alice ' }]), false);
});
