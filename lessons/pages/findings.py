"""What a finding shows its readers and its authors, as plain values."""

from dataclasses import dataclass

from django.db.models import Q

from lessons.library.boxes import TEXTS, TITLES, themes_in
from lessons.library.standing import READERS, Standing, standings_of
from lessons.models import Finding, FindingCitation, Study
from papers.templatetags.plain import year_words


@dataclass
class Reading:
    """A finding as its readers see it. `authors` is empty on the public page and on paper, which name nobody."""

    finding: Finding
    headline: str
    technique: str
    themes: list
    parts: list  # (title, text)
    subject: str
    year_group: int
    at: object  # when it was published; None in a preview
    authors: list
    files: list
    readers: str

    @property
    def label(self):
        return f"{self.subject}, {year_words(self.year_group)}"

    @property
    def organisation(self):
        return self.finding.study.partnership.programme.organisation

    @property
    def programme(self):
        return self.finding.study.partnership.programme

    @property
    def characters(self):
        return len(self.headline) + len(self.technique) + sum(len(text) for _, text in self.parts)


def reading_of(finding, by_name=True) -> Reading:
    """What is published of it."""
    subject, year_group = finding.subject_and_year
    agreed = finding.consents.filter(version=finding.version, audience=finding.audience).select_related("person")
    # Whoever has agreed to a newer text since is an author of this one still.
    agreed = agreed.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=finding.published_at)) if by_name else []
    return Reading(
        finding=finding,
        headline=finding.headline,
        technique=finding.technique,
        themes=finding.themes,
        parts=[(asked.title, finding.words[asked.key]) for asked in TEXTS if finding.words.get(asked.key)],
        subject=subject,
        year_group=year_group,
        at=finding.published_at,
        authors=sorted({row.person for row in agreed}, key=by_surname),
        files=[file for file in finding.files.all() if file.is_shown],
        readers=READERS[finding.audience],
    )


def by_surname(person):
    return person.last_name, person.first_name, person.pk


def preview_of(finding, authors) -> Reading:
    """What would be published of it as it stands."""
    texts = {field: text.strip() for field, text in finding.sheet.texts.items()}
    partnership = finding.study.partnership
    return Reading(
        finding=finding,
        headline=" ".join(texts.get("headline", "").split()),
        technique=" ".join(texts.get("technique", "").split()),
        themes=themes_in(texts.get("themes", "")),
        parts=[(asked.title, texts[asked.key]) for asked in TEXTS if texts.get(asked.key)],
        subject=partnership.subject.capitalize(),
        year_group=partnership.year_group,
        at=None,
        authors=authors,
        files=list(finding.files.standing()),
        readers="",
    )


def title_of(finding):
    """What a finding goes by among its authors, a draft as well."""
    typed = " ".join(finding.sheet.texts.get("headline", "").split())
    return typed[:120] or finding.headline or "A finding without a headline yet"


def kept_apart(finding):
    """(title, revision), the newest first: texts that arrived and did not become part of it."""
    rows = finding.sheet.revisions.filter(made=None).exclude(text="").select_related("by").order_by("-pk")[:50]
    return [(TITLES.get(row.field, row.field), row) for row in rows]


# What builds on it ----------------------------------------------------------------------------------------------------


@dataclass
class BuiltOn:
    """Studies that build on a finding: how many, and those that this reader may open."""

    count: int
    studies: list

    @property
    def others(self):
        return self.count - len(self.studies)


def built_on(person, finding) -> BuiltOn:
    studies = Study.objects.filter(citations__finding=finding)
    mine = []
    if person.may("studies.follow"):
        mine = list(
            Study.objects.allowed(person, "studies.follow").filter(pk__in=studies.values("pk")).with_people()[:20]
        )
    return BuiltOn(studies.count(), mine)


def may_cite_in(person, finding):
    """The person's own studies that are going on, but that of the finding; each with whether it builds on it already
    as `citation`."""
    if not person.may("studies.write"):
        return []
    rows = Study.objects.allowed(person, "studies.write").filter(finished_at=None).exclude(pk=finding.study_id)
    cited = {row.study_id: row for row in FindingCitation.objects.filter(finding=finding, study__in=rows.values("pk"))}
    studies = list(rows.with_people())
    for study in studies:
        study.citation = cited.get(study.pk)
    return studies


# On the page of a study -----------------------------------------------------------------------------------------------


@dataclass
class Known:
    """Something on which a study builds. `finding` is None where it is not shown to this reader any more."""

    citation: FindingCitation
    finding: Finding | None
    why: str = ""


def known_of(person, study) -> list[Known]:
    """What is already known: the findings on which a study builds, as this reader may see them."""
    rows = list(study.citations.select_related("finding", "added_by"))
    readable = {}
    if rows and person.may("findings.view"):
        wanted = Finding.objects.allowed(person, "findings.view").published()
        readable = {finding.pk: finding for finding in wanted.filter(pk__in=[row.finding_id for row in rows])}
    return [
        Known(row, readable.get(row.finding_id))
        if row.finding_id in readable
        else Known(row, None, "Not shown to you" if row.finding.is_published else "Withdrawn by its authors")
        for row in rows
    ]


@dataclass
class FindingLine:
    finding: Finding
    title: str
    standing: Standing | None = None  # for its authors


def findings_of(person, study, is_member) -> list[FindingLine]:
    """The findings of a study: for members drafts as well, also set aside, and how each stands; for others what is
    shown to them."""
    if is_member:
        standings = standings_of(study.findings.order_by("pk").prefetch_related("sheet__notes"), study.current_members)
        return [FindingLine(standing.finding, title_of(standing.finding), standing) for standing in standings]
    if not person.may("findings.view"):
        return []
    rows = Finding.objects.allowed(person, "findings.view").published().filter(study=study).order_by("pk")
    return [FindingLine(finding, finding.headline) for finding in rows]


def own_unshown(person) -> list[FindingLine]:
    """The person's findings in which somebody has something to do, the newest first."""
    if not person.may("studies.write"):
        return []
    studies = list(Study.objects.allowed(person, "studies.write").values_list("pk", flat=True))
    rows = Finding.objects.filter(study__in=studies, set_aside_at=None).select_related("study", "sheet", "withdrawn_by")
    rows = rows.prefetch_related("consents__person", "study__members__person", "sheet__notes").order_by("-pk")[:20]
    lines = []
    for finding in rows:
        consents = [row for row in finding.consents.all() if row.withdrawn_at is None]
        standing = Standing(finding, finding.study.current_members, consents)
        if standing.pending:
            lines.append(FindingLine(finding, title_of(finding), standing))
    return lines
