// What the page of a search has beside the script of every page.
import { startFound } from './found';

startFound();
