"""Stores the weights of a GGUF file in another type, once, in the cache folder.

Candidates that differ in nothing but the precision of their weights come from
one file this way. Only block types of 32 columns are offered: K-quants want
rows in multiples of 256, which small models lack.
"""

import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from trimtab._optional import need
from trimtab.errors import SystemUnavailableError, UsageError

QuantType = Literal["Q8_0", "Q4_0"]
QUANT_TYPES: tuple[QuantType, ...] = get_args(QuantType)

# Part of the cached name: raise it when the same source must give other bytes.
_REVISION = 1
_ROWS = 2048  # converted at a time: bounds memory, since a row in 32 bits is rarely over 64 KiB
_FILE_TYPE = "general.file_type"
_EMBEDDING, _OUTPUT = "token_embd.weight", "output.weight"
# Small or read by operations that take no blocks; llama.cpp keeps them too.
_KEPT = ("ffn_gate_inp", "position_embd", "token_types", "ssm_conv1d")


def cache_folder() -> Path:
    """`$TRIMTAB_CACHE/models`, else `$XDG_CACHE_HOME/trimtab/models`, else `~/.cache/trimtab/models`."""
    if named := os.environ.get("TRIMTAB_CACHE"):
        return Path(named).expanduser() / "models"
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "trimtab" / "models"


def quantised(source: Path, digest: str, to: QuantType, *, note: Callable[[str], None] | None = None) -> Path:
    """The file with the weights of `source` stored as `to`; written on the first call, found afterwards.

    Args:
        source: A GGUF file.
        digest: Hexadecimal SHA-256 of `source`; names the cached file.
        to: See `quantise`.
        note: Told when a conversion begins and ends; standard error when left out.

    Raises:
        UsageError: `to` is not offered.
        SystemUnavailableError: `source` cannot be read as GGUF, or the cache cannot be written.
        MissingPackageError: The package gguf is not installed.
    """
    tell = note or _to_stderr
    target = cache_folder() / f"{digest}-{to}-{_REVISION}.gguf"
    if target.is_file():
        return target
    start = time.monotonic()
    tell(f"Converting {source.name} to {to}, once: the result is kept in the cache.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, so that the rename is atomic; under another ending, so that a killed one is never found.
        handle, name = tempfile.mkstemp(prefix=f"{digest[:12]}-{to}-", suffix=".part", dir=target.parent)
        os.close(handle)
        part = Path(name)
        try:
            quantise(source, part, to)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise SystemUnavailableError(
            source.name,
            f"its {to} form cannot be written to the cache ({error.strerror or type(error).__name__})",
            "Free some space, or set TRIMTAB_CACHE to a folder that can be written.",
        ) from error
    tell(f"Converted in {time.monotonic() - start:.1f} s to {target.stat().st_size / 1e6:.0f} MB.")
    return target


def quantise(source: Path, target: Path, to: QuantType) -> None:
    """Write `source` to `target` with its matrices stored as `to`.

    Metadata and tokenizer are copied byte for byte; only the file type is
    set. One-dimensional tensors (norms, biases) keep their type. A matrix
    that is embedding and output layer in one is stored as Q8_0 at least,
    since four bits there cost more accuracy than anywhere else. Data is on
    the disk when this returns.

    Raises:
        UsageError: `to` is not offered.
        SystemUnavailableError: `source` is not GGUF, or holds what cannot be converted.
        OSError: A file cannot be read or written.
    """
    if to not in QUANT_TYPES:
        raise UsageError(f"weights cannot be stored as {to!r}.", f"Choose one of {', '.join(QUANT_TYPES)}.")
    gguf: Any = need("gguf", extra="demo")
    reader = _read(gguf, source)
    shared = _OUTPUT not in {tensor.name for tensor in reader.tensors}
    plan = [(tensor, _type_for(gguf, tensor, to, shared=shared)) for tensor in reader.tensors]
    with target.open("wb") as file:
        _write_head(gguf, reader, file, plan, to)
        for tensor, kind in plan:
            for piece in _converted(gguf, tensor, kind):
                file.write(piece)
            _pad(file, reader.alignment)
        file.flush()
        os.fsync(file.fileno())


def _read(gguf: Any, source: Path) -> Any:
    """An open reader with at least one tensor, of this machine's byte order.

    The reader trusts the counts in the file, so a broken one may raise anything.
    """
    step = "Check that `weights` names a GGUF file that was copied whole."
    try:
        reader = gguf.GGUFReader(source)
    except OSError:
        raise
    except Exception as error:
        raise SystemUnavailableError(source.name, "it is not a GGUF file that can be read", step) from error
    if not reader.tensors or reader.byte_order != "I" or sys.byteorder != "little":
        raise SystemUnavailableError(source.name, "it holds no tensors in little-endian order", step)
    return reader


def _type_for(gguf: Any, tensor: Any, to: QuantType, *, shared: bool) -> Any:
    """The type that `tensor` is stored as."""
    kinds = gguf.GGMLQuantizationType
    wanted = kinds[to]
    block, _ = gguf.GGML_QUANT_SIZES[wanted]
    matrix = len(tensor.shape) >= 2 and tensor.name.endswith(".weight") and int(tensor.shape[0]) % block == 0
    numbers = tensor.tensor_type.name.startswith(("F", "BF", "Q", "IQ", "TQ", "MXFP"))
    if not (matrix and numbers) or any(part in tensor.name for part in _KEPT):
        return tensor.tensor_type
    if shared and tensor.name == _EMBEDDING:
        return kinds.Q8_0
    return wanted


def _write_head(gguf: Any, reader: Any, file: BinaryIO, plan: list[tuple[Any, Any]], to: QuantType) -> None:
    """Everything before the tensors' data: metadata as it was, then the table of tensors."""
    metadata = bytearray(reader.data[: reader.tensors[0].field.offset].tobytes())
    field = reader.fields.get(_FILE_TYPE)
    if field is not None:
        value = field.parts[field.data[0]]
        at = value.ctypes.data - reader.data.ctypes.data
        metadata[at : at + 4] = struct.pack("<I", int(gguf.LlamaFileType[f"MOSTLY_{to}"]))
    file.write(metadata)
    offset = 0
    for tensor, kind in plan:
        name = tensor.name.encode()
        shape = [int(n) for n in tensor.shape]
        file.write(struct.pack("<Q", len(name)) + name)
        file.write(struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, int(kind), offset))
        block, size = gguf.GGML_QUANT_SIZES[kind]
        offset += _aligned(int(tensor.n_elements) // block * size, reader.alignment)
    _pad(file, reader.alignment)


def _converted(gguf: Any, tensor: Any, kind: Any) -> Iterator[bytes]:
    """The tensor's data stored as `kind`, some rows at a time; untouched if it already is."""
    if tensor.tensor_type == kind:
        yield tensor.data.tobytes()
        return
    rows = tensor.data.reshape(-1, tensor.data.shape[-1])
    for start in range(0, len(rows), _ROWS):
        numbers = gguf.quants.dequantize(rows[start : start + _ROWS], tensor.tensor_type)
        yield gguf.quants.quantize(numbers, kind).tobytes()


def _aligned(size: int, alignment: int) -> int:
    return -(-size // int(alignment)) * int(alignment)


def _pad(file: BinaryIO, alignment: int) -> None:
    at = file.tell()
    file.write(bytes(_aligned(at, alignment) - at))


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # a conversion takes seconds: say so
