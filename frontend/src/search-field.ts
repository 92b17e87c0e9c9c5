// Suggestions in the search field: an entry of its own, fetched when the field is first focused; see keys.ts.
import { Suggestions } from './mention';
import { searches } from './searches';

const field = document.getElementById('search');
if (field instanceof HTMLInputElement) void new Suggestions(field, [searches]).look();
