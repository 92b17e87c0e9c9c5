from django.db import migrations

from corpblog.desk.refusals import PARTS_UNDER_A_HOLD
from corpblog.kernel import triggers


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0010_erasures'),
        ('posts', '0012_scheduled'),
    ]

    operations = [triggers.operation(PARTS_UNDER_A_HOLD)]
