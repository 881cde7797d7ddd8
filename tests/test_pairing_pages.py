"""The pages of pairing: what a coordinator sees, does and is told."""

import re

import pytest
from django.urls import reverse

from accounts.models import OutgoingMail
from jobs.models import Job
from programmes.models import (
    ConflictOfInterest,
    PairingRun,
    PartnerSchool,
    Partnership,
    Programme,
    SpecialistTeacher,
)
from programmes.services import pairing_runs
from programmes.tasks import suggest_pairs
from tests.factories import PairingRunFactory, PartnershipFactory
from tests.pairing import a_programme, a_teacher, suggested

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(client):
    programme = a_programme(2, 3)
    client.force_login(programme.coordinator)
    return programme


def words(response):
    return " ".join(response.content.decode().split())


def address(name, *args):
    return reverse(f"programmes:{name}", args=args)


def key_parts(run, number=0):
    pair = run.result["pairs"][number]
    return run.pk, pair["wish"], pair["specialist"]


def test_from_the_question_to_the_proposed_partnerships(client, programme):
    asked = client.post(address("pairing_start", programme.slug))
    run = PairingRun.objects.get()
    waiting = words(client.get(asked.url))
    suggest_pairs(run.pk)
    run.refresh_from_db()
    page = words(client.get(asked.url))
    client.post(address("pairing_decide", *key_parts(run)), {"decision": "accepted"})
    client.post(address("pairing_decide", *key_parts(run, 1)), {"decision": "rejected"})
    decided = words(client.get(asked.url))
    check = words(client.get(address("pairing_check", run.pk)))
    key = pairing_runs.key_of(run.result["pairs"][0])
    done = words(client.post(address("pairing_check", run.pk), {"key": [key]}, follow=True))

    assert asked.url == run.get_absolute_url()
    assert "The suggestions wait for their turn." in waiting
    assert "2 suggested pairs" in page
    assert "Nearest of 3 with room who teach Year 5 maths: 1.0 km" in page
    assert "2 pairs: 1 accepted, 1 rejected, 0 not decided." in decided
    assert ("Propose 1 partnership" in check, "School 2" in check) == (True, False)
    assert "1 partnership is proposed.</p>" in done
    assert "Invite the head of <a class=" in done
    assert Partnership.objects.get().partner_school.name == "School 1"


def test_a_decision_by_htmx_gives_the_list_and_a_plain_one_the_page(client, programme):
    run = suggested(programme)
    url = address("pairing_decide", *key_parts(run))

    part = client.post(url, {"decision": "accepted"}, headers={"HX-Request": "true"})
    whole = client.post(url, {"decision": "undecided"})

    assert (part.status_code, "<html" in words(part), "1 accepted" in words(part)) == (200, False, True)
    assert whole.url == f"{run.get_absolute_url()}#pair-{pairing_runs.key_of(run.result['pairs'][0])}"
    run.refresh_from_db()
    assert run.choices == {}


def test_a_decision_that_is_none_changes_nothing_and_says_what_to_do(client, programme):
    run = suggested(programme)

    page = client.post(address("pairing_decide", *key_parts(run)), {"decision": "maybe"}, follow=True)

    assert "Accept the suggestion or reject it." in words(page)
    assert PairingRun.objects.get().choices == {}


def test_what_was_never_suggested_is_not_found(client, programme):
    run = suggested(programme)

    found = [
        client.post(address("pairing_decide", run.pk, 999_999, 1), {"decision": "accepted"}).status_code,
        client.get(address("pairing_change", run.pk, 1, 999_999)).status_code,
        client.get(address("pairing_check", PairingRunFactory(programme=programme, state="failed").pk)).status_code,
    ]

    assert found == [404, 404, 404]


def test_all_that_are_not_decided_are_accepted_in_one_click(client, programme):
    run = suggested(programme)

    page = client.post(address("pairing_rest", run.pk), follow=True)

    assert "2 suggestions are accepted. Nothing is written yet: check and confirm them." in words(page)
    assert "Check and confirm 2 pairs" in words(page)


