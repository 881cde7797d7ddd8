"""Words that must be gone: one in every column of text of every row that speaks of pupils, and where they are left."""

import uuid
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import QuerySet

from jobs.models import Job
from pupils.retention import ERASE
from pupils.retention.parts import Cleared
from pupils.upn import EncryptedUpnField

WORD = "Quizzlewick"


def plant(programme):
    """In each row of what goes: each column of free text, each JSON value, each file. How many words it was."""
    planted = 0
    with pgtrigger.ignore(), connection.cursor() as cursor:
        for part in ERASE:
            for row in part.rows(programme) | part.model._base_manager.none():
                columns = part.instead if isinstance(part, Cleared) else free_text(part.model)
                for field in [part.model._meta.get_field(name) for name in columns]:
                    planted += write(cursor, field, row.pk, planted)
                for name in part.files:
                    planted += plant_file(row, name)
    return planted


# Columns that take words only together with something else that the rows of the world have not.
HOLDS_NONE = {"lessons_researchlesson.cancelled_because"}


def write(cursor, field, pk, number):
    table = field.model._meta.db_table
    if f"{table}.{field.column}" in HOLDS_NONE:
        return 0
    statement = f'UPDATE "{table}" SET "{field.column}" = %s{cast_of(field)} WHERE id = %s'
    cursor.execute(statement, [word_for(field, number), pk])
    return 1


def free_text(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, models.FileField | EncryptedUpnField | models.SlugField | models.EmailField):
            continue
        if getattr(field, "choices", None) or field.remote_field or not field.editable or field.max_length == 1:
            continue
        if isinstance(field, models.JSONField | ArrayField | models.CharField | models.TextField):
            if isinstance(field, ArrayField) and not isinstance(field.base_field, models.CharField):
                continue
            if field.name not in {"state", "chosen", "versions", "digest", "message_id", "about_model", "kind"}:
                yield field.name


def word_for(field, number):
    if isinstance(field, models.JSONField):
        return f'{{"said": "{WORD} {number}"}}'
    if isinstance(field, ArrayField):
        return [f"{WORD} {number}"]
    return f"{WORD} {number}"[: field.max_length or 1000]


def cast_of(field):
    return "::jsonb" if isinstance(field, models.JSONField) else "::varchar[]" if isinstance(field, ArrayField) else ""


def plant_file(row, name):
    folder = row._meta.get_field(name).upload_to.strip("/") or row._meta.label_lower
    path = default_storage.save(f"{folder}/{row.pk}-1.{uuid.uuid4().hex}", ContentFile(f"{WORD} in a file".encode()))
    QuerySet(type(row)).filter(pk=row.pk).update(**{name: path})
    if isinstance(row, Job):
        default_storage.save(f"{folder}/{row.pk}-0.left", ContentFile(f"{WORD} left by a killed attempt".encode()))
    return 1


def tables():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def where_left(*words):
    """Tables and files in which one of the words stands, read as the database and the disk have them."""
    left = []
    with connection.cursor() as cursor:
        for table in tables():
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{word}%"])
                if found := cursor.fetchone()[0]:
                    left.append((table, word, found))
    for path in Path(settings.FILES_ROOT).rglob("*"):
        if path.is_file() and path.suffix != ".log":
            text = path.read_bytes()
            left += [(path.name, word, 1) for word in words if word.encode() in text or word in path.name]
    return left


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT md5(t::text) FROM "{table}" t ORDER BY 1')
        return [line for (line,) in cursor.fetchall()]
