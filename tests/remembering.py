"""Rows that take long to make, made once in a process and written as a copy after that."""

import copy
import functools
from dataclasses import dataclass

import pgtrigger
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone


@dataclass(frozen=True)
class Made:
    """What a function gave back, and what it left behind: table by table, and file by file."""

    given: object
    rows: list[tuple[str, bytes]]  # a COPY statement and what it reads
    files: list[tuple[models.FileField, str, bytes]]


def remembered(build):
    """`build`, called once for each moment at which time stands still, and once for the time that passes.

    After that its rows are copied in, with the keys they had, for every test ends with none of them; and each caller
    has objects of its own. Where a row is in the way, it is called again.
    """
    made = {}

    @functools.wraps(build)
    def again():
        moment = timezone.now() if time_machine.escape_hatch.is_travelling() else None
        if moment in made and written(made[moment]):
            return copy.deepcopy(made[moment].given)
        before = keys()
        given = build()
        made[moment] = Made(copy.deepcopy(given), *left_behind(before))
        return given

    return again


def tables():
    models_there = apps.get_models(include_auto_created=True)
    return [model for model in models_there if model._meta.managed and not model._meta.proxy]


def keys():
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in tables()}


def left_behind(before):
    rows, files = [], []
    for model in tables():
        fresh = set(model._base_manager.values_list("pk", flat=True)) - before[model]
        if not fresh:
            continue
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        table, key = model._meta.db_table, model._meta.pk.column
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f'COPY (SELECT {columns} FROM "{table}" WHERE "{key}"::text = ANY(%s)) TO STDOUT',
                [[str(pk) for pk in fresh]],
            ) as out,
        ):
            rows.append((f'COPY "{table}" ({columns}) FROM STDIN', b"".join(out)))
        kept = [field for field in fields if isinstance(field, models.FileField)]
        for row in model._base_manager.filter(pk__in=fresh) if kept else []:
            names = [(field, getattr(row, field.name).name) for field in kept]
            files += [(field, name) for field, name in names if name and field.storage.exists(name)]
    return rows, [(*file, content(*file)) for file in files]


def content(field, name):
    with field.storage.open(name) as file:
        return file.read()


def written(made):
    """Whether the rows could be copied in; if not, nothing is."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            heed(cursor, without=[trigger.get_pgid(model) for model, trigger in pgtrigger.registered()])
            for statement, text in made.rows:
                with cursor.copy(statement) as into:
                    into.write(text)
            heed(cursor, without=[])
    except IntegrityError:
        return False
    for field, name, content in made.files:
        if not field.storage.exists(name):
            field.storage.save(name, ContentFile(content))
    return True


def heed(cursor, without):
    """Rows as they came to be in the end may break rules of how they come to be, such as what is fixed by then."""
    cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(without) + "}"])
