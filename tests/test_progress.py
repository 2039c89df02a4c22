"""What a person at a terminal sees of a long run."""

from __future__ import annotations

from io import StringIO

from connector.progress import ProgressLine


class Terminal:
    """A line on a screen that keeps everything that it ever showed, and its time."""

    def __init__(self) -> None:
        self.out, self.now = StringIO(), 100.0
        self.line = ProgressLine(self.out, clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def shown(self) -> list[str]:
        return [text.rstrip() for text in self.out.getvalue().split("\r") if text.strip()]


def test_what_is_over_within_two_seconds_shows_nothing() -> None:
    terminal = Terminal()
    for done in range(1, 20):
        terminal.now += 0.1
        terminal.line("tickets read", done)
    assert terminal.shown() == []


def test_after_two_seconds_it_says_how_far_and_how_fast() -> None:
    terminal = Terminal()
    terminal.line("tickets read", 0)
    terminal.now += 4
    terminal.line("tickets read", 2_000)
    assert terminal.shown() == ["tickets read: 2,000, 500/s"]


def test_a_known_end_gives_a_bar() -> None:
    terminal = Terminal()
    terminal.line("candidates looked at", 0, 40)
    terminal.now += 10
    terminal.line("candidates looked at", 10, 40)
    assert terminal.shown() == ["candidates looked at: [#####...............] 10 of 40, 1/s"]


def test_a_pause_says_what_it_waits_for_and_counts_down() -> None:
    terminal = Terminal()
    terminal.line("tickets read", 10_000)
    terminal.line.waiting("the export limit", 3)
    terminal.line.sleep(3)
    told = [f"tickets read: 10,000; waits for the export limit, {left} s" for left in (3, 2, 1)]
    assert terminal.shown() == told
    assert terminal.now == 103


def test_a_shorter_text_leaves_nothing_of_a_longer_one_and_clearing_leaves_nothing() -> None:
    terminal = Terminal()
    terminal.now += 5
    terminal.line("a long name of a step", 1)
    terminal.now += 5
    terminal.line("short", 1)
    last = terminal.out.getvalue().rpartition("\r")[2]
    assert last == "short: 1".ljust(len("a long name of a step: 1"))
    terminal.line.clear()
    assert terminal.out.getvalue().endswith(" \r")


def test_steps_are_redrawn_at_most_ten_times_a_second() -> None:
    terminal = Terminal()
    terminal.now += 5
    for done in range(1_000):
        terminal.now += 0.001
        terminal.line("tickets read", done)
    assert len(terminal.shown()) <= 12
