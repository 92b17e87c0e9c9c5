import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { found, type Named, toned } from '../src/emoji-names';

function names(language: string): Named[] {
  const rows = JSON.parse(readFileSync(`public/emoji-${language}.json`, 'utf8')) as [string, string, string, number, number][];
  return rows.map(([emoji, name, words, group, takesTone]) => ({ emoji, name, words, group, takesTone: takesTone === 1 }));
}
const first = (language: string, query: string): string | undefined => found(names(language), query, 5)[0]?.emoji;

test('emoji are found by their names in both languages', () => {
  assert.equal(first('en', 'rocket'), '🚀');
  assert.equal(first('fr', 'fusée'), '🚀');
  assert.equal(first('fr', 'FUSEE'), '🚀');
  assert.equal(first('en', 'thumbs u'), '👍');
  assert.equal(first('fr', 'pouce vers le haut'), '👍');
  assert.equal(first('fr', 'coeur rouge'), '❤️');
  assert.equal(first('fr', 'cœur rouge'), '❤️');
});

test('in French they are found by their English names as well', () => {
  assert.equal(first('fr', 'thumbs up'), '👍');
});

test('nothing is found for what nothing is called, and for nothing', () => {
  assert.deepEqual(found(names('en'), 'xyzzy', 5), []);
  assert.deepEqual(found(names('en'), ' ', 5), []);
});

test('a tone stands behind the first sign, where the emoji takes one', () => {
  const of = (emoji: string): Named => names('en').find((one) => one.emoji === emoji) ?? assert.fail(emoji);
  assert.equal(toned(of('👍'), 4), '👍🏾');
  assert.equal(toned(of('☝️'), 1), '☝🏻');
  assert.equal(toned(of('👩‍💻'), 3), '👩🏽‍💻');
  assert.equal(toned(of('🚀'), 3), '🚀');
  assert.equal(toned(of('👍'), 0), '👍');
});
