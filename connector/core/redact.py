"""Secrets and personal data out of texts, before anything is rendered or stored.

Detectors are exact shapes (published token prefixes, header lines, check digits) and labelled
values. There is no entropy detector, and so no detector library: those we tried on paper
(detect-secrets, presidio) find unlabelled secrets by entropy or by language models, which takes
commit hashes, request ids and UUIDs along; a brief without those is worth less than one with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from connector.core.model import Frozen

PERSONAL = ("e-mail", "phone", "IBAN")
"""Kinds of personal data, by the names that stand in `[redacted: …]`."""


class Redacted(Frozen):
    """The text with `[redacted: kind]` in place of what was found, and how much of each kind."""

    text: str
    counts: Mapping[str, int]


class _Detector(NamedTuple):
    """`pattern` finds candidates; its group "secret" (or the whole) goes when `accept` agrees.

    `needs`: nothing can be found in an ASCII text without one of these, in lower case.
    """

    kind: str
    pattern: re.Pattern[str]
    accept: Callable[[str], bool] = lambda _: True
    needs: tuple[str, ...] = ()


_ALONE = r"(?<![A-Za-z0-9_-])"
_SHAPES = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])"  # AWS access key
    r"|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}"
    r"|glpat-[A-Za-z0-9_-]{20,64}"  # GitLab
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-[0-9]-[A-Za-z0-9-]{10,250}"  # Slack
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{20,100}"  # Stripe
    r"|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,400}|GOCSPX-[0-9A-Za-z_-]{20,60}"  # Google
    r"|[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,40}"  # Azure AD
    r"|SK[0-9a-f]{32}(?![0-9A-Za-z])"  # Twilio
    r"|key-[0-9a-f]{32}(?![0-9A-Za-z])"  # Mailgun
    r"|dapi[0-9a-f]{32}(?:-[0-9])?"  # Databricks
    r"|NRAK-[A-Z0-9]{27}|PMAK-[A-Za-z0-9-]{40,80}|lin_api_[A-Za-z0-9]{32,60}"
    r"|dckr_pat_[A-Za-z0-9_-]{20,60}|glsa_[A-Za-z0-9_]{32,60}|sntrys_[A-Za-z0-9_=+/-]{40,400}"
    r"|AT[AC]TT3[A-Za-z0-9_=-]{20,400}"  # Atlassian
    r"|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"  # SendGrid
    r"|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,400}"
    r"|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,250}"  # language-model services
    r"|do[opr]_v1_[a-f0-9]{64}"  # DigitalOcean
    r"|hf_[A-Za-z0-9]{30,64}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"  # Shopify
    r"|hv[sbr]\.[A-Za-z0-9_-]{24,250}"  # Vault
    r"|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60}"  # Square
    r"|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"  # Telegram
    r"|eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}"  # JWT
)
_NAMES_OF_SECRETS = (
    r"pass ?word|passwort|passwd|(?<![$`{])pwd(?!\W{0,3}/)|passphrase|passcode|kennwort"
    r"|mot de passe|contraseña|secret|client[ _-]?secret|secret[ _-]?key|private[ _-]?key"
    r"|account[ _-]?key|access[ _-]?key"
    r"|shared[ _-]?access[ _-]?key|secret[ _-]?access[ _-]?key|signing[ _-]?key|secret_key_base"
)
_NAMES_OF_TOKENS = (
    r"api[ _-]?key|(?:api|auth|access|refresh|id|bearer|session|csrf)[ _-]?token|token"
    r"|session[ _-]?id|jsessionid|phpsessid|security[ _-]?code|one-time code|verification code"
    r"|otp|cvv|cvc"
)

# Every name above has one of these in it.
_PARTS_OF_SECRETS = ("pass", "pwd", "kennwort", "contrase", "secret", "key")
_PARTS_OF_TOKENS = ("key", "token", "session", "sessid", "code", "otp", "cvv", "cvc")


_EQUALS, _SAID = r"(?::=|=>|[:=])", r"\b(?:is|ist|was|lautet)\b"


def _named(names: str, link: str = _EQUALS) -> re.Pattern[str]:
    """`name: value`, `name=value`, `"name": "value"`, `prefix_name := value`."""
    return re.compile(
        r"(?i:(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,20}[_-]){0,3}(?:" + names + r")"
        rf"""["'`*]{{0,3}}\s{{0,3}}{link}\s{{0,3}}["'`*]{{0,3}})"""
        r"""(?P<secret>[^\s"'<>,;&\[\]]{1,512})"""
    )


