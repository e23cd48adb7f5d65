"""What the first bytes of a file of weights say. Nothing of it is executed: pickles are recognised, never loaded."""

import struct
from dataclasses import dataclass

import orjson

HEAD_BYTES = 1024 * 1024
"""How much of a file is read to tell what it is."""

_LENGTH = struct.Struct("<Q")
_GGUF_HEAD = struct.Struct("<4sIQQ")
_GGUF_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # type of a value -> bytes
_GGUF_TEXT, _GGUF_LIST = 8, 9
_GGUF_KEYS = 256  # the name is among the first; vocabularies come later
_LONGEST_KEY = 65_535
_PICKLED = "a pickle: loading it runs code; it was not loaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file of weights is: its format, the name it gives itself, and what a reader should know."""

    format: str
    name: str = ""
    notes: tuple[str, ...] = ()


def header_of(head: bytes, suffix: str, size: int) -> Header | None:
    """What a file is, by its first bytes and its suffix; None where it is no weights at all.

    A file that has the suffix of a format and not its beginning is still reported, with a note: something in use may
    be damaged or disguised.

    Args:
        head: The first `HEAD_BYTES` of the file, or all of it.
        suffix: Lower case, with the dot.
        size: Bytes of the whole file.
    """
    if head.startswith(b"GGUF"):
        return _gguf(head)
    if suffix == ".gguf":
        return Header(format="gguf", notes=("does not begin as GGUF does",))
    if suffix == ".safetensors":
        return _safetensors(head, size)
    if suffix == ".onnx":
        # A protobuf whose first field is the version of the format: tag 8, then a small number.
        sound = len(head) > 2 and head[0] == 0x08 and 0 < head[1] < 0x80
        return Header(format="onnx", notes=() if sound else ("does not begin as ONNX does",))
    if suffix in {".pt", ".pth", ".ckpt", ".bin"}:
        if head.startswith(b"PK\x03\x04"):
            return Header(format="torch", notes=(_PICKLED,))
        if _is_pickle(head):
            return Header(format="torch", notes=(_PICKLED,))
        # `.bin` is the suffix of much else.
        return None if suffix == ".bin" else Header(format="torch", notes=("does not begin as a torch file does",))
    if suffix in {".pkl", ".pickle", ".joblib"}:
        return Header(format="pickle", notes=(_PICKLED,) if _is_pickle(head) else ("does not begin as a pickle does",))
    return None


def _is_pickle(head: bytes) -> bool:
    return len(head) > 2 and head[0] == 0x80 and 2 <= head[1] <= 5


def _safetensors(head: bytes, size: int) -> Header:
    broken = Header(format="safetensors", notes=("its header cannot be read",))
    if len(head) < _LENGTH.size:
        return broken
    length = _LENGTH.unpack_from(head)[0]
    if not 2 <= length <= size - _LENGTH.size:
        return broken
    if length > len(head) - _LENGTH.size:
        return Header(format="safetensors", notes=("its header is too long to be read here",))
    try:
        table = orjson.loads(head[_LENGTH.size : _LENGTH.size + length])
    except orjson.JSONDecodeError:
        return broken
    if not isinstance(table, dict):
        return broken
    stated = table.get("__metadata__")
    names = stated if isinstance(stated, dict) else {}
    name = next((names[key] for key in ("modelspec.title", "name") if isinstance(names.get(key), str)), "")
    return Header(format="safetensors", name=name)


def _gguf(head: bytes) -> Header:
    """GGUF's own name for its model, read from the beginning of its list of keys."""
    name = ""
    try:
        _, version, _, keys = _GGUF_HEAD.unpack_from(head)
        if version < 2:
            return Header(format="gguf", notes=(f"version {version} of the format is not read",))
        at = _GGUF_HEAD.size
        for _ in range(min(keys, _GGUF_KEYS)):
            key, at = _text(head, at, _LONGEST_KEY)
            kind = int.from_bytes(head[at : at + 4], "little")
            at += 4
            if kind == _GGUF_TEXT:
                value, at = _text(head, at, len(head))
                if key == "general.name":
                    name = value
                    break
            elif kind == _GGUF_LIST:
                break  # vocabularies: what follows is far away
            else:
                at += _GGUF_SIZES[kind]
    except (struct.error, KeyError, ValueError):
        return Header(format="gguf", name=name, notes=("its header cannot be read",))
    return Header(format="gguf", name=name)


def _text(head: bytes, at: int, most: int) -> tuple[str, int]:
    length = _LENGTH.unpack_from(head, at)[0]
    end = at + _LENGTH.size + length
    if length > most or end > len(head):
        raise ValueError("a text is longer than the file")
    return head[at + _LENGTH.size : end].decode("utf-8", "replace"), end
