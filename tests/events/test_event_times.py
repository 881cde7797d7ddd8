"""The times of events, read as people write them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from visits.events.forms.clock import ClockField


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("4pm", "16:00"),
        ("4.30 PM", "16:30"),
        ("16:30", "16:30"),
        ("9", "09:00"),
        ("4", "16:00"),
        ("midday", "12:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("9:05am", "09:05"),
        ("08:15", "08:15"),
    ],
)
def test_times_are_read_as_people_write_them(words, time):
    assert ClockField().clean(words) == dt.time.fromisoformat(time)


@pytest.mark.parametrize("words", ["25:00", "4:75", "13pm", "0am", "tea time", "٤pm", "4:3"])
def test_what_is_no_time_is_said(words):
    with pytest.raises(ValidationError, match="time"):
        ClockField().clean(words)
