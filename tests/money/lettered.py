"""Funding letters as those concerned handle them."""

from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from funding.services import letters, releasing
from funding.tasks import make_letter
from tests.factories import MembershipFactory
from tests.money.funded import approve, release_of


def issue(money, *schools, anew=False):
    """As the page does, and the worker has made them."""
    made = letters.issue(money.Ruth, money.plan, money.stage, {school.pk for school in schools}, anew=anew)
    for letter in made:
        make_letter(letter.pk)
        letter.refresh_from_db()
    return made


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def pay_more(money):
    """The approval is taken back, the rate rises, and it is approved again: the letter before is not true any more."""
    releasing.take_approval_back(money.Tom, money.release)
    type(money.plan).objects.filter(pk=money.plan.pk).update(rate=100)
    money.plan.refresh_from_db()
    approve(money.Tom, money.plan, [release_of(money.partnerships[0], money.stage, "partner")])


def url_of(money, name="letters"):
    return reverse(f"funding:{name}", args=[money.programme.slug, money.stage.pk])


def content_of(client, letter):
    return client.get(reverse("funding:letter_download", args=[letter.pk])).getvalue()


def check(reference, code, client=None):
    return (client or Client()).get(reverse("funding:check"), {"reference": reference, "code": code})


def signed(client, person):
    client.force_login(person)
    return client


def fresh(release):
    return type(release).objects.select_related("school").get(pk=release.pk)
