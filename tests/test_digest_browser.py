"""The digest in a real browser: nothing overflows, on a phone as on a screen, light and dark."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from digest_history import NOW, write_history

from connector.digest import make_digest
from connector.digest_html import digest_html
from connector.ledger.store import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

WIDTHS = (360, 390, 768, 1280)


def the_page(folder: Path) -> str:
    with open_ledger(f"sqlite:///{folder}/escalation.db", now=NOW) as ledger:
        write_history(ledger)
        found = make_digest(
            ledger,
            now=NOW,
            since=NOW.astimezone(ZoneInfo("UTC")).replace(day=20),
            zone="Europe/Berlin",
            desk="https://acme.zendesk.com",
            site="https://acme.atlassian.net",
        )
    return digest_html(found)


def test_nothing_is_wider_than_the_screen_and_every_picture_is_drawn(tmp_path: Path) -> None:
    page = html.escape(the_page(tmp_path), quote=True)
    frames = "".join(
        f'<iframe width="{width}" height="800" srcdoc="{page}"></iframe>' for width in WIDTHS
    )
    measure = """
      <script>onload = () => { document.title = [...document.querySelectorAll('iframe')].map(f => {
        const d = f.contentDocument, r = d.documentElement;
        const tall = s => s.getBoundingClientRect().height > 50;
        const drawn = [...d.querySelectorAll('svg')].every(tall);
        return `${f.width}:${r.scrollWidth <= r.clientWidth}:${drawn}`; }).join(' ') }</script>"""
    outer = tmp_path / "frames.html"
    outer.write_text(f"<!doctype html><title>-</title>{measure}{frames}")
    done = subprocess.run(
        [
            str(BROWSER),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            outer.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title is not None, done.stderr[-500:]
    assert title[1] == " ".join(f"{width}:true:true" for width in WIDTHS)
