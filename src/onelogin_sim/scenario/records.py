"""CSV text to records in which every cell knows the line and column where it begins.

The standard library's reader gives no places, so this is a small one for the same dialect (RFC 4180):
commas, double quotes, doubled quotes inside, records that may run over several lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from onelogin_sim.errors import Problem


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text and where it begins; line and column count from 1."""

    text: str
    line: int
    column: int


def read_records(text: str, file: str) -> tuple[list[list[Cell]], list[Problem]]:
    """Return the records of a CSV text, blank lines left out, and the problems found."""
    scanner = _Scanner(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    records = []
    while scanner.at < len(scanner.text):
        record = scanner.record()
        if len(record) > 1 or record[0].text.strip():
            records.append(record)
    return records, scanner.problems


class _Scanner:
    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.at, self.line, self.line_start = 0, 1, 0
        self.problems: list[Problem] = []

    @property
    def column(self) -> int:
        return self.at - self.line_start + 1

    def record(self) -> list[Cell]:
        cells = [self.cell()]
        while self.at < len(self.text) and self.text[self.at] == ",":
            self.at += 1
            cells.append(self.cell())
        if self.at < len(self.text):  # the line's end
            self.at += 1
            self.line, self.line_start = self.line + 1, self.at
        return cells

    def cell(self) -> Cell:
        if self.text.startswith('"', self.at):
            return self.quoted()
        line, column, end = self.line, self.column, self.at
        while end < len(self.text) and self.text[end] not in ",\n":
            end += 1
        words, self.at = self.text[self.at : end], end
        if "\0" in words:
            self.problems.append(
                Problem(
                    self.file,
                    line,
                    column,
                    "",
                    "the cell has a NUL character",
                    hint="save the table again as CSV UTF-8",
                )
            )
        return Cell(words, line, column)

    def quoted(self) -> Cell:
        line, column, begin = self.line, self.column, self.at + 1
        end = begin
        while True:
            end = self.text.find('"', end)
            if end < 0:
                self.problems.append(
                    Problem(
                        self.file,
                        line,
                        column,
                        "",
                        "the quotes opened here are not closed",
                        hint='add the closing "',
                    )
                )
                self.at = len(self.text)
                return Cell(self.text[begin:], line, column)
            if not self.text.startswith('""', end):
                break
            end += 2
        words, self.at = self.text[begin:end], end + 1
        newlines = words.count("\n")
        if newlines:
            self.line += newlines
            self.line_start = self.text.rfind("\n", begin, end) + 1
        if self.at < len(self.text) and self.text[self.at] not in ",\n":
            self.problems.append(
                Problem(
                    self.file, self.line, self.column, "", "there is text after the closing quotes",
                    hint='quotes inside a cell are written twice: ""',
                )
            )  # fmt: skip
            while self.at < len(self.text) and self.text[self.at] not in ",\n":
                self.at += 1
        return Cell(words.replace('""', '"'), line, column)
