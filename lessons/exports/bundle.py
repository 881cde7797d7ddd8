"""A study as a ZIP that its authors take away: the same words for people, and for programs, and the photos."""

import json
import zipfile

from django.template.loader import render_to_string

from lessons.exports.studies import Words, moment, photo_files, study_words, with_words
from lessons.library.boxes import QUESTIONS


def bundle_words(reader, study, lessons, made_at) -> dict:
    return study_words(reader, study, lessons, made_at) | {"findings": findings_in_words(study)}


def write_bundle(file, words, lessons, made_at):
    """study.json, study.html, READ-ME.txt and photos/; case pupils are letters in all of it. Photos go through one at
    a time."""
    day = made_at.timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:

        def put(name, content, how=zipfile.ZIP_DEFLATED):
            bundle.writestr(zipfile.ZipInfo(name, day), content, how)

        put("READ-ME.txt", render_to_string("lessons/exports/read_me.txt", {"words": words}))
        put("study.html", render_to_string("lessons/exports/study.html", {"words": words}))
        put("study.json", json.dumps(words, ensure_ascii=False, indent=2))
        for name, stored in photo_files(lessons):
            with stored.open() as photo:
                put(name, photo.read(), zipfile.ZIP_STORED)


def findings_in_words(study) -> list[dict]:
    """What the study found, in the words of its authors: drafts, what is shown, and what was set aside."""
    rows = with_words(study.findings.order_by("pk")).select_related("sheet", "begun_by", "set_aside_by")
    return [finding_in_words(finding) for finding in rows]


def finding_in_words(finding) -> dict:
    words = Words(finding.sheet)
    return {
        "begun": {"by": str(finding.begun_by), "at": moment(finding.begun_at)},
        "shown_to": finding.get_audience_display() if finding.is_published else None,
        "set_aside": {"by": str(finding.set_aside_by), "at": moment(finding.set_aside_at)}
        if finding.is_set_aside
        else None,
        "words": [{"asked": asked.title, "answer": words[asked.key]} for asked in QUESTIONS if words[asked.key]],
    }
