// Everything a page needs, in the order in which it needs it.
import './hx';
import { startActions } from './actions';
import { startTimes } from './ago';
import { startCalendar } from './calendar';
import { startComposer } from './composer';
import { startDialogs } from './dialogs';
import { startFeed } from './feed';
import { startFound } from './found';
import { startKeys } from './keys';
import { startLive } from './live';
import { markAll, readMine } from './mine';
import { me } from './page';
import { startParts } from './part';
import { startBench } from './policy-bench';
import { startEffect } from './policy-effect';
import { startYaml } from './policy-yaml';
import { startRedacting } from './redact';
import { startTheme } from './theme';
import { startThread } from './thread';
import { startTriage } from './triage';
import { startUnread } from './unread';

startDialogs();
startTheme();
startTimes();
if (me()) {
  startKeys();
  readMine();
  void markAll(document);
  startActions();
  startFeed();
  startComposer();
  startParts();
  startThread();
  startTriage();
  startRedacting();
  startUnread();
  startLive();
  startBench();
  startEffect();
  startYaml();
  startCalendar();
  startFound();
}
