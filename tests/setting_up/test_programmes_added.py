"""Programmes added: what is missing is said, and each gets an address of its own."""

import pytest
from django.urls import reverse

from programmes.models import Programme
from programmes.services import programmes
from tests.factories import OrganisationFactory, ProgrammeFactory, UserFactory
from tests.together import at_once
from tests.typed_settings import SEPTEMBER, SETTINGS


def test_what_was_typed_stays_when_something_is_missing(newcomer):
    response = newcomer.post(reverse("programmes:add"), SETTINGS | {"subjects": "all, maths", "year": "", "funded": ""})

    form = response.context["form"]
    assert form.errors == {
        "year": ["Choose the year."],
        "subjects": ["The results have a line “all” of their own. Choose another name."],
        "funded": ["Say whether release time is funded."],
    }
    assert 'value="Essex lesson study"' in response.content.decode()
    assert 'value="all, maths"' in response.content.decode()
    assert not Programme.objects.exists()


def test_programmes_whose_names_differ_in_marks_only_get_slugs_of_their_own(newcomer):
    for name in ("Essex lesson study", "Essex: lesson study", "Essex lesson study!"):
        newcomer.post(reverse("programmes:add"), SETTINGS | {"name": name})

    assert sorted(Programme.objects.values_list("slug", flat=True)) == [
        "essex-lesson-study-2026-27",
        "essex-lesson-study-2026-27-2",
        "essex-lesson-study-2026-27-3",
    ]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Essex lesson study 2026-27", "essex-lesson-study-2026-27"),
        ("…", "programme-2026-27"),
        ("é" * 120, f"{'e' * 68}-2026-27"),
    ],
)
def test_a_slug_is_made_of_any_name(name, slug):
    assert programmes.slug_for(name, SEPTEMBER) == slug


@pytest.mark.django_db(transaction=True)
def test_two_who_add_one_name_at_once_get_two_programmes():
    organisation, who = OrganisationFactory(), UserFactory()
    both = [ProgrammeFactory.build(organisation=organisation, name="Same", status="draft") for _ in range(2)]

    at_once(*[lambda programme=programme: programmes.add_programme(who, programme) for programme in both])

    assert sorted(Programme.objects.values_list("slug", flat=True)) == ["same-2026-27", "same-2026-27-2"]