def test_another_specialist_teacher_is_chosen_from_the_ranked_list(client, programme):
    run, third = suggested(programme), programme.specialists.get(ref="S3")
    a_teacher(programme, 4, status="withdrawn")
    url = address("pairing_change", *key_parts(run))

    page = words(client.get(url))
    nobody = words(client.post(url, {}))
    stranger = words(client.post(url, {"specialist": 999_999}))
    client.post(url, {"specialist": third.pk})

    assert "3 of 4 specialist teachers are possible for Year 5 maths, best first." in page
    assert "Suggested for School 2 in this list" in page
    assert "cannot start: nominated only, withdrawn or completed" in page
    assert "Choose a specialist teacher." in nobody
    assert "This specialist teacher is not possible for the school." in stranger
    row = pairing_runs.rows_of(PairingRun.objects.get())[0]
    assert (str(row.chosen), row.decision, row.is_changed) == ("Teacher 3", "accepted", True)


def test_someone_else_was_first_and_the_other_choices_stay(client, programme):
    run = suggested(programme)
    client.post(address("pairing_rest", run.pk))
    keys = [pairing_runs.key_of(pair) for pair in run.result["pairs"]]
    taken = programme.partner_schools.get(school__name="School 1")
    PartnershipFactory(programme=programme, partner_school=taken.school, status="proposed")

    page = words(client.post(address("pairing_check", run.pk), {"key": keys}, follow=True))
    again = words(client.post(address("pairing_check", run.pk), {"key": keys[1:]}, follow=True))

    assert "School 1 has the partnerships it asked for already." in page
    assert "Nothing was written. Your other choices are kept" in page
    assert "Check 1 pair before you confirm" in page
    assert "1 partnership is proposed" in again


def test_a_run_says_when_something_changed_since_and_when_a_newer_one_replaced_it(client, programme):
    run = suggested(programme)
    unchanged = words(client.get(run.get_absolute_url()))
    PartnerSchool.objects.filter(programme=programme, school__name="School 1").update(year_group=6)
    changed = words(client.get(run.get_absolute_url()))
    suggested(programme)
    replaced = words(client.get(run.get_absolute_url()))
    refused = words(client.post(address("pairing_decide", *key_parts(run)), {"decision": "accepted"}, follow=True))

    assert "changed since these suggestions" not in unchanged
    assert "1 partner school changed since these suggestions were made." in changed
    assert "No longer possible: Teacher 1 does not teach Year 6." in changed
    assert "Newer suggestions have replaced these." in replaced
    assert "Nothing was changed here." in refused


def test_a_failed_run_says_so_and_can_be_tried_again(client, programme):
    run = PairingRunFactory(programme=programme, state=Job.State.FAILED, result=None, failure="It stopped.")

    page = words(client.get(run.get_absolute_url()))

    assert "The suggestions could not be made.</b> It stopped." in page
    assert "Try again" in page


def test_the_progress_line_asks_until_there_is_something_else_to_see(client, programme):
    run = pairing_runs.start(programme.coordinator, programme)
    url, htmx = address("pairing_progress", run.pk), {"HX-Request": "true"}

    same = client.get(f"{url}?seen={run.stage}", headers=htmx)
    first = client.get(f"{url}?seen=", headers=htmx)
    suggest_pairs(run.pk)
    ready = client.get(f"{url}?seen={run.stage}", headers=htmx)

    assert (same.status_code, "hx-get" in words(first)) == (204, True)
    assert ready.headers["HX-Redirect"] == run.get_absolute_url()


def test_the_page_of_one_school_ranks_some_and_counts_the_others(client, programme):
    row = programme.partner_schools.get(school__name="School 1")
    a_teacher(programme, 4, status="nominated")
    ConflictOfInterest.objects.create(
        specialist=programme.specialists.get(ref="S2"), school=row.school, declared_by="The head"
    )

    page = words(client.get(address("pairing_school", row.pk)))

    assert "2 of 4 specialist teachers are possible for Year 5 maths, best first." in page
    assert "Nearest of 2 with room who teach Year 5 maths: 1.0 km" in page
    assert "Why 2 are not possible" in page
    assert "declared a conflict of interest with this school" in page


