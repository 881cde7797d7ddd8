"""A reader of iCalendar files of our own, after RFC 5545 alone: what stands in a file, and which rules it breaks."""

import datetime as dt
import re
from collections import Counter
from zoneinfo import ZoneInfo

NAME = re.compile(r"^[A-Z0-9-]+$")
LOCAL = re.compile(r"^\d{8}T\d{6}$")
EVENT_HAS = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "ORGANIZER"]
AT_MOST_ONE = [*EVENT_HAS, "DESCRIPTION", "LOCATION", "URL"]


def events_in(text: str) -> list[dict]:
    """The VEVENTs, each as property -> value, with its day and hours as `starts` and `ends`; AssertionError names what
    is against the rules."""
    root = components_in(text)
    assert [child["name"] for child in root["children"]] == ["VCALENDAR"]
    (calendar,) = root["children"]
    assert values(calendar, "VERSION") == ["2.0"]
    assert len(values(calendar, "PRODID")) == len(values(calendar, "METHOD")) == 1
    zones = [child for child in calendar["children"] if child["name"] == "VTIMEZONE"]
    names = {values(zone, "TZID")[0] for zone in zones}
    events = [event_of(child, names) for child in calendar["children"] if child["name"] == "VEVENT"]
    assert all({part["name"] for part in zone["children"]} == {"STANDARD", "DAYLIGHT"} for zone in zones)
    doubled = [uid for uid, number in Counter(event["UID"] for event in events).items() if number > 1]
    assert not doubled, doubled
    return events


def components_in(text):
    assert text.endswith("\r\n"), "the last line has its end"
    assert "\n" not in text.replace("\r\n", ""), "every line ends with CRLF"
    lines = text.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines), "no line is longer than 75 octets"
    unfolded = []
    for line in lines:
        if line.startswith((" ", "\t")):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    root = {"name": "", "properties": [], "children": []}
    stack = [root]
    for line in unfolded:
        name, params, value = content_line(line)
        if name == "BEGIN":
            stack.append({"name": value, "properties": [], "children": []})
            stack[-2]["children"].append(stack[-1])
        elif name == "END":
            assert stack.pop()["name"] == value, f"END:{value} closes another component"
        else:
            stack[-1]["properties"].append((name, params, value))
    assert len(stack) == 1, "every component is closed"
    return root


def content_line(line):
    """NAME;PARAM="quoted: text";PARAM=text:value"""
    at, quoted = 0, False
    while line[at] != ":" or quoted:
        quoted ^= line[at] == '"'
        at += 1
    name, *params = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', line[:at])
    assert NAME.match(name), name
    return name, dict(param.split("=", 1) for param in params), line[at + 1 :]


def values(component, name):
    return [value for given, _, value in component["properties"] if given == name]


def event_of(component, zones):
    counted = Counter(name for name, _, _ in component["properties"])
    assert not [name for name in EVENT_HAS if counted[name] != 1], counted
    assert not [name for name in AT_MOST_ONE if counted[name] > 1], counted
    event = {name: text_of(value) for name, _, value in component["properties"]}
    for name, params, value in component["properties"]:
        if name in {"DTSTART", "DTEND"}:
            assert params["TZID"] in zones, "the time zone stands in the file"
            assert LOCAL.match(value), value
            event["starts" if name == "DTSTART" else "ends"] = dt.datetime.strptime(value, "%Y%m%dT%H%M%S").replace(
                tzinfo=ZoneInfo(params["TZID"])
            )
    assert re.match(r"^\d{8}T\d{6}Z$", event["DTSTAMP"])
    assert event["starts"] < event["ends"]
    assert event["SEQUENCE"].isdecimal()
    assert event["STATUS"] in {"CONFIRMED", "CANCELLED", "TENTATIVE"}
    return event


def text_of(value):
    bare = re.sub(r"\\[\\;,nN]", "", value)
    assert "\\" not in bare, f"an escape that there is not, in {value!r}"
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)
