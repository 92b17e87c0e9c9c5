import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelAt, tagAt } from '../src/places';

test('a channel is found from its sign to the caret', () => {
  assert.deepEqual(channelAt('Ask in ~plat', 12), { start: 7, end: 12, query: 'plat' });
  for (const text of ['~', '~/notes', 'about ~3', 'a~b', '~~gone']) assert.equal(channelAt(text, text.length), null, text);
});

test('a hashtag is found from its sign to the caret', () => {
  assert.deepEqual(tagAt('Read #été', 9), { start: 5, end: 9, query: 'été' });
  for (const text of ['#', 'a#b', '##', '# title', '/#part']) assert.equal(tagAt(text, text.length), null, text);
});
