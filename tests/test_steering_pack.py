"""The pack of a steering group: chosen parts in their order, one document, of figures counted another way here."""

import csv
import datetime as dt
import io
import json
import re
from collections import Counter

import pdfua
import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from lessons.models import Finding
from reports.build import render
from reports.figures import steering
from reports.figures.public import public_figures
from reports.kinds import KINDS, figures_of
from reports.kinds.steering import PARTS
from reports.models import Report
from reports.roster.slips import LABELS
from tests.factories import AttendanceFactory, EventFactory, UserFactory, VisitFactory
from tests.pdfs import elements, pages
from tests.reading import text_of
from tests.report_figures import AFTER, headings, in_order
from tests.test_ordering_reports import made, press
from tests.test_results_by_group import fill
from tests.world import build_world
from visits.models import Event, Visit

pytestmark = pytest.mark.django_db
STEERING = Report.Kind.STEERING
NOON = dt.datetime(2027, 1, 27, 12, tzinfo=dt.UTC)


@pytest.fixture
def ours():
    with time_machine.travel(NOON, tick=False):
        corner = build_world()[0]
        corner.programme.refresh_from_db()
        yield corner


def asked(corner, *parts):
    return {"kind": STEERING, "programme": corner.programme.pk, "parts": parts}


def figures(corner, *parts):
    return json.loads(json.dumps(figures_of(Report(kind=STEERING, programme=corner.programme, parts=list(parts)))))


def paper(found):
    return render(STEERING, found, AFTER)


def test_the_chosen_parts_stand_in_their_order_and_no_others(ours):
    found = figures(ours, "risks", "visits", "results")
    text = " ".join(pages(paper(found)))

    titles = [PARTS[name].title for name in ("risks", "visits", "results")]
    assert [part["title"] for part in found["parts"]] == titles
    places = [text.rindex(title) for title in titles]
    assert places == sorted(places)
    assert "Money by stage" not in text
    assert set(found) == {"programme", "year", "organiser", "parts", "found", "risks", "visits", "results"}


def test_a_steering_group_reads_of_small_groups_what_anybody_may(ours):
    fill(ours.programme, "maths", 12)
    fill(ours.programme, "writing", 3)

    found = figures(ours, "results")["results"]

    assert found == json.loads(json.dumps(public_figures(ours.programme)))
    hidden = [row["name"] for section in found["sections"] for row in section["rows"] if row["hidden"]]
    assert "Writing" in hidden
    text = " ".join(pages(paper(figures(ours, "results"))))
    assert "c: hidden, because it would tell about" in text
    assert "small numbers of pupils are hidden" in text


def test_the_contents_name_the_page_of_each_part(ours):
    fill(ours.programme, "maths", 12)
    told = figures(ours, *PARTS)
    data = paper(told)
    first, *rest = found = pages(data)

    for part in told["parts"]:
        page = int(re.search(rf"{re.escape(part['title'])} {re.escape(part['brief'])} (\d+) ", first)[1])
        assert part["title"] in found[page - 1]
    assert len(rest) >= 2
    pdf, _ = elements(data)
    links = [a for page in pdf.pages for a in page.get("/Annots", []) if a.Subtype == "/Link"]
    assert len(links) == len(PARTS)
    assert all(a.Contents for a in links)


def test_visits_are_counted_by_month(ours):
    for month, day, status in ((3, 2, "took place"), (3, 9, "planned"), (3, 16, "planned"), (4, 20, "took place")):
        VisitFactory(partnership=ours.partnership, on=dt.date(2027, month, day), half="am", status=status)
    by_hand = {}
    for visit in Visit.objects.filter(partnership__programme=ours.programme):
        by_hand.setdefault(visit.on.strftime("%B %Y"), Counter())[visit.status] += 1

    found = steering.visits_words(ours.programme)

    assert {m["month"]: (m["held"], m["planned"], m["cancelled"]) for m in found["months"]} == {
        month: (n["took place"], n["planned"], n["cancelled"]) for month, n in by_hand.items()
    }
    assert found["held"] + found["to_come"] + found["unconfirmed"] + found["cancelled"] == sum(
        sum(n.values()) for n in by_hand.values()
    )
    march = next(m for m in found["months"] if m["month"] == "March 2027")
    assert (march["held"], march["planned"]) == (1, 2)


