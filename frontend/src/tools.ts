// The script of the pages that are tools: the desk, the policies, the calendar. It takes the place of app.js there.
import { startCalendar } from './calendar';
import { start } from './core';
import { startColumns } from './csv-columns';
import { startBench } from './policy-bench';
import { startEffect } from './policy-effect';
import { startSides } from './policy-sides';
import { startYaml } from './policy-yaml';
import { startRedacting } from './redact';
import { startTriage } from './triage';
import { startUpload } from './upload';

start(() => {
  startTriage();
  startRedacting();
  startBench();
  startEffect();
  startSides();
  startYaml();
  startUpload();
  startColumns();
  startCalendar();
  if (document.readyState === 'complete') tellWhatWasTyped();
  else window.addEventListener('load', tellWhatWasTyped, { once: true });
});

/** What was typed before the script was there, or came back with the page, counts as typed now. */
function tellWhatWasTyped(): void {
  const typed = 'main input:not([type=checkbox], [type=radio], [type=file]), main textarea';
  for (const field of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(typed)) {
    if (field.value !== field.defaultValue) field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
}
