// Kinds of posts: an entry of its own, fetched by the first <cb-part> of a page. No HTML is made from strings here.
import { startAnnouncements } from './announcements';
import { startFields } from './part-fields';
import { startPeopleList } from './people-list';
import { startPolls } from './polls';
import { startQuestions } from './questions';
import { startStanding } from './standing';

startAnnouncements();
startFields();
startPeopleList();
startPolls();
startQuestions();
startStanding();
