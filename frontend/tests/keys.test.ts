import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayAct } from '../src/keys';

const key = { repeat: false, isComposing: false, ctrlKey: false, metaKey: false, altKey: false, target: null };

test('a plain key outside of fields acts', () => {
  assert.equal(mayAct(key), true);
});

test('a held-down key acts once', () => {
  assert.equal(mayAct({ ...key, repeat: true }), false);
});

test('modifiers and compositions belong to the browser', () => {
  for (const name of ['ctrlKey', 'metaKey', 'altKey', 'isComposing']) assert.equal(mayAct({ ...key, [name]: true }), false);
});
