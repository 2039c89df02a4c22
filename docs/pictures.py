"""Takes the pictures of the digest in docs/pictures/ with a real browser (Chromium).

    python docs/pictures.py

The escalations are those of tests/digest_history.py: half a year of an invented company.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from digest_history import NOW, write_history  # noqa: E402 - found by the path above

from connector.ledger.store import open_ledger  # noqa: E402

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--hide-scrollbars",
)
_PICTURES = {
    "digest-light.png": ("1180,1500", "1"),
    "digest-dark.png": ("1180,1500", "0"),
    "digest-phone.png": ("390,1500", "1"),
}
"""Size, and Chromium's number of the preferred colour scheme."""
_CONFIG = """\
[zendesk]
url = "https://acme.zendesk.com"
[jira]
url = "https://acme.atlassian.net"
"""


def main() -> None:
    """Writes every picture. Ends with a message where there is no Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("Chromium is needed (Debian: apt-get install chromium)")
    command = Path(sys.executable).with_name("escalation")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(_CONFIG)
        with open_ledger(f"sqlite:///{folder}/escalation.db", now=NOW) as ledger:
            write_history(ledger)
        asked = [command, "--now", NOW.isoformat(), "digest", "--since", "7d", "--html"]
        page = folder / "digest.html"
        page.write_bytes(subprocess.run(asked, cwd=folder, capture_output=True, check=True).stdout)
        for picture, (size, scheme) in _PICTURES.items():
            target = DOCS / "pictures" / picture
            options = (
                f"--user-data-dir={folder / 'profile'}",
                f"--window-size={size}",
                f"--blink-settings=preferredColorScheme={scheme}",
                f"--screenshot={target}",
            )
            taken = [browser, *_QUIET, *options, page.as_uri()]
            subprocess.run(taken, capture_output=True, check=True)
            print(f"{target.relative_to(DOCS.parent)}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
