"""The pages on which a coordinator looks at what would go, confirms it, and sees what became of it."""

import csv
import datetime as dt
import html
import io
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.work import work_on
from programmes.models import Partnership, Programme
from pupils.models import Erasure, Place, TargetPupil
from pupils.retention import erasing
from pupils.retention.parts import Cleared, Kept, Part
from tests.world import build_world

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 1, 27, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2028, 9, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def ours():
    with time_machine.travel(NOON, tick=False):
        ours = build_world()[0]
    with time_machine.travel(LATER, tick=False):
        Partnership.objects.filter(programme=ours.programme).update(status=Partnership.Status.COMPLETED)
        Erasure.objects.all().delete()
        yield ours


def text(response):
    found = response.content.decode()
    found = found[found.index("<main") : found.index("</main>")]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found).split()))


def page(name, ours, *more):
    return reverse(f"reports:{name}", args=[ours.programme.slug, *more])


def confirm(client, ours, how="delete", name="Ourside programme 2026-27"):
    address = page("erase_confirm", ours, how)
    seen = re.search('name="seen" value="([^"]+)"', client.get(address).content.decode())[1]
    return client.post(address, {"how": how, "name": name, "seen": seen}, follow=True)


def test_today_says_that_a_programme_is_past_its_date(client, ours, coordinator):
    today = text(client.get(reverse("today")))

    assert "The pupil data of Ourside programme 2026-27 is past its date: look at what would go" in today


def test_and_says_it_to_nobody_else(client, ours):
    for role in set(ours.people) - {Role.COORDINATOR}:
        client.force_login(ours.people[role])
        assert "past its date" not in text(client.get(reverse("today"))), role


def test_what_would_go_is_counted_by_kind_without_a_name(client, ours, coordinator):
    found = text(client.get(page("erasing", ours)))

    assert "Target pupils 2 Goes, or stays without a name where grades are kept" in found
    assert "Photos of pupils\u2019 work 2 2 Goes" in found
    assert "stays, without what people typed" in found.lower()
    assert "The results of the programme, its areas and its schools: frozen as they are now" in found
    assert "OursideForename" not in found


def test_what_is_still_open_is_said_and_nothing_can_be_confirmed(client, ours, coordinator):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Partnership.Status.ACTIVE)

    found = text(client.get(page("erasing", ours)))
    further = client.get(page("erase_confirm", ours, "delete"))

    assert "Before anything can go 1 partnership is not completed and not folded." in found
    assert "What should happen to the pupils?" not in found
    assert further.status_code == 302


def test_one_way_is_chosen_and_leads_to_the_answers(client, ours, coordinator):
    nothing = text(client.get(page("erasing", ours), {"submit": "Continue"}))
    chosen = client.get(page("erasing", ours), {"how": "anonymise"}, follow=True)

    assert "Choose what should happen to the pupils." in nothing
    assert "Keep their grades without anything that tells whose they are" in text(chosen)
    assert "Type the name of the programme to confirm" in text(chosen)


def rows_of(ours, kind):
    """How many rows are deleted, or kept without a name, or emptied of words."""
    return sum(
        rows
        for part, rows, _ in erasing.parts_of(erasing.counted(ours.programme))
        if (Cleared if isinstance(part, Cleared) else Kept if isinstance(part, Kept) else Part) is kind
    )


def test_what_goes_what_stays_without_a_name_and_what_is_emptied_are_counted_apart(client, ours, coordinator):
    gone, kept, emptied = (rows_of(ours, kind) for kind in (Part, Kept, Cleared))

    looked = text(client.get(page("erasing", ours)))
    delete, anonymise = (text(client.get(page("erase_confirm", ours, how))) for how in ("delete", "anonymise"))

    assert min(gone, kept, emptied) > 0
    assert f"What goes {gone + kept:,} rows and" in delete
    assert "What stays without a name" not in delete
    assert f"What goes {gone:,} rows and" in anonymise
    assert f"What stays without a name {kept:,} rows: " in anonymise
    assert "2 target pupils" in anonymise.partition("What stays without a name")[2]
    for found in (delete, anonymise):
        assert f"What stays without its words {emptied:,} row" in found
    assert f"Where grades are kept, {kept:,} of them stay without a name." in looked


def test_grades_that_are_kept_can_be_taken_away_by_a_reference_that_means_nothing(client, ours, coordinator):
    before = client.get(page("erased_grades", ours, "csv"))
    confirm(client, ours, "anonymise")
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    done = text(client.get(page("erasing", ours)))
    answer = client.get(page("erased_grades", ours, "csv"))
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))

    assert before.status_code == 302
    assert "Grades were kept without anything that tells whose they are" in done
    assert "Target pupils 2 Stays without a name" in done
    assert head == ["Pupil", "Year group", "Subject", "October", "Summer"]
    assert len(rows) == Place.objects.filter(partnership__programme=ours.programme).count()
    assert all(row[0].startswith("anonymous-") for row in rows)
    assert any(row[3] for row in rows)
    assert AuditEvent.objects.filter(did="pupils.kept grades downloaded").count() == 1


def test_after_pupils_are_deleted_there_are_no_grades_to_take_away(client, ours, coordinator):
    confirm(client, ours)
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    assert client.get(page("erased_grades", ours, "csv")).status_code == 302
    assert "Download the grades" not in text(client.get(page("erasing", ours)))


