from django.db import migrations, models


def into_fields(apps, schema_editor):
    for proposal in apps.get_model("desk", "Proposal").objects.iterator():
        proposal.fields = {"text": {"spans": proposal.spans, "text": proposal.text}}
        proposal.save(update_fields=["fields"])


def out_of_fields(apps, schema_editor):
    for proposal in apps.get_model("desk", "Proposal").objects.iterator():
        told = proposal.fields.get("text", {"spans": [], "text": ""})
        proposal.spans, proposal.text = told["spans"], told["text"]
        proposal.save(update_fields=["spans", "text"])


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_called_for'),
    ]

    operations = [
        migrations.AddField(
            model_name='proposal',
            name='fields',
            field=models.JSONField(default=dict, help_text='By outgoing field: the `spans` taken out of it, the `text` left.'),
            preserve_default=False,
        ),
        migrations.AlterField(model_name='proposal', name='spans', field=models.JSONField(default=list)),
        migrations.AlterField(model_name='proposal', name='text', field=models.TextField(default='')),
        migrations.RunPython(into_fields, out_of_fields),
        migrations.RemoveField(model_name='proposal', name='spans'),
        migrations.RemoveField(model_name='proposal', name='text'),
    ]
