from django.db import migrations

from corpblog.kernel import triggers
from corpblog.sharing.refusals import FIRST as REFUSALS


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]

    operations = [triggers.operation(REFUSALS)]
