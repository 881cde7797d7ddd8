"""A run of suggestions from the question to the proposed partnerships, and two coordinators who pair at once."""

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from jobs.models import Job
from programmes.models import ConflictOfInterest, PairingRun, PartnerSchool, Partnership, SpecialistTeacher
from programmes.services import pairing_runs
from programmes.services.pairing_inputs import read, what_changed
from programmes.services.pairing_pages import run_page
from programmes.services.proposals import next_ref
from tests import together
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.pairing import a_programme, a_teacher, suggested

pytestmark = pytest.mark.django_db


def named(run):
    """The rows of a run in words: school, specialist teacher, decision."""
    return [(str(row.partner_school), str(row.chosen), row.decision) for row in pairing_runs.rows_of(run)]


def accept_all(programme, run):
    pairing_runs.accept_the_rest(programme.coordinator, run)
    run.refresh_from_db()
    return [pairing_runs.key_of(pair) for pair in run.result["pairs"]]


def test_suggestions_are_made_by_a_worker_and_nothing_is_written_before_it_is_confirmed():
    programme = a_programme()

    run = suggested(programme)

    assert (run.state, run.done, run.total) == (Job.State.DONE, 4, 4)
    assert named(run) == [("School 1", "Teacher 1", ""), ("School 2", "Teacher 2", "")]
    assert run.result["pairs"][0]["for"] == [
        "nearest of 2 with room who teach Year 5 maths: 1.0 km",
        "has room for 1 more partnership",
    ]
    assert not Partnership.objects.exists()


def test_who_asks_twice_gets_the_run_that_is_in_hand():
    programme = a_programme()

    first = pairing_runs.start(programme.coordinator, programme)
    second = pairing_runs.start(programme.coordinator, programme, own_school=True)

    assert first == second


def test_confirming_proposes_every_pair_and_tells_both_schools():
    programme = a_programme()
    row = programme.partner_schools.get(school__name="School 1")
    row.area = programme.areas.create(name="North")
    row.save()
    head = UserFactory()
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=programme.organisation, school=row.school)
    PartnershipFactory(programme=programme, ref="P41")
    run = suggested(programme)
    keys = accept_all(programme, run)

    made = pairing_runs.confirm(programme.coordinator, run, keys)

    assert [(p.ref, str(p.partner_school), str(p.specialist), p.status, p.area and p.area.name) for p in made] == [
        ("P42", "School 1", "Teacher 1", "proposed", "North"),
        ("P43", "School 2", "Teacher 2", "proposed", None),
    ]
    step = made[0].steps.get()
    assert (step.status, step.on, step.by) == ("proposed", timezone.localdate(), programme.coordinator)
    assert sorted(OutgoingMail.objects.filter(kind="pairing_proposed").values_list("to__email", "about_row")) == sorted(
        [
            (head.email, made[0].pk),
            (made[0].specialist.user.email, made[0].pk),
            (made[1].specialist.user.email, made[1].pk),
        ]
    )


def test_confirming_again_makes_nothing_twice():
    programme = a_programme()
    run = suggested(programme)
    keys = accept_all(programme, run)

    first = pairing_runs.confirm(programme.coordinator, run, keys)
    second = pairing_runs.confirm(programme.coordinator, run, keys)

    assert (len(first), second, Partnership.objects.count()) == (2, [], 2)


def test_what_is_not_accepted_or_was_not_shown_is_not_confirmed():
    programme = a_programme(3, 3)
    run = suggested(programme)
    keys = accept_all(programme, run)
    pairing_runs.decide(programme.coordinator, run, keys[0], pairing_runs.REJECTED)

    made = pairing_runs.confirm(programme.coordinator, run, keys[:2])

    assert [str(p.partner_school) for p in made] == ["School 2"]


def test_a_school_that_someone_else_paired_meanwhile_stops_everything_and_the_choices_stay():
    programme = a_programme()
    run = suggested(programme)
    keys = accept_all(programme, run)
    rival = UserFactory(first_name="Ravi", last_name="Val")
    other = a_teacher(programme, 9)
    partnership = PartnershipFactory(
        programme=programme,
        specialist=other,
        partner_school=programme.partner_schools.get(school__name="School 1").school,
        status="proposed",
    )
    partnership.steps.update(by=rival)

    with pytest.raises(pairing_runs.Overtaken) as overtaken:
        pairing_runs.confirm(programme.coordinator, run, keys)

    at = timezone.localtime(partnership.steps.get().at)
    assert overtaken.value.sentences == [f"School 1 is paired already: Ravi Val did it at {at:%H:%M}, with Teacher 9."]
    assert Partnership.objects.count() == 1
    run.refresh_from_db()
    assert named(run) == [("School 1", "Teacher 1", "accepted"), ("School 2", "Teacher 2", "accepted")]
    made = pairing_runs.confirm(programme.coordinator, run, keys[1:])
    assert [str(p.partner_school) for p in made] == ["School 2"]


