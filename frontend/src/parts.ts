// Kinds of posts: an entry of its own, fetched by the first <cb-part> of a page. No HTML is made from strings here.
import { startFields } from './part-fields';
import { startPolls } from './polls';

startFields();
startPolls();
