from django.db import migrations

from corpblog.audit.refusals import REFUSALS
from corpblog.kernel import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [triggers.operation(REFUSALS)]
