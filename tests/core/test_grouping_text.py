"""What a mail's writer wrote, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.grouping.signatures import signatures
from connector.core.grouping.text import bare_subject, mend, own_lines, readable, without_links
from connector.core.grouping.words import stem, words

MATTER = "The nightly export stops at row 4000."


def own(text: str) -> list[str]:
    return own_lines(without_links(readable(text)))


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(f"Hi team,\n\n{MATTER}\n\nKind regards,\nAda Byron\nAcme Ltd.", id="english"),
        pytest.param(f"Guten Tag,\n{MATTER}\nMit freundlichen Grüßen\nAda Byron", id="german"),
        pytest.param(f"Bonjour,\n{MATTER}\nMerci d'avance,\n\nCordialement,\nAda", id="french"),
        pytest.param(f"Hola:\n{MATTER}\nUn saludo\nAda\nTel: +34 555 123 456", id="spanish"),
        pytest.param(f"{MATTER}\n\n-- \nAda Byron | Head of Ops\nwww.acme.example", id="dashes"),
        pytest.param(f"{MATTER}\nSent from my iPhone", id="device"),
        pytest.param(f"{MATTER}\n\nOn Mon, 2 Mar 2026, Bob wrote:\n> hello\n> there", id="quote"),
        pytest.param(f"{MATTER}\n\nAm 2. März 2026 schrieb Bob:\n> Hallo", id="german quote"),
        pytest.param(
            f"{MATTER}\n-----Original Message-----\nFrom: Support\nSent: today\n\nSend logs",
            id="old",
        ),
        pytest.param(f"{MATTER}\n\nFrom: Support\nSent: Monday\nTo: me\n\nHello", id="outlook"),
        pytest.param(
            f"{MATTER}\n\nThis e-mail is confidential and for the intended recipient only.",
            id="notice",
        ),
        pytest.param(
            f"{MATTER}\nCe message et ses pièces jointes sont confidentiels et réservés à leurs "
            "destinataires.",
            id="french notice",
        ),
        pytest.param(f"Account: Acme\nPlan: Enterprise\nPriority: Low\n\n{MATTER}", id="form"),
        pytest.param(f"<div><p>Hello,</p><p>{MATTER}</p><style>p {{}}</style></div>", id="html"),
        pytest.param(
            f"<head><style>{'p { color: red } ' * 3_000}</style></head><p>{MATTER}</p>",
            id="a long style",
        ),
        pytest.param(
            f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 3_000}"><p>{MATTER}</p>',
            id="a picture within",
        ),
        pytest.param(
            f"<p>{MATTER}</p><!-- {'x ' * 9_000} --><div class='gmail_quote'>On Mon, Bob &lt;"
            "b@c.example&gt; wrote:<br><blockquote>Have you tried<br>this? <blockquote>No."
            "</blockquote>Then do.</blockquote></div>",
            id="html quote",
        ),
        pytest.param(f"<script>track('mail')</script>{MATTER}", id="script"),
        pytest.param(f"您好，\n{MATTER}\n谢谢！", id="chinese"),
        pytest.param(
            f"お世話になっております。\n{MATTER}\nよろしくお願いいたします。", id="japanese"
        ),
        pytest.param(f"Geachte heer/mevrouw,\n{MATTER}", id="dutch"),
        pytest.param(f"Gentili Signori,\n{MATTER}", id="italian"),
        pytest.param(f"Добрый день,\n{MATTER}\n\nОтправлено с iPhone", id="russian"),
        pytest.param(
            f"{MATTER}\n\nпн, 2 мар. 2026 г., Боб <b@c.example>:\n> Привет",
            id="russian quote",
        ),
        pytest.param(f"{MATTER} https://t.example/?utm_source=mail&id=99183", id="tracking"),
    ],
)
def test_only_the_matter_is_left_of_a_mail(mail: str) -> None:
    assert [line.strip() for line in own(mail)] == [MATTER]


WHOLE_MAILS = {
    "german": (
        "seit heute Morgen bricht der nächtliche Export bei Zeile 4000 ab.",
        """\
Sehr geehrte Damen und Herren,

seit heute Morgen bricht der nächtliche Export bei Zeile 4000 ab.

