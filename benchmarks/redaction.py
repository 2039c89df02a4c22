"""How much of what must not be told is found, and how much is taken for it by mistake.

usage: python benchmarks/redaction.py [REPORTS.jsonl ...] [--each 200] [--seed 1] [--show]

Secrets and personal data are made up at random in the shapes that their issuers publish, and
planted into lines as people paste them: recall by kind. Values that only look like secrets (hashes,
ids, versions, stack frames) are planted the same way and must stay. REPORTS hold {"id", "title" or
"subject", "body"} lines: what is taken out of them, by kind and per 1,000 reports; --show prints
each of these with its surroundings, to be judged by a person.
"""

# ruff: noqa: E501 - one kind a line reads better unbroken

from __future__ import annotations

import argparse
import base64
import json
import random
import re
import string
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from connector.core.redact import redact
from connector.ticketfile import TicketLine, read_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Maker = Callable[["Dice"], str]

WORDS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URL_SAFE = WORDS + "-_"


class Dice(random.Random):
    """Random text of given alphabets. Nothing here is anybody's."""

    def text(self, alphabet: str, length: int) -> str:
        return "".join(self.choice(alphabet) for _ in range(length))

    def digits(self, length: int) -> str:
        return self.text(string.digits, length)

    def base64(self, length: int) -> str:
        return base64.b64encode(self.randbytes(length)).decode()

    def password(self) -> str:
        """As people make them: a word, a number, a sign; or a generator's."""
        word = self.choice(("summer", "Dragon", "letmein", "Qwertz", "hunter", "Sonne", "m0nkey"))
        made = f"{word}{self.randint(1, 9999)}{self.choice('!#$*?-_')}"
        return self.choice((made, self.text(WORDS + "!#$%*+-_.", self.randint(8, 24)) + "x9"))

    def card(self, prefix: str, length: int) -> str:
        number = prefix + self.digits(length - len(prefix) - 1)
        return number + check_digit(number)

    def iban(self) -> str:
        account = "37040044" + self.digits(10)
        check = 98 - int(account + "131400") % 97
        plain = f"DE{check:02d}{account}"
        spaced = " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
        return self.choice((plain, spaced))

    def jwt(self) -> str:
        parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": self.digits(10), "iat": 1_700_000_000})
        coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
        return ".".join([*(part.rstrip("=") for part in coded), self.text(URL_SAFE, 43)])

    def pem(self, kind: str) -> str:
        lines = "\n".join(self.base64(48) for _ in range(self.randint(3, 25)))
        return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def check_digit(number: str) -> str:
    """Luhn's."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in number[::-2]]
    return str(-(sum(doubled) + sum(int(digit) for digit in number[-2::-2])) % 10)


SHAPES: Mapping[str, Maker] = {
    "AWS key id": lambda d: (
        d.choice(("AKIA", "ASIA")) + d.text(string.ascii_uppercase + "234567", 16)
    ),
    "GitHub token": lambda d: f"gh{d.choice('pousr')}_" + d.text(WORDS, 36),
    "GitHub fine-grained": lambda d: f"github_pat_{d.text(WORDS, 22)}_{d.text(WORDS, 59)}",
    "GitLab token": lambda d: "glpat-" + d.text(URL_SAFE, 20),
    "Slack token": lambda d: f"xoxb-{d.digits(12)}-{d.digits(13)}-{d.text(WORDS, 24)}",
    "Slack webhook": lambda d: (
        "https://hooks.slack.com/services/"
        f"T{d.text(string.ascii_uppercase, 8)}/B{d.text(string.ascii_uppercase, 8)}/{d.text(WORDS, 24)}"
    ),
    "Stripe key": lambda d: f"{d.choice(('sk', 'rk'))}_live_" + d.text(WORDS, 24),
    "Google API key": lambda d: "AIza" + d.text(URL_SAFE, 35),
    "Google OAuth secret": lambda d: "GOCSPX-" + d.text(URL_SAFE, 28),
    "Azure AD secret": lambda d: d.text(WORDS, 3) + "8Q~" + d.text(URL_SAFE, 34),
    "Atlassian token": lambda d: "ATATT3xFfGF0" + d.text(URL_SAFE, 120),
    "SendGrid key": lambda d: f"SG.{d.text(URL_SAFE, 22)}.{d.text(URL_SAFE, 43)}",
    "npm token": lambda d: "npm_" + d.text(WORDS, 36),
    "PyPI token": lambda d: "pypi-AgEIcHlwaS5vcmc" + d.text(URL_SAFE, 100),
    "language model key": lambda d: (
        f"sk-{d.choice(('', 'proj-', 'ant-api03-'))}" + d.text(WORDS, 48)
    ),
    "DigitalOcean token": lambda d: "dop_v1_" + d.text(HEX, 64),
    "Shopify token": lambda d: "shpat_" + d.text(HEX, 32),
    "Vault token": lambda d: "hvs." + d.text(URL_SAFE, 90),
    "Twilio key": lambda d: "SK" + d.text(HEX, 32),
    "Mailgun key": lambda d: "key-" + d.text(HEX, 32),
    "Databricks token": lambda d: "dapi" + d.text(HEX, 32),
    "New Relic key": lambda d: "NRAK-" + d.text(string.ascii_uppercase + string.digits, 27),
    "Telegram token": lambda d: f"{d.digits(10)}:AA{d.text(URL_SAFE, 33)}",
    "JWT": Dice.jwt,
}
"""Values that are secrets wherever they stand."""

LINES: Mapping[str, Callable[[Dice], tuple[str, str]]] = {
    "AWS secret": lambda d: _labelled(d, ("aws_secret_access_key = ", "AWS_SECRET_ACCESS_KEY="), d.base64(30)),
    "Azure storage key": lambda d: _labelled(
        d, ("DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=",), d.base64(64)
    ),
    "Azure SAS": lambda d: _labelled(
        d, ("https://acme.blob.core.windows.net/logs/a.txt?sv=2022-11-02&se=2026-01-01&sig=",),
        d.base64(32).replace("+", "%2B").replace("=", "%3D"),
    ),
    "private key": lambda d: (key := d.pem(d.choice(("RSA ", "EC ", "OPENSSH ", ""))), key[60:100]),
    "bearer header": lambda d: _labelled(d, ("Authorization: Bearer ", "> authorization: bearer "), d.text(URL_SAFE, 40) + "1"),
    "basic header": lambda d: _labelled(
        d, ("Authorization: Basic ", "'Authorization': 'Basic "), d.base64(18)
    ),
    "cookie": lambda d: _labelled(d, ("Cookie: sessionid=", "Set-Cookie: auth="), d.text(WORDS, 32)),
    "password in a URL": lambda d: (
        f"{d.choice(('postgres', 'https', 'mongodb+srv', 'amqp'))}://app:{(p := d.text(WORDS, 12))}@db.acme.example/x",
        p,
    ),
    "password line": lambda d: _labelled(
        d,
        ("password=", "Password: ", "pwd=", "DB_PASSWORD=", '"password": "', "passwort: ",
         "my password is ", "login admin, password ", "user: anna / pass: ", "spring.datasource.password="),
        d.password(),
    ),
    "secret line": lambda d: _labelled(
        d, ("client_secret=", "clientSecret: ", "api_key: ", "X-Api-Key: ", "apikey=", "access_token=",
            "REFRESH_TOKEN=", '"token":"', "secret_key = "), d.text(WORDS, 31) + "7",
    ),
    "card": lambda d: _card(d, *d.choice((("4", 16), ("5" + d.choice("12345"), 16), ("37", 15)))),
}  # fmt: skip

PERSONAL: Mapping[str, Callable[[Dice], tuple[str, str]]] = {
    "e-mail": lambda d: (mail := f"{d.text(string.ascii_lowercase, 6)}.{d.text(string.ascii_lowercase, 5)}@{d.text(string.ascii_lowercase, 7)}.{d.choice(('com', 'example', 'co.uk', 'de'))}", mail),
    "phone": lambda d: (phone := d.choice((
        f"+49 170 {d.digits(7)}", f"+1 (415) 555-{d.digits(4)}", f"+44 20 7946 0{d.digits(3)}",
        f"(212) 555-{d.digits(4)}", f"415-555-{d.digits(4)}", f"tel. 030 {d.digits(4)} {d.digits(3)}",
        f"Phone: 0{d.digits(3)}/{d.digits(6)}", f"+33 6 {d.digits(2)} {d.digits(2)} {d.digits(2)} {d.digits(2)}",
    )), phone[-5:]),
    "IBAN": lambda d: (iban := d.iban(), iban[-8:]),
}  # fmt: skip

LOOK_ALIKES: Mapping[str, Maker] = {
    "git commit": lambda d: f"commit {d.text(HEX, 40)}",
    "short commit": lambda d: f"at revision {d.text(HEX, 8)}",
    "UUID": lambda d: f"request {d.text(HEX, 8)}-{d.text(HEX, 4)}-4{d.text(HEX, 3)}-a{d.text(HEX, 3)}-{d.text(HEX, 12)}",
    "MD5": lambda d: f"md5sum {d.text(HEX, 32)}",
    "image digest": lambda d: f"image@sha256:{d.text(HEX, 64)}",
    "trace": lambda d: f"traceparent: 00-{d.text(HEX, 32)}-{d.text(HEX, 16)}-01",
    "order number": lambda d: f"order {d.digits(d.choice((6, 8, 10, 12, 14)))}",
    "ticket number": lambda d: f"ticket #{d.digits(7)}",
    "version": lambda d: f"version {d.randint(1, 20)}.{d.randint(0, 30)}.{d.randint(0, 99)}-build.{d.digits(6)}",
    "timestamp": lambda d: f"2026-03-{d.randint(10, 28)}T{d.randint(10, 23)}:{d.randint(10, 59)}:07.{d.digits(6)}Z pid {d.digits(5)}",
    "epoch": lambda d: f"expires at 17{d.digits(8)} ({d.digits(3)} ms), started 17{d.digits(11)}",
    "address": lambda d: f"0x{d.text(HEX, 16)} in finddatum () from /usr/lib/libc.so.{d.randint(1, 9)}",
    "Java frame": lambda d: f"at com.acme.{d.text(string.ascii_lowercase, 6)}.Token${d.randint(1, 9)}.read(Token.java:{d.randint(10, 4999)})",
    "IP and port": lambda d: f"10.{d.randint(0, 255)}.{d.randint(0, 255)}.{d.randint(0, 255)}:{d.randint(1024, 65535)}",
    "MAC address": lambda d: ":".join(d.text(HEX, 2) for _ in range(6)),
    "package": lambda d: f"lodash@{d.randint(1, 9)}.{d.randint(0, 30)}.{d.randint(0, 30)} and @acme/ui@2.0.{d.randint(0, 99)}",
    "ETag": lambda d: f'ETag: "{d.text(HEX, 32)}"',
    "message on passwords": lambda d: d.choice((
        "Password: incorrect", "password is not accepted", "The password must have 8 characters",
        "secret: not found", "passwordResetToken expired", "password reset mail never arrives",
        "Password field stays empty", "the password dialog: closes by itself",
    )),
    "message on tokens": lambda d: d.choice((
        "invalid token: unexpected end", "SyntaxError: Unexpected token: '<'", "token is expired",
        "csrf token: missing", "API key: required", "session id: null", "token=undefined",
    )),
    "money": lambda d: f"total {d.randint(1, 99)},{d.digits(3)}.{d.digits(2)} instead of {d.randint(100, 999)}.{d.digits(2)}",
    "screen size": lambda d: f"{d.randint(1000, 4000)}x{d.randint(700, 2200)} at {d.randint(1, 3)}x, icon@2x.png",
}  # fmt: skip

AROUND = (
    "{}",
    "I used {} and it fails.",
    'the log says "{}"',
    "2026-03-04 09:12:44 ERROR [http-7] {} (attempt 2)",
    "  value: {}\n  retries: 3",
    "```\n{}\n```",
    "({})",
)


def _labelled(dice: Dice, labels: tuple[str, ...], secret: str) -> tuple[str, str]:
    label = dice.choice(labels)
    return label + secret + ('"' if label.endswith('"') else ""), secret


def _card(dice: Dice, prefix: str, length: int) -> tuple[str, str]:
    number = dice.card(prefix, length)
    groups = (
        [number[:4], number[4:10], number[10:]]
        if length < 16
        else [number[at : at + 4] for at in range(0, 16, 4)]
    )
    return (text := dice.choice(("", " ", "-")).join(groups)), text


def planted_one(dice: Dice, kind: str) -> tuple[str, str]:
    """A text with something of this kind in it, and what must not be left of it."""
    lines = {**LINES, **PERSONAL}
    if kind in lines:
        text, secret = lines[kind](dice)
    else:
        text = secret = SHAPES[kind](dice)
    return dice.choice(AROUND).format(text), secret


def look_alike(dice: Dice, kind: str) -> str:
    """A text with something in it that only looks like a secret."""
    return dice.choice(AROUND).format(LOOK_ALIKES[kind](dice))


def planted(dice: Dice, each: int) -> None:
    """Recall, by kind."""
    total = Counter[str]()
    for kind in (*LINES, *PERSONAL, *SHAPES):
        texts = [planted_one(dice, kind) for _ in range(each)]
        left = [text for text, secret in texts if secret in redact(text).text]
        total["planted"] += each
        total["found"] += each - len(left)
        print(
            f"  {kind:22} {1 - len(left) / each:6.1%}", *(f"  left: {text!r}" for text in left[:1])
        )
    print(f"  {'all':22} {total['found'] / total['planted']:6.2%} of {total['planted']}")


def look_alikes(dice: Dice, each: int) -> None:
    """What must stay as it is, by kind."""
    hurt = Counter[str]()
    for kind in LOOK_ALIKES:
        for _ in range(each):
            text = look_alike(dice, kind)
            if redact(text).text != text:
                hurt[kind] += 1
                if hurt[kind] == 1:
                    print(f"  {kind}: {text!r} became {redact(text).text!r}")
    print(f"  {sum(hurt.values())} of {each * len(LOOK_ALIKES)} hurt", dict(hurt) or "")


def reports(path: Path, *, show: bool) -> None:
    """What is taken out of real texts, per 1,000 of them; read them with --show."""
    counts, took, number = Counter[str](), 0.0, 0
    with path.open("rb") as handle:
        for line in read_lines(handle):
            if not isinstance(line, TicketLine):
                continue
            number += 1
            text = "\n".join([line.subject, line.body, *(said.body for said in line.comments)])
            began = time.process_time()
            redacted = redact(text)
            took += time.process_time() - began
            counts.update(redacted.counts)
            if show and redacted.counts:
                _show(line.id, text, redacted.text)
    per = ", ".join(f"{kind} {1000 * n / number:.1f}" for kind, n in counts.most_common())
    print(f"  {path.name}: {number} reports, {1000 * took / number:.2f} ms each; per 1,000: {per}")


def _show(name: str | int, before: str, after: str) -> None:
    """Each value that was taken out, with what stands around it."""
    at = 0
    for found in re.finditer(r"\[redacted: ([^\]]+)\]", after):
        lead = after[max(found.start() - 40, 0) : found.start()].rpartition("]")[2]
        place = before.find(lead, at) + len(lead)
        at = place
        shown = before[place - len(lead) : place + 50].replace("\n", " ")
        print(f"    {name}: {found[1]}: …{shown[: len(lead)]}▶{shown[len(lead) :]}…")


def main() -> None:
    """Plants, counts, reads."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    arguments.add_argument("reports", type=Path, nargs="*")
    arguments.add_argument("--each", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", action="store_true")
    chosen = arguments.parse_args()
    dice = Dice(chosen.seed)
    print("Planted, and found:")
    planted(dice, chosen.each)
    print("Look-alikes, which must stay:")
    look_alikes(dice, chosen.each)
    if chosen.reports:
        print("Taken out of real texts:")
    for path in chosen.reports:
        reports(path, show=chosen.show)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
