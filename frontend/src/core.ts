// What every page needs, in the order in which it needs it.
import './hx';
import { startActions } from './actions';
import { startTimes } from './ago';
import { startBack } from './back';
import { startComposer } from './composer';
import { startDialogs } from './dialogs';
import { startFeed } from './feed';
import { startKeys } from './keys';
import { startLater } from './later';
import { startLive } from './live';
import { markAll, readMine } from './mine';
import { me } from './page';
import { startParts } from './part';
import { startPicker } from './picker';
import { startAtRest } from './rest';
import { startTheme } from './theme';
import { startThread } from './thread';
import { startUnread } from './unread';
import { startWatching } from './watching';

/** Start the page; `more` is what this kind of page has beside. */
export function start(more: () => void = () => undefined): void {
  startLater();
  startDialogs();
  startTheme();
  startTimes();
  if (!me()) return;
  startKeys();
  readMine();
  void markAll(document);
  startActions();
  startFeed();
  startBack();
  startComposer();
  startParts();
  startPicker();
  startThread();
  startUnread();
  startWatching();
  startLive();
  startAtRest();
  more();
}
