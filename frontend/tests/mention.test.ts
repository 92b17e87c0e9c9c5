import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, tokenAt } from '../src/mention';

test('a name is found from its sign to the caret', () => {
  assert.deepEqual(tokenAt('Ask @ali now', 8), { start: 4, end: 8, query: 'ali' });
  assert.deepEqual(tokenAt('@hél', 4), { start: 0, end: 4, query: 'hél' });
});

test('an address is no mention', () => {
  assert.equal(tokenAt('mail j.moreau@chu', 17), null);
});

test('after a blank the name is over', () => {
  assert.equal(tokenAt('Ask @alice about', 11), null);
});

test('a sign behind an emoji counts in UTF-16 units, as the text field does', () => {
  assert.deepEqual(tokenAt('🦅 @br', 6), { start: 3, end: 6, query: 'br' });
});

test('while the server looks, only who begins like the letters typed stays in the list', () => {
  const helene = { username: 'hroux', name: 'Hélène Roux' };
  for (const query of ['h', 'hro', 'hel', 'Hélène', 'rou', 'hélène r']) assert.ok(fits(helene, query), query);
  for (const query of ['oux', 'hero', 'b']) assert.ok(!fits(helene, query), query);
});
