"""Everything that follows from a text: who and what it names, how it looks, how it is found."""

from collections.abc import Iterable
from dataclasses import dataclass

from corpblog.people.models import Person, normal_username
from corpblog.posts import custom_emoji, markup, word_forms
from corpblog.posts.files import Facts
from corpblog.posts.language import guess
from corpblog.posts.models import Mention, Post, PostTag
from corpblog.posts.rendering import render_pieces
from corpblog.posts.search import texts_of
from corpblog.teams.selectors import known_among


@dataclass(frozen=True)
class Written:
    """A text, read."""

    text: str
    html: str
    folded: str
    stems: str
    language: str
    mentioned: tuple[int, ...]
    tags: tuple[str, ...]

    def set_on(self, post: Post) -> None:
        post.text, post.html, post.language = self.text, self.html, self.language
        post.folded, post.stems = self.folded, self.stems

    def name(self, post: Post) -> None:
        """Write down whom and what the post names."""
        Mention.objects.bulk_create(Mention(post_id=post.pk, person_id=person) for person in self.mentioned)
        PostTag.objects.bulk_create(PostTag(post_id=post.pk, tag=tag) for tag in self.tags)


def write(text: str, by: Person, beside: Iterable[str] = (), before: str = "", files: Iterable[Facts] = ()) -> Written:
    """Read a clean text; a query each where it names people, channels or emoji of the company.

    beside: what else is to be found by its words, as the answers of a poll.
    before: what it said before: emoji of the company that it showed stay, retired or not.
    files: what it carries, found by its names and descriptions.
    """
    pieces = markup.read(text)
    people = _people(markup.usernames(pieces))
    emoji = custom_emoji.shown_of(markup.emoji(pieces), markup.emoji(markup.read(before)) if before else ())
    folded, stems = word_forms.findable(texts_of(text, beside, files))
    return Written(
        text=text,
        html=render_pieces(pieces, people, known_among(by, markup.channel_names(pieces)), emoji),
        folded=folded,
        stems=stems,
        language=guess(text, by.language),
        mentioned=tuple(person for person in people.values() if person != by.pk),
        tags=tuple(markup.tags(pieces)),
    )


def _people(usernames: list[str]) -> dict[str, int]:
    if not usernames:
        return {}
    normal = {normal_username(username) for username in usernames}
    return dict(Person.objects.filter(username__in=normal).values_list("username", "pk"))
