"""Where on earth something is: pairs of fractions, degrees and minutes, fields and codes; and what looks like them and is none."""

import pytest

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.detect.view import View

DETECTOR = PatternDetector(("personal.geo",))
HITS = [
    ("集合場所は34.967140, 135.772672です", ["34.967140, 135.772672"]),
    ("incident at 52.9541 N, 1.1550 W, GCS 15", ["52.9541 N, 1.1550 W"]),
    ("taken at 37.819929° N, 122.478255° W.", ["37.819929° N, 122.478255° W"]),
    ("berth 44.4056 N 8.9463 E tonight", ["44.4056 N 8.9463 E"]),
    ("N60.1699 E24.9384", ["N60.1699 E24.9384"]),
    ("S 36.8485, E 174.7633", ["S 36.8485, E 174.7633"]),
    ("""the hut is at 47°25'16.3"N 10°59'07.8"E""", ["""47°25'16.3"N 10°59'07.8"E"""]),
    ("anchored at N 60° 23.832' E 005° 19.118', stern to", ["N 60° 23.832' E 005° 19.118'"]),
    ("41° 53′ 24″ N, 12° 29′ 32″ E", ["41° 53′ 24″ N, 12° 29′ 32″ E"]),
    ("48º 12' N 16º 22' O", ["48º 12' N 16º 22' O"]),
    ("50 deg 3 min 41 sec N, 14 deg 24 min 57 sec E", ["50 deg 3 min 41 sec N, 14 deg 24 min 57 sec E"]),
    ("47° 25' north, 10° 59' east", ["47° 25' north, 10° 59' east"]),
    ("北緯34度58分1秒 東経135度46分21秒", ["北緯34度58分1秒 東経135度46分21秒"]),
    (r'{"gps": "47°25\'16.3\"N 10°59\'07.8\"E"}', [r"47°25\'16.3\"N 10°59\'07.8\"E"]),
    ('{"lat":-37.813611,"lon":144.963056}', ["-37.813611", "144.963056"]),
    ("lat=59.3293&lng=18.0686", ["59.3293", "18.0686"]),
    ('<trkpt lat="45.83203" lon="6.86517">', ["45.83203", "6.86517"]),
    ("<lat>41.3851</lat><lon>2.17</lon>", ["41.3851", "2.17"]),
    ("Latitude: 35.6895\nLongitude: -105.9378", ["35.6895", "-105.9378"]),
    ("homeLat: 35.6895", ["35.6895"]),
    ("широта 59.9343, долгота 30.3351", ["59.9343", "30.3351"]),
    ('{"type":"Point","coordinates":[144.9631,-37.8136]}', ["144.9631,-37.8136"]),
    ("id,lat,lon,open\n1,59.32932,18.06858,1\n2,57.70887,11.97456,0\n3,55.60498,13.00382,0", ["59.32932,18.06858", "57.70887,11.97456", "55.60498,13.00382"]),
    ("https://maps.example.org/@59.3293,18.0685,17z", ["59.3293,18.0685"]),
    ("SRID=4326;POINT(18.0685 59.3293)", ["18.0685 59.3293"]),
    ("the plus code is 9FFW84J9+X7, second door", ["9FFW84J9+X7"]),
    ("my plus code is 84J9+X7 Lund", ["84J9+X7"]),
    ("48°12'30\" nord, 16°22'40\" est", ["48°12'30\" nord, 16°22'40\" est"]),
    ("ST_MakePoint(144.9631, -37.8136)", ["144.9631, -37.8136"]),
    ("MGRS 33V XF 12345 67890", ["33V XF 12345 67890"]),
    ("UTM: 32U 691831 5336143", ["32U 691831 5336143"]),
    ("grid ref SU 41234 12345", ["SU 41234 12345"]),
    ("come to ///brisk.lantern.orbit at noon", ["///brisk.lantern.orbit"]),
]  # fmt: skip
QUIET = [
    '<path d="M 10.1234,20.5678 L 30.1234,40.5678"/>',
    "M10.1234,20.5678L30.1234,40.5678Z",
    "matrix(0.8660, 0.5000, 12.3400, 45.6700)",
    "translate(12.3456, 45.6789)",
    "95% CI 1.2345, 2.3456",
    "the rate was 1.0845, 1.0912 a week later: rates 1.0845, 1.0912",
    "mean 3.1416, sd 2.7183",
    "p < 0.0500, 0.0123",
    "angles of 45° 30' and 60° 15'",
    "12° / 18° C today, 45.12° and 30.25° tilt",
    "between 5° N and 10° N, or 60°N 10°E",
    "53.3811 N, 54.1234 N",
    "99.3811 N, 1.4701 W",
    "a 90 deg turn, then a 45 deg bend of 10 min",
    "the flat: 12.5000, the plate=12.5000",
    "the wall is long: 12.3456 and the run too",
    "20230301+2345",
    "file:///usr.local.lib and see /// one.two.three",
    "a,b,c\n1,12.50011,13.40495,1\n",
    "numpy 1.26.4, 2.0.1 and 10.0.19045, 22.1.1",
]


@pytest.mark.parametrize(("text", "values"), HITS)
def test_a_place_on_earth_is_found_whole(text, values):
    assert [text[one.start : one.end] for one in DETECTOR.find(text)] == values


@pytest.mark.parametrize("text", QUIET)
def test_other_fractions_and_angles_are_left_alone(text):
    assert DETECTOR.find(text) == []


def test_both_engines_see_the_same_places():
    text = "\n".join(text for text, _ in HITS) + "\n".join(QUIET)
    quick, plain = (Engine(PERSONAL, with_numbers=True, hyperscan=way).find(View("", text)) for way in (True, False))
    assert sorted(quick) == sorted(plain)