# What follows "password:" in messages about passwords rather than in passwords.
_NO_SECRETS = (
    "*** **** <redacted> a accepted already also an and asked at authentication be been being "
    "blank bool boolean broken by can cannot change changed changes compromised correct "
    "denied did different does empty error expired exposed failed failure falsch false field "
    "argument arguments flag for forgot forgotten from has here hidden i in incorrect int invalid "
    "is ist it kennwort leaked option options parameter parameters passwort password switch "
    "length malformed mandatory maximum minimum mismatch missing must my needed never nicht "
    "nil no none not not_set now null of ok okay only optional or please policy prompt "
    "protected redacted refused rejected required reset revoked rotated safe same saved "
    "secure sent set shared should shown so still stored str string strong that the there "
    "this to too true unable undefined unexpected unknown unrecognized unset unsupported used "
    "using valid validation very visible was we weak wird with working wrong yes you your "
)
_FILE_ENDINGS = (
    " png jpg jpeg gif svg webp pdf js ts jsx tsx css scss py rb java go rs php html json xml yml "
    "yaml txt md log zip gz jar dll exe so local localhost internal "
)
_CARD_ISSUERS = re.compile(
    r"(?:4\d{15}|4\d{18}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|35\d{14}|6(?:011|5\d\d|4[4-9]\d)\d{12})$"
)
_TOKEN_LENGTH, _CODE_LENGTH = 8, 3
_PHONE_DIGITS = range(8, 16)
_IBAN_LENGTHS = range(15, 35)


def redact(text: str, *, personal: Collection[str] = PERSONAL) -> Redacted:
    """Secrets always; of personal data the kinds in `personal` (see `PERSONAL`).

    Safe to repeat. Hashes, UUIDs, versions, ids, addresses of machines and the words of error
    messages stay as they are.
    """
    counts: Counter[str] = Counter()
    # Most texts hold nothing of the kind, and looking for a word is much quicker than a pattern.
    # Only in ASCII: elsewhere a pattern without case also matches letters that merely look alike.
    plain = text.lower() if text.isascii() else None
    text = _without_key_blocks(text, counts)
    for detector in (*_SECRETS, *(one for one in _PERSONAL if one.kind in personal)):
        if plain is None or not detector.needs or any(word in plain for word in detector.needs):
            text = _applied(detector, text, counts)
    return Redacted(text=text, counts=dict(counts))


def _applied(detector: _Detector, text: str, counts: Counter[str]) -> str:
    group: str | int = "secret" if "secret" in detector.pattern.groupindex else 0

    def replaced(found: re.Match[str]) -> str:
        secret, whole = found.group(group), found.group()
        if "[redacted" in secret or not detector.accept(secret):
            return whole
        counts[detector.kind] += 1
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        return f"{whole[:start]}[redacted: {detector.kind}]{whole[end:]}"

    return detector.pattern.sub(replaced, text)


_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINES = re.compile(r"(?:\s{0,8}[A-Za-z0-9+/=:,\- ]{16,200}(?:\\n|\n|$)){0,200}")


def _without_key_blocks(text: str, counts: Counter[str]) -> str:
    """Private key blocks, also those whose end was cut off."""
    kept: list[str] = []
    at = 0
    while begins := _KEY_BEGINS.search(text, at):
        ends = _KEY_ENDS.search(text, begins.end(), begins.end() + 20_000)
        lines = None if ends else _KEY_LINES.match(text, begins.end())
        kept += [text[at : begins.start()], "[redacted: private key]"]
        at = ends.end() if ends else (lines.end() if lines else begins.end())
        counts["private key"] += 1
    return "".join([*kept, text[at:]]) if kept else text


