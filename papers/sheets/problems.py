"""What is wrong with a file, where, and how to mend it."""

from dataclasses import dataclass
from textwrap import wrap

SHOWN = 500
KEPT = 10_000  # a register read with the wrong columns would fill the memory with sentences


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` is the number the spreadsheet shows (the header is 1), None where the file as a whole is meant."""

    file: str
    row: int | None
    column: str | None
    what: str
    mend: str


class Problems:
    """All problems of one reading, by file in the order of reading, then by row. Its length counts every one."""

    def __init__(self):
        self._files = {}
        self._kept = []
        self._total = 0

    def begin(self, file):
        """From here on `file` has its place in the order, whether or not it has a problem."""
        self._files.setdefault(file, len(self._files))

    def add(self, file: str, what: str, mend: str, row: int | None = None, column: str | None = None):
        self.begin(file)
        self._total += 1
        if len(self._kept) < KEPT:
            self._kept.append(Problem(file, row, column, what, mend))

    def refuse(self):
        """Go on only when nothing is wrong."""
        if self:
            raise Refused(self)

    def shown(self) -> list[Problem]:
        return list(self)[:SHOWN]

    @property
    def more(self) -> int:
        """How many are counted but not shown."""
        return max(0, self._total - SHOWN)

    def summary(self) -> str:
        files = len({problem.file for problem in self._kept})
        return (
            f"{self._total:,} problem{'' if self._total == 1 else 's'} in {files} file{'' if files == 1 else 's'}. "
            "Nothing was changed."
        )

    def as_table(self, width: int = 120, total: bool = True) -> str:
        """Plain text for a terminal: the shown problems in columns, and the total under them."""
        head = ("File", "Row", "Column", "What is wrong, and how to mend it")
        lines = [
            (
                p.file,
                "" if p.row is None else str(p.row),
                quote(p.column or "", marks="", longest=30),
                f"{p.what} {p.mend}",
            )
            for p in self.shown()
        ]
        widths = [max(len(line[place]) for line in (head, *lines)) for place in range(3)]
        left = sum(widths) + 6
        text = []
        for file, row, column, sentence in (head, *lines):
            start = f"{file:{widths[0]}}  {row:>{widths[1]}}  {column:{widths[2]}}  "
            first, *rest = wrap(sentence, max(30, width - left), break_long_words=True) or [""]
            text += [start + first, *(" " * left + part for part in rest)]
        if self.more:
            text.append(f"and {self.more:,} more")
        if total:
            text.append(self.summary())
        return "\n".join(line.rstrip() for line in text)

    def __bool__(self):
        return self._total > 0

    def __len__(self):
        return self._total

    def __iter__(self):
        return iter(sorted(self._kept, key=lambda p: (self._files[p.file], p.row or 0)))

    def __getitem__(self, place):
        return list(self)[place]


class Refused(Exception):
    """Abandon everything: the files have problems. The text has numbers only, as cells may name pupils."""

    def __init__(self, problems: Problems):
        super().__init__(problems.summary())
        self.problems = problems


def quote(value: str, marks: str = "“”", longest: int = 60) -> str:
    """What stood in a cell, safe and short enough for a sentence: one line, no control characters."""
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(value.split()))
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return f"{marks[0]}{line}{marks[1]}" if marks else line