Für Rückfragen stehe ich Ihnen gerne zur Verfügung.

Mit freundlichen Grüßen
i. A. Jutta Meier
Leiterin Controlling

Meier & Söhne GmbH
Hauptstraße 5, 70173 Stuttgart
Tel.: +49 711 123456
Geschäftsführer: Hans Meier
Amtsgericht Stuttgart, HRB 12345

Diese E-Mail enthält vertrauliche Informationen für den Empfänger.

Von: Support <support@x.example>
Gesendet: Montag, 2. März 2026 10:00
An: Jutta Meier
Betreff: Ticket 4711

Hallo Frau Meier,
bitte senden Sie uns die Logs.""",
    ),
    "german, short": (
        "der Export bricht ab.",
        """\
Hallo zusammen,
der Export bricht ab.
Vielen Dank im Voraus und viele Grüße
Jutta

Am Mo., 2. März 2026 um 10:00 Uhr schrieb Support <support@x.example>:

> Hallo
> bitte Logs""",
    ),
    "french": (
        "Depuis ce matin l'export s'arrête à la ligne 4000.",
        """\
Bonjour Madame, Monsieur,

Depuis ce matin l'export s'arrête à la ligne 4000.

Pourriez-vous nous aider rapidement ?
Dans l'attente de votre retour, je vous prie d'agréer mes salutations distinguées.

Marie Dupont
Responsable comptable
Société Dupont SARL
Tél. : 01 23 45 67 89

Ce message est confidentiel et établi à l'intention de ses destinataires.

Le lun. 2 mars 2026 à 10:00, Support <support@x.example> a écrit :
> Bonjour,
> envoyez les logs""",
    ),
    "french, short": (
        "L'export s'arrête.",
        """\
Bonjour,
L'export s'arrête.
Bien cordialement,
Marie
Envoyé de mon iPhone""",
    ),
    "spanish": (
        "Desde esta mañana la exportación se detiene en la fila 4000.",
        """\
Estimados señores:

Desde esta mañana la exportación se detiene en la fila 4000.

Quedo a la espera de su respuesta.
Muchas gracias y un saludo,

Carmen Ruiz
Directora de Operaciones
Ruiz S.L.
Tfno: 912 345 678

AVISO LEGAL: Este mensaje va dirigido a su destinatario y es información confidencial.

El lun, 2 mar 2026 a las 10:00, Soporte (<soporte@x.example>) escribió:
> Hola
> envíe los logs""",
    ),
    "spanish, short": (
        "La exportación se detiene.",
        """\
Buenas tardes,
La exportación se detiene.
Por favor, ayúdenme.
Atentamente,
Carmen
Enviado desde mi iPhone""",
    ),
    "english": (
        "Since this morning the export stops at row 4000.",
        """\
Hello Support Team,

I hope this email finds you well. Since this morning the export stops at row 4000.

Please let me know if you need anything else.

Warm regards,

Ada Byron
Head of Operations | Acme Ltd
+44 20 7946 0000 | ada@acme.example
Follow us on LinkedIn

CONFIDENTIALITY NOTICE: this email and any attachments are for the addressee(s) only.
Registered in England No. 123456""",
    ),
    "english, outlook": (
        "Export stops at row 4000.",
        """\
Hi,

Export stops at row 4000.

Thanks in advance for your help.

Get Outlook for iOS
________________________________
From: Support <s@x.example>
Sent: Monday, March 2, 2026 10:00 AM
To: Ada
Subject: Re: Export

