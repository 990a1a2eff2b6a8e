"""The remedy for text that was meant as a number or a date."""

from __future__ import annotations

import re
from datetime import date


def number_hint(text: str, whole: bool) -> str:
    """Return how to write a number that was written as `text`, or "" when it does not look like one."""
    if _reads(text, whole):
        return "take out the quotes"
    bare = text.strip()
    if bare != text and _reads(bare, whole):
        return "take out the spaces around it"
    if bare != text:
        return number_hint(bare, whole)
    if re.fullmatch(r"[-+]?\d{1,3}([, _]\d{3})+", text):
        return "write it without separators: " + re.sub(r"[, _]", "", text)
    if re.fullmatch(r"[-+]?\d+(\.\d+)?\s*%", text) and not whole:
        return f"write it as a share: {float(text.rstrip('% ')) / 100:g}"
    if re.fullmatch(r"[-+]?\d+,\d+", text) and not whole:
        return "write a decimal point: " + text.replace(",", ".")
    if _reads(text, False):
        number = float(text)
        if abs(number) < 1e15 and number == int(number) and whole:
            return f"write it in full: {int(number)}"
    return ""


def _reads(text: str, whole: bool) -> bool:
    pattern = r"[-+]?\d{1,30}" if whole else r"[-+]?(\d{1,30}(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?"
    return re.fullmatch(pattern, text) is not None


def yes_or_no_hint(text: str) -> str:
    """Return the word for a yes or no that was written as `text`."""
    if text.lower() in ("yes", "y", "on", "1"):
        return "write true"
    return "write false" if text.lower() in ("no", "n", "off", "0") else ""


def date_hint(text: str, quoted: bool) -> str:
    """Return how to write a date that was written as `text`."""
    bare = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare):
        try:
            date.fromisoformat(bare)
        except ValueError:
            return "there is no such day"
        return "take out the quotes" if quoted else "take out the spaces around it"
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]", bare):
        return f"leave out the time of day: {bare[:10]}"
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", bare):
        return "write year-month-day (in Excel, give the column the format yyyy-mm-dd)"
    return "write year-month-day"
