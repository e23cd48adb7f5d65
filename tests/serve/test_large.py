"""A request with very many texts is read in a time that grows with it, beside the event loop, or not at all."""

import threading

import pytest
from tests.serve.proxies import saying
from tests.serve.test_proxy import says, through

from trimtab.enforce.places import UnreadableError, other_texts
from trimtab.serve import wire

MESSAGE = {"role": "user", "content": "hi there <i>"}


@pytest.fixture
def reading(monkeypatch):
    """Counts the places that are handed in as known, one for each call that looks through them."""
    real, handed = other_texts, []

    def counted(root, role, *, known=(), **more):
        handed.append(len(known))
        return real(root, role, known=known, **more)

    monkeypatch.setattr(wire, "other_texts", counted)

    def work(body):
        handed.clear()
        wire.asked(body)
        return sum(handed)

    return work


def test_four_times_the_messages_are_four_times_the_work(reading):
    small = reading({"messages": [dict(MESSAGE) for _ in range(100)]})
    large = reading({"messages": [dict(MESSAGE) for _ in range(400)]})
    assert 0 < large <= 5 * small


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [MESSAGE] * 10_001},
        {"messages": [MESSAGE], "metadata": {f"K{number}": "v" for number in range(1_001)}},
        {"messages": [MESSAGE], "logit_bias": {f"{10_000_000 + number}": 1 for number in range(1_001)}},
        {"messages": [MESSAGE], "logit_bias": [1] * 200_000},
        {"input": ["a"] * 200_000},
    ],
    ids=["messages", "names", "names of digits", "numbers", "inputs"],
)
def test_more_texts_than_are_looked_at_are_refused(body):
    with pytest.raises(UnreadableError, match="it holds more than"):
        wire.asked(body)


def test_as_many_as_are_looked_at_are_read():
    tokens = {str(number): -100 for number in range(5_000)}
    assert len(wire.asked({"messages": [MESSAGE] * 10_000, "logit_bias": tokens})) == 10_000


@pytest.mark.parametrize(("size", "beside"), [(10, False), (100_000, True)])
async def test_a_large_request_is_read_beside_the_event_loop(monkeypatch, size, beside):
    real, threads = wire.asked, []

    def asked(body):
        threads.append(threading.get_ident())
        return real(body)

    monkeypatch.setattr(wire, "asked", asked)
    status, _ = await through(says({"content": "well"}), saying("all is well " * (size // 10)))
    assert status == 200
    assert (threads[0] != threading.get_ident()) == beside
