"""The operations tagged Outbox: the mails that were not sent, and the webhooks."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.rows import Mail, Webhook
from mock_server.studio.views.hitl import event


def list_outbox(call: Call) -> Reply:
    """The mails that the real API would have sent, oldest first."""
    return Reply.json(200, [_mail(mail) for mail in call.tx.rows(Mail)])


def list_webhooks(call: Call) -> Reply:
    """The changes of reviews that are told to addresses, oldest first."""
    return Reply.json(200, [_webhook(row) for row in call.tx.rows(Webhook)])


def _webhook(row: Webhook) -> dict[str, object]:
    return {
        "id": row.uuid,
        "url": row.url,
        "status": row.status,
        "reason": row.reason,
        "review_id": row.review_id,
        "created": row.created,
        "attempts": row.attempts,
        "event": event(row),
    }


def _mail(mail: Mail) -> dict[str, object]:
    return {
        "to": mail.to,
        "kind": mail.kind,
        "subject": mail.subject,
        "token": mail.token,
        "link": mail.link,
        "created": mail.created,
    }
