"""The desk against the embedded sandbox: what its port promises."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from box_rig import DAY, HOUR, INTENT, NOON, SINCE, exported, play, update, write_in
from clients_rig import Time, policy_on

from connector.clients.auth import ApiToken, OAuthClient
from connector.clients.zendesk import ZendeskDesk
from connector.core.model import IssueRef
from connector.errors import (
    BusyError,
    ClosedError,
    ConflictError,
    GoneError,
    RefusedError,
    UncertainError,
)
from connector.sandbox.faults import Fault
from connector.sandbox.seed import SeedComment, SeedTicket
from connector.sandbox.world import Options
from connector.sandbox.zendesk.access import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from connector.clients.calls import CallCounter
    from connector.sandbox.server import Sandbox

# --- Zendesk: reading --------------------------------------------------------------------------


def test_who_we_are_at_the_desk(desk: ZendeskDesk) -> None:
    me = desk.whoami()
    assert me.admin is True
    assert me.zone is not None
    assert desk.name == "127.0.0.1"


def test_a_page_of_the_export_holds_everything_a_decision_needs(
    desk: ZendeskDesk, counter: CallCounter
) -> None:
    (page,) = desk.changed_tickets(cursor=None, since=SINCE)
    ticket = next(one for one in page.tickets if one.id == 101)
    assert ticket.subject == "Export fails with a timeout"
    assert ticket.description == "Since Monday every export ends in a timeout."
    assert (ticket.status, ticket.priority, ticket.satisfaction) == ("open", "high", "bad")
    assert "export" in ticket.tags
    assert ticket.requester is not None
    assert (ticket.requester.email, ticket.requester.role) == ("ana@acme.example", "end-user")
    assert ticket.organization is not None
    assert ticket.organization.name == "Acme GmbH"
    assert ticket.organization.fields["arr"] == 250_000
    assert ticket.organization.fields["tier"] == "enterprise"
    assert ticket.organization.fields["reference_customer"] is True
    assert "vip" in ticket.organization.tags
    assert ticket.sla is not None
    assert [(clock.metric, clock.stage, clock.breach_at) for clock in ticket.sla] == [
        ("next_reply_time", "active", NOON + HOUR)
    ]
    assert ticket.metrics is not None
    assert ticket.metrics.reopens == 0
    assert ticket.created_at == NOON - 2 * DAY
    assert ticket.exported_at is not None
    assert counter.total == 1


def test_cleaning_that_changed_a_text_is_noticed(desk: ZendeskDesk) -> None:
    (page,) = desk.changed_tickets(cursor=None, since=SINCE)
    noticed = {notice.ticket_id: notice.reason for notice in page.notices}
    assert noticed[101] == "description: control characters taken out"


def test_the_export_goes_on_where_its_last_cursor_ended(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    last = list(desk.changed_tickets(cursor=None, since=SINCE))[-1]
    (nothing,) = desk.changed_tickets(cursor=last.cursor, since=SINCE)
    assert (nothing.tickets, nothing.end) == ((), True)
    sandbox.world.clock.advance(HOUR)
    ticket_id = write_in(sandbox)
    sandbox.world.clock.advance(timedelta(minutes=2))
    (page,) = desk.changed_tickets(cursor=nothing.cursor, since=SINCE)
    assert [ticket.id for ticket in page.tickets] == [ticket_id]


def test_the_export_shrinks_its_pages_when_the_server_cannot_make_them(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    sandbox.world.faults.order(
        Fault(side="zendesk", path="incremental/tickets", fault="status:504", times=2)
    )
    assert 101 in exported(desk)
    asked = [
        entry.query.partition("per_page=")[2]
        for entry in sandbox.world.journal.pick(side="zendesk")
        if "incremental/tickets" in entry.path
    ]
    assert asked[-3:] == ["1000", "500", "250"]


def test_comment_events_tell_who_said_what(desk: ZendeskDesk) -> None:
    pages = list(desk.changed_comments(since=SINCE))
    signed = desk.signed([one for page in pages for one in page.comments])
    said = {one.body: one for one in signed if one.ticket_id == 101}
    assert pages[-1].end
    assert said["We are looking into it."].role == "agent"
    assert said["We are looking into it."].public is True
    assert said["We are looking into it."].attachments[0].name == "log.txt"
    assert said["We reproduced it."].public is False
    assert said["Since Monday every export ends in a timeout."].role == "end-user"
    ids = [one.id for page in pages for one in page.comments]
    assert len(ids) == len(set(ids))


def test_comment_events_go_on_where_they_ended(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    ticket_id = write_in(sandbox)
    sandbox.world.clock.advance(timedelta(minutes=5))
    until = list(desk.changed_comments(since=SINCE))[-1].until
    play(sandbox, "zendesk", f"tickets/{ticket_id}/comments", by="customer", body="Any news?")
    sandbox.world.clock.advance(timedelta(minutes=5))
    later = [one.body for page in desk.changed_comments(since=until) for one in page.comments]
    assert "Any news?" in later
    assert "We are looking into it." not in later


def test_tickets_by_id_leave_out_those_that_do_not_exist(desk: ZendeskDesk) -> None:
    assert [ticket.id for ticket in desk.tickets([102, 999_999, 101, 102])] == [102, 101]


@pytest.mark.parametrize(
    ("sideload", "endpoint", "known"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_sla_facts_come_from_whatever_the_account_offers(
    sandbox: Sandbox, desk: ZendeskDesk, *, sideload: bool, endpoint: bool, known: bool
) -> None:
    sandbox.world.options = Options(limits="off", slas_sideload=sideload, slas_endpoint=endpoint)
    late, without = desk.tickets([101, 102])
    if known:
        assert late.sla is not None
        assert late.sla[0].breach_at == NOON + HOUR
        assert without.sla == ()
    else:
        assert late.sla is None
        assert without.sla is None


def test_a_thread_holds_comments_and_changes_oldest_first(desk: ZendeskDesk) -> None:
    thread = desk.thread(101)
    assert [one.body for one in thread.comments] == [
        "Since Monday every export ends in a timeout.",
        "We reproduced it.",
        "We are looking into it.",
    ]
    assert [one.role for one in thread.comments] == ["end-user", "agent", "agent"]
    assert thread.comments[0].author_name == "Ana Lima"
    assert [(one.field, one.old, one.new) for one in thread.changes] == [
        ("priority", "normal", "high")
    ]
    assert thread.cut == 0


def test_a_long_thread_keeps_its_first_and_its_newest_comments(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    said = tuple(
        SeedComment(
            author="ana@acme.example", created_at=NOON - DAY + timedelta(minutes=n), body=f"no. {n}"
        )
        for n in range(1, 251)
    )
    chatty = SeedTicket(
        id=5_001,
        requester="ana@acme.example",
        subject="Chatty",
        body="no. 0",
        created_at=NOON - DAY,
        comments=said,
    )
    play(sandbox, "zendesk", "seed", tickets=[chatty.model_dump(mode="json")])
    thread = desk.thread(5_001)
    assert len(thread.comments) == 200
    assert thread.cut == 51
    assert thread.comments[0].body == "no. 0"
    assert thread.comments[1].body == "no. 52"
    assert thread.comments[-1].body == "no. 250"


def test_a_deleted_ticket_is_gone(desk: ZendeskDesk) -> None:
    with pytest.raises(GoneError):
        desk.thread(999_999)


def test_a_merged_ticket_names_the_one_that_it_went_into(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    kept, gone = write_in(sandbox, subject="Kept"), write_in(sandbox, subject="Gone")
    play(sandbox, "zendesk", f"tickets/{gone}/merge", into=kept)
    merged = desk.tickets([kept, gone])
    assert [ticket.merged_into for ticket in merged] == [None, kept]


def test_groups_are_found_by_name(desk: ZendeskDesk, counter: CallCounter) -> None:
    assert desk.group_id("L2 Support") == desk.group_id("l2 support")
    assert desk.group_id("No Such Group") is None
    assert counter.total == 1


# --- Zendesk: writing --------------------------------------------------------------------------


def test_a_note_is_internal_marked_and_answered_with_its_audit(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    ticket_id = write_in(sandbox)
    receipt = desk.update_ticket(update(desk, ticket_id, priority="urgent", status="pending"))
    assert receipt.ignored == ()
    (ours,) = [one for one in desk.audits(ticket_id, since=SINCE) if one.intent_id == INTENT]
    assert str(ours.id) == receipt.remote_id
    assert ours.public is False
    assert f"ref {INTENT}" in ours.text
    note = desk.thread(ticket_id).comments[-1]
    assert (note.public, note.intent_id, note.role) == (False, INTENT, "agent")
    ticket = desk.tickets([ticket_id])[0]
    assert (ticket.status, ticket.priority) == ("pending", "urgent")
    sandbox.world.clock.advance(timedelta(minutes=5))
    told = [one for page in desk.changed_comments(since=SINCE) for one in page.comments]
    assert [one.ticket_id for one in told if one.intent_id == INTENT].count(ticket_id) == 1


def test_a_note_on_a_stale_stamp_is_a_conflict_and_changes_nothing(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    ticket_id = write_in(sandbox)
    planned = update(desk, ticket_id)
    sandbox.world.clock.advance(HOUR)
    play(sandbox, "zendesk", f"tickets/{ticket_id}/comments", by="customer", body="Any news?")
    with pytest.raises(ConflictError):
        desk.update_ticket(planned)
    assert INTENT not in [one.intent_id for one in desk.audits(ticket_id, since=SINCE)]


def test_sending_again_with_the_old_stamp_never_notes_twice(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    ticket_id = write_in(sandbox)
    sandbox.world.clock.advance(HOUR)
    planned = update(desk, ticket_id)
    sandbox.world.faults.order(
        Fault(side="zendesk", method="PUT", path="/tickets/", fault="reset", when="after")
    )
    with pytest.raises(UncertainError):
        desk.update_ticket(planned)
    with pytest.raises(ConflictError):
        desk.update_ticket(planned)
    assert [one.intent_id for one in desk.audits(ticket_id, since=SINCE)].count(INTENT) == 1


def test_a_closed_ticket_takes_no_note(desk: ZendeskDesk) -> None:
    with pytest.raises(ClosedError):
        desk.update_ticket(update(desk, 103))


def test_tags_are_added_and_removed_and_others_stay(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    ticket_id = write_in(sandbox, tags=["theirs", "escalation_open"])
    stamp = update(desk, ticket_id).updated_stamp
    desk.change_tags(
        ticket_id, add=["escalation_resolved"], remove=["escalation_open"], updated_stamp=stamp
    )
    assert set(desk.tickets([ticket_id])[0].tags) == {"theirs", "escalation_resolved"}


def test_native_links_are_made_and_found(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    ticket_id = write_in(sandbox)
    assert desk.linked_issues(ticket_id) == ()
    receipt = desk.link_issue(ticket_id, IssueRef(id="10077", key="ESC-77"))
    assert receipt is not None
    assert receipt.remote_id
    assert desk.linked_issues(ticket_id) == ("10077",)


@pytest.mark.parametrize("state", ["absent", "forbidden"])
def test_without_the_integration_there_are_no_native_links(
    sandbox: Sandbox, desk: ZendeskDesk, state: Literal["absent", "forbidden"]
) -> None:
    sandbox.world.options = Options(limits="off", integration=state)
    assert desk.link_issue(101, IssueRef(id="10077", key="ESC-77")) is None
    assert desk.linked_issues(101) == ()


def test_an_oauth_client_works_on_after_its_tokens_were_revoked(
    sandbox: Sandbox, counter: CallCounter
) -> None:
    client = OAuthClient(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    made = ZendeskDesk(sandbox.zendesk_url, client, policy=policy_on(Time()), observers=[counter])
    with closing(made) as desk:
        desk.whoami()
        play(sandbox, "zendesk", "tokens/revoke")
        desk.whoami()
    assert counter.by_endpoint() == {
        "zendesk GET /api/v2/users/me.json": 3,
        "zendesk POST /oauth/tokens": 2,
    }


def test_credentials_that_are_nobody_s_are_refused(sandbox: Sandbox) -> None:
    wrong = ApiToken(email="who@else.example", token="wrong")
    with (
        closing(ZendeskDesk(sandbox.zendesk_url, wrong, policy=policy_on(Time()))) as desk,
        pytest.raises(RefusedError),
    ):
        desk.whoami()


def test_the_trial_account_s_limit_pauses_updates_and_not_reads(
    sandbox: Sandbox, desk: ZendeskDesk
) -> None:
    ticket_id = write_in(sandbox)
    sandbox.world.options = Options(limits="trial")
    with pytest.raises(BusyError) as caught:  # noqa: PT012 - one of many is refused
        for _ in range(30):
            desk.update_ticket(update(desk, ticket_id))
    assert caught.value.retry_after > 0
    assert caught.value.scope != "account"
    assert desk.tickets([ticket_id])


# --- what the account has ------------------------------------------------------------------------


def test_the_account_s_facts_are_what_a_mapping_may_name(desk: ZendeskDesk) -> None:
    facts = desk.facts()
    assert set(facts.groups) >= {"Support", "L2 Support"}
    assert facts.exports
    assert facts.native_links
    assert facts.organization_fields is not None
    fields = {field.key: field for field in facts.organization_fields}
    assert set(fields) >= {"arr", "tier", "renewal_date", "reference_customer"}
    assert set(fields["tier"].options) >= {"enterprise", "business", "standard"}
    assert facts.ticket_fields is not None


def test_a_missing_integration_is_a_fact(sandbox: Sandbox, desk: ZendeskDesk) -> None:
    sandbox.world.options = Options(limits="off", integration="absent")
    assert desk.facts().native_links is False
