"""Server-sent events from bytes, however the network cut them (WHATWG HTML, section 9.2)."""


class EventSplitter:
    """Collects bytes and gives back the data of each event that is complete.

    Only `data` fields matter on the OpenAI wire; event names, ids and comments
    (which servers send as heartbeats) are dropped. Lines may end in LF, CRLF
    or CR, and a cut may fall anywhere, inside a character or a line ending.
    """

    __slots__ = ("_after_cr", "_data", "_first", "_parts")

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # of a line without its end; joined once, so long lines stay linear
        self._data: list[bytes] = []  # of the event so far
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that this chunk completes, in order."""
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\n" not in chunk:
            if chunk:
                self._parts.append(chunk)
            return []
        head, *lines = chunk.split(b"\n")
        events: list[bytes] = []
        self._line(b"".join((*self._parts, head)), events)
        for line in lines[:-1]:
            self._line(line, events)
        self._parts = [lines[-1]] if lines[-1] else []
        return events

    def rest(self) -> list[bytes]:
        """The event that the end of the stream cut off, if any.

        The standard drops it. Some servers forget the last blank line, so the
        caller looks whether it holds a whole value.
        """
        events: list[bytes] = []
        if self._parts:
            self._line(b"".join(self._parts), events)
            self._parts = []
        self._line(b"", events)
        return events

    def _line(self, line: bytes, events: list[bytes]) -> None:
        if self._first:
            self._first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            data = b"\n".join(self._data)
            self._data = []
            if data:  # an event without data is not one
                events.append(data)
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
