"""The library is searched in words: ranked, the words marked, a mistyped one read as the nearest that is there."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Count, F, Q, TextField, Value, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat
from django.utils.html import format_html, format_html_join

from lessons.library.boxes import TEXTS

MOST_WORDS, SHORTEST_MENDED, CANDIDATES = 8, 4, 100
MOST_WEIGHED = 500
ON_A_PAGE = 20
NEWEST = ["-published_at", "-pk"]
LIKE_ENOUGH = 0.3  # two letters that changed places cost a short word half of its trigrams
WEIGHTS = [0.1, 0.15, 0.4, 1.0]  # D the texts, C the subject, B technique and themes, A the headline
MARK, END_OF_MARK = "\x02", "\x03"
WORD = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")


def query_of(text):
    return SearchQuery(text, search_type="websearch", config="english")


@dataclass
class Search:
    """What was asked, and what is found: `count` in all, and of one page the keys in order. `mended` is what was
    searched for instead, where a word was mistyped."""

    asked: str
    count: int
    keys: list
    mended: str = ""
    swapped: list = field(default_factory=list)  # (typed, read as)

    @property
    def query(self):
        return self.mended or self.asked


def searched(rows, text, page=1, size=ON_A_PAGE) -> Search:
    """One page of the findings that say it, the best first; the newest first where nothing is asked. A page beyond the
    last one is the last one."""
    text = " ".join(text.replace("\0", "").split())[:200]
    if not text:
        return Search("", *page_of(rows, NEWEST, page, size))
    count, keys = ranked(rows, text, page, size)
    if count:
        return Search(text, count, keys)
    mended, swapped = mend(rows, text)
    count, keys = ranked(rows, mended, page, size) if swapped else (0, [])
    return Search(text, count, keys, mended, swapped) if count else Search(text, 0, [])


def ranked(rows, text, page, size):
    """Where many fit, headline, technique and themes alone say which come first: to weigh every text of thousands takes
    long, and tells little."""
    query = query_of(text)
    found = rows.filter(search=query)
    by_heads = [SearchRank(F("heads"), query, weights=WEIGHTS).desc(), *NEWEST]
    if page * size > MOST_WEIGHED:
        count, keys = page_of(found, by_heads, page, size)
        if count > MOST_WEIGHED:
            return count, keys
    count, keys = first_of(found, by_heads, MOST_WEIGHED)
    if count > MOST_WEIGHED:
        return count, part(keys, page, size)
    by_all = [SearchRank(F("search"), query, weights=WEIGHTS).desc(), *NEWEST]
    keys = list(rows.model.objects.filter(pk__in=keys).order_by(*by_all).values_list("pk", flat=True)) if keys else []
    return count, part(keys, min(page, max(1, -(-count // size))), size)


def part(keys, page, size):
    return keys[(page - 1) * size : page * size]


def first_of(found, order, most, start=0):
    """(how many there are, the keys of the first of them), in one query."""
    numbered = found.annotate(of=Window(Count("pk"))).order_by(*order).values_list("pk", "of")
    rows = read_by_index(numbered[start : start + most])
    return (rows[0][1] if rows else 0), [pk for pk, _ in rows]


def read_by_index(rows):
    """The rows, looked up in the index of words: PostgreSQL holds reading the whole table for as cheap where a third of
    it says the word, since that the words of each row lie outside of it, compressed, is not in its sum."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        found = list(rows)
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def page_of(found, order, page, size):
    """The same of one page; in another query where there is no such page."""
    count, keys = first_of(found, order, size, start=(page - 1) * size)
    if keys or page == 1:
        return count, keys
    return page_of(found, order, max(1, -(-found.count() // size)), size)


# A mistyped word ------------------------------------------------------------------------------------------------------


def mend(rows, text):
    """(the words with each that stands nowhere as the nearest one that does, [(typed, read as)]).

    It is looked for in what this reader may read alone, so that no suggestion tells what stands elsewhere.
    """
    words = list(dict.fromkeys(match[0] for match in WORD.finditer(text)))[:MOST_WORDS]
    swapped = []
    for word in words:
        if len(word) < SHORTEST_MENDED or rows.filter(search=query_of(word)).exists():
            continue
        if near := nearest(rows, word.lower()):
            swapped.append((word, near))
    for typed, near in swapped:
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", near, text)
    return text, swapped


def nearest(rows, word):
    """The word in headlines, techniques, themes and subjects that is most like it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        like = rows.filter(said__trigram_word_similar=word).order_by(TrigramWordSimilarity(word, "said").desc())
        said = list(like.values_list("said", flat=True)[:CANDIDATES])
    there = {other for text in said for other in WORD.findall(text) if abs(len(other) - len(word)) <= 3}
    scored = [(SequenceMatcher(None, word, other).ratio(), other) for other in sorted(there)]
    likeness, best = max(scored, default=(0, ""))
    return best if likeness >= 0.7 else ""


# What is shown of each ------------------------------------------------------------------------------------------------


def with_marks(rows, keys, text):
    """(finding, headline, a few words of it) of one page in the order of its keys, with what was found marked."""
    shown = rows.filter(pk__in=keys)
    if text:
        query, marks = query_of(text), {"config": "english", "start_sel": MARK, "stop_sel": END_OF_MARK}
        parts = [Coalesce(KeyTextTransform(asked.key, "words"), Value(""), output_field=TextField()) for asked in TEXTS]
        texts = Concat(*(part for each in parts for part in (each, Value(" \n"))), output_field=TextField())
        shown = shown.annotate(
            title=SearchHeadline("headline", query, highlight_all=True, **marks),
            around=SearchHeadline(texts, query, max_words=34, min_words=18, max_fragments=2, **marks),
        )
    by_key = {finding.pk: finding for finding in shown}
    found = [by_key[pk] for pk in keys if pk in by_key]
    if not text:
        return [(finding, finding.headline, beginning_of(finding)) for finding in found]
    return [(finding, in_html(finding.title), in_html(finding.around)) for finding in found]


def in_html(text):
    """Escaped, with `<mark>` around what was found."""
    pieces = re.split(rf"{MARK}([^{MARK}{END_OF_MARK}]*){END_OF_MARK}", text)
    plain = [re.sub(f"[{MARK}{END_OF_MARK}]", "", piece) for piece in pieces]
    marked = [format_html("<mark>{}</mark>", piece) if place % 2 else piece for place, piece in enumerate(plain)]
    return format_html_join("", "{}", [(piece,) for piece in marked])


def beginning_of(row, length=220):
    """The first words of what is now known, without a search to say which ones matter."""
    text = " ".join((row.words.get("know") or next(iter(row.words.values()), "")).split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


# What narrows it ------------------------------------------------------------------------------------------------------


def narrowed(rows, asked):
    """By subject, year group, technique, theme, programme and audience, where each is asked for."""
    if asked.get("theme"):
        rows = rows.filter(themes__contains=[asked["theme"]])
    if asked.get("year"):
        rows = rows.filter(year_group=asked["year"])
    if asked.get("programme"):
        rows = rows.filter(study__partnership__programme=asked["programme"])
    same = {name: asked[name] for name in ("subject", "technique", "audience") if asked.get(name)}
    return rows.filter(Q(**same)) if same else rows
