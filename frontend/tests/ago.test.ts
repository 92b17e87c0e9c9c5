import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, inFull } from '../src/ago';

const noon = new Date('2026-11-26T12:00:00Z');
const words = (moment: string, locale: string, timeZone: string): string => ago(new Date(moment), noon, { locale, timeZone });

test('an old post has its day as the reader counts and writes it', () => {
  assert.equal(words('2026-11-05T23:30:00Z', 'en-GB', 'UTC'), '5 Nov');
  assert.equal(words('2026-11-05T23:30:00Z', 'en-US', 'UTC'), 'Nov 5');
  assert.equal(words('2026-11-05T23:30:00Z', 'en-GB', 'Europe/Paris'), '6 Nov');
  assert.equal(words('2026-11-05T23:30:00Z', 'fr-FR', 'Europe/Paris'), '6 nov.');
});

test('the year is said where the day could be one of another', () => {
  assert.equal(words('2025-12-31T23:30:00Z', 'en-GB', 'UTC'), '31 Dec 2025');
  assert.equal(words('2025-12-31T23:30:00Z', 'en-GB', 'Europe/Paris'), '1 Jan 2026');
  assert.equal(words('2026-02-28T23:30:00Z', 'en-GB', 'UTC'), '28 Feb');
});

test('a full date is as the reader writes it, by their clock', () => {
  const full = (locale: string, timeZone: string): string => inFull(new Date('2026-06-07T18:05:00Z'), { locale, timeZone });
  assert.match(full('en-GB', 'Europe/London'), /^7 June 2026\b.*\b19:05$/);
  assert.match(full('en-US', 'America/New_York'), /^June 7, 2026\b.*\b2:05\sPM$/);
  assert.match(full('fr-FR', 'Europe/Paris'), /^7 juin 2026\b.*\b20:05$/);
});
