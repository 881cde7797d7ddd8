"""Inviting someone as a person does, and taking the invitation up."""

import re

from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from tests.factories import (
    MembershipFactory,
)


def head_of(school, organisation, **fields):
    return MembershipFactory(role=Role.HEADTEACHER, organisation=organisation, school=school, **fields)


def invite(client, role=Role.CONSULTANT, email="Zoe.Kranz@Schools.example", **fields):
    who = {"first_name": "Zoe", "last_name": "Kranz", "email": email, "role": role}
    return client.post(reverse("accounts:invite"), who | fields, follow=True)


def link_in(mail):
    return re.search(r"http://localhost:8000(/invitations/\S+)", mail.body)[1]


def accept(link, client=None, **names):
    client = client or Client()
    return client.post(link, {"first_name": "Zoe", "last_name": "Kranz"} | names, follow=True)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def tables_with(secret):
    """Every table in which some row holds the text, in whatever column, readable or as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {quoted} AS t WHERE t::text LIKE %s OR t::text LIKE %s",
                [f"%{secret}%", f"%{secret.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found
