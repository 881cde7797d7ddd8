"""A study as a ZIP that its authors take away: the same words for people, and for programs, and the photos."""

import io
import json
import zipfile

from django.template.loader import render_to_string

from lessons.exports.studies import photo_files, study_words


def bundle_of(reader, study, lessons, made_at) -> bytes:
    """study.json, study.html, READ-ME.txt and photos/; case pupils are letters in all of it."""
    words = study_words(reader, study, lessons, made_at)
    written, day = io.BytesIO(), made_at.timetuple()[:6]
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:

        def put(name, content, how=zipfile.ZIP_DEFLATED):
            bundle.writestr(zipfile.ZipInfo(name, day), content, how)

        put("READ-ME.txt", render_to_string("lessons/exports/read_me.txt", {"words": words}))
        put("study.html", render_to_string("lessons/exports/study.html", {"words": words}))
        put("study.json", json.dumps(words, ensure_ascii=False, indent=2))
        for name, stored in photo_files(lessons):
            with stored.open() as photo:
                put(name, photo.read(), zipfile.ZIP_STORED)
    return written.getvalue()
