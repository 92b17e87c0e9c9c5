import django.db.models.deletion
from django.db import migrations, models


def forget_true_finds(apps, schema_editor):
    # What it goes back to knows false alarms alone, and would take the others for some.
    apps.get_model("desk", "RuleMark").objects.filter(is_right=True).delete()


class Migration(migrations.Migration):
    """Marks say of a rule that it was wrong, as they did, or that it was right."""

    dependencies = [
        ('desk', '0013_fields_of_a_proposal'),
    ]

    operations = [
        migrations.RenameModel('FalseAlarm', 'RuleMark'),
        migrations.AddField('rulemark', 'is_right', models.BooleanField(default=False), preserve_default=False),
        migrations.RunPython(migrations.RunPython.noop, forget_true_finds),
        migrations.AlterField('rulemark', 'revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rule_marks', to='sharing.sharerevision')),
        migrations.RemoveConstraint('rulemark', 'a_rule_is_wrong_once_of_a_revision'),
        migrations.AddConstraint('rulemark', models.UniqueConstraint(fields=['revision', 'rule'], name='a_rule_has_one_mark_of_a_revision')),
        migrations.RenameIndex('rulemark', new_name='rule_mark_by_rule', old_name='false_alarm_by_rule'),
    ]
