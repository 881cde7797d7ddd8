"""What the worker does: read a file and say what it would change; write what a person confirmed."""

import contextlib

from django.core.files.storage import default_storage
from django.db import connection, transaction

from accounts import audit
from accounts.models import School
from accounts.register import comparing
from accounts.register.aside import forget_files, set_earlier_aside
from accounts.register.reading import Links, NotRead, Register
from jobs.work import CannotBeDone

OVERTAKEN = "The register has changed since this file was read. Read it again: you will see what it would change today."


@contextlib.contextmanager
def opened(register_file):
    """The register and its links file, or None, as sheets whose columns are right."""
    with contextlib.ExitStack() as stack:
        register = Register(stack.enter_context(default_storage.open(register_file.file.name)).file)
        links = None
        if register_file.links:
            file = stack.enter_context(default_storage.open(register_file.links.name)).file
            links = Links(file)
        yield register, links


def read(register_file):
    """What the file would change stands in its rows; nothing else has changed. A wrong file says what is wrong."""
    try:
        with opened(register_file) as (register, links), connection.cursor() as cursor:
            comparing.begin(cursor, register.given)
            total = max(register.lines - 1, 1)
            comparing.take_in(cursor, register, links, lambda done: register_file.progress(min(done, total), total))
            with transaction.atomic():
                counts, changes = comparing.keep_changes(cursor, register_file, register.given)
                cursor.execute("SELECT count(*) FROM register_incoming")
                schools = cursor.fetchone()[0]
                register_file.finish(
                    encoding=register.encoding,
                    schools=schools,
                    known_count=School.objects.exclude(status=School.Status.CLOSED).count(),
                    changes_count=changes,
                    links_count=comparing.count_links(cursor),
                    counts=counts,
                    left_blank=dict(register.left_blank),
                    done=schools,
                    total=schools,
                )
                set_earlier_aside(register_file)
            comparing.end(cursor)
    except NotRead as refused:
        register_file.mine().update(problems=refused.problems)
        raise CannotBeDone("The file cannot be used: see what is wrong with it.") from refused


def write(update):
    """The register is what the file says, in one transaction: a worker that dies leaves it as it was.

    Where anything differs from what was shown to the person who confirmed, nothing is written.
    """
    register_file = update.register_file
    try:
        with opened(register_file) as (register, links), connection.cursor() as cursor:
            comparing.begin(cursor, register.given)
            total = max(register_file.schools, 1)
            comparing.take_in(cursor, register, links, lambda done: update.progress(min(done, total), total))
            with transaction.atomic():
                comparing.lock(cursor)
                if not comparing.are_as_shown(cursor, register_file, register.given):
                    update.mine().update(overtaken=True)
                else:
                    comparing.write(cursor, register.given)
                    audit.record(update.confirmed_by, "register.updated", register_file)
                    update.finish(done=total, total=total)
                    transaction.on_commit(lambda: forget_files(register_file), robust=True)
            comparing.end(cursor)
    except NotRead:  # it was read before, so what spoilt it happened here
        update.fail("The file can no longer be read. Send it again.")
        raise
    update.refresh_from_db()
    if update.overtaken:
        raise CannotBeDone(OVERTAKEN)
