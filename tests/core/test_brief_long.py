"""A thread of 500 comments and 5 MB: bounded time and memory, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SECONDS, _MEGABYTES = 20, 300

_WRITES_A_BRIEF = """
import resource, sys, time
sys.path[:0] = [{tests!r}, {core!r}]
from datetime import timedelta
from builders import a_comment
from test_brief import a_brief, a_thread
from connector.core import render
from connector.core.brief import brief_document

def body(number):
    lines = [
        f"The export {{number}} fails with error {{number}} after the update to 4.2.{{number}}.",
        "Steps: 1. Open it\\n2. Click save", "> " * 200 + "quoted", "a" * 3_000, " " * 2_000 + "x",
        "(" * 500, "password: " * 50, "at com.acme.A.b(A.java:12)\\n" * 40, "1.2.3." * 200,
        "@." * 300,
    ]
    return "\\n".join(lines) * 2

comments = [a_comment(body(n), age=timedelta(minutes=600 - n)) for n in range(500)]
assert sum(len(comment.body) for comment in comments) > 5_000_000
started = time.process_time()
brief = a_brief(a_thread(*comments))
document = brief_document(brief)
rendered = [render.adf(document), render.wiki(document), render.plain(document)]
took = time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
assert brief.left_out > 100
assert "comments were not read" in " ".join(rendered[2].split())
print(took, peak)
"""


def test_a_brief_of_five_megabytes_takes_seconds_and_little_memory() -> None:
    code = _WRITES_A_BRIEF.format(tests=str(_HERE.parent), core=str(_HERE))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    took, peak = map(float, ran.stdout.split())
    assert took < _SECONDS
    assert peak < _MEGABYTES
