"""
Reads the body of an answer, in place of Twisted's readBody: that one logs a critical error whenever a read is cut off
by the time limit, and reads without end.
"""

from __future__ import annotations

from typing import Any

from twisted.internet import defer
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone

_MAX_ANSWER_BYTES = 65_536


def read_answer(response: Any) -> defer.Deferred[bytes]:  # noqa: ANN401 (Twisted's response has no useful type)
    """Fails with ValueError if the answer is too long; cancelling it closes the connection."""
    reader = _AnswerReader()
    response.deliverBody(reader)
    return reader.answer


class _AnswerReader(Protocol):
    def __init__(self) -> None:
        self.answer: defer.Deferred[bytes] = defer.Deferred(self._give_up)
        self._received = b""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._received += data
        if len(self._received) > _MAX_ANSWER_BYTES and not self.answer.called:
            self.answer.errback(ValueError(f"more than {_MAX_ANSWER_BYTES} bytes"))
            self._abort()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if self.answer.called:
            return
        if reason.check(ResponseDone) is not None:
            self.answer.callback(self._received)
        else:
            self.answer.errback(reason)

    def _give_up(self, answer: defer.Deferred[bytes]) -> None:
        # Answered first: closing the connection ends in connectionLost, which must find it so.
        answer.errback(Failure(defer.CancelledError()))
        self._abort()

    def _abort(self) -> None:
        transport: Any = self.transport
        # Twisted hands the body's protocol a stand-in that keeps the real transport to itself.
        abort = getattr(transport, "abortConnection", None) or getattr(transport, "loseConnection", None)
        if abort is not None:
            abort()
