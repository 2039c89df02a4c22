"""Texts that try to be more than text, in ADF's and in wiki markup's language."""

from __future__ import annotations

from hypothesis import strategies as st

from connector.core.document import (
    BLOCK_BEGINS,
    BLOCK_ENDS,
    Document,
    Items,
    Paragraph,
    Run,
    Section,
    Verbatim,
    plain_run,
)

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=120)

ATTACKS = (
    "[~admin] look at this",
    "@admin please",
    "[click|http://evil.example]",
    "[http://evil.example]",
    "http://evil.example/x?y=z",
    "mailto:ceo@evil.example",
    "!http://evil.example/track.png!",
    "!image.png|thumbnail!",
    "{code}rm -rf{code}",
    "{noformat}x{noformat} h1. out",
    "{NoFormat} out",
    "{html}<script>alert(1)</script>{html}",
    "{panel:title=x}y{panel}",
    "{color:red}red{color}",
    "{anchor:x}",
    "h1. Heading",
    "H2. Heading",
    "bq. quoted",
    "* item",
    "# item",
    "- item",
    "----",
    "|| a || b ||",
    "| a | b |",
    "*bold* _it_ -del- +ins+ ^sup^ ~sub~ ??cite??",
    "{{mono}}",
    "\\\\ break",
    "\\",
    ":) (/) (x) (!) (?)",
    "&#123;code&#125; &lt;b&gt; &amp;",
    "ESC-123 is a key",
    "<b>bold</b><img src=x onerror=alert(1)>",
    "[^attachment.zip]",
    "[#anchor]",
    "{jira:ESC-1}",
    "javascript:alert(1)",
    "[x|javascript:alert(1)]",
    '{"type":"mention","attrs":{"id":"1"}}',
    "\u202egnp.exe",
    "a\u200bb\ufeffc",
    BLOCK_BEGINS,
    BLOCK_ENDS,
    "h1.\u00a0x",
    "line\nh1. second line\n* third",
    "{quote}x{quote}",
    "x" * 5_000,
)


def holding(*texts: str) -> Document:
    """The texts in every place where foreign words may stand."""
    return Document(
        title="ESCALATION: " + texts[0],
        head=(Paragraph(runs=(Run(text="Severity:", strong=True), Run(text=" High"))),),
        sections=tuple(
            Section(
                key=str(number),
                title="Quoted",
                blocks=(
                    Paragraph(runs=(Run(text="Said:", strong=True), Run(text=text))),
                    Items(items=(plain_run(text), (Run(text=text, href=text),)), numbered=True),
                    Items(items=(plain_run(text),)),
                    Verbatim(text=text),
                ),
            )
            for number, text in enumerate(texts)
        ),
    )