def test_it_is_confirmed_by_typing_the_name_and_then_done_by_the_worker(client, ours, coordinator):
    refused = text(confirm(client, ours, name="Yes"))
    before = Erasure.objects.count()
    waits = text(confirm(client, ours, name="  ourside PROGRAMME "))
    erasure = Erasure.objects.get()
    work_on(Erasure, erasure.pk, erasing.erase)
    done = text(client.get(page("erasing", ours)))

    assert "That is not its name. Type “Ourside programme 2026-27”." in refused
    assert before == 0
    assert "The erasure waits for its turn." in waits
    assert "The pupil data is erased. Ourside OursideCoordinator confirmed it on Friday 1 September 2028" in done
    assert "Its pupil data was erased on 1 September 2028" in text(
        client.get(reverse("programmes:keeping", args=[ours.programme.slug]))
    )
    assert "past its date" not in text(client.get(reverse("today")))
    assert not TargetPupil.objects.filter(programme=ours.programme).exists()


def test_what_came_after_the_page_was_opened_is_looked_at_again(client, ours, coordinator):
    address = page("erase_confirm", ours, "delete")
    seen = re.search('name="seen" value="([^"]+)"', client.get(address).content.decode())[1]
    TargetPupil.objects.create(programme=ours.programme, ref="late", year_group=5)

    told = client.post(address, {"how": "delete", "name": ours.programme.title, "seen": seen}, follow=True)
    forged = client.post(address, {"how": "delete", "name": ours.programme.title, "seen": "{}"}, follow=True)

    assert "Something came or went since you looked, so nothing is erased." in told.content.decode()
    assert "Something came or went since you looked, so nothing is erased." in forged.content.decode()
    assert not Erasure.objects.exists()


def test_one_that_stopped_half_way_is_said_and_goes_on(client, ours, coordinator, monkeypatch):
    confirm(client, ours)

    def fails(job, part):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "erase_some", fails)
        with pytest.raises(RuntimeError):
            work_on(Erasure, Erasure.objects.get().pk, erasing.erase)
    stopped = text(client.get(page("erasing", ours)))
    client.post(page("erase_go_on", ours))
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    assert "It stopped half-way. Something went wrong on our side." in stopped
    assert "The pupil data is erased." in text(client.get(page("erasing", ours)))


def test_afterwards_the_pages_of_pupils_are_gone_and_the_figures_lead_nowhere(client, ours, coordinator):
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    confirm(client, ours, "anonymise")
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    progress = client.get(reverse("reports:followed", args=[ours.programme.slug])).content.decode()
    assert "anonymous-" not in progress
    assert "Its pupil data was erased on 1 September 2028" in progress
    places = client.get(reverse("reports:places", args=[ours.programme.slug]), follow=True)
    client.force_login(ours.people[Role.HEADTEACHER])

    assert "The pupils behind these figures are erased, so there are no rows to show." in places.content.decode()
    today = client.get(reverse("today"))
    assert "No target pupils." in text(client.get(reverse("pupils:list")))
    assert "Ourside programme" not in text(today).partition("What changed for our pupils")[2].partition("Partner")[0]
    asked = {"kind": "school impact", "programme": ours.programme.pk, "school": ours.school.pk}
    assert client.post(reverse("reports:order"), asked).status_code == 404


def test_a_head_keeps_the_figures_of_the_own_school_and_others_are_told_who_has_them(client, ours, coordinator):
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    addresses = [page("followed", ours), reverse("reports:partnership_followed", args=[ours.partnership.pk])]
    confirm(client, ours)
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    client.force_login(ours.people[Role.HEADTEACHER])
    head = [text(client.get(address)) for address in addresses]
    client.force_login(ours.people[Role.PARTNER])
    teacher = text(client.get(addresses[1]))

    for found in head:
        assert "The figures of your school that were worked out before stay, and lead to nobody." in found
        assert "Ourside Partner School 1 0 1" in found
        assert "Nextdoor" not in found
    assert "The results of the whole programme that were worked out before stay with its organiser" in teacher
    assert "Ourside Partner School 1" not in teacher


def test_afterwards_no_link_leads_to_grades_that_are_gone(client, ours, coordinator):
    before = client.get(ours.partnership.get_absolute_url()).content.decode()
    confirm(client, ours)
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    partnership, heat = ours.partnership.get_absolute_url(), page("completeness", ours)
    pages = [client.get(address) for address in (partnership, heat)]
    client.force_login(ours.people[Role.HEADTEACHER])
    pages.append(client.get(partnership))

    assert 'href="/returns/' in before
    assert [answer.status_code for answer in pages] == [200, 200, 200]
    assert not any('href="/returns/' in answer.content.decode() for answer in pages)
    assert "1 of 1 in" in text(pages[1])


def test_afterwards_an_old_address_of_groups_says_only_what_stays(client, ours, coordinator):
    confirm(client, ours)
    work_on(Erasure, Erasure.objects.get().pk, erasing.erase)

    groups = text(client.get(page("followed", ours) + "?groups=1"))
    collect = text(client.get(reverse("pupils:collect", args=[ours.programme.slug])))

    assert "The pupils of this programme are erased" in groups
    assert "No target pupils are entered" not in groups
    assert "Every figure leads to its pupils" not in groups
    assert "No target pupils yet" not in collect
    assert "The pupils are erased" in collect


def test_whether_a_copy_was_taken_stands_where_it_is_confirmed(client, ours, coordinator):
    where = page("erase_confirm", ours, "delete")
    made = text(client.get(where))
    ours.programme.copies.all().delete()

    assert "A copy Made on" in made
    assert "A copy None was made. Go back to take one first" in text(client.get(where))
