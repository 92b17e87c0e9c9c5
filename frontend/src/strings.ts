// Every string of the scripts. One file of flat calls: xgettext loses strings of TypeScript in regexes and template literals.

/** What `/words/<language>.js` brings; empty where the language is that of the source. */
interface Words {
  texts: Record<string, string | string[]>;
  form(count: number): number;
}
const words = (globalThis as { words?: Words }).words;
const gettext = (text: string): string => (words?.texts[text] as string | undefined) ?? text;
const ngettext = (one: string, many: string, count: number): string => words?.texts[one]?.[words.form(count)] ?? (count === 1 ? one : many);
const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/%\((\w+)\)s/g, (_, name: string) => (values[name] ?? '').toLocaleString(document.documentElement.lang));

export const strings = {
  newPosts: (count: number) => fill(ngettext('%(count)s new post', '%(count)s new posts', count), { count }),
  checking: () => gettext('Checking and posting…'),
  posted: () => gettext('Posted.'),
  notPosted: () => gettext('Not posted. Your text is kept.'),
  tryAgain: () => gettext('Try again'),
  backToText: () => gettext('Edit'),
  offline: () => gettext('You are offline. New posts will appear when you are back; what you write is kept.'),
  online: () => gettext('You are back online.'),
  sessionOver: () => gettext('Your session is over. Sign in again; what you wrote is kept in this tab.'),
  signIn: () => gettext('Sign in'),
  charactersLeft: (count: number) => fill(ngettext('%(count)s character left', '%(count)s characters left', count), { count }),
  charactersOver: (count: number) => fill(ngettext('%(count)s character too many', '%(count)s characters too many', count), { count }),
  draftSaved: () => gettext('Draft saved'),
  draftOther: () => gettext('This draft was changed on another device meanwhile. What stands here is kept now.'),
  addOther: () => gettext('Add the other text'),
  showOther: () => gettext('Show the other version'),
  draftKeptHere: () => gettext('Kept in this tab'),
  post: () => gettext('Post'),
  schedule: () => gettext('Schedule'),
  sendForReview: () => gettext('Send for review'),
  noIssueLeft: () => gettext('No policy issue left'),
  previewUnreachable: () => gettext('The check cannot be reached right now. You can still post: the server checks again.'),
  reacted: () => gettext('Reaction added'),
  reactionGone: () => gettext('Reaction removed'),
  bookmarked: () => gettext('Bookmarked'),
  reposted: () => gettext('Reposted on your storyline'),
  repostGone: () => gettext('Repost taken back'),
  bookmarkGone: () => gettext('Bookmark removed'),
  deleteQuestion: () => gettext('Delete this post? Replies stay; the text is gone for readers.'),
  delete: () => gettext('Delete'),
  cancel: () => gettext('Cancel'),
  deleted: () => gettext('Post deleted'),
  linkCopied: () => gettext('Link copied'),
  failed: () => gettext('That did not work. Nothing was changed; try again.'),
  youWereHere: () => gettext('You were here'),
  replyIn: () => gettext('Thread'),
  loading: () => gettext('Loading…'),
  queueChanged: () => gettext('The review queue changed'),
  keysOn: () => gettext('Single-key shortcuts are on'),
  keysOff: () => gettext('Single-key shortcuts are off'),
  newNotice: () => gettext('New notice'),
  show: () => gettext('Show'),
  describeIt: () => gettext('Describe this picture for people who cannot see it, or mark it as decorative.'),
  waitForFiles: () => gettext('A file is still on its way. Post again when it is there.'),
  wordingUsed: () => gettext('The suggested wording is in the text. Undo brings yours back.'),
};

/** What only scripts of few pages say: an object of its own, so that the bundler leaves it out of the others. */
export const rare = {
  uploading: (name: string) => fill(gettext('Uploading %(name)s'), { name }),
  fileAdded: (name: string) => fill(gettext('%(name)s added'), { name }),
  fileRemoved: (name: string) => fill(gettext('%(name)s removed'), { name }),
  fileMoved: (name: string, place: number, count: number) => fill(gettext('%(name)s is now number %(place)s of %(count)s'), { name, place, count }),
  fileNotAdded: () => gettext('This file did not arrive. Try again.'),
  fileTooLarge: () => gettext('This file is larger than 25 MB. Make it smaller, or put a link to it.'),
  tooManyFiles: () => gettext('A post takes ten files. Remove one, then add this one.'),
  removeFile: (name: string) => fill(gettext('Remove %(name)s'), { name }),
  sayWhy: () => gettext('Say why: the author reads it. Then Ctrl+Enter.'),
  secondsLeft: (count: number) => fill(ngettext('%(count)s second', '%(count)s seconds', count), { count }),
  chooseAnAnswer: () => gettext('Choose an answer, then vote.'),
  voted: () => gettext('You voted.'),
  newVersion: () => gettext('A new version of Corpblog is there.'),
  reload: () => gettext('Reload'),
  stillOffline: () => gettext('Still offline. What you wrote is kept.'),
  pushUnsupported: () => gettext('This browser cannot be told while no page is open.'),
  pushDenied: () => gettext('This browser lets Corpblog show no notifications. Allow them in its settings for this site, then try again.'),
  pushFailed: () => gettext('This browser could not be added. Its push service may be out of reach; try again later.'),
  acknowledged: () => gettext('You acknowledged it.'),
  acknowledgedBy: (done: number, count: number) => fill(gettext('%(done)s of %(count)s acknowledged'), { done, count }),
  bestChosen: () => gettext('Best answer chosen.'),
  bestGone: () => gettext('No longer the best answer.'),
  people: (count: number) => fill(ngettext('%(count)s person, arrow keys to choose', '%(count)s people, arrow keys to choose', count), { count }),
  channels: (count: number) => fill(ngettext('%(count)s channel, arrow keys to choose', '%(count)s channels, arrow keys to choose', count), { count }),
  hashtags: (count: number) => fill(ngettext('%(count)s hashtag, arrow keys to choose', '%(count)s hashtags, arrow keys to choose', count), { count }),
  emoji: (count: number) => fill(ngettext('%(count)s emoji, arrow keys to choose', '%(count)s emoji, arrow keys to choose', count), { count }),
  lineAndColumn: (line: number, column: number) => fill(gettext('Line %(line)s, column %(column)s'), { line, column }),
};
