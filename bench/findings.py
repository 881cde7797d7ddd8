"""The library of findings: 10,000 of them, made in bulk, a tenth of their words much used; how long a search takes."""

import random
import re
import statistics
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lessons.models import Finding, Sheet, Study

FINDINGS, STUDIES, TIMES, A_TENTH = 10_000, 200, 15, 0.1
SUBJECTS = ["maths", "writing", "reading", "science"]
TECHNIQUES = [f"Technique {number} of talk" for number in range(120)]
THEMES = [f"theme {number}" for number in range(150)] + ["fractions", "talk for learning", "editing", "vocabulary"]
WORDS = re.findall(
    r"\w+",
    "pupils predict compare explain partner sentence fraction drawing strip answer question reading aloud rehearse "
    "draft table lesson surprise notice mistake reason model vocabulary confident quiet group teacher repeat measure "
    "number line story ending describe listen pause example wall folding voice character editing punctuation",
)
OTHERS = [
    f"{first}{middle}{last}"
    for first in "bdfgklmnprst"
    for middle in ("al", "en", "im", "or")
    for last in ("ba", "den", "fy", "gor", "ket", "lim", "mon", "ner", "pal", "rop", "sit", "tun")
]
ASKED = {
    "one word that a third say": {"q": "predicting"},
    "three words": {"q": "quiet partner rehearse"},
    "a phrase": {"q": '"reading aloud"'},
    "a rare word": {"q": "heliotrope"},
    "a mistyped word": {"q": "heliotroep"},
    "a word that nobody says": {"q": "zzyzx"},
    "a word, subject, year and theme": {"q": "drawing", "subject": "maths", "year": "5", "theme": "fractions"},
    "page 50 of a word": {"q": "fractions", "page": "50"},
    "nothing: the newest": {},
}


def findings(world):
    """Of each search the median, and the queries; whoever asks is a coordinator and a teacher of the county."""
    fill(world)
    figures = {}
    for who in (Role.COORDINATOR, Role.SPECIALIST):
        client = Client()
        client.force_login(world.people[who])
        for name, asked in ASKED.items():
            client.get(reverse("lessons:findings"), asked)
            taken = statistics.median(seconds_of(client, asked) for _ in range(TIMES))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("lessons:findings"), asked)
            figures[f"{name}, {who.label.lower()}"] = f"{1000 * taken:.0f} ms, {len(queries)} queries"
    return figures


def seconds_of(client, asked):
    began = time.perf_counter()
    response = client.get(reverse("lessons:findings"), asked)
    taken = time.perf_counter() - began
    assert response.status_code == 200
    return taken


def fill(world):
    """Findings of about 180 words each, of many studies, shown to the programme and to anyone."""
    rng = random.Random(1)
    programme = world.programme
    partnerships = list(programme.partnerships.all()[:STUDIES])
    of_studies = Sheet.objects.bulk_create(Sheet(programme=programme) for _ in partnerships)
    begun_by = world.people[Role.SPECIALIST]
    studies = Study.objects.bulk_create(
        Study(partnership=partnership, sheet=sheet, begun_by=begun_by)
        for partnership, sheet in zip(partnerships, of_studies, strict=True)
    )
    sheets = Sheet.objects.bulk_create((Sheet(programme=programme, version=1) for _ in range(FINDINGS)), 2000)
    Finding.objects.bulk_create(
        (finding_of(rng, number, sheet, studies[number % len(studies)]) for number, sheet in enumerate(sheets)), 1000
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE lessons_finding, lessons_study, lessons_sheet")


def finding_of(rng, number, sheet, study):
    def said(count):
        return " ".join(rng.choice(WORDS if rng.random() < A_TENTH else OTHERS) for _ in range(count))

    boxes = ("context", "did", "saw", "know", "surprises", "next")
    return Finding(
        study=study,
        sheet=sheet,
        begun_by=study.begun_by,
        published_at=timezone.now(),
        version=1,
        audience=rng.choice([Finding.Audience.PROGRAMME, Finding.Audience.PUBLIC]),
        slug=f"bench-{number}",
        subject=rng.choice(SUBJECTS),
        year_group=rng.randint(1, 6),
        headline=f"{said(9)} heliotrope" if number % 1000 == 0 else said(9),
        technique=rng.choice(TECHNIQUES),
        themes=rng.sample(THEMES, 3),
        words={box: said(30) for box in boxes},
    )
