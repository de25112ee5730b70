"""The same jobs: who calls is known by a key, who may record is judged, each change goes on record."""

import uuid

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Least
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from plan.models import Activity, Assignment, Change, Task

SUMS = {"owed": Sum("owed"), "evidenced": Sum("evidenced"), "recorded": Sum("recorded")}
_OF_TASKS = "id code section family kind title_vi title_en lines line visibility status"
_AND = "weight target due_on due_source note_vi note_en"
TASK = (*_OF_TASKS.split(), *_AND.split())
PAGE = 50


class RecordIn(serializers.Serializer):
    task = serializers.CharField(max_length=20)
    occurred_on = serializers.DateField()
    kind = serializers.ChoiceField(["news", "video", "training", "trade_promotion", "other"])
    title = serializers.CharField(max_length=2000)
    quantity = serializers.IntegerField(default=1, min_value=1)
    source_system = serializers.CharField(max_length=60)
    external_id = serializers.CharField(max_length=200)


def figures(row):
    owed, evidenced = row.pop("owed"), row.pop("evidenced")
    percent = evidenced * 100 // owed if owed else None
    state = (
        None if not owed else "done" if evidenced >= owed else "in_progress" if evidenced else "not_started"
    )
    return {
        **row,
        "state": state,
        "progress": {"numerator": evidenced, "denominator": owed, "percent": percent},
    }


def by(*names):
    rows = Assignment.objects.values(*names).annotate(**SUMS).order_by(names[0])
    return [figures(row) for row in rows]


class Tasks(APIView):
    def get(self, _request):
        tasks = list(Task.objects.order_by("order_key").values(*TASK)[:PAGE])
        sums = {row["task_id"]: row for row in Assignment.objects.values("task_id").annotate(**SUMS)}
        nothing = {"owed": 0, "evidenced": 0, "recorded": 0}
        return Response({"items": [figures({**task, **sums.get(task.pop("id"), nothing)}) for task in tasks]})


class RollUp(APIView):
    def get(self, _request):
        return Response({"items": by("agency__code", "agency__name_vi", "agency__name_en")})


class Overview(APIView):
    def get(self, _request):
        tasks = by("task__code")
        states = {}
        for task in tasks:
            states[task["state"]] = states.get(task["state"], 0) + 1
        latest = Activity.objects.order_by("-id").values(
            "public_id",
            "assignment__task__code",
            "recorded_by__code",
            "occurred_on",
            "kind",
            "title",
            "quantity",
        )[:10]
        due = Task.objects.order_by("due_on", "order_key").values("code", "title_vi", "title_en", "due_on")[
            :10
        ]
        return Response(
            {
                "total": figures(Assignment.objects.aggregate(**SUMS)),
                "sections": by("task__section", "task__section_title_vi", "task__section_title_en"),
                "agencies": by("agency__code", "agency__name_vi", "agency__name_en"),
                "states": states,
                "latest": list(latest),
                "deadlines": list(due),
            }
        )


def recorded(actor, records):
    """The rows of one body's records, each of its own duty; assignments are locked in order."""
    codes = {record["task"] for record in records}
    duties = Assignment.objects.select_for_update(of=("self",)).filter(agency=actor, task__code__in=codes)
    mine = {duty.task.code: duty for duty in duties.select_related("task").order_by("id")}
    if codes - mine.keys():
        raise PermissionDenied("not your task")
    now, counts = timezone.now(), {}
    activities = []
    for record in records:
        values = dict(record)
        duty = mine[values.pop("task")]
        counts[duty.id] = counts.get(duty.id, 0) + record["quantity"]
        public_id = uuid.uuid4().hex
        activities.append(
            Activity(public_id=public_id, assignment=duty, recorded_by=actor, recorded_at=now, **values)
        )
    changes = [
        Change(
            at=now, subject="activity", ref=one.public_id, operation="created", actor=actor.code,
            after={"title": one.title, "occurred_on": one.occurred_on.isoformat(), "kind": one.kind,
                   "quantity": one.quantity, "external_id": one.external_id},
        )
        for one in activities
    ]  # fmt: skip
    for id_, count in counts.items():
        Assignment.objects.filter(id=id_).update(
            recorded=F("recorded") + count, evidenced=Least(F("owed"), F("evidenced") + count)
        )
    return activities, changes


def told(one):
    return {"result": "created", "id": one.public_id, "task": one.assignment.task.code, "title": one.title}


class Activities(APIView):
    def post(self, request):
        given = RecordIn(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            [activity], [change] = recorded(request.user, [given.validated_data])
            activity.save(force_insert=True)
            change.save(force_insert=True)
        return Response(told(activity), status=201)


class Batch(APIView):
    def post(self, request):
        given = RecordIn(data=request.data["records"], many=True)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            activities, changes = recorded(request.user, given.validated_data)
            Activity.objects.bulk_create(activities)
            Change.objects.bulk_create(changes)
        return Response({"results": [told(one) for one in activities]})


def ready(_request):
    return HttpResponse()


urlpatterns = [
    path("ready", ready),
    path("tasks", Tasks.as_view()),
    path("roll-up", RollUp.as_view()),
    path("overview", Overview.as_view()),
    path("activities", Activities.as_view()),
    path("activities/batch", Batch.as_view()),
]