def _looks_secret(value: str) -> bool:
    """A labelled value is a password unless it is a word of a message about passwords, or code that
    gets one from somewhere.
    """
    word = value.strip("`*_.!?:()").lower()
    return len(word) > 1 and f" {word} " not in f" {_NO_SECRETS}" and not _CALL.match(value)


_CALL = re.compile(
    r"[A-Za-z_][\w.]{1,80}\(|\$[a-z_][A-Za-z_]{0,40}$|&lt;|[a-z]\w{1,40}\.(?:value|text|password|get\w{0,20})$"
)


def _no_port(value: str) -> bool:
    """`smtp://host:25?to=a@b` holds a port, and an address further on."""
    return not _PORT.match(value)


_PORT = re.compile(r"\d{1,5}[,;?#&]")


def _looks_made_up(value: str) -> bool:
    """In the middle of a sentence only what has letters and digits is a password ("the password is
    vulnerable" is none), and the name of a hash is not.
    """
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return mixed and not _ALGORITHM.match(value) and _looks_secret(value)


_ALGORITHM = re.compile(
    r"(?i:sha|md[245]|bcrypt|scrypt|argon|pbkdf|utf|base\d|oauth|saml|ldap|ntlm)"
)


def _looks_token(value: str) -> bool:
    """A labelled token has a digit and some length; "token: unexpected" is a message."""
    digits = sum(char.isdigit() for char in value)
    if value.isdigit():
        return digits >= _CODE_LENGTH
    return digits > 0 and len(value) >= _TOKEN_LENGTH


