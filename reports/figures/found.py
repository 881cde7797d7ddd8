"""What teachers found and what pupils said: only what every author has agreed to show to the reader."""

import re

from django.utils import timezone

from lessons.models import Finding, Study
from reports.figures.words import day_words

SHOWN = ("know", "saw", "next")  # boxes of a finding that a report quotes, in the order in which it does
SAYINGS = ("saw", "surprises")  # where pupils' own words stand
QUOTED = re.compile(r"\u201c([^\u201c\u201d]+)\u201d")
FEWEST_WORDS, MOST_SAYINGS, MOST_FINDINGS = 3, 3, 4
Audience = Finding.Audience
OUR_SCHOOLS = (Audience.SCHOOL, Audience.PROGRAMME, Audience.PUBLIC)


def found_words(partnerships, names, audiences, by_name=True) -> dict:
    """The newest findings of these partnerships that are shown to one of `audiences`, and the pupils' words in them."""
    rows = Finding.objects.published().filter(study__partnership__in=partnerships, audience__in=audiences)
    findings = list(rows.select_related("study__partnership").order_by("published_at", "pk"))
    studies = Study.objects.filter(partnership__in=partnerships)
    shown = findings[-MOST_FINDINGS:]
    return {
        "studies": studies.count(),
        "findings": [finding_words(finding, names, by_name) for finding in shown],
        "more": len(findings) - len(shown),
        "said": sayings(shown),
        "of": [[finding.pk, finding.version, finding.audience] for finding in shown],
    }


def finding_words(finding, names, by_name) -> dict:
    agreed = finding.consents.filter(withdrawn_at=None).select_related("person")
    authors = sorted({row.person for row in agreed}, key=lambda who: (who.last_name, who.first_name, who.pk))
    return {
        "headline": finding.headline,
        "of": names[finding.study.partnership_id],
        "authors": [str(author) for author in authors] if by_name else [],
        "on": day_words(timezone.localdate(finding.published_at)),
        **{box: finding.words.get(box, "") for box in SHOWN},
    }


def sayings(findings) -> list[dict]:
    """Pupils' words as the findings quote them, one of each finding before a second of any."""
    found = [
        [
            {"words": words.strip(), "year": finding.subject_and_year[1]}
            for box in SAYINGS
            for words in QUOTED.findall(finding.words.get(box, ""))
            if len(words.split()) >= FEWEST_WORDS
        ]
        for finding in findings
    ]
    in_turn = [of[number] for number in range(MOST_SAYINGS) for of in found if len(of) > number]
    return in_turn[:MOST_SAYINGS]


def still_shown(figures) -> bool:
    """Whether everything that a report quotes is still shown: authors may take a finding back at any time."""
    quoted = {tuple(row) for row in figures.get("found", {}).get("of", [])}
    rows = Finding.objects.published().filter(pk__in=[pk for pk, _, _ in quoted])
    return quoted <= set(rows.values_list("pk", "version", "audience"))
