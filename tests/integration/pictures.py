"""Pictures of pages that are small: what a browser shows, in the fewest colours that do it justice."""

import base64
import struct
import zlib

COLOURS = 96
# Painted and counted by the browser, which has the picture already. Colours that are often there stay as they are (text
# on paper, accents); any other is the nearest of them.
_REDUCE = """async ([source, most]) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + source;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const drawn = canvas.getContext("2d", {willReadFrequently: true});
  drawn.drawImage(picture, 0, 0);
  const bytes = drawn.getImageData(0, 0, canvas.width, canvas.height).data;
  const counts = new Map();
  for (let at = 0; at < bytes.length; at += 4) {
    const colour = bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2];
    counts.set(colour, (counts.get(colour) || 0) + 1);
  }
  const far = (a, b) => {
    const [r, g, u] = [(a >> 16) - (b >> 16), (a >> 8 & 255) - (b >> 8 & 255), (a & 255) - (b & 255)];
    return r * r + g * g + u * u;
  };
  const often = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const kept = often.slice(0, 32);
  for (const apart of [900, 200])
    for (const colour of often)
      if (kept.length < most && kept.every((one) => far(one, colour) > apart)) kept.push(colour);
  const nearest = new Map();
  for (const colour of counts.keys())
    nearest.set(colour, kept.reduce((best, one, at) => far(one, colour) < far(kept[best], colour) ? at : best, 0));
  const indices = new Uint8Array(bytes.length / 4);
  for (let at = 0; at < indices.length; at += 1)
    indices[at] = nearest.get(bytes[4 * at] << 16 | bytes[4 * at + 1] << 8 | bytes[4 * at + 2]);
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) text += String.fromCharCode(...indices.subarray(at, at + 32768));
  return [canvas.width, canvas.height, kept, btoa(text)];
}"""


def reduced(page, picture, colours=COLOURS):
    """A PNG with a palette, of one without; a page of a browser does the counting."""
    width, height, kept, indices = page.evaluate(_REDUCE, [base64.b64encode(picture).decode("ascii"), colours])
    data = base64.b64decode(indices)
    rows = b"".join(b"\0" + data[width * row : width * (row + 1)] for row in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(colour.to_bytes(3, "big") for colour in kept)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in parts
    )