Please send logs""",
    ),
}


@pytest.mark.parametrize(("matter", "mail"), WHOLE_MAILS.values(), ids=WHOLE_MAILS)
def test_a_whole_mail_is_cleaned_in_the_languages_that_mail_comes_in(
    matter: str, mail: str
) -> None:
    assert own(mail) == [matter]


@pytest.mark.parametrize(
    "line",
    [
        "Als Grüße an Kunden senden wir eine Karte, und die Karte kommt leer an.",
        "The best regards card cannot be sent from the shop any more, it ends in error 502.",
        "Le courriel de bienvenue arrive sans pièce jointe depuis la mise à jour.",
        "El correo de bienvenida llega vacío desde la última actualización.",
        "Bitte um Zahlung erscheint zweimal auf der Rechnung, obwohl der Kunde bezahlt hat.",
    ],
    ids=["german", "english", "french", "spanish", "german please"],
)
def test_sentences_about_the_matter_are_no_small_talk(line: str) -> None:
    assert own(line) == [line]


def test_polite_sentences_beside_the_matter_go() -> None:
    text = "Hope you are well. The export stops at row 4000. Thanks in advance for your help."
    assert own(text) == ["The export stops at row 4000."]


def test_a_sentence_that_ends_with_an_address_is_no_quote_head() -> None:
    said = "The invitation to Bob <bob@customer.example> ends with:"
    assert own(f"{said}\nSMTP 550 mailbox unavailable") == [said, "SMTP 550 mailbox unavailable"]


def test_a_forwarded_mail_keeps_what_it_forwards() -> None:
    assert (
        own(f"FYI\n\n-----Original Message-----\nFrom: Ada\nSent: today\n\n{MATTER}")[-1] == MATTER
    )


def test_answers_below_a_quote_are_kept() -> None:
    assert own(f"On Monday, Bob wrote:\n> which row?\n\n{MATTER}") == [MATTER]


def test_one_line_that_looks_like_a_form_is_kept() -> None:
    assert own("Account: nobody of us can open it any more") != []


def test_words_read_in_the_wrong_encoding_are_mended() -> None:
    assert mend("fÃ¼r das GerÃ¤t, itâ€™s broken") == "für das Gerät, it’s broken"


def test_right_words_are_not_mended() -> None:
    assert mend("für Ärger, naïve Ã lui") == "für Ärger, naïve Ã lui"


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: FW: [#4711] URGENT: Export stops - please help", "Export stops"),
        ("AW: Export stops (#123456)", "Export stops"),
        ("Help needed!", ""),
        ("Question", ""),
        ("", ""),
        ("problem with my account", ""),
    ],
)
def test_a_subject_loses_what_every_subject_has(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_signatures_name_errors_frames_codes_paths_and_versions() -> None:
    found = signatures(
        "",
        [
            "java.lang.NullPointerException: cannot read field of null",
            "at com.acme.export.Writer.flush(Writer.java:81)",
            'File "/srv/app/export.py", line 7, in flush',
            "POST /api/v2/exports answered with HTTP 503, code 0x80070005, ERR_STREAM_CLOSED",
            "since version 7.3.1",
        ],
    )
    assert {
        "error:nullpointerexception",
        "frame:writer.flush",
        "frame:export.py.flush",
        "path:/api/v2/exports",
        "code:503",
        "code:0x80070005",
        "code:err_stream_closed",
        "version:7.3.1",
    } <= set(found)


def test_two_occurrences_of_one_message_have_one_signature() -> None:
    first = signatures("", ["ERROR: could not open file 'a1.csv' for user 4411"])
    second = signatures("", ["ERROR: could not open file 'b2.csv' for user 9"])
    assert first == second == ("says:could not open file for user",)


def test_identifiers_give_themselves_and_their_parts() -> None:
    assert list(words("Ti.UI.createTableView fails")) == [
        "ti",
        "ui",
        "createtableview",
        "create",
        "table",
        "view",
        "fails",
    ]


def test_numbers_and_hashes_are_no_words() -> None:
    assert list(words("order 123456 hash 9f86d081884c7d65 on 2026-03-02")) == ["order", "hash"]


def test_forms_of_a_word_meet() -> None:
    assert len({stem(word) for word in ("transfer", "transfers", "transferred")}) == 1


@given(st.text(max_size=2000))
@settings(max_examples=80, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    lines = own(text)
    assert all(line == line.strip() != "" for line in lines)
    assert len(signatures("", lines)) <= 40


@pytest.mark.parametrize(
    "piece",
    [
        *(">", "<p ", "a@", "[", "-- \n", "On a ", "{code", "0x", "/a", '"'),
        *("<style>", "<!--", "<script>x</", "<blockquote>", "</blockquote>a"),
    ],
)
def test_hostile_repetition_stays_quick(piece: str) -> None:
    lines = own(piece * 20_000)
    signatures("", lines)
    assert sum(map(len, lines)) <= 16_000
