"""Postal addresses of many countries, each found whole; and what looks like them and is none."""

import pytest

from trimtab.builtin.detectors.patterns.detector import PatternDetector
from trimtab.builtin.detectors.patterns.engine import Engine
from trimtab.builtin.detectors.patterns.personal import PERSONAL
from trimtab.detect.view import View

DETECTOR = PatternDetector(("personal.address",))
# What is to be found stands in double brackets.
HITS = [
    "in writing at [[31 Larkspur Close, Wexham SL3 6QA]] or by mail",
    "Mr O. Vane\n[[Flat 7, 22 Juniper Terrace\nExeter\nEX4 3PQ]]\n\nDear Mr Vane",
    '{"address":"[[210 Thistle Street, Suite 400, Ottawa, ON K1P 5M7]]","ok":false}',
    'a,"[[P.O. Box 2217, Taos, NM 87571]]",2',
    '"[[18 Harolds Park, Dublin 8, D08 N5P2]]",1',
    "at [[41 Driftwood Lane, Gloucester, Massachusetts 01930]] (the",
    "[[Flat C, 9/F, Kam Wah Court, 17 Ivy Street, Tai Kok Tsui, Kowloon]]",
    "Ana | [[8 Aloe Road, Rondebosch, Cape Town 7700]] | 083",
    "to [[3 Bell Cottages, Upper Wold, Market Rasen LN8 6DA]]; update",
    "\n[[Box 88\nIqaluit NU  X0A 0H0\nCanada]]\n",
    "(3, '[[77 Agave Pl]]', '[[Tempe]]', '[[AZ]]', '[[85281]]');",
    '{"street":"[[9 Alder Street]]","city":"[[Truro]]","zip":"[[TR1 2AB]]","n":1}',
    "street: [[9 Alder Street]]\ncity: [[Truro]]\npostcode: [[TR1 2AB]]\nphone: none",
    "<street>[[9 Alder Street]]</street><city>[[Truro]]</city><zip>[[TR1 2AB]]</zip>",
    "[[9 ALDER STREET, TRURO TR1 2AB]]",
    "[[Apt 6D, 310 W 58th St, New York, NY 10019]]",
    "[[2300 Broadway, New York, NY 10024]]",
    "[[118 Cutter Run, Savannah, GA 31405-2231]]",
    "[[Unit 9, 40 Wattle St, Sydney NSW 2007, Australia]]",
    "[[The Old Rectory, Nether Marsh, Louth LN11 0XX]]",
    "[[24 Foss Street\nYork\nYO31 7UL\nUnited Kingdom]]",
    "my addy is [[52 hollow rd, boise id 83702]] ok",
    "i live at [[52 hollow road]] with two cats",
    "[[Lindengasse 9, A-1070 Wien]]",
    "[[Marktplatz 3/11, 8010 Graz]]",
    "[[Am Mühlbach 4, 20457 Hamburg]]",
    "[[Große Gartenstraße 8b, 22767 Hamburg]]",
    "[[Postfach 77 12, 8021 Zürich]]",
    "en [[Paseo de los Olmos 14, 48930 Getxo (Bizkaia)]]; de otra",
    "[[Avd. Olivo 22, 3 B, 28013 Madrid]]",
    "[[Via dei Tigli 19, 24121 Bergamo (BG)]]",
    "in [[Vicolo Storto 8, 06081 Assisi PG]].»",
    "[[Rua das Hortênsias, 95, ap. 12, Moema, São Paulo – SP, 04077-020]]. Qualquer",
    "na [[Travessa da Fonte, n.º 4, 2.º Dto., 9000-071 Funchal]].",
    "te [[Lindestraat 21 bus 4, 2018 Antwerpen]], rijks",
    "[[Herengracht 110-III, 1015 BT Amsterdam]]",
    "zam. [[os. Jasne 7/22, 31-958 Kraków]], PESEL 1",
    "adres: [[ul. Lipowa 3/5A, 00-238 Warszawa]]",
    "[[22 allée des Frênes, Bâtiment C, 33000 Bordeaux Cedex]]",
    "[[Birger Jarls gata 8, 0162 Oslo]]",
    "[[Fjordveien 6, 5003 Bergen]]",
    "[[Ängsvägen 5, 114 32 Stockholm]]",
    "[[Carrera 19 # 84-17 Apto 302, Bogotá]]",
    "[[Calle 81 No. 11-42, Bogotá]]",
    "[[Flat No. 504, Palm Residency, Sector 7, Kharghar, Navi Mumbai 410210]]",
    "[[House No. 88, Sector 4, Panchkula, Haryana 134112]]",
    "पता: [[मकान नं. 18, गली 2, शांति नगर, दिल्ली 110092]]",
    '{"配送先":"[[京都府京都市北区紫野西町12番地の3]]","電話"',
    "[[東京都港区芝浦3丁目1番8号]]",
    "[[〒604-8571 京都市中京区西町488番地]]",
    "[[北京市海淀区学院路37号]]",
    "[[서울특별시 마포구 양화로 45]]",
    "[[г. Тверь, ул. Садовая, д. 5, кв. 12]]",
    "[[Kossuth utca 12, 1052 Budapest]]",
    "[[Apartado de Correos 415]]",
    "[[2/31 Ocean Parade, Coffs Harbour NSW 2450]]",
    "habite au [[9 rue du 11 novembre 1918, 93000 Bobigny]]",
    "[[Linzer Straße 88/3/12, 1140 Wien]]",
    "[[Laan van Overveen 30, 2517 AA Den Haag]]",
    "[[Oude Markt 7, 9000 Gent]]",
    "[[Avenue Lambert 64 bte 2, 1050 Bruxelles]]",
    "[[Calle de Urquijo, 31, 2º izq., 28008 Madrid]]",
    "[[P.zza Dante 8, 30124 Venezia VE]]",
    "[[R. das Rosas 51, 4050-262 Porto]]",
    "[[Koivuntie 8 A 3, 00100 Helsinki]]",
    "[[Kossuth út 44, 1062 Budapest]]",
    "[[вул. Садова, 14, Київ, 01001]]",
    "[[〒150-0002 東京都渋谷区東2-8-1 ヒカリ荘 204号室]]",
    "[[Flat 7C, Tower 3, Maple Heights, MG Road, Bengaluru 560001]]",
    "[[Blk 214 Bishan Ave 2 #05-17, Singapore 570214]]",
    "[[Jl. Melati No. 18, Jakarta Pusat 10210]]",
    "[[P.O. Box 41022-00100, Nairobi]]",
    "[[RR 3, Box 71, Luray, VA 22835]]",
]  # fmt: skip
QUIET = [
    "départ 10 h 12, voiture 08, place 54, arrivée 13 h 20",
    "see page 12, line 45, Chapter 3, section 5 of the Road Act",
    "John 3:16, Luke 4:18, Psalm 23, 12345 Amen",
    "Step 4, add 200 g of flour; Step 12, Bake",
    "Table 3, 1200 Participants and Order 12, 10000 Units",
    "On May 3, 2024 The team met, and on Tuesday 14, 10000 Steps were made",
    "Kapitel 4, 2010 Wien war",
    "BP 142/88, HR 76, box 12 is full, Apartado 3 de la ley",
    "via Zoom 10 am, et al. 2019 Nature 12, Watergate 1972 and gate 22",
    "Model 3, 75000 Miles; iPhone 12, 64000 Units; Route 66, 1200 Miles",
    "issue #12-3 and # 45-12 results",
    "20 hard court sessions, 2 main road trips, 12 long street blocks",
    "東京都の人口は1400万人で、市場は3-4日に開く",
    "flat no 3 was the best",
]


@pytest.mark.parametrize("marked", HITS)
def test_an_address_is_found_whole(marked):
    text = marked.replace("[[", "").replace("]]", "")
    values = [part.partition("]]")[0] for part in marked.split("[[")[1:]]
    assert [text[one.start : one.end] for one in DETECTOR.find(text)] == values


@pytest.mark.parametrize("text", QUIET)
def test_numbers_beside_names_are_left_alone(text):
    assert DETECTOR.find(text) == []


def test_a_name_or_a_number_behind_an_address_stays_out():
    text = "12 Alder Street, Truro, Mara Solberic, 655 437 102, wrote"
    assert [text[one.start : one.end] for one in DETECTOR.find(text)] == ["12 Alder Street, Truro"]


def test_both_engines_see_the_same_addresses():
    text = "\n\n".join(marked.replace("[[", "").replace("]]", "") for marked in HITS) + "\n".join(QUIET)
    quick, plain = (Engine(PERSONAL, with_numbers=True, hyperscan=way).find(View("", text)) for way in (True, False))
    assert sorted(quick) == sorted(plain)