def test_where_nobody_is_possible_the_nearest_rule_to_relax_is_named(client, programme):
    row = programme.partner_schools.get(school__name="School 1")
    PartnerSchool.objects.filter(pk=row.pk).update(year_group=6)

    page = words(client.get(address("pairing_school", row.pk)))

    assert "Nobody is possible for Year 6 maths at present." in page
    assert "Teacher 1 (Home 1, 1.0 km) teaches the subject, but in other year groups." in page


@pytest.mark.parametrize("confirmed", [False, True])
def test_who_has_no_place_left_is_not_offered_for_a_school_without(client, programme, confirmed):
    SpecialistTeacher.objects.update(partnerships_wanted=1)
    PartnerSchool.objects.filter(school__name="School 2").update(year_group=6)
    run = suggested(programme)
    ((pair,), (open_row,)) = run.result["pairs"], run.result["unplaced"]
    key = pairing_runs.key_of(pair)
    cure = open_row["relax"]["specialist"]
    named = str(SpecialistTeacher.objects.get(pk=cure))
    before = words(client.get(run.get_absolute_url()))

    pairing_runs.decide(programme.coordinator, run, key, "accepted", cure)
    if confirmed:
        pairing_runs.confirm(programme.coordinator, run, [key])
    after = words(client.get(run.get_absolute_url()))

    offers = "teaches the subject, but in other year groups."
    assert re.search(rf"{named} \(Home \d, [^)]*\) {offers}", before)
    assert not re.search(rf"{named} \(Home \d, [^)]*\) {offers}", after)
    assert re.search(rf"Teacher \d \(Home \d, [^)]*\) {offers}", after), "the next one has room"


def test_a_school_that_takes_any_subject_is_suggested_for_and_settled_before_it_is_proposed(client, programme):
    Programme.objects.update(subjects=["writing", "maths"], year_groups=[4, 5])
    SpecialistTeacher.objects.update(subjects=["art", "maths", "Writing"])
    PartnerSchool.objects.filter(school__name="School 1").update(subject="")
    row = programme.partner_schools.get(school__name="School 1")

    page = words(client.get(address("pairing_school", row.pk)))
    overview = words(client.get(address("pairing", programme.slug)))
    programme.refresh_from_db()
    run = suggested(programme)
    client.post(address("pairing_rest", run.pk))
    check = address("pairing_check", run.pk)
    asked = words(client.get(check))
    keys = [pairing_runs.key_of(pair) for pair in run.result["pairs"]]
    (key,) = [key for key in keys if key.startswith(f"{row.pk}-")]
    wrong = words(client.post(check, {"key": keys, f"{key}-subject": "art"}))
    nothing = Partnership.objects.exists()
    done = words(client.post(check, {"key": keys, f"{key}-subject": "maths"}, follow=True))

    assert "3 of 3 specialist teachers are possible for Year 5, any subject, best first." in page
    assert "Year 5, any subject" in overview
    assert '<option value="writing">Writing</option> <option value="maths">Maths</option>' in asked
    assert "The school takes any subject; Teacher" in asked
    assert "School 1: Choose a subject that Teacher" in wrong
    assert not nothing
    assert "2 partnerships are proposed." in done
    assert sorted(Partnership.objects.values_list("partner_school__name", "subject", "year_group")) == [
        ("School 1", "maths", 5),
        ("School 2", "maths", 5),
    ]


def test_what_was_chosen_for_a_school_stays_when_someone_else_was_first(client, programme):
    Programme.objects.update(subjects=["writing", "maths"])
    SpecialistTeacher.objects.update(subjects=["maths", "writing"])
    PartnerSchool.objects.filter(school__name="School 2").update(subject="")
    programme.refresh_from_db()
    run = suggested(programme)
    client.post(address("pairing_rest", run.pk))
    keys = [pairing_runs.key_of(pair) for pair in run.result["pairs"]]
    (key,) = [key for key in keys if key.startswith(f"{programme.partner_schools.get(school__name='School 2').pk}-")]
    taken = programme.partner_schools.get(school__name="School 1")
    PartnershipFactory(programme=programme, partner_school=taken.school, status="proposed")

    page = words(client.post(address("pairing_check", run.pk), {"key": keys, f"{key}-subject": "maths"}, follow=True))

    assert "Nothing was written. Your other choices are kept" in page
    assert '<option value="maths" selected>Maths</option>' in page


