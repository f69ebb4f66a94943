"""XMLTV documents around the present hour."""

from __future__ import annotations

import time

HOUR = 3_600


NOW = int(time.time()) // HOUR * HOUR


def entry(hour: int, title: str, channel: str = "one.uk", zone: str = "+0000", shift: int = 0) -> str:
    start, stop = (time.strftime("%Y%m%d%H%M%S", time.gmtime(NOW + (hour + n) * HOUR + shift)) for n in (0, 1))
    times = f'start="{start} {zone}" stop="{stop} {zone}"'
    return f'<programme {times} channel="{channel}"><title>{title}</title></programme>\n'


def document(*entries: str) -> bytes:
    return ('<?xml version="1.0"?>\n<!DOCTYPE tv SYSTEM "x.dtd"><tv>\n' + "".join(entries) + "</tv>").encode()
