"""What a hold covers, as one SQL condition: queries ask it, and the database's own triggers ask the same one."""

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from corpblog.desk.models import Hold
from corpblog.posts.models import Post, PostQuerySet, PostRevision

# Words hold letters and digits only (kernel.folding), so they are no patterns for LIKE.
_WORD_IS_MISSING = """(' ' || {post}.folded) NOT LIKE ('% ' || w.word || '%') AND NOT EXISTS (
        SELECT 1 FROM posts_postrevision v
        WHERE v.post_id = {post}.id AND (' ' || v.folded) LIKE ('% ' || w.word || '%'))"""

# A person's hold covers what they wrote, and the conversations that they are in: what was said to them is evidence too.
_COVERED = f"""EXISTS (
    SELECT 1 FROM desk_hold h WHERE {{which}}
      AND (h.person_id IS NULL OR h.person_id = {{post}}.author_id OR EXISTS (
          SELECT 1 FROM teams_membership m JOIN teams_channel c ON c.id = m.channel_id
          WHERE c.kind = 'direct' AND c.id = {{post}}.channel_id AND m.person_id = h.person_id))
      AND (h.channel_id IS NULL OR h.channel_id = {{post}}.channel_id)
      AND (h.since IS NULL OR {{post}}.created_at >= h.since)
      AND (h.until IS NULL OR {{post}}.created_at < h.until)
      AND NOT EXISTS (SELECT 1 FROM desk_holdword w WHERE w.hold_id = h.id AND {_WORD_IS_MISSING}))"""  # noqa: S608


def condition(post: str, which: str = "h.lifted_at IS NULL") -> str:
    """Return the SQL that is true where a hold covers the row of `posts_post` that is called `post` there."""
    return _COVERED.format(post=post, which=which)


def held() -> Q:
    """Whether a hold that stands covers the post."""
    return Q(_raw(condition("posts_post"), []))


def covered_by(hold: Hold) -> PostQuerySet:
    """Return the posts that one hold covers, deleted ones too, whether or not it still stands."""
    posts: PostQuerySet = Post.objects.filter(Q(_raw(condition("posts_post", "h.id = %s"), [hold.pk])))
    return posts


def needed(digests: set[str]) -> set[str]:
    """Return those of these digests that a version of a held post carries; see `blobs.kept_by`.

    Deleting a post takes its attachments away, and the sweep would take their bytes.
    """
    if not Hold.objects.standing().exists():
        return set()
    carrying = PostRevision.objects.filter(post__in=Post.objects.filter(held())).exclude(files=[])
    found = carrying.values_list("files", flat=True).iterator(500)
    return {file["sha256"] for files in found for file in files} & digests


def _raw(sql: str, params: list[int]) -> RawSQL:
    # A percent sign of LIKE is none of a parameter.
    kept = sql.replace("%", "%%").replace("%%s", "%s")
    return RawSQL(kept, params, output_field=BooleanField())  # noqa: S611
