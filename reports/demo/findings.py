"""What studies of a demo programme found: shown to the programme, to schools or to anyone; one waits for a consent.

The words are invented, as everything here; pupils are letters.
"""

import datetime as dt
import uuid

from django.utils import timezone

from lessons import services
from lessons.models import Finding, Sheet, Study
from lessons.services import Cell
from lessons.services import findings as library
from programmes.models import Partnership
from reports.demo.studies import on_a_weekday

WRITING = [
    {
        "headline": "Saying a sentence aloud three times helps those who stop at an empty page",
        "technique": "Oral rehearsal with a partner",
        "themes": "talk for writing, working in pairs, getting started",
        "context": "A tells stories all day and wrote two lines. B waits to be asked. C writes fast and never reads it "
        "again. All three stopped as soon as a page was empty.",
        "did": "Before writing, pairs said each sentence three times: once to find it, once to mend it, once to keep "
        "it. The partner listened with a finger up for every full stop. Then both wrote what they had kept.",
        "saw": "A told the whole opening to her partner and then wrote eight lines. B mended his partner's sentence "
        "before his own. C said: “It sounds longer than it looks.”",
        "know": "Three times is enough, and more is dull. The second time is the one in which sentences get better, so "
        "that is where the partner has to say something.",
        "surprises": "B, who hardly speaks in class, corrected grammar aloud without being asked.",
        "next": "Try it with instructions and reports, where the words are less their own.",
    },
    {
        "headline": "A word bank on the table is used; the same one on the wall is not",
        "technique": "Word banks within reach",
        "themes": "vocabulary, classroom environment",
        "context": "Words from the last topic were forgotten in the next piece. The display on the wall was praised by "
        "visitors and read by nobody.",
        "did": "We put twelve words in a tin on each table. Pupils took one out when they had used it and said to the "
        "table where it stood.",
        "saw": "A took five in one lesson. B asked what “reluctant” means, which she had walked past for six weeks. C "
        "traded words with a neighbour.",
        "know": "What has to be fetched is not used. Twelve words are few enough to be looked through. Saying where a "
        "word stands makes others want it.",
        "next": "Let the pupils fill the tin.",
    },
    {
        "headline": "Pupils who hear their own draft read by someone else find what to change",
        "technique": "Drafts read aloud by a partner",
        "themes": "editing, working in pairs, talk for writing",
        "context": "Editing meant correcting spellings. Nobody changed what a sentence said.",
        "did": "Partners read each other's draft aloud exactly as it stood, breath for breath. The writer said “stop” "
        "wherever it was not what they meant.",
        "saw": "A stopped her partner four times in the first paragraph. B heard that his had no full stops when his "
        "reader ran out of breath. C wrote a new ending.",
        "know": "Hearing it in another voice does what our marking did not. It works only if the reader does not help.",
        "surprises": "They asked to do it again the next day.",
        "next": "Record the reading for those who have no partner that day.",
    },
]
MATHS = [
    {
        "headline": "Predicting before they calculate makes pupils look at their answer again",
        "technique": "Estimate first, and say why",
        "themes": "reasoning, fractions, checking",
        "context": "A, B and C could add fractions and did not notice that two halves had become a quarter.",
        "did": "Every task began with a strip of paper: where between 0 and 2 will the answer lie, and why? Then they "
        "calculated, marked it and talked about the distance.",
        "saw": "A crossed out an answer because “it cannot be smaller than what I began with”. B changed his "
        "prediction to fit, and said so. C drew the strip without being asked in the next lesson.",
        "know": "The strip matters more than the number. Whoever has said where an answer must lie looks again.",
        "surprises": "The fastest pupils were the furthest out.",
        "next": "The same with decimals, and with time.",
    },
    {
        "headline": "Ten silent minutes with one hard problem do more than six easy ones",
        "technique": "One problem, alone first",
        "themes": "problem solving, independence",
        "context": "Our pupils put their hands up before they had read to the end.",
        "did": "One problem on an otherwise empty sheet, and ten minutes in which nobody answers a question. Then "
        "pairs, then the class.",
        "saw": "A read it four times and began to draw. B looked round, found nobody to ask and tried a smaller "
        "number. C wrote down what he did not know.",
        "know": "They can wait longer than we can. A drawing nearly always came first.",
        "next": "Shorten it to six minutes for Year 4.",
    },
    {
        "headline": "Fraction walls help when pupils build them, and not when they are given one",
        "technique": "Making one's own representation",
        "themes": "fractions, manipulatives, reasoning",
        "context": "A laminated wall lay on every table, and was used as a ruler.",
        "did": "Pupils folded and cut their own from strips of one length, and wrote on each piece what it was of.",
        "saw": "A found that her sixths were wrong because they did not fit the thirds. B kept his in the pencil case. "
        "C explained to another table why five fifths are not more than four quarters.",
        "know": "The mistakes in the folding were the lesson. A bought one hides them.",
        "next": "Use the same strips for ratio in Year 6.",
    },
    {
        "headline": "“What is the same, what is different?” brings quiet pupils into a maths talk",
        "technique": "Comparing two worked examples",
        "themes": "talk for learning, reasoning, quiet pupils",
        "context": "The same five answered. A and C had not spoken in a whole-class talk since September.",
        "did": "Two solutions side by side, both right. Pairs found one thing that is the same and one that is "
        "different, and each had to be said by whoever had spoken less.",
        "saw": "C began with “they both halve something”. A disagreed with a friend. B said the difference was how "
        "long it takes.",
        "know": "There is no wrong first answer, so there is a first answer. The rule about who speaks is needed only "
        "for two weeks.",
        "next": "One right and one wrong solution.",
    },
]
READING = [
    {
        "headline": "Questions that pupils write themselves send them back into the text",
        "technique": "Pupils' own questions",
        "themes": "comprehension, questioning, working in pairs",
        "context": "Answers came from the first line in which a word of the question stood.",
        "did": "After a page each pair wrote one question whose answer stands in no single line, and gave it to the "
        "next pair with their reasons on the back.",
        "saw": "A read the page three times to make hers harder. B found that his question had two answers. C asked "
        "why nobody in the story says sorry.",
        "know": "Writing the question is the reading. Marking the reasons and not the answers keeps it that way.",
        "next": "Non-fiction.",
    },
    {
        "headline": "Reading the dialogue in three voices shows who can follow it",
        "technique": "Reading as a small play",
        "themes": "fluency, comprehension",
        "context": "B and C read every word and could not say who was speaking.",
        "did": "Three readers, one for each voice, and a fourth who stops them when the wrong one speaks.",
        "saw": "A stopped twice and was right. B looked for the speech marks for the first time. C whispered the "
        "narrator along.",
        "know": "Losing track can be heard at once, and mended by the pupils.",
    },
]
OF = {"writing": WRITING, "maths": MATHS, "reading": READING}
SHOWN_TO = ["programme", "public", "programme", "school", "programme", "programme", "public"]


