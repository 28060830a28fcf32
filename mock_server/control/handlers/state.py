"""The operations tagged State: back to the beginning, and the mails that were not sent."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.rows import Mail


def reset(call: Call) -> Reply:
    """Put the world back to its beginning."""
    call.sandbox.reset()
    return Reply.json(200, {"status": "reset"})


def list_outbox(call: Call) -> Reply:
    """The mails that the real API would have sent, oldest first."""
    return Reply.json(200, [_mail(mail) for mail in call.tx.rows(Mail)])


def _mail(mail: Mail) -> dict[str, object]:
    return {
        "to": mail.to,
        "kind": mail.kind,
        "subject": mail.subject,
        "token": mail.token,
        "link": mail.link,
        "created": mail.created,
    }