def change(programme, what):
    """Something that makes the pair of School 1 and Teacher 1 impossible; gives the sentence that is expected."""
    teacher = programme.specialists.get(ref="S1")
    row = programme.partner_schools.get(school__name="School 1")
    if what == "filled up":
        PartnershipFactory(programme=programme, specialist=teacher)
        return "Teacher 1 has no room left: takes 1 and has it."
    if what == "withdrawn":
        SpecialistTeacher.objects.filter(pk=teacher.pk).update(status="withdrawn")
        return "Teacher 1 cannot work at present: withdrawn."
    if what == "conflict":
        ConflictOfInterest.objects.create(specialist=teacher, school=row.school, declared_by="The head")
        return "A conflict of interest between Teacher 1 and School 1 is declared. They cannot be paired."
    if what == "left":
        PartnerSchool.objects.filter(pk=row.pk).update(stage="declined")
        return "School 1 does not take part any more: declined."
    if what == "other subject":
        PartnerSchool.objects.filter(pk=row.pk).update(subject="writing")
        return "Teacher 1 does not teach writing."
    if what == "closed":
        type(row.school).objects.filter(pk=row.school_id).update(status="closed")
        return "School 1 is closed."
    PartnershipFactory(programme=programme, specialist=teacher, partner_school=row.school, status="folded")
    return "School 1 and Teacher 1 were paired earlier this year, and it folded."


@pytest.mark.parametrize("what", ["filled up", "withdrawn", "conflict", "left", "other subject", "closed", "folded"])
def test_whatever_changed_since_is_said_in_a_sentence(what):
    programme = a_programme()
    run = suggested(programme)
    keys = accept_all(programme, run)

    sentence = change(programme, what)

    with pytest.raises(pairing_runs.Overtaken) as overtaken:
        pairing_runs.confirm(programme.coordinator, run, keys)
    assert overtaken.value.sentences == [sentence]
    assert [row.problem for row in pairing_runs.rows_of(run)] == [sentence, ""]
    assert run_page(run)["changed"]


def test_one_who_is_chosen_for_more_schools_than_they_have_room_for_is_named_with_the_school():
    programme = a_programme()
    run = suggested(programme)
    accept_all(programme, run)
    second = pairing_runs.key_of(run.result["pairs"][1])

    run = pairing_runs.decide(
        programme.coordinator, run, second, pairing_runs.ACCEPTED, run.result["pairs"][0]["specialist"]
    )

    assert [(row.problem, row.is_changed) for row in pairing_runs.rows_of(run)] == [
        ("", False),
        ("Teacher 1 has no room left: the last place is accepted for School 1 here.", True),
    ]


def test_new_suggestions_keep_what_was_accepted_and_do_not_repeat_what_was_rejected():
    programme = a_programme(2, 3)
    run = suggested(programme)
    first, second = [pairing_runs.key_of(pair) for pair in run.result["pairs"]]
    third = programme.specialists.get(ref="S3").pk
    pairing_runs.decide(programme.coordinator, run, first, pairing_runs.ACCEPTED, third)
    pairing_runs.decide(programme.coordinator, run, second, pairing_runs.REJECTED)

    newer = suggested(programme)
    newest = suggested(programme)
    afresh = suggested(programme, again=True)

    expected = [("School 1", "Teacher 3", "accepted"), ("School 2", "Teacher 1", "")]
    assert [named(newer), named(newest)] == [expected, expected]
    assert named(afresh) == [("School 1", "Teacher 3", "accepted"), ("School 2", "Teacher 2", "")]
    with pytest.raises(pairing_runs.Closed):
        pairing_runs.decide(programme.coordinator, run, first, "")


def test_its_own_partnerships_do_not_make_a_run_stale_but_those_of_others_do():
    programme = a_programme(3, 3)
    run = suggested(programme)
    keys = accept_all(programme, run)
    pairing_runs.confirm(programme.coordinator, run, keys[:1])
    run.refresh_from_db()

    own = run_page(run)["changed"]
    PartnershipFactory(programme=programme, specialist=programme.specialists.get(ref="S2"))

    assert (own, run_page(run)["changed"]) == ([], ["1 specialist teacher"])


def test_what_changed_is_counted_by_kind():
    before = {"schools": {"1": "a", "2": "b"}, "specialists": {"1": "c"}}
    now = {"schools": {"1": "x", "3": "b"}, "specialists": {"1": "c"}}

    assert what_changed(before, now) == ["3 partner schools"]
    assert what_changed(before, before) == []