def _is_card(value: str) -> bool:
    """A known issuer's prefix and length, and Luhn's check digit."""
    digits = [int(char) for char in value if char.isdigit()]
    number = "".join(map(str, digits))
    if len(set(number)) == 1 or not _CARD_ISSUERS.match(number):
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(value: str) -> bool:
    packed = value.replace(" ", "")
    if len(packed) not in _IBAN_LENGTHS:
        return False
    turned = packed[4:] + packed[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _is_address(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    ending = domain.rpartition(".")[2].lower()
    return f" {ending} " not in _FILE_ENDINGS and local.lower() not in {"git", "hg", "svn"}


def _is_phone(value: str) -> bool:
    return sum(char.isdigit() for char in value) in _PHONE_DIGITS


_SECRETS = (
    _Detector(
        "authorization",
        re.compile(
            r"""(?i:\b(?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?)"""
            r"(?P<secret>(?i:basic|bearer|digest|token|negotiate|apikey|aws4-hmac-sha256)"
            r"""[ \t]{1,3}[^\n"']{1,4000})"""
        ),
        needs=("authorization",),
    ),
    _Detector(
        "authorization",
        re.compile(
            r"""(?i:\b(?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?)(?P<secret>[^\s"']{8,4000})"""
        ),
        _looks_token,
        needs=("authorization",),
    ),
    _Detector(
        "authorization",
        re.compile(r"(?i:\bbearer) {1,3}(?P<secret>[A-Za-z0-9._~+/=-]{16,4000})"),
        _looks_token,
        needs=("bearer",),
    ),
    _Detector(
        "cookie",
        re.compile(
            r"""(?i:(?<![\w-])(?:set-)?cookie["']?\s{0,3}:\s{0,3}["']?)(?P<secret>[\w.$-]{1,100}=[^\n"']{1,4000})"""
        ),
        needs=("cookie",),
    ),
    _Detector("token", re.compile(f"{_ALONE}(?:{_SHAPES})")),
    _Detector(
        "token",
        re.compile(
            r"https://hooks\.slack\.com/(?P<secret>(?:services|workflows)/[A-Za-z0-9/_-]{10,200})"
        ),
        needs=("hooks.slack.com",),
    ),
    _Detector(
        "password",
        re.compile(
            r"(?i:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20})://[^\s/:@\"'<>]{0,200}:(?P<secret>[^\s/@\"'<>]{1,200})@"
        ),
        _no_port,
        needs=("://",),
    ),
    _Detector(
        "password",
        re.compile(
            r"""(?<!\S)(?:-u|--user)[ =]{1,2}["']?[^\s:"']{1,100}:(?P<secret>[^\s"']{1,200})"""
        ),
        needs=("-u", "--user"),
    ),
    _Detector(
        "password",
        re.compile(
            r"""(?<!\S)--?(?:password|passwd|pass|secret|token)[ =]{1,2}["']?"""
            r"""(?P<secret>[^\s"'-][^\s"']{0,200})"""
        ),
        _looks_secret,
        needs=("-pass", "-secret", "-token"),
    ),
    _Detector("password", _named(_NAMES_OF_SECRETS), _looks_secret, needs=_PARTS_OF_SECRETS),
    _Detector(
        "password",
        _named(_NAMES_OF_SECRETS, _SAID),
        _looks_made_up,
        needs=_PARTS_OF_SECRETS,
    ),
    _Detector(
        "password",
        re.compile(
            r"(?i:(?<![A-Za-z0-9_-])"
            r"(?:(?:password|passwort|passwd|pwd)[ \t]{1,3}|pass\s{0,2}[:=]\s{0,2}))"
            r"""(?P<secret>[^\s"'<>,;&\[\]()]{6,200})"""
        ),
        _looks_made_up,
        needs=("passw", "pwd", "pass"),
    ),
    *(
        _Detector("token", _named(_NAMES_OF_TOKENS, link), _looks_token, needs=_PARTS_OF_TOKENS)
        for link in (_EQUALS, _SAID)
    ),
    _Detector(
        "token",
        re.compile(
            r"(?i:[?&](?:sig|signature|x-amz-signature|x-amz-security-token|code|key|auth)=)(?P<secret>[A-Za-z0-9._~%+/=-]{16,2000})"
        ),
        needs=("?", "&"),
    ),
    _Detector(
        "card",
        re.compile(
            r"(?<![\w.#-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1?\d{3})?"
            r"|\d{4}[ -]?\d{6}[ -]?\d{4,5})(?![\w-]|\.\d)"
        ),
        _is_card,
    ),
)

_PERSONAL = (
    _Detector(
        "e-mail",
        re.compile(
            r"(?<![A-Za-z0-9._%+/@-])(?P<secret>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}"
            r"@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,6}[A-Za-z]{2,24})(?![A-Za-z0-9@-])"
        ),
        _is_address,
        needs=("@",),
    ),
    _Detector(
        "IBAN",
        re.compile(
            r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"
            r"(?![A-Za-z0-9])"
        ),
        _is_iban,
    ),
    _Detector(
        "phone",
        re.compile(r"(?<![\w+./-])\+[1-9]\d{0,2}(?:[ ./()-]{0,3}\d{1,5}){2,6}(?![\w]|[./-]\d)"),
        _is_phone,
        needs=("+",),
    ),
    _Detector(
        "phone",
        re.compile(
            r"(?<![\w.+/-])(?:\(\d{2,5}\) ?\d{3,4}[ -]?\d{3,5}|\d{3}-\d{3}-\d{4})(?![\w-]|\.\d)"
        ),
        _is_phone,
    ),
    _Detector(
        "phone",
        re.compile(
            r"(?i:\b(?:tel|phone|telephone|mobile|cell|fax|telefon|mobil|handy)\.?"
            r"(?: (?:no|number|nr)\.?)?\s{0,3}[:=]?\s{0,3})"
            r"(?P<secret>\(?\d{2,5}\)?(?:[ ./()-]{0,3}\d{1,5}){1,6})(?![\w])"
        ),
        _is_phone,
        needs=("tel", "phone", "mob", "cell", "fax", "handy"),
    ),
)
