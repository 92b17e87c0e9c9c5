// Suggestions for channels after ~ and hashtags after #, as the server knows them.
import { getJson } from './http';
import { folded, type Source, type Token } from './mention';
import { icon, make } from './page';
import { rare } from './strings';

interface Channel {
  slug: string;
  name: string;
  detail: string;
}

/** The channel that the caret stands in, or null: a letter comes first, for `~3` counts and `~/` is a path. */
export function channelAt(text: string, caret: number): Token | null {
  return after(/(?:^|[\s(«"'’[])~(\p{L}[\p{L}\p{N}_-]{0,39})$/u, text, caret);
}

/** The hashtag that the caret stands in, or null. */
export function tagAt(text: string, caret: number): Token | null {
  return after(/(?:^|[\s(«"'’[])#([\p{L}\p{N}\p{M}_]{1,40})$/u, text, caret);
}

function after(pattern: RegExp, text: string, caret: number): Token | null {
  const query = pattern.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, end: caret, query };
}

export const channels: Source = {
  tokenAt: channelAt,
  told: (count) => rare.channels(count),
  async find(query, signal) {
    const answer = await getJson<{ channels: Channel[] }>(`/suggestions/channels/?q=${encodeURIComponent(query)}`, signal);
    return answer.channels.map(({ slug, name, detail }) => ({
      instead: `~${slug} `,
      title: name,
      detail,
      fits: (typed) => folded(`${slug} ${name}`).includes(folded(typed)),
      face: () => icon('hash'),
    }));
  },
};

export const tags: Source = {
  tokenAt: tagAt,
  told: (count) => rare.hashtags(count),
  async find(query, signal) {
    const answer = await getJson<{ tags: string[] }>(`/suggestions/tags/?q=${encodeURIComponent(query)}`, signal);
    return answer.tags.map((tag) => ({
      instead: `#${tag} `,
      title: tag,
      detail: '',
      fits: (typed) => tag.startsWith(folded(typed)),
      face: () => make('span', 'emoji', '#'),
    }));
  },
};