def publish_findings(programme, today):
    """A finding of each of the first partnerships: the first waits for its second author, the others are shown."""
    texts = {subject: iter(rows) for subject, rows in OF.items()}
    begun = []
    for partnership in Partnership.objects.filter(programme=programme, status="active").with_people().order_by("ref"):
        words = next(texts.get(partnership.subject, iter(())), None)
        if words is not None and partnership.current_partner_teachers:
            begun.append(draft(partnership, words))
    for number, finding in enumerate(begun[1:]):
        on = today - dt.timedelta(days=9 * (len(begun) - number))
        show(finding, SHOWN_TO[number % len(SHOWN_TO)], on)
    if begun:
        leave_a_name_in(begun[0])
    build_on(programme, begun)


def leave_a_name_in(finding):
    """A slip, which the check for names finds; the partner teacher has agreed and not seen it."""
    partnership = finding.study.partnership
    place = partnership.places.select_related("pupil").order_by("pk").first()
    saw = finding.sheet.notes.get(field="saw")
    text = f"{saw.text} {place.pupil.first_name} asked to read first." if place else saw.text
    services.write_cells(finding.begun_by, finding.sheet, [Cell("saw", text, saw.version, 1)], uuid.uuid4())
    other = partnership.current_partner_teachers[0]
    library.consent(other, finding, Finding.Audience.PROGRAMME, finding.sheet.version)


def draft(partnership, words):
    """Written by the specialist teacher, in the study that goes on there, or in one of last term."""
    writer = partnership.specialist.user
    study = Study.objects.filter(partnership=partnership).first() or study_of_last_term(partnership, writer, words)
    sheet = Sheet.objects.create(programme=partnership.programme)
    finding = Finding.objects.create(study=study, sheet=sheet, begun_by=writer)
    cells = [Cell(field, text, 0, seq) for seq, (field, text) in enumerate(words.items(), start=1)]
    services.write_cells(writer, sheet, cells, uuid.uuid4())
    return finding


def study_of_last_term(partnership, writer, words):
    """Both its lessons were held and the study is finished; of its sheets nothing is left but what was found."""
    question = f"with the help of this: {words['technique'][0].lower()}{words['technique'][1:]}"
    texts = {"question": question, "technique": words["technique"]}
    study = services.start_study(writer, partnership, 2, texts, partnership.places.order_by("pk")[:3], uuid.uuid4())
    first = on_a_weekday(timezone.localdate() - dt.timedelta(days=70))
    for lesson in study.research_lessons.all():
        lesson.visit = None
        lesson.on = first + dt.timedelta(days=14 * lesson.number)
        lesson.started_at = timezone.make_aware(dt.datetime.combine(lesson.on, dt.time(10)))
        lesson.ended_at, lesson.started_by = lesson.started_at + dt.timedelta(minutes=55), writer
        lesson.save()
    services.finish_study(writer, study)
    return study


def show(finding, audience, on):
    """Both authors agreed on that day, or on the Friday before a weekend; the mails of that time are long read."""
    at = timezone.make_aware(dt.datetime.combine(on_a_weekday(on), dt.time(16, 40)))
    version = finding.sheet.version
    for person in finding.authors:
        finding.consents.create(person=person, audience=audience, version=version, at=at)
    library.show(finding.begun_by, finding, audience, version)
    Finding.objects.filter(pk=finding.pk).update(published_at=at)


def build_on(programme, findings):
    """The study that is going on builds on what another one found."""
    study = Study.objects.filter(partnership__programme=programme, finished_at=None).first()
    others = [finding for finding in findings if study and finding.study_id != study.pk and finding.is_published]
    for finding in others[:1]:
        library.cite(study.begun_by, study, finding)