def test_events_say_who_came_only_where_the_register_is_closed(ours):
    Event.objects.filter(programme=ours.programme).delete()
    closed = EventFactory(programme=ours.programme, name="Closed", on=dt.date(2027, 1, 12), register_closed_at=NOON)
    opened = EventFactory(programme=ours.programme, name="Open", on=dt.date(2027, 1, 19))
    EventFactory(programme=ours.programme, name="Later", on=dt.date(2027, 2, 19))
    for present in (True, True, False, None):
        for event in (closed, opened):
            AttendanceFactory(
                event=event,
                person=UserFactory(),
                invited_at=NOON,
                present=present,
                recorded_by=ours.people[Role.COORDINATOR] if present is not None else None,
                recorded_at=NOON if present is not None else None,
            )

    AttendanceFactory(
        event=closed,
        person=UserFactory(),
        walk_in=True,
        present=True,
        recorded_by=ours.people[Role.COORDINATOR],
        recorded_at=NOON,
    )

    found = steering.events_words(ours.programme)

    assert [(row["title"], row["invited"], row["came"], row["others"]) for row in found["rows"]] == [
        ("Closed", 4, 2, 1),
        ("Open", 4, None, None),
    ]
    assert (found["came"], found["invited"], found["closed"], found["to_come"]) == (2, 4, 1, 1)
    text = " ".join(pages(paper(figures(ours, "events"))))
    assert "where the register is closed, 2 of 4 who were invited came" in text
    assert "Open all 4 register not closed" in text


def test_money_is_that_of_the_programmes_statement(ours, client):
    found = figures(ours, "money")["money"]
    client.force_login(ours.people[Role.COORDINATOR])
    statement = client.get(reverse("funding:programme_statement", args=[ours.programme.slug, "csv"]))
    rows = list(csv.DictReader(io.StringIO(statement.content.decode("utf-8-sig"))))

    by_stage = {row["Line"]: row["Amount"] for row in rows if row["Part"] == "By stage"}
    assert {stage["line"]: stage["total"] for stage in found["stages"]} == by_stage
    assert sum(float(stage["total"]) for stage in found["stages"]) == float(found["sums"]["total"])


def test_only_findings_that_are_shared_with_the_programme_are_quoted(ours):
    shown = {}
    for audience in Finding.Audience:
        Finding.objects.filter(pk=ours.finding.pk).update(audience=audience)
        shown[audience.value] = steering.findings_words(ours.programme)["number"]

    assert shown == {"group": 0, "school": 0, "programme": 1, "public": 1}
    assert (
        steering.findings_words(ours.programme)["rows"][0]["headline"]
        == Finding.objects.get(pk=ours.finding.pk).headline
    )


def test_risks_are_what_the_roster_says(ours, client):
    found = steering.risks_words(ours.programme)
    client.force_login(ours.people[Role.COORDINATOR])

    for kind in found["kinds"]:
        key = next(key for key, label in LABELS.items() if label == kind["label"])
        page = text_of(client.get(reverse("reports:roster"), {"programme": ours.programme.pk, "slips": key}))
        assert f"{kind['partnerships']} of" in page or f"{kind['partnerships']} partnership" in page, page[:600]
    assert found["kinds"]


def test_it_names_no_person(ours):
    fill(ours.programme, "maths", 3)
    found = figures(ours, *PARTS)
    found["findings"] = figures(ours, "risks").get("findings") or found["findings"] | {"rows": []}
    everything = json.dumps(found) + " ".join(pages(paper(found)))

    for corner in (ours,):
        assert [p for p in corner.people.values() if str(p) in everything] == []
        assert f"{corner.corner}Forename" not in everything
        assert corner.pupil.ref not in everything


