"""Asks the gate over kept-alive HTTP. Whatever is not a clear "allowed" within the time limit becomes a refusal."""

from __future__ import annotations

import json
import logging
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from synapse.logging.context import PreserveLoggingContext
from twisted.internet import defer
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.web.client import Agent, FileBodyProducer, HTTPConnectionPool, ResponseNeverReceived
from twisted.web.http_headers import Headers

from schulchat_gate.answer_reader import read_answer
from schulchat_gate.refusals import new_reference, refusal, try_again

if TYPE_CHECKING:
    from schulchat_gate.config import ModuleConfig

logger = logging.getLogger(__name__)

_MAX_CONNECTIONS = 50
# Shorter than the gate keeps an idle connection, so that it is seldom the gate that hangs up first.
_IDLE_CONNECTION_S = 30


class GateClient:
    def __init__(self, config: ModuleConfig, reactor: Any) -> None:  # noqa: ANN401 (Twisted's reactor has no type)
        self._base_url = f"{config.gate_url}/gate/v1/"
        self._timeout_s = config.request_timeout_s
        self._headers = Headers(
            {
                "Authorization": [f"Bearer {config.secret}"],
                "Content-Type": ["application/json"],
                "User-Agent": ["schulchat-gate-module"],
            }
        )
        self._reactor = reactor
        pool = HTTPConnectionPool(reactor)
        pool.maxPersistentPerHost = _MAX_CONNECTIONS
        pool.cachedConnectionTimeout = _IDLE_CONNECTION_S
        # An agent of our own: Synapse's client waits up to 60 s, logs each call, and may go through a proxy.
        self._agent = Agent(reactor, connectTimeout=self._timeout_s, pool=pool)

    async def ask(self, callback: str, question: dict[str, Any]) -> None:
        """Returns if the gate allows; raises the gate's refusal, or the module's own if there is no clear answer."""
        started = time.monotonic()
        body = json.dumps(question, allow_nan=False).encode("utf-8")
        try:
            # Twisted's deferreds know nothing of Synapse's log contexts: leave ours outside while waiting.
            with PreserveLoggingContext():
                status, answer = await self._exchange(callback, body, started + self._timeout_s)
            decision = _read_decision(status, answer)
        except Exception as error:
            elapsed_ms = round((time.monotonic() - started) * 1000)
            reference = new_reference()
            reason = _describe(error)
            logger.warning("Gate gave no answer to %s after %d ms (%s): %s", callback, elapsed_ms, reference, reason)
            raise try_again(reference) from None
        if decision is not None:
            errcode, text = decision
            raise refusal(text, errcode)

    async def _exchange(self, callback: str, body: bytes, deadline: float) -> tuple[int, bytes]:
        try:
            return await self._post_before(deadline, callback, body)
        except (ResponseNeverReceived, ConnectionDone, ConnectionLost):
            # A gate that restarts closes connections that the pool still holds. Every question may be asked twice, so
            # a second try is safe. A request that ran out of time fails in the same way: then nothing is left to try.
            return await self._post_before(deadline, callback, body)

    async def _post_before(self, deadline: float, callback: str, body: bytes) -> tuple[int, bytes]:
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        exchange = defer.ensureDeferred(self._post(callback, body))
        exchange.addTimeout(remaining_s, self._reactor)
        return await exchange

    async def _post(self, callback: str, body: bytes) -> tuple[int, bytes]:
        uri = (self._base_url + callback).encode("ascii")
        producer: Any = FileBodyProducer(BytesIO(body))
        response = await self._agent.request(b"POST", uri, self._headers, producer)
        return response.code, await read_answer(response)


def _read_decision(status: int, answer: bytes) -> tuple[str, str] | None:
    """None: allowed. Otherwise errcode and text. Raises ValueError for anything that the protocol does not know."""
    decoded = json.loads(answer) if status in (200, 403) else None
    if status == 200 and decoded == {}:
        return None
    if status == 403 and isinstance(decoded, dict):
        errcode, text = decoded.get("errcode"), decoded.get("error")
        if isinstance(errcode, str) and errcode and isinstance(text, str) and text:
            return errcode, text
    raise ValueError(f"status {status} with an unexpected body of {len(answer)} bytes")


def _describe(error: Exception) -> str:
    if isinstance(error, (TimeoutError, defer.TimeoutError)):
        return "no answer in time"
    reasons = getattr(error, "reasons", None)
    inner = ", ".join(failure.getErrorMessage() for failure in reasons) if reasons else str(error)
    return f"{type(error).__name__} {inner}".strip()