def test_where_nobody_has_room_the_page_says_who_could_and_where_that_is_mended(client, programme):
    SpecialistTeacher.objects.update(status="nominated")
    SpecialistTeacher.objects.filter(ref="S2").update(status="active", partnerships_wanted=0)
    full = a_teacher(programme, 4)
    PartnershipFactory(programme=programme, specialist=full)

    said = client.get(address("pairing", programme.slug)).content.decode()
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'<li>\d[^<]*<a class="govuk-link" href="([^"]+)"', said)
    ]
    rows = [client.get(link).context for link in links]
    SpecialistTeacher.objects.filter(ref="S2").update(partnerships_wanted=1, subjects=[])
    some = words(client.get(address("pairing", programme.slug)))
    SpecialistTeacher.objects.filter(ref="S2").update(partnerships_wanted=2, subjects=["maths"])
    enough = words(client.get(address("pairing", programme.slug)))

    listed = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<li>(\d.*?)<span", said)]
    assert "No specialist teacher has room:" in said
    assert listed == [
        "2 specialist teachers are nominated but not yet recruited: set the status",
        "1 specialist teacher is to take no partnership: say how many they can take",
        "1 specialist teacher has all the partnerships they can take: see who could take another",
    ]
    assert [len(rows[0]["form"].shown), *(len(context["object_list"]) for context in rows[1:])] == [2, 1, 1]
    assert "1 specialist teacher with room has no subject or no year group entered" in some
    assert "nominated but not yet recruited" not in enough


def test_without_anybody_in_the_list_the_page_leads_to_adding_one(client, programme):
    SpecialistTeacher.objects.update(status="withdrawn")

    page = words(client.get(address("pairing", programme.slug)))

    assert "No specialist teacher has room: nobody is in the list yet who could take part." in page
    assert address("specialist_add", programme.slug) in page


def test_nobody_is_paired_in_a_closed_programme(client, programme):
    Programme.objects.update(status="closed")

    client.post(address("pairing_start", programme.slug))
    overview = words(client.get(address("pairing", programme.slug)))
    by_hand = client.get(address("partnership_add", programme.slug))

    assert not PairingRun.objects.exists()
    assert "This programme is closed, and nobody is paired in it any more." in overview
    assert by_hand.status_code == 302


# One by hand ------------------------------------------------------------------------------------------------------


def chosen(programme, teacher="S1", school="School 1", **more):
    row = programme.partner_schools.get(school__name=school)
    specialist = programme.specialists.get(ref=teacher)
    return {"specialist": specialist.pk, "school": row.school_id, "subject": "maths", "year_group": 5} | more


def test_one_by_hand_is_checked_and_then_proposed(client, programme):
    url = address("partnership_add", programme.slug)

    check = words(client.post(url, chosen(programme)))
    before = Partnership.objects.count()
    done = words(client.post(url, chosen(programme, step="confirm"), follow=True))
    twice = words(client.post(url, chosen(programme, step="confirm"), follow=True))

    assert ("Propose this partnership" in check, "1.0 km" in check, before) == (True, True, 0)
    assert "P01 is proposed.</p>" in done
    assert "Invite the head of <a class=" in done
    assert "This partnership is there already, and nothing was added." in twice
    assert Partnership.objects.get().steps.get().by == programme.coordinator
    assert OutgoingMail.objects.filter(kind="pairing_proposed").count() == 1


def test_a_link_brings_the_school_with_what_it_wants(client, programme):
    row, teacher = programme.partner_schools.first(), programme.specialists.first()

    page = client.get(address("partnership_add", programme.slug), {"partner_school": row.pk, "specialist": teacher.pk})
    odd = client.get(address("partnership_add", programme.slug), {"partner_school": "x", "specialist": "y"})

    form = page.context["form"]
    assert [form[name].value() for name in ("specialist", "school", "subject", "year_group")] == [
        str(teacher.pk),
        row.school_id,
        "maths",
        5,
    ]
    assert odd.status_code == 200


