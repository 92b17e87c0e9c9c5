from django.db import migrations, models

from corpblog.kernel import triggers


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_data_exports"),
        ("teams", "0002_closed_but_listed"),
    ]

    operations = triggers.set_aside(
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "company"), _negated=True),
                    models.Q(("is_private", False), ("mirrors__isnull", True)),
                    _connector="OR",
                ),
                name="company_accounts_are_open",
            ),
        ),
    )
