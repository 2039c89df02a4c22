"""A small desk: three customers with one error, a security report, and questions."""

from __future__ import annotations

from typing import Any

Ticket = dict[str, Any]


def _ticket(number: int, who: str, at: str, subject: str, body: str) -> Ticket:
    name, _, organization = who.partition(" of ")
    return {
        "id": number,
        "requester": f"{name.lower()}@{organization.lower()}.example",
        "organization": organization,
        "created_at": f"2026-06-{at}:00Z",
        "subject": subject,
        "body": body,
    }


SAME_ISSUE = (
    _ticket(
        101,
        "Dana of Northwind",
        "16T08:05",
        "Export to PDF fails with ERR_SYNC_4711",
        "Since this morning every export of a report to PDF fails with error ERR_SYNC_4711. The "
        "export stops at 80 % and no file arrives. We tried Chrome and Firefox.",
    ),
    _ticket(
        102,
        "Marc of Contoso",
        "16T09:20",
        "PDF export broken: error ERR_SYNC_4711",
        "Hi team, exporting a report to PDF is broken. It stops at 80 % and then error "
        "ERR_SYNC_4711 is shown, the PDF file never arrives. It worked yesterday.",
    ),
    _ticket(
        103,
        "Priya of Fabrikam",
        "16T10:40",
        "Cannot export reports to PDF, ERR_SYNC_4711",
        "We cannot export our monthly report to PDF any more: the export hangs at 80 %, then "
        "fails with error ERR_SYNC_4711 and no PDF file. Please help.",
    ),
)
LATER_REPORT = _ticket(
    0,
    "Lena of Wingtip",
    "16T13:00",
    "ERR_SYNC_4711 when exporting a report to PDF",
    "When we export any report to PDF the export fails at 80 % with error ERR_SYNC_4711. No file "
    "arrives, in every browser that we tried.",
)
SECURITY = _ticket(
    104,
    "Lee of Adatum",
    "16T07:30",
    "Anyone can read other customers' invoices",
    "By changing the number in the address of an invoice I could open the invoices of another "
    "company. This is a data exposure: I could see their names and bank details without "
    "permission.",
)
LATE = _ticket(
    105,
    "Ken of Proseware",
    "16T06:10",
    "The import of our price list",
    "The price list that we sent on Monday is not in the system yet. Could somebody look?",
)
QUESTIONS = (
    _ticket(
        106,
        "Rosa of Litware",
        "16T11:00",
        "Question about the yearly plan",
        "Do we get a discount when we pay for the whole year? Thanks, Rosa",
    ),
    _ticket(
        107,
        "Ida of Tailspin",
        "16T09:00",
        "How do I change my password?",
        "I would like to know where I change my password.",
    ),
    _ticket(
        108,
        "Omar of Lamna",
        "16T09:10",
        "Logo in the mail footer",
        "Can the logo in the footer of our mails be made smaller?",
    ),
    _ticket(
        109,
        "Eva of Vanarsdel",
        "16T09:30",
        "Two more seats",
        "Please add two more seats to our account from July on.",
    ),
    _ticket(
        110,
        "Tom of Lucerne",
        "16T09:40",
        "Our address has changed",
        "We moved to 12 Harbour Street. Please put it on the next invoice.",
    ),
    _ticket(
        111,
        "Nina of Alpine",
        "16T10:00",
        "Dark mode for the phone",
        "Is there a dark mode in the app for phones?",
    ),
    _ticket(
        112,
        "Sam of Bellows",
        "16T10:10",
        "Thank you",
        "Thanks for the quick help last week, everything is fine now.",
    ),
)
DESK = (*SAME_ISSUE, SECURITY, LATE, *QUESTIONS)
GROUP_IDS = tuple(ticket["id"] for ticket in SAME_ISSUE)
SLA_ABOUT_TO_BREACH = {
    "clocks": [{"metric": "first_reply_time", "breach_at": "2026-06-16T12:20:00Z"}]
}
SIGN_IN = (
    _ticket(
        201,
        "Paul of Fourth",
        "16T08:15",
        "Sign-in with Okta ends in error AUTH-5021",
        "Nobody in our company can sign in with Okta: after the password the page shows error "
        "AUTH-5021 and goes back to the sign-in page. Since 8 o'clock, for all users.",
    ),
    _ticket(
        202,
        "Greta of Margie",
        "16T08:50",
        "AUTH-5021 after signing in with Okta",
        "When our people sign in with Okta they get error AUTH-5021 after the password, then the "
        "sign-in page comes again. It happens to all users since this morning.",
    ),
    _ticket(
        203,
        "Hugo of Trey",
        "16T09:35",
        "Okta sign-in broken, error AUTH-5021",
        "Signing in with Okta is broken for all our users. After the password the page says error "
        "AUTH-5021 and we are back at the sign-in page.",
    ),
    _ticket(
        204,
        "Iris of Relecloud",
        "16T10:05",
        "Users cannot sign in with Okta: AUTH-5021",
        "Our users cannot sign in with Okta since this morning. Error AUTH-5021 is shown after the "
        "password, and the sign-in page again.",
    ),
)
WEBHOOKS = (
    _ticket(
        301,
        "Jens of Humongous",
        "16T07:45",
        "Webhook deliveries stopped with WH-7730",
        "Our webhook endpoint gets no order events any more. The delivery log of the webhook shows "
        "WH-7730 signature mismatch for every delivery since the night.",
    ),
    _ticket(
        302,
        "Kim of Cohovineyard",
        "16T08:40",
        "WH-7730 signature mismatch on every webhook delivery",
        "Since the night every delivery of our order webhook fails: the delivery log shows WH-7730 "
        "signature mismatch. No order events arrive at our endpoint.",
    ),
    _ticket(
        303,
        "Lars of Woodgrove",
        "16T09:55",
        "No order events: webhook says WH-7730",
        "We get no order events from the webhook since the night. Its delivery log shows WH-7730 "
        "signature mismatch for every delivery to our endpoint.",
    ),
    _ticket(
        304,
        "Mona of Blueyonder",
        "16T10:20",
        "Order webhook fails with WH-7730",
        "The order webhook fails on every delivery with WH-7730 signature mismatch in the delivery "
        "log. No order events at our endpoint since the night.",
    ),
)
THREE_INCIDENTS = (*SAME_ISSUE, {**LATER_REPORT, "id": 113, "created_at": "2026-06-16T11:00:00Z"},
                   *SIGN_IN, *WEBHOOKS)  # fmt: skip


def ids_of(hundred: str) -> tuple[int, ...]:
    """Ids of THREE_INCIDENTS that begin with these digits: one incident each."""
    return tuple(
        ticket["id"] for ticket in THREE_INCIDENTS if str(ticket["id"]).startswith(hundred)
    )