def test_everything_that_speaks_against_the_pair_is_said_before(client, programme):
    programme.subjects, programme.year_groups = ["maths", "writing"], [5, 6]
    programme.save()
    PartnershipFactory(programme=programme, specialist=programme.specialists.get(ref="S1"))
    PartnerSchool.objects.filter(school__name="School 1").update(stage="in talks", other_projects=["York"])
    given = chosen(programme, subject="writing", year_group=6)

    check = words(client.post(address("partnership_add", programme.slug), given))

    for sentence in (
        "School 1 does not take part yet: in talks.",
        "School 1 asked for Year 5 maths.",
        "The school is in another project: York.",
        "Teacher 1 does not teach writing.",
        "Teacher 1 does not teach Year 6.",
        "Teacher 1 has no room left: takes 1 and has it.",
        "Propose it all the same",
    ):
        assert sentence in check


def test_a_warning_that_came_up_meanwhile_is_shown_before_anything_is_written(client, programme):
    url = address("partnership_add", programme.slug)
    client.post(url, chosen(programme))
    PartnershipFactory(programme=programme, specialist=programme.specialists.get(ref="S1"))

    page = words(client.post(url, chosen(programme, step="confirm")))
    sentence = "Teacher 1 has no room left: takes 1 and has it."
    done = words(client.post(url, chosen(programme, step="confirm", seen=[sentence]), follow=True))

    assert "Something changed a moment ago." in page
    assert sentence in page
    assert "Invite the head of <a class=" in done


def test_a_pair_inside_one_school_is_allowed_and_marked(client, programme):
    teacher = programme.specialists.get(ref="S1")
    given = chosen(programme, school="School 1", step="") | {"school": teacher.home_school_id}

    check = words(client.post(address("partnership_add", programme.slug), given))
    client.post(address("partnership_add", programme.slug), given | {"step": "confirm"})
    listed = programme.partner_schools.get(school=teacher.home_school)

    assert (listed.stage, programme.partnerships.get().is_in_own_school) == ("in talks", True)
    assert "own school: a pair inside one school" in check
    assert "speak" not in check
    assert "Propose this partnership" in check


@pytest.mark.parametrize("what", ["conflict", "withdrawn", "closed"])
def test_what_is_forbidden_is_not_proposed_and_what_was_chosen_stays(client, programme, what):
    teacher, row = programme.specialists.get(ref="S1"), programme.partner_schools.get(school__name="School 1")
    sentence = {
        "conflict": "A conflict of interest between Teacher 1 and School 1 is declared.",
        "withdrawn": "Teacher 1 cannot work at present: withdrawn.",
        "closed": "School 1 is closed.",
    }[what]
    if what == "conflict":
        ConflictOfInterest.objects.create(specialist=teacher, school=row.school, declared_by="The head")
    elif what == "withdrawn":
        programme.specialists.filter(pk=teacher.pk).update(status="withdrawn")
    else:
        type(row.school).objects.filter(pk=row.school_id).update(status="closed")

    page = client.post(address("partnership_add", programme.slug), chosen(programme, step="confirm"))

    assert sentence in words(page)
    assert page.context["form"]["specialist"].value() == str(teacher.pk)
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"specialist": ""}, "Choose the specialist teacher."),
        ({"school": ""}, "Choose the partner school."),
        ({"subject": ""}, "Choose the subject."),
        ({"year_group": ""}, "Choose the year group."),
        ({"specialist": 999_999}, "Choose from what is offered here."),
        ({"subject": "alchemy"}, "Choose from what is offered here."),
        ({"year_group": "twelve"}, "Choose from what is offered here."),
    ],
)
def test_what_is_missing_or_not_offered_is_said_at_its_field(client, programme, given, sentence):
    page = client.post(address("partnership_add", programme.slug), chosen(programme) | given)

    assert sentence in words(page)
    assert not Partnership.objects.exists()


def test_change_something_gives_the_form_back_as_it_was(client, programme):
    page = client.post(address("partnership_add", programme.slug), chosen(programme, step="edit"))

    assert "Pair one by hand" in words(page)
    assert page.context["form"]["subject"].value() == "maths"
