"""A study as a ZIP that its authors take away: the same words for people, and for programs, and the photos."""

import json
import zipfile

from django.template.loader import render_to_string

from lessons.exports.studies import photo_files, study_words


def write_bundle(file, reader, study, lessons, made_at):
    """study.json, study.html, READ-ME.txt and photos/; case pupils are letters in all of it. Photos go through one at
    a time."""
    words = study_words(reader, study, lessons, made_at)
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
