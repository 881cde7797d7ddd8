"""The first person of an installation, and limits that hold whatever else happens."""

import io

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import Role

pytestmark = pytest.mark.django_db


def add(*names):
    out = io.StringIO()
    call_command("add_administrator", *names, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_let_in_by_a_command_and_needs_the_second_factor(client):
    add("Priya@County.example", "Priya", "Holt")
    add("priya@county.example", "Priya", "Holt")

    user = User.objects.get()
    client.force_login(user)
    assert (user.email, user.is_active, user.has_usable_password()) == ("priya@county.example", True, False)
    assert [m.role for m in Membership.objects.all()] == [Role.ADMINISTRATOR]
    assert client.get(reverse("today"))["Location"] == reverse("mfa_activate_totp")


def test_what_is_no_address_is_refused():
    with pytest.raises(CommandError, match="not an email address"):
        add("priya", "Priya", "Holt")


def test_many_failed_sign_ins_do_not_push_out_the_limit_of_an_account():
    """Django's cache table keeps 300 rows unless it is told otherwise."""
    cache.set("limit-of-one-account", 5, 300)
    for number in range(400):
        cache.set(f"another-address-{number}", 1, 300)

    assert cache.get("limit-of-one-account") == 5
