"""Takes single files out of a ZIP archive, of a size that is known beforehand, and no others."""

import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from trimtab._optional import need
from trimtab.measure.notes import MAX_FILE, Notes

MAX_ENTRIES = 1_000_000
_ZSTANDARD = 93  # of APPNOTE.TXT 6.3.8, section 4.4.5; the standard library reads it from Python 3.14 on
_LOCAL_HEAD = 30  # bytes of a local file header before the name
_STEP = 1 << 20


class Archive:
    """An open archive. What is wrong with it goes into the notes, by the name of the part."""

    def __init__(self, path: Path, notes: Notes) -> None:
        self._path, self._notes = path, notes
        self._there: dict[str, ZipInfo] = {}
        try:
            with ZipFile(path) as archive:
                if len(archive.filelist) > MAX_ENTRIES:
                    notes.add(0, "", f"holds more than {MAX_ENTRIES:,} files", "Is it the file that you mean?")
                    return
                for info in archive.filelist:
                    if info.filename in self._there:
                        notes.add(0, _shown(info.filename), "is there twice", "It was changed after it was written.")
                    self._there[info.filename] = info
        except (BadZipFile, OSError, ValueError, EOFError, RuntimeError):
            notes.add(0, "", "is no ZIP archive that can be read", "Was it written to its end?")

    def __contains__(self, name: str) -> bool:
        return name in self._there

    def read(self, name: str) -> bytes | None:
        """The bytes of one file; None, and a note, if it is not there, too large, or damaged.

        Raises:
            MissingPackageError: It is packed with Zstandard, which takes a package to unpack.
        """
        info = self._there.get(name)
        if info is None:
            self._wrong(name, "is not in the archive", "Was it written to its end?")
            return None
        if info.file_size > MAX_FILE:
            self._wrong(name, f"is larger than {MAX_FILE // 2**20} MiB once unpacked", "Split the run.")
            return None
        if info.flag_bits & 1:
            self._wrong(name, "is encrypted", "Write it without a password.")
            return None
        try:
            data = _unpacked(self._path, info)
        except (OSError, ValueError, EOFError, zlib.error):
            data = None
        if data is None or len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            self._wrong(name, "is damaged: it does not unpack to what the archive says", "Copy it anew.")
            return None
        return data

    def _wrong(self, name: str, message: str, suggestion: str) -> None:
        self._notes.add(0, _shown(name), message, suggestion)


def _shown(name: str) -> str:
    return name if name.isascii() and name.isprintable() and len(name) <= 80 else "a part"


def _unpacked(path: Path, info: ZipInfo) -> bytes | None:
    """At most one byte more than the archive says, so that no bomb goes off; None for a method that is unknown."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        head = file.read(_LOCAL_HEAD)
        if len(head) < _LOCAL_HEAD or head[:4] != b"PK\x03\x04":
            return None
        file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
        packed = file.read(min(info.compress_size, MAX_FILE))
    most = info.file_size + 1
    if info.compress_type == ZIP_STORED:
        return packed
    if info.compress_type == ZIP_DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
    if info.compress_type == _ZSTANDARD:
        return _zstandard(packed, most)
    return None


def _zstandard(packed: bytes, most: int) -> bytes:
    """Of several frames one after the other, as Inspect writes them.

    Raises:
        ValueError: The bytes are none of Zstandard.
    """
    zstandard = need("zstandard", extra="inspect")
    made = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            packed, read_across_frames=True
        ) as reader:
            while len(made) < most and (piece := reader.read(min(_STEP, most - len(made)))):
                made += piece
    except zstandard.ZstdError as error:
        raise ValueError("not Zstandard") from error
    return bytes(made)