def test_what_pairing_works_on_is_read_from_the_rows():
    programme = a_programme(1, 1)
    row, teacher = programme.partner_schools.get(), programme.specialists.get()
    PartnerSchool.objects.update(partnerships_wanted=3, other_projects=["York"], capacity="not now")
    SpecialistTeacher.objects.update(partnerships_wanted=4, status="recruited")
    PartnershipFactory(programme=programme, specialist=teacher, partner_school=row.school)
    PartnershipFactory(programme=programme, specialist=teacher, status="folded")
    last_year = ProgrammeFactory(
        organisation=programme.organisation, starts_on="2025-09-01", ends_on="2026-08-31", slug="last-year"
    )
    before = SpecialistTeacherFactory(programme=last_year, user=teacher.user)
    PartnershipFactory(programme=last_year, specialist=before, partner_school=row.school, status="completed")
    PartnershipFactory(programme=last_year, specialist=before, status="folded")
    elsewhere = SpecialistTeacherFactory(user=teacher.user)
    PartnershipFactory(programme=elsewhere.programme, specialist=elsewhere, status="completed")

    inputs = read(programme)

    wish, found = inputs.wishes[row.pk], inputs.teachers[teacher.pk]
    assert (wish.places, wish.what, wish.at, wish.against) == (
        2,
        "Year 5 maths",
        (510_000, 200_000),
        ("the school was judged not able to engage at present", "the school is in another project: York"),
    )
    assert (found.room, found.subjects, found.worked, found.against) == (
        3,
        frozenset({"maths"}),
        {row.school_id: "2025-26"},
        ("recruited, not trained yet",),
    )
    assert (found.paired, len(found.folded)) == (frozenset({row.school_id}), 1)


@pytest.mark.parametrize(
    ("refs", "expected"),
    [([], "P01"), (["P7", "P50", "A99", "P12x"], "P51"), (["P99"], "P100"), (["p100"], "P01")],
)
def test_the_next_reference_follows_the_greatest_number(refs, expected):
    programme = ProgrammeFactory()
    for ref in refs:
        PartnershipFactory(programme=programme, ref=ref)

    assert next_ref(programme) == expected


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_who_pair_the_same_school_at_once_one_is_told():
    programme = a_programme(2, 4)
    first = suggested(programme)
    keys = accept_all(programme, first)
    rival = UserFactory(first_name="Ravi", last_name="Val")
    # A second draft of the same programme, in which others go to the same schools.
    others = {"School 1": "S3", "School 2": "S4"}
    second = PairingRun.objects.create(
        programme=programme,
        asked_by=rival,
        state=Job.State.DONE,
        asking=first.asking,
        inputs=first.inputs,
        result=first.result,
        choices={
            key: {"is": "accepted", "specialist": programme.specialists.get(ref=others[str(row.partner_school)]).pk}
            for key, row in zip(keys, pairing_runs.rows_of(first), strict=True)
        },
    )

    found = together.at_once(
        lambda: pairing_runs.confirm(programme.coordinator, first, keys),
        lambda: pairing_runs.confirm(rival, second, keys),
        expecting=(pairing_runs.Overtaken,),
    )

    told = [answer for answer in found if isinstance(answer, pairing_runs.Overtaken)]
    made = [answer for answer in found if isinstance(answer, list)]
    assert (len(told), len(made)) == (1, 1)
    winner = made[0][0].steps.get().by
    assert all(f"{winner} did it at" in sentence for sentence in told[0].sentences)
    assert sorted(Partnership.objects.values_list("partner_school__name", flat=True)) == ["School 1", "School 2"]
    loser = second if made[0][0].specialist.ref in {"S1", "S2"} else first
    loser.refresh_from_db()
    assert {choice["is"] for choice in loser.choices.values()} == {"accepted"}


@pytest.mark.django_db(transaction=True)
def test_one_who_clicks_twice_at_once_gets_one_partnership():
    programme = a_programme(1, 1)
    run = suggested(programme)
    keys = accept_all(programme, run)

    found = together.at_once(*[lambda: pairing_runs.confirm(programme.coordinator, run, keys)] * 2)

    assert sorted(map(len, found)) == [0, 1]
    assert Partnership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_decisions_on_one_draft_at_once_are_both_kept():
    programme = a_programme(2, 2)
    run = suggested(programme)
    first, second = [pairing_runs.key_of(pair) for pair in run.result["pairs"]]

    together.at_once(
        lambda: pairing_runs.decide(programme.coordinator, run, first, "accepted"),
        lambda: pairing_runs.decide(programme.coordinator, run, second, "rejected"),
    )

    run.refresh_from_db()
    assert {key: choice["is"] for key, choice in run.choices.items()} == {first: "accepted", second: "rejected"}
