"""How a finding stands, in words that say who has to act."""

from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from lessons.models import Finding
from papers.templatetags.plain import listed, longdate

Audience = Finding.Audience
# As the end of "... to agree to", and as who reads it.
READING = {
    Audience.GROUP: "your group reading it",
    Audience.SCHOOL: "your schools reading it",
    Audience.PROGRAMME: "the programme reading it",
    Audience.PUBLIC: "anyone reading it on a public page",
}
READERS = {
    Audience.GROUP: "Only the members of its study",
    Audience.SCHOOL: "Everyone at its two schools",
    Audience.PROGRAMME: "Everyone in the programme",
    Audience.PUBLIC: "Anyone, on a public page",
}
EXPLAINED = {
    Audience.GROUP: "The members of this study. It is finished, and stays with you.",
    Audience.SCHOOL: "The people of the partner school and of the specialist teacher's school who take part here.",
    Audience.PROGRAMME: "Teachers, headteachers, consultants and coordinators of this programme. They see your names.",
    Audience.PUBLIC: "Everybody, on a page without a sign-in that search engines may find. It names no author and no "
    "school.",
}


@dataclass
class Standing:
    """For its authors: what is read by whom, and who is waited for."""

    finding: Finding
    authors: list
    consents: list  # that stand, each with its person

    @property
    def version(self):
        return self.finding.sheet.version

    @property
    def is_current(self):
        """What others read is what stands in the boxes."""
        return self.finding.is_published and self.finding.version == self.version

    @property
    def for_this(self):
        """The consents of today's authors to the text as it stands."""
        authors = {author.pk for author in self.authors}
        return [row for row in self.consents if row.version == self.version and row.person_id in authors]

    @property
    def asked(self):
        """The audience on which they are agreeing; None where nobody has begun, or where they differ."""
        audiences = {row.audience for row in self.for_this}
        return Audience(audiences.pop()) if len(audiences) == 1 else None

    @property
    def waits_for(self):
        agreed = {row.person_id for row in self.for_this}
        return [author for author in self.authors if author.pk not in agreed]

    @property
    def agreed_before(self):
        """Who has agreed to an earlier text, which is no agreement to this one."""
        return [row.person for row in self.consents if row.version != self.version]

    @property
    def differ(self):
        """Whether they have agreed to different audiences."""
        return len({row.audience for row in self.for_this}) > 1

    @property
    def all_agree(self):
        """Everyone has, and it is not shown yet: somebody was waited for who has left."""
        return bool(self.asked) and not self.waits_for and not self.is_shown_as_asked

    @property
    def is_shown_as_asked(self):
        return self.is_current and self.asked in {None, self.finding.audience}

    @property
    def shown(self):
        """Who reads what is published."""
        if not self.finding.is_published:
            return ""
        return f"{READERS[self.finding.audience]} can read {'it' if self.is_current else 'an earlier text'}"

    @property
    def pending(self):
        """Who has to act; empty where nobody has."""
        if self.is_shown_as_asked:
            return ""
        if self.differ:
            said = [
                f"{listed([row.person for row in rows])}: {READERS[audience].lower()}"
                for audience, rows in groupby(sorted(self.for_this, key=by_audience), by_audience_alone)
            ]
            return f"You have agreed to different readers ({'; '.join(said)}). It is shown once all choose the same"
        if self.asked is None:
            if self.finding.is_published:
                return f"The text was changed: waiting for {listed(self.authors, 'and')} to agree to the new one"
            return f"Waiting for {listed(self.authors, 'or')} to finish it, and to agree who reads it"
        if self.waits_for:
            return f"Waiting for {listed(self.waits_for, 'and')} to agree to {READING[self.asked]}"
        return "All of you agree. Say it once more, and it is shown"

    @property
    def words(self):
        """In one line, for lists."""
        if self.finding.is_set_aside:
            on = longdate(timezone.localtime(self.finding.set_aside_at).date())
            return f"Set aside by {self.finding.set_aside_by} on {on}"
        if self.finding.withdrawn_at and not self.for_this:
            on = longdate(timezone.localtime(self.finding.withdrawn_at).date())
            return f"Withdrawn by {self.finding.withdrawn_by} on {on}"
        return ". ".join(part for part in (self.shown, self.pending) if part)


def by_audience(row):
    return list(Audience).index(row.audience), row.pk


def by_audience_alone(row):
    return row.audience


def standing_of(finding) -> Standing:
    return Standing(
        finding=finding,
        authors=list(finding.authors),
        consents=list(finding.consents.filter(withdrawn_at=None).select_related("person")),
    )


def standings_of(findings, authors) -> list[Standing]:
    """Of the findings of one study, whose authors are the same; in one query."""
    rows = findings.select_related("sheet", "withdrawn_by", "set_aside_by").prefetch_related("consents__person")
    return [
        Standing(finding, authors, [row for row in finding.consents.all() if row.withdrawn_at is None])
        for finding in rows
    ]
