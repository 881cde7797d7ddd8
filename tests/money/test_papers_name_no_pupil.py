"""No paper of money, no mail about it and no answer about a letter holds a word of a pupil or of a visit."""

import datetime as dt
import json

import pytest

from accounts.roles import Role
from funding.models import Release
from funding.owing import held_of_school, owed_by_teacher
from funding.printing.build import LETTER, TEMPLATES, render
from funding.printing.letter import letter_figures, proof_of, released_by_school
from funding.services import papers
from programmes.models import Partnership
from tests.pdfs import pages
from tests.world import build_world

pytestmark = pytest.mark.django_db
CANARIES = ["OursideForename", "OursideFamily", "Ourside notebook", "Ourside discussing", "Ourside private", "nominat"]


def words_of(template, figures, **more):
    figures = json.loads(json.dumps(figures))
    return " ".join(pages(render(template, figures, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), **more)))


def test_no_paper_of_money_holds_a_word_of_a_pupil_or_a_visit():
    ours, next_door, elsewhere = build_world()
    money, partnership = ours.money, ours.partnership
    schools = [partnership.partner_school, partnership.specialist.home_school]

    said = [
        words_of(TEMPLATES["stage"], papers.stage_figures(money.plan, money.stage)),
        words_of(TEMPLATES["programme"], papers.programme_figures(money.plan)),
        *(words_of(TEMPLATES["school"], papers.school_figures(ours.programme.organisation, one)) for one in schools),
        *(
            words_of(LETTER, letter_figures(money.plan, money.stage, school, rows) | proof_of("FL1", "2" * 12), qr="")
            for school, rows in released_by_school(money.plan, money.stage).items()
        ),
        *(line for one in schools for line in held_of_school(one, Release.objects.all())),
        *owed_by_teacher(ours.people[Role.SPECIALIST], Partnership.objects.all()),
    ]

    assert len(said) >= 6
    assert any("Ourside" in words for words in said)
    for words in said:
        assert not [canary for canary in CANARIES if canary in words]
        assert not [one.upn for one in (ours, next_door, elsewhere) if one.upn in words]
        assert "Elsewhere" not in words
