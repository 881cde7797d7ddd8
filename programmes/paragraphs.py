"""What people write in a box, as the paragraphs and lists that a page and a paper show.

A blank line ends a paragraph, and a line that begins with "- " is a point of a list.
"""

import re

BRACKETS = re.compile(r"\[([^\[\]\n]{1,40})\]")


def blocks(text, within=None, lines=None) -> list[dict]:
    """Paragraphs and lists, with the brackets filled in: those of `within` in a sentence, of `lines` on their own."""
    within, lines = within or {}, lines or {}
    found = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for line in paragraph.splitlines():
            name = line.strip()[1:-1] if BRACKETS.fullmatch(line.strip()) else ""
            if name in lines:
                found.append(block(lines[name]))
            elif line.lstrip().startswith("- "):
                item = filled(line.lstrip()[2:], within)
                if found and found[-1].get("open") == "list":
                    found[-1]["items"].append(item)
                else:
                    found.append({"kind": "list", "items": [item], "open": "list"})
            elif line.strip() and found and found[-1].get("open") == "text":
                found[-1]["text"] += f" {filled(line.strip(), within)}"
            elif line.strip():
                found.append({"kind": "text", "text": filled(line.strip(), within), "open": "text"})
        if found:
            found[-1].pop("open", None)
    for each in found:
        each.pop("open", None)
    return [each for each in found if each["kind"] == "list" or each["text"]]


def block(words):
    return {"kind": "text", "text": words} if isinstance(words, str) else {"kind": "list", "items": list(words)}


def filled(line, within):
    return BRACKETS.sub(lambda found: within.get(found[1], found[0]), line)
