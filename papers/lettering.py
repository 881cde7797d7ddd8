"""How wide texts of a drawing are, and where they stand on a line without touching."""

from dataclasses import dataclass

# Atkinson Hyperlegible Next, in thousandths of its size; a little generous, so that nothing overlaps.
LETTERS = {
    300: " !\"'()*,-.:;[]`fijl|",
    420: "/1I\\^_rt{}",
    520: "*7?Jackxsvyz",
    580: "2<>EFLTbdeghnopqu~",
    620: "$+345689BPRSVXYZ",
    720: "#0=ACDGHKNOQUw",
    880: "%&@MWm",
}
ADVANCE = {letter: wide for wide, letters in LETTERS.items() for letter in letters}


def width(text, bold=False):
    """In pixels, at most a few too many: 13 regular, 14 bold."""
    thousandths = sum(ADVANCE.get(letter, 700 if ord(letter) < 0x1100 else 1000) for letter in text)
    return -(-thousandths * (15 if bold else 13) // 1000)


def fit(text, room, bold=False):
    """The text, or its beginning and an ellipsis."""
    if width(text, bold) <= room:
        return text
    while text and width(f"{text}…", bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def first_that_fits(texts, room):
    return next((text for text in texts if width(text) <= room), fit(texts[-1], room))


@dataclass
class Neighbours:
    """Texts that touch: where the first starts, how wide each is, and where each would have the first start."""

    start: int
    widths: list[int]
    likes: list[int]

    def reach(self, gap):
        return sum(self.widths) + gap * (len(self.widths) - 1)


def spread(wanted, low, high, gap=6) -> list[int]:
    """Where each of (middle, width) starts, from left to right: at its place, or as near as the others let it."""
    groups = []
    for middle, wide in wanted:
        like = middle - wide // 2
        group = Neighbours(max(low, min(like, high - wide)), [wide], [like])
        while groups and groups[-1].start + groups[-1].reach(gap) + gap > group.start:
            before = groups.pop()
            likes = before.likes + [like - before.reach(gap) - gap for like in group.likes]
            group = Neighbours(sum(likes) // len(likes), before.widths + group.widths, likes)
            group.start = max(low, min(group.start, high - group.reach(gap)))
        groups.append(group)
    starts = []
    for group in groups:
        start = group.start
        for wide in group.widths:
            starts.append(start)
            start += wide + gap
    return starts
