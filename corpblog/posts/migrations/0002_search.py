"""The index of words: a GIN index on PostgreSQL, an FTS5 table on SQLite (see posts.search)."""

from django.db import migrations

STATEMENTS = {
    "postgresql": (
        "CREATE INDEX posts_post_words ON posts_post USING gin (array_to_tsvector(string_to_array(folded, ' ')))",
        "DROP INDEX posts_post_words",
    ),
    "sqlite": (
        # The words are folded already, so the tokeniser only cuts at blanks; the text itself stays in its own table.
        "CREATE VIRTUAL TABLE posts_words USING fts5("
        "folded, content='posts_post', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
        "DROP TABLE posts_words",
    ),
}


def run(index):
    def change(apps, editor):
        if editor.connection.vendor in STATEMENTS:
            editor.execute(STATEMENTS[editor.connection.vendor][index])
            if index == 0 and editor.connection.vendor == "sqlite":
                editor.execute("INSERT INTO posts_words (posts_words) VALUES ('rebuild')")

    return change


class Migration(migrations.Migration):
    dependencies = [("posts", "0001_initial")]
    operations = [migrations.RunPython(run(0), run(1))]
