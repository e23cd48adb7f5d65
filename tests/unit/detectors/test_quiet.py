"""What code, logs, prose, measurements and manuals hold that looks like personal data or a secret, and is none."""

import random

import pytest

from trimtab.builtin.detectors.patterns.detector import PatternDetector

DETECTOR = PatternDetector()
QUIET = [
    "https://user:password@host/db", "postgres://user:pass@localhost/db",
    "postgres://<user>:<password>@host:5432/db", "mysql://${USER}:${PASS}@h/d",
    "https://username:token@github.com/x", "redis://:password@h:6379", "password: ****", "password: ********",
    "password=changeme", "PASSWORD=change_me", "password: <password>", "password: [REDACTED]",
    "DB_PASSWORD=${DB_PASSWORD}", "DB_PASSWORD=$DB_PASSWORD", "password: %PASSWORD%",
    "password: {{ .Values.password }}", "password = var.db_password", "password: !secret wifi_password",
    "password: <%= ENV['X'] %>", "API_KEY=<your-api-key>", "api_key: YOUR_API_KEY", "token: xxxxxxxx-xxxx-xxxx",
    "apikey = 'insert key here'", "SECRET=todo", "token = 'TOKEN'", "password = 'password'", "pwd = ''",
    "password=null", "password: None", "password: true", "Password must be at least 12 characters.",
    "password (required)", "password?: string", "passwordHash: string", "password VARCHAR(255) NOT NULL",
    "login('user', 'password')", "auth=('user', 'pass')", "curl -u user:pass https://h",
    "curl -u $USER:$PASS https://h", "mysql -u root -p", "mysql -uroot -ppassword",
    "INSERT INTO users (name, password) VALUES ('bob', '?')", "INSERT INTO t (a, b) VALUES (?, ?)",
    "Cookie: lang=en; theme=dark; consent=true", "echo 'y' | sudo -S ls",
    "echo hello | docker login --password-stdin", "Authorization: Bearer <token>", "Authorization: Bearer $TOKEN",
    "Authorization: Bearer YOUR_TOKEN", "-H 'Authorization: Bearer ${API_KEY}'", "net use x: \\\\h\\s /user:bob *",
    "wifi: P:4", "htpasswd -c file user", "version 1.2.3.4", "v10.15.7", "Python 3.11.4", "openssl 1.1.1k",
    "2024-05-12", "12/05/2024", "2024-05-12T10:20:30.123Z", "20240512102030", "10:20:30", "from 2019-2023",
    "pp. 123-456", "1,234,567.89", "$1,234.56", "€ 12.345,67", "1 234 567 kr", "3.14159265358979", "6.02214076e23",
    "ISBN 978-3-16-148410-0", "ISBN 0-306-40615-2", "ISSN 0317-8471", "EAN 4006381333931", "order 1234567",
    "invoice no 20240512-001", "ticket #123456", "page 12 of 345", "DOI 10.1000/182", "RFC 2616", "port 8080",
    "line 1234:56", "room 204", "120/80 mmHg", "5 x 10 x 15 cm", "score 21-17", "1990-2010", "chapter 3.2.1",
    "0xDEADBEEF", "#ff00frgb(255, 128, 0)", "timestamp 1715509230", "1715509230123", "population 1 234 567",
    "lat 51.5, 0.1", "-122.4", "+15%", "100 000 000", "2 000 000", "HTTP/1.1 200 OK", "192 KB", "1.5.0-beta.2",
    "4.19.0-21-amd64", "10-20-30", "3-2-1", "007", "1-800", "24/7", "2023/2024", "1/2/3/4", "50/50", "Q3 2024",
    "12.5 kg", "no. 12", "No 123 456", "§ 123", "a1b2c3", "x86_64", "utf-8", "ISO 9001:2015", "EN 60601-1-2",
    "IEC 61508-3", "UTC+02:00", "A4 210 x 297", "1280x720", "44100 Hz", "5e-324", "1e10", "tel que",
    "cell division 12", "mobile 5 apps", "call 3 times", "fax machine",
    "for (int i = 0; i < 100000; i++) { sum += 12345678; }", "x = [1, 2, 3, 10, 20, 30, 100, 200, 300]",
    "arr = [0x12, 0x34, 0x56, 0x78]", "std::vector<int> v(10);", "a::b::c", "ns1:ns2:ns3", "::1", "fe80::1",
    "@decorator", "user@host", "git@github.com:x/y.git", "a@b", "npm i @scope/pkg@1.2.3", "foo@1.2.3",
    "at example dot com is a phrase", "the way 12 people", "St. 5", "on the road 66", "1st place 20 points",
    "10 Downing", "Section 12 Drive safely", "see Figure 12 Close to", "The passport office is open.",
    "my account is fine", "login to the system", "user guide 2024", "the social network", "pan 12345 pizza",
    "tin can 12345", "The policy number of pages is 300", "tax year 2023-2024", "id: 12345", "ID 123456789",
    "the card 1234", "order number 4111-2222", "part no AB123456C", "model XJ900123", "flight BA1234",
    "SKU ABCDE1234F", "plate AB12 CDE", "serial 1234567890123456", "tracking 1Z999AA10123456784", "IBAN is a format",
    "BIC DEUTDEFF", "GPS", "bc1 is a prefix", "0x0", "1A2B3C", "secret of success is work", "key takeaway: practise",
    "token economy 2024", "The key is K1", "key: value", "keyboard: qwerty", "foreign key (user_id)",
    "primary_key=True", "sort_key='created_at'", "cache_key = f'{a}:{b}'", "session = Session()", "api = FastAPI()",
    "auth = OAuth2()", "pin: 4", "pin 13 is high", "sig=0.05", "salt and pepper", "nonce sense",
    "cookie: chocolate chip", "pass: 12, fail: 3", "passed: 120", "passes 3 of 5", "bearer of news", "basic income",
    "signature required", "webhook url", "credentials expired", "creds: see vault", "psk mode", "otp sent",
]  # fmt: skip


@pytest.mark.parametrize("text", QUIET)
def test_it_raises_no_alarm(text):
    assert DETECTOR.find(text) == []
    assert DETECTOR.find(f"Here: {text} and so on.") == []


def hexadecimal(dice, size):
    return "".join(dice.choices("0123456789abcdef", k=size))


def test_identifiers_and_measurements_raise_no_alarm():
    dice = random.Random(3)
    for _ in range(30):
        texts = [
            f"id {'-'.join(hexadecimal(dice, size) for size in (8, 4, 4, 4, 12))}", f"commit {hexadecimal(dice, 40)}",
            f"sha256:{hexadecimal(dice, 64)}", f'etag: "{hexadecimal(dice, 32)}"', f"0x{hexadecimal(dice, 16)}",
            "\n".join("\t".join(f"{dice.uniform(0, 1000):.2f}" for _ in range(6)) for _ in range(6)),
            "\n".join(",".join(str(dice.randrange(1, 99999)) for _ in range(8)) for _ in range(6)),
            " ".join(f"{dice.random():.6f}" for _ in range(12)),
            f"2024-05-{dice.randrange(10, 28)} 10:{dice.randrange(10, 59)}:01,123 INFO [worker-1] took {dice.randrange(9999)} ms",
        ]  # fmt: skip
        assert [text for text in texts if DETECTOR.find(text)] == []