def test_it_can_be_listened_to(ours, tmp_path):
    fill(ours.programme, "maths", 12)
    data = paper(figures(ours, *PARTS))

    assert in_order(headings(data))
    _, tags = elements(data)
    assert {str(e.A.Scope) for e in tags if e.S == "/TH"} == {"/Row", "/Column"}
    tables = [e for e in tags if e.S == "/Table"]
    assert all(any(kid.S == "/Caption" for kid in table.K) for table in tables)
    (tmp_path / "pack.pdf").write_bytes(data)
    assert list(pdfua.validate(str(tmp_path / "pack.pdf")).findings) == []
    assert len(data) < 300_000


def test_the_page_of_the_choice_moves_adds_and_leaves_out(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("reports:steering", args=[ours.programme.slug])

    whole = text_of(client.get(address))
    two = client.get(address, {"parts": ["risks", "visits"]})
    none = text_of(client.get(address, {"choose": 1}))

    assert "In the pack: 8 parts" in whole
    assert "Left out" not in whole
    assert "1. Risks" in text_of(two)
    assert "2. Visits by month" in text_of(two)
    assert 'href="?choose=1&amp;parts=visits&amp;parts=risks"' in two.content.decode()
    assert 'href="?choose=1&amp;parts=risks"' in two.content.decode()
    assert 'href="?choose=1&amp;parts=risks&amp;parts=visits&amp;parts=money"' in two.content.decode()
    assert "No part is chosen" in none
    assert "Make the pack" not in none


def test_the_next_choice_begins_with_the_parts_of_the_last_pack(client, ours):
    made(client, ours.people[Role.COORDINATOR], asked(ours, "next", "money"))

    page = text_of(client.get(reverse("reports:steering", args=[ours.programme.slug])))

    assert "In the pack: 2 parts As in the pack of" in page
    assert page.index("1. The next three months") < page.index("2. Money by stage") < page.index("Left out")


def test_it_is_made_of_what_was_chosen(client, ours):
    report = made(client, ours.people[Role.COORDINATOR], asked(ours, "next", "money"))
    page = text_of(client.get(report.get_absolute_url()))
    again = press(client, ours.people[Role.COORDINATOR], asked(ours, "next", "money"))

    assert report.parts == ["next", "money"]
    assert page.index("The next three months") < page.index("Money by stage")
    assert again.url == report.get_absolute_url()
    rows = client.get(reverse("reports:figures", args=[report.pk, "csv"])).content.decode("utf-8-sig")
    assert "Next three months" in rows
    assert client.get(reverse("reports:figures", args=[report.pk, "xlsx"])).status_code == 200


def test_a_pack_that_quotes_what_was_taken_back_is_not_opened_any_more(client, ours):
    Finding.objects.filter(pk=ours.finding.pk).update(audience=Finding.Audience.PROGRAMME)
    report = made(client, ours.people[Role.COORDINATOR], asked(ours, "findings"))
    before = text_of(client.get(report.get_absolute_url()))
    Finding.objects.filter(pk=ours.finding.pk).update(audience=Finding.Audience.GROUP)

    after = text_of(client.get(report.get_absolute_url()))

    assert ours.finding.headline in before
    assert ours.finding.headline not in after
    assert "This report cannot be opened any more." in after
    assert client.get(reverse("reports:download", args=[report.pk])).status_code == 404


@pytest.mark.parametrize("parts", [(), ("poem",), ("money", "money")])
def test_only_parts_that_there_are_make_a_pack(client, ours, parts):
    assert press(client, ours.people[Role.COORDINATOR], asked(ours, *parts)).status_code == 404


def test_no_other_report_has_parts(client, ours):
    wrong = {"kind": Report.Kind.PROGRAMME, "programme": ours.programme.pk, "parts": ["money"]}

    assert press(client, ours.people[Role.COORDINATOR], wrong).status_code == 404


def test_only_a_coordinator_of_the_programme_has_it_made(client, ours):
    may = {
        role for role, person in ours.people.items() if press(client, person, asked(ours, "visits")).status_code == 302
    }

    assert may == {Role.COORDINATOR}


def test_every_part_has_its_tables(ours):
    found = figures(ours, *PARTS)

    assert {sheet.title for sheet in KINDS[STEERING].tables(found)} >= {
        "Results",
        "Grades in",
        "Visits by month",
        "Risks",
    }
