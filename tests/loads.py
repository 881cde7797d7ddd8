"""Loading a folder with the command, and what stands in the database afterwards."""

import io
import json
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from pupils.loading import load_programme
from tests.folders import (
    ESSEX,
)


def load(folder):
    """What the command says; its error output must be silent."""
    said, complained = io.StringIO(), io.StringIO()
    call_command("load_programme", folder, stdout=said, stderr=complained)
    assert complained.getvalue() == ""
    return said.getvalue().splitlines()


def changes(folder):
    """What the command says changed: all but the programme, the counts and how the files were read."""
    return [line for line in load(folder)[2:] if ": read as " not in line]


def results(slug):
    said = io.StringIO()
    call_command("results", slug, json=True, stdout=said)
    return json.loads(said.getvalue())


def database():
    """The number of rows and the checksum of every table."""
    with connection.cursor() as cursor:
        asked = " UNION ALL ".join(
            f"SELECT '{table}', count(*), md5(string_agg(r::text, '|' ORDER BY r::text)) FROM \"{table}\" r"
            for table in connection.introspection.table_names(cursor)
        )
        cursor.execute(asked)
        return {table: (rows, checksum) for table, rows, checksum in cursor.fetchall()}


def refused(folder):
    """The problems as the command prints them: file, row, column and sentence."""
    said, complained = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("load_programme", folder, stdout=said, stderr=complained)
    assert said.getvalue() == ""
    head, *lines = complained.getvalue().splitlines()
    summary = str(stopped.value)
    assert summary not in complained.getvalue()  # manage.py prints it under the table
    at_column, at_sentence = head.index("Column"), head.index("What is wrong")
    problems = []
    for line in lines:
        if line.startswith(" "):
            problems[-1][3] += " " + line.strip()
        elif not line.startswith("and "):
            file, *row = line[:at_column].split()
            column = line[at_column:at_sentence].strip()
            problems.append([file, int(row[0]) if row else None, column or None, line[at_sentence:].strip()])
    return [tuple(problem) for problem in problems], summary


@contextmanager
def essex_loaded():
    with transaction.atomic():
        load_programme(ESSEX)
        yield
        transaction.set_rollback(True)
