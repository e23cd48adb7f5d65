"""Every page and form is in the reference as the server has it, with a picture; and no picture is of nothing."""

import re
import struct
from pathlib import Path

from refresh_pages import MARKED, every

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images" / "pages"


def test_every_page_is_in_the_reference_as_it_is_served():
    page = MARKED.read()
    assert MARKED.refreshed(page) == page, "run: python tools/refresh_pages.py"
    for one in every():
        assert f"![{one.title}](../images/pages/{one.name}.png)" in page, one.name
        assert one.about in page


def test_every_picture_is_there_shown_and_small():
    """To make them: TRIMTAB_PICTURES=1 pytest tests/integration/test_pages_pictured.py."""
    shown = set(re.findall(r"\(\.\./images/pages/([a-z-]+)\.png\)", MARKED.read()))
    there = {path.stem: path for path in IMAGES.glob("*.png")}
    assert set(there) == shown
    assert {one.name for one in every()} <= shown
    assert sum(path.stat().st_size for path in there.values()) < 3_000_000
    for name, path in there.items():
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert width in {390, 794, 1280}, name
        assert 300 < height <= 1150, name
