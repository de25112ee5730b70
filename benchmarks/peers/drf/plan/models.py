"""The equivalent model: counters are kept on the assignment, so that no read counts activities."""

from django.db import models


class Agency(models.Model):
    code = models.CharField(max_length=60, unique=True)
    name_vi = models.TextField()
    name_en = models.TextField(null=True)
    key_sha256 = models.CharField(max_length=64, null=True, unique=True)


class Task(models.Model):
    code = models.CharField(max_length=20, unique=True)
    order_key = models.CharField(max_length=200, db_index=True)
    section = models.CharField(max_length=20)
    section_title_vi = models.TextField()
    section_title_en = models.TextField(null=True)
    family = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    title_vi = models.TextField()
    title_en = models.TextField(null=True)
    lines = models.TextField(null=True)
    line = models.IntegerField(null=True)
    visibility = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    weight = models.IntegerField()
    target = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    due_source = models.CharField(max_length=20, null=True)
    note_vi = models.TextField(null=True)
    note_en = models.TextField(null=True)


class Assignment(models.Model):
    task = models.ForeignKey(Task, models.PROTECT)
    agency = models.ForeignKey(Agency, models.PROTECT)
    role = models.CharField(max_length=20)
    owed = models.IntegerField(default=0)
    evidenced = models.IntegerField(default=0)
    recorded = models.BigIntegerField(default=0)


class Activity(models.Model):
    public_id = models.CharField(max_length=32, unique=True)
    assignment = models.ForeignKey(Assignment, models.PROTECT)
    recorded_by = models.ForeignKey(Agency, models.PROTECT)
    occurred_on = models.DateField(db_index=True)
    kind = models.CharField(max_length=30)
    title = models.TextField()
    quantity = models.IntegerField(default=1)
    source_system = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["recorded_by", "source_system", "external_id"], name="key"),
        )


class Change(models.Model):
    at = models.DateTimeField()
    subject = models.CharField(max_length=30)
    ref = models.CharField(max_length=40)
    operation = models.CharField(max_length=20)
    actor = models.CharField(max_length=60)
    after = models.JSONField()
