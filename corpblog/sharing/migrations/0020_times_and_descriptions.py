import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from corpblog.kernel import triggers


class Migration(migrations.Migration):

    dependencies = [
        ('sharing', '0019_thread_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = triggers.set_aside(
        migrations.AddField(
            model_name='destination',
            name='needs_alt',
            field=models.BooleanField(default=True, help_text='No picture goes there without a description.'),
        ),
        migrations.AddField(
            model_name='destination',
            name='token_until',
            field=models.DateTimeField(help_text='When its token ends, as far as the network told.', null=True),
        ),
        migrations.AddField(
            model_name='targetchange',
            name='needs_alt',
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name='QuietPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(help_text='The first instant at which it may leave again.')),
                ('zone', models.CharField(help_text='In which both ends were chosen.', max_length=40)),
                ('reason', models.CharField(max_length=120)),
                ('destination', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quiet_periods', to='sharing.destination')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['destination', 'ends_at'], name='quiet_period_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='a_quiet_period_lasts'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_quiet_period_has_a_reason')],
            },
        ),
    )
