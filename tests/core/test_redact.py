from __future__ import annotations

import runpy
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.redact import redact

# Planted secrets are put together at run time, so that no scanner takes this file for a leak.
_JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".c2lnbmF0dXJlLXBhcnQ"
_HEX = "0123456789abcdef" * 2
_LETTERS = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5"
PLANTED = {
    "AWS key id": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + _LETTERS,
    "GitHub fine-grained token": "github_pat_" + "11ABCDEFG0" + _LETTERS,
    "GitLab token": "glpat-" + "x9Yz1234abcdEFGH5678",
    "Slack token": "xoxb-" + "123456789012-abcdefGHIJ",
    "Stripe key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "Google key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "Atlassian token": "ATATT3" + "xFfGF0abcdEFGH1234_-=",
    "SendGrid key": "SG." + "abcdefghijklmnop1234ab." + "A" * 43,
    "npm token": "npm_" + _LETTERS,
    "JWT": _JWT,
    "Vault token": "hvs." + "CAESIJabcdefghijklmnopqrstu",
    "Google OAuth secret": "GOCSPX-" + "abcdefGHIJKL1234567890_-abcd",
    "Azure AD secret": "abC" + "8Q~" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3h",
    "Twilio key": "SK" + _HEX,
    "Mailgun key": "key-" + _HEX,
    "Databricks token": "dapi" + _HEX,
    "New Relic key": "NRAK-" + "ABCDEFGHIJ0123456789ABCDEFG",
}
LINES = {
    "header": ("Authorization: Bearer " + "abc123def456ghi789", "abc123def456ghi789"),
    "basic header": ("  authorization: Basic " + "dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    "header in curl": ("curl -H 'Authorization: Token " + "s3cr3tvalue' https://a", "s3cr3tvalue"),
    "header in JSON": ('{"Authorization": "Bearer ' + 'qwerty12345678"}', "qwerty12345678"),
    "cookie": ("Cookie: session=" + "abcdef0123; theme=dark", "abcdef0123"),
    "set-cookie": ("Set-Cookie: sid=" + "zzz999; HttpOnly", "zzz999"),
    "password in a URL": ("postgres://app:" + "hunter2@db.example/prod", "hunter2"),
    "password line": ("Password: " + "Tr0ub4dor&3", "Tr0ub4dor"),
    "password in prose": ("my password is " + "letmein1 and it fails", "letmein1"),
    "password in JSON": ('{"password":"' + 'p@ss,1"}', "p@ss"),
    "password in the environment": ("DB_PASSWORD=" + "s3cret!", "s3cret!"),
    "password without a colon": ("user anna, password " + "hunter2x", "hunter2x"),
    "pass": ("pass: " + "Qwertz77$", "Qwertz77"),
    "German password": ("Passwort: " + "Sommer2024", "Sommer2024"),
    "client secret": ("client_secret = '" + "zYx987wVu654'", "zYx987wVu654"),
    "API key": ("api_key: " + "abcd1234efgh5678", "abcd1234efgh5678"),
    "labelled token": ("X-Auth-Token: " + _HEX, _HEX),
    "one-time code": ("your verification code is " + "482913", "482913"),
    "curl user": ("curl -u admin:" + "pa55word https://x.example", "pa55word"),
    "option": ("mysql --password=" + "rootpw -h db", "rootpw"),
    "signed URL": ("https://s.example/f?X-Amz-Signature=" + _HEX, _HEX),
    "session id": ("JSESSIONID=" + "A1B2C3D4E5F6", "A1B2C3D4E5F6"),
    "card with spaces": ("card 4111 1111 " + "1111 1111 was charged", "1111 1111"),
    "card plain": ("pan=5555555555" + "554444", "5555555555554444"),
    "American Express": ("3782-822463-" + "10005", "822463"),
}
PERSONAL = {
    "mail": ("write to jane.doe+x@mail.example.com please", "jane.doe"),
    "mail in brackets": ("From: Jane <jane@example.org>", "jane@example"),
    "international phone": ("call +49 (0)170 1234567", "1234567"),
    "American phone": ("(555) 123-4567", "123-4567"),
    "labelled phone": ("Tel.: 030 / 123 456 78", "123 456"),
    "IBAN": ("IBAN DE89 3704 0044 0532 0130 00", "0532"),
}
KEPT = [
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b broke it",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "request id 550e8400-e29b-41d4-a716-446655440000",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
    "\tat com.example.Pay$1.run(Pay.java:4111)",
    "Caused by: java.security.InvalidKeyException: Illegal key size",
    "SyntaxError: Unexpected token: operator (>) at line 1, column 17",
    "Error: invalid token: unexpected end of input",
    "Password: incorrect. Please try again.",
    "The password is required and must be at least 8 characters",
    "secret: not found",
    "the password is vulnerable to guessing",
    "your password is about to expire",
    "the --password option is ignored",
    "Password = Passwort",
    "password = configuration.getPassword();",
    "{ user: user.value, password: password.value }",
    "tests pass: 12, fail: 3",
    "password sha256 and password bcrypt",
    "docker run -v $PWD:/data and -v `pwd`:/go/src",
    "PWD=/opt/ci/build",
    "smtp://localhost:25?to=user@localhost",
    "[log;+0100 2011.02.18 10:50:35:759]",
    "secretKey='null'",
    "token is expired",
    "401 Unauthorized, Authorization: required",
    "Set cookie policy: strict mode is on",
    "docker run -u root image@sha256:abcdef0123456789",
    "git@github.com:org/repository.git",
    "https://example.com/path/4111/item?page=2&sort=asc",
    "icon@2x.png is blurred",
    "version 10.14.5 (18F203), build 2024.10.03.1417",
    "2026-01-31T09:00:00.123Z pid 12345678 tid 4242",
    "order 1234567890123456 and ticket 20240131000017",
    "IP 192.168.0.12:8080, fe80::1ff:fe23:4567:890a",
    "Exception 0x80070005 at 0x00007ff6b3c41234",
    "epoch 1706691600000 and 1706691600.123",
    "npm ERR! code ELIFECYCLE errno 137",
    "E/AndroidRuntime( 1234): FATAL EXCEPTION: main",
    "user 4111111111111112 does not exist",
    "ratio 0.4111111111111111",
    "SKU 555-0100-22",
    "root@eba14468301a:/# whoami",
]


@pytest.mark.parametrize("secret", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("around", ["{}", "key={} end", 'see "{}".', "a\n{}\nb"])
def test_a_secret_of_a_known_shape_never_survives(secret: str, around: str) -> None:
    redacted = redact(around.format(secret), personal=())
    assert secret not in redacted.text
    assert sum(redacted.counts.values()) == 1


@pytest.mark.parametrize(("line", "secret"), LINES.values(), ids=LINES)
def test_a_labelled_secret_never_survives(line: str, secret: str) -> None:
    redacted = redact(line, personal=())
    assert secret not in redacted.text
    assert sum(redacted.counts.values()) == 1


@pytest.mark.parametrize(("line", "datum"), PERSONAL.values(), ids=PERSONAL)
def test_personal_data_goes_only_when_asked(line: str, datum: str) -> None:
    assert datum not in redact(line).text
    assert redact(line, personal=()).text == line


@pytest.mark.parametrize("line", KEPT)
def test_what_an_engineer_needs_stays_as_it_is(line: str) -> None:
    assert redact(line) == redact(line, personal=())
    assert redact(line).text == line


@pytest.mark.parametrize("end", ["\n-----END RSA PRIVATE KEY-----", ""], ids=["whole", "cut"])
def test_a_private_key_block_goes_with_its_lines(end: str) -> None:
    lines = "\n".join(["MIIEpAIBAAKCAQEA" + "Qx7" * 16] * 5)
    text = f"here:\n-----BEGIN RSA PRIVATE KEY-----\n{lines}{end}\n\nthanks"
    redacted = redact(text)
    assert redacted.text == "here:\n[redacted: private key]\n\nthanks" or not end
    assert "MIIE" not in redacted.text
    assert "thanks" in redacted.text


def test_each_kind_is_counted() -> None:
    counts = redact("a@b.example, c@d.example; password: hunter2x").counts
    assert counts == {"e-mail": 2, "password": 1}


@given(st.text(max_size=400))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "a@",
        "password",
        "password:",
        "eyJ",
        "+1 ",
        "1 ",
        "4111 ",
        "a_",
        "A1",
        "://:",
        " ",
        "-----BEGIN PRIVATE KEY-----",
        "a-",
        "=\"' ",
        "DE12 ",
        "cookie: a=",
        "token is ",
        "pass : ",
        "pwd ",
        "$pwd.value",
        "@a.",
    ],
)
def test_hostile_text_costs_linear_time(piece: str) -> None:
    started = time.process_time()
    redact((piece * 65_536)[:65_536])
    assert time.process_time() - started < 1


BENCHMARK = runpy.run_path(
    str(Path(__file__).resolve().parents[2] / "benchmarks" / "redaction.py"), run_name="benchmark"
)


@pytest.mark.parametrize(
    "kind", [*BENCHMARK["LINES"], *BENCHMARK["PERSONAL"], *BENCHMARK["SHAPES"]]
)
def test_no_secret_that_is_made_up_at_random_survives(kind: str) -> None:
    dice = BENCHMARK["Dice"](2)
    for _ in range(25):
        text, secret = BENCHMARK["planted_one"](dice, kind)
        assert secret in text
        assert secret not in redact(text).text


@pytest.mark.parametrize("kind", BENCHMARK["LOOK_ALIKES"])
def test_nothing_that_only_looks_like_a_secret_is_touched(kind: str) -> None:
    dice = BENCHMARK["Dice"](3)
    for _ in range(25):
        text = BENCHMARK["look_alike"](dice, kind)
        assert redact(text).text == text
