"""The names of the boxes of a study and of a research lesson, and what each of them asks."""

import re

PREDICTED = "predicted-"

OF_STUDY = re.compile(r"question|technique|known|video|class-(size|kind)|(typifies|grade)-[A-F]")
OF_LESSON = re.compile(
    r"intention|criteria|change|thoughts"
    r"|(criterion|met|evidence|thoughts)-[A-F]"
    r"|stage-[1-9][0-9]{0,17}-(name|minutes|teacher|pattern)"
    r"|(predicted|late)-[1-9][0-9]{0,17}-[A-F]"
    r"|interview-[A-F]-(enjoyed|can|worked|change|other|by|at)"
    r"|interview-[A-F]-(enjoyed|can|worked|change|other)-verbatim"
    r"|talk-[A-F]-(happened|progress|group)"
    r"|talk-(technique|surprises|adjust|next)"
    r"|talk-learned-[1-9][0-9]{0,17}"
)
OF_PUPIL = re.compile(r"-([A-F])(?:-|$)")  # in the name of a box about one case pupil
OF_STAGE = re.compile(r"(?:stage|predicted|late)-([0-9]+)-")
OF_PRIVATE_NOTE = re.compile(r"private")

STEM = "We want to find out how to improve the way pupils learn"
MET = [("yes", "Met"), ("partly", "Partly"), ("no", "Not met"), ("not seen", "Not seen")]
MET_WORDS = {"yes": "met", "partly": "partly met", "no": "not met", "not seen": "not seen"}

INTERVIEW = [
    ("enjoyed", "What did you enjoy most?"),
    ("can", "What can you do now that you could not do before? What can you do better, and how?"),
    ("worked", "Which part of the teaching worked best for you?"),
    ("change", "If another class had this lesson, what would you change?"),
    ("other", "What else {letter} said"),
]
VERBATIM = "-verbatim"  # ends the name of a box that says: these are the pupil's own words
TICKS = re.compile(f".+{VERBATIM}")
TALK = "talk-"
HANDED_ON = ["talk-adjust", "talk-next"]  # of a discussion, to the plan of the next lesson
