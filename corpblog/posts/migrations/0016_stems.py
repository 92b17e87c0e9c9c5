"""The stems of words, so that a search finds every form of one; the worker reads the posts that are there already."""

from corpblog.kernel import triggers
from django.db import migrations, models
from django.db.models import Q

# A function, for its cost: PostgreSQL takes what it holds for as cheap as a comparison, and for a rare word it would
# walk back through a million posts instead of asking the index. One in SQL would be unfolded and lose it.
WORDS = """CREATE FUNCTION posts_words(folded text, stems text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
BEGIN
    RETURN array_to_tsvector(array_remove(string_to_array(folded || ' ' || coalesce(stems, ''), ' '), ''));
END $$"""
BEFORE, AFTER = 0, 1
STATEMENTS = {
    "postgresql": (
        [
            "DROP INDEX posts_post_words",
            "DROP FUNCTION posts_words",
            "CREATE INDEX posts_post_words ON posts_post USING gin (array_to_tsvector(string_to_array(folded, ' ')))",
        ],
        [
            "DROP INDEX posts_post_words",
            WORDS,
            "CREATE INDEX posts_post_words ON posts_post USING gin (posts_words(folded, stems))",
            # How often the five thousand most usual words are used; of all others it then knows that they are rare.
            "ALTER INDEX posts_post_words ALTER COLUMN 1 SET STATISTICS 500",
        ],
    ),
    "sqlite": tuple(
        [
            "DROP TABLE posts_words",
            f"CREATE VIRTUAL TABLE posts_words USING fts5({columns}, content='posts_post', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 0')",
            "INSERT INTO posts_words (posts_words) VALUES ('rebuild')",
        ]
        for columns in ("folded", "folded, stems")
    ),
}


def index(which):
    def change(apps, editor):
        for statement in STATEMENTS.get(editor.connection.vendor, ((), ()))[which]:
            editor.execute(statement)

    return change


class Migration(migrations.Migration):
    dependencies = [("posts", "0015_custom_emoji")]
    # Triggers of the layers above look at posts; Django rebuilds the table under their eyes.
    operations = [
        *triggers.set_aside(
            migrations.RemoveConstraint(model_name="post", name="deleted_posts_say_nothing"),
            migrations.AlterField(
                model_name="post",
                name="folded",
                field=models.TextField(
                    blank=True, help_text="Its words and those of its files as they are searched, each between blanks."
                ),
            ),
            migrations.AddField(
                model_name="post",
                name="stems",
                field=models.TextField(
                    null=True,
                    help_text="What the words are forms of (`posts.word_forms`); null where nobody has looked yet.",
                ),
            ),
            migrations.AddConstraint(
                model_name="post",
                constraint=models.CheckConstraint(
                    condition=Q(deleted_at__isnull=True) | Q(text="", html="", folded="", stems="", kind=""),
                    name="deleted_posts_say_nothing",
                ),
            ),
            migrations.AddIndex(
                model_name="post",
                index=models.Index(fields=["id"], condition=Q(stems__isnull=True), name="post_without_stems"),
            ),
        ),
        migrations.RunPython(index(AFTER), index(BEFORE)),
    ]
