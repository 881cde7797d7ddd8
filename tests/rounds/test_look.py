"""While figures, templates, styles and fonts are the same, a report asked for again is the same file."""

import pytest

from accounts.roles import Role
from jobs.work import work_on
from papers import look
from reports.build import build
from reports.models import Report
from reports.services import newer_figures_exist, order_report
from tests.world import build_world


def test_the_look_changes_with_a_file_that_is_changed_added_or_renamed(tmp_path):
    def found():
        return look.hash_of(tmp_path.rglob("*"), tmp_path)

    (tmp_path / "fonts").mkdir()
    (tmp_path / "school.html").write_text("<h1>School</h1>")
    (tmp_path / "fonts" / "font.woff2").write_bytes(b"letters")
    hashes = [found(), found()]
    (tmp_path / "school.html").write_text("<h1>Our school</h1>")
    hashes.append(found())
    (tmp_path / "fonts" / "font.woff2").write_bytes(b"other letters")
    hashes.append(found())
    (tmp_path / "more.css").write_text("")
    hashes.append(found())
    (tmp_path / "more.css").rename(tmp_path / "less.css")
    hashes.append(found())

    assert (hashes[0] == hashes[1], len(set(hashes))) == (True, 5)


def test_the_look_of_reports_holds_their_templates_styles_charts_and_fonts(monkeypatch):
    held = []
    monkeypatch.setattr(look, "hash_of", lambda files, root: held.extend(files))

    look.look.__wrapped__()

    names = {path.name for path in held}
    assert {"school.html", "report.css", "_dumbbell.html", "charts.py", "atkinson-400.woff2"} <= names


@pytest.mark.django_db
def test_a_report_of_the_same_figures_and_look_is_the_same_file_and_another_look_makes_a_new_one(monkeypatch):
    ours = build_world()[0]
    ours.programme.refresh_from_db()
    head, about = ours.people[Role.HEADTEACHER], (Report.Kind.SCHOOL, ours.programme, ours.school)
    first, _ = order_report(head, *about)
    work_on(Report, first.pk, build)

    assert order_report(head, *about) == (first, False)
    monkeypatch.setattr("reports.kinds.look", lambda: "another look")
    again, new = order_report(head, *about)

    assert (new, again.pk != first.pk) == (True, True)
    first.refresh_from_db()
    assert not newer_figures_exist(first)
