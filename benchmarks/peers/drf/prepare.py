"""Make the peer's tables and enter the plan: python prepare.py plan.json"""

import json
import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "plan.settings"
django.setup()

from django.db import connection, transaction  # noqa: E402 - after the settings
from plan import models  # noqa: E402

given = json.loads(Path(sys.argv[1]).read_text())
kinds = (models.Agency, models.Task, models.Assignment, models.Activity, models.Change)
with connection.schema_editor() as editor:
    for kind in kinds:
        editor.create_model(kind)
with transaction.atomic():
    for kind, rows in zip(kinds, given, strict=False):
        kind.objects.bulk_create([kind(**row) for row in rows])
