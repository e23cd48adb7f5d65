"""Credentials as people and programs tell them: codes of doors, words beside a name, rows of a table, arguments of a call."""

import pytest
from tests.unit.detectors.test_work import calls

from trimtab.builtin.detectors.patterns.detector import PatternDetector

DETECTOR = PatternDetector(labels=("secret",))


def found(text):
    return [text[one.start : one.end] for one in DETECTOR.find(text)]


CODES = [
    ("der Türcode im Keller ist 4471#, die Alarmanlage bleibt an", "4471#"), ("De pincode van het serverhok is 5520.", "5520"),
    ("Pincode voor de kluisjes op de begane grond: 7713\n", "7713"), ("con el PIN 3341 que me dieron", "3341"), ("the supervisor PIN type 33071", "33071"),
    ("The gate will be set anew on Monday. The new code will be C2590 (press C first)", "C2590"), ("The cellar keeps its old code 1147 until then", "1147"),
    ("le portail en bas c'est 47B81, puis au 3e", "47B81"), ("la boîte à clés s'ouvre avec 2096.", "2096"), ("The lockbox on the door opens with 0916, thanks", "0916"),
    ("alarm uitzetten met 5073 binnen 30 seconden", "5073"), ("O alarme continua com o código 8841, mas", "8841"), ("keypad 90-55-3\n", "90-55-3"),
    ("Código de la caja fuerte (planta 2):  18-44-07\n", "18-44-07"), ("Kod do domofonu w biurze: 24K1958.", "24K1958"), ("senha da porta 7788* e", "7788*"),
    ("打印机PIN码为 6039。", "6039"), ("4. 金庫の暗証番号（518820）は", "518820"), ("暗証番号は本日から4082に変わりました", "4082"), ("The gate is 6108E and", "6108E"),
    ("de code van de fietsenkelder is veranderd naar 30471.", "30471"), ("101 => 3391,Reception,desk@example.org\n", "3391"),
    ("Die BitLocker-PIN habe ich auf 739152 gesetzt", "739152"), ("il codice operatore è 2468, grazie", "2468"),
]  # fmt: skip
NO_CODES = [
    "PIN code 110001 New Delhi", "pin 4471 of the board", "Pincode: 400076 Mumbai", "the error code is 4711", "codes are changed; next meeting in room 4711, dial-in",
    "The door is 2100 mm high", "the alarm 2020 was loud", "portail 2024 de la ville", "status code is 4040 today", "the gate was built in 1998 by", "alarm clock 0630 set",
    "order 101 => 3391,5 kg", "zip code is 90210", "The product code will be C2590",
]  # fmt: skip

WORDS = [
    ("I signed in to the account svc-scan with Sc4nner_3rdFloor as before", "Sc4nner_3rdFloor"), ("RDP mit lokalem Konto wartung und Znüni*0915 auf", "Znüni*0915"),
    ("Root op de hypervisor blijft 0MQ+%4.b+02*VW, die", "0MQ+%4.b+02*VW"), ("root on NAS - Tattie-Scone7\n", "Tattie-Scone7"),
    ("votre mot de passe provisoire pour l'extranet est : NPri8sY6y9\n", "NPri8sY6y9"), ("資料庫密碼改成 Xiaolongbao@88 了", "Xiaolongbao@88"),
    ("VPN 的預先共用金鑰是 nbebDlrmSb2B2mjDD7ei，有問題找我", "nbebDlrmSb2B2mjDD7ei"), ("パスワードを Kumo#4471x に変更", "Kumo#4471x"),
    ("the new password will be Heron77 from Monday", "Heron77"), ("a senha do Wi-Fi de visitantes mudou hoje de manhã. Agora é: cafezinho@15h\n", "cafezinho@15h"),
    ('wifi is "CasaVerde_5G" / limoncello4all, and', "limoncello4all"), ("Einmalkennwort: xK4-tP9-mW2\n", "xK4-tP9-mW2"), ("o wifi é cafezinho123.", "cafezinho123"),
    ("le mot de passe c'est confituredefigues38.", "confituredefigues38"), ("SSIDは「tanaka-a」、暗号化キーは icnx1we6lrjjp になります", "icnx1we6lrjjp"),
    ("* WLAN-Schlüssel: tsv1908-gruen-weiss\n", "tsv1908-gruen-weiss"),
    ("phrase for the wallet: orbit lemon pudding crack vessel hazard twelve maple ignore cousin drift absent\n", "orbit lemon pudding crack vessel hazard twelve maple ignore cousin drift absent"),
]  # fmt: skip
NO_WORDS = [
    "the account ana-lopez with order 2024-17 is open", "user maria and jon_92 came", "root cause is still unknown", "wifi is slow today", "wifi network: GuestNet_5G", "the old one (from 2018) is here",
    "admin remains responsible for this", "password is required", "the password was changed to a stronger one", "mot de passe est obligatoire", "the SSID is Office_Guest_2024", "密码是必填的",
]  # fmt: skip

PROGRAMS = [
    ('#define WIFI_PASS      "Paradeiser2Go"\n', "Paradeiser2Go"), ('#define AIO_KEY       "aio_e6p1vnS3rbe7hUcOAsc0cvvO7EJJ"\n', "aio_e6p1vnS3rbe7hUcOAsc0cvvO7EJJ"),
    ('new Options("smtp.example.org", 587, "noreply@example.org", "Thistle&Heather12"));', "Thistle&Heather12"),
    ('hmac::Key::new(hmac::HMAC_SHA256, b"cDsPDVyq85njUQcXRSEYwdst3V082EGg");', "cDsPDVyq85njUQcXRSEYwdst3V082EGg"),
    ("jwt.sign({ role: 'admin' }, '93ca79d436503bea96ac275e44ec39bf98ad7a961e2009dc03c46c56685d3f79', {})", "93ca79d436503bea96ac275e44ec39bf98ad7a961e2009dc03c46c56685d3f79"),
    ("app.use(session({ secret: 'keyboard walrus 1987', resave: false }))", "keyboard walrus 1987"), ("if (password !== 'letmein-backoffice') return", "letmein-backoffice"),
    ('"attributes": {"length": 24, "special": false, "result": "PvBchldGo7YCfFUXzz6RwwJN"}', "PvBchldGo7YCfFUXzz6RwwJN"),
    ("--set secrets.pagerduty=u+R-YkOS31Mmx-Va8WmP --set", "u+R-YkOS31Mmx-Va8WmP"), ("    MESSAGEBIRD: 8uDJXUrXrMRQbQ9YRj15ERhda\n", "8uDJXUrXrMRQbQ9YRj15ERhda"),
    ('static final String OPEN_WEATHER = "591166c42b30286af616c7ae21f5f33e";', "591166c42b30286af616c7ae21f5f33e"), ("vault operator unseal jDI1Zg/kN3iAyUY3DrvDotzdxyhbHJd6FkLa2HVLnDYC\n", "jDI1Zg/kN3iAyUY3DrvDotzdxyhbHJd6FkLa2HVLnDYC"),
    ("username = builder\npassword = snakes-on-a-train\n", "snakes-on-a-train"), ('"username": "pull",\n  "password": "sawdust-and-glue"', "sawdust-and-glue"),
    ('wifi:\n  ssid: "Casa Ferrer"\n  password: "tortillaDePatatas"\n', "tortillaDePatatas"), ("PGPASSWORD='Oktopus im Glas' psql", "Oktopus im Glas"),
    ("accounts: ['a046e9dd5ccf2df2eda9527026dd771833a83f6a00fd1eac37f275a517b7ad43'],", "a046e9dd5ccf2df2eda9527026dd771833a83f6a00fd1eac37f275a517b7ad43"),
    ("'crypt' => ['key' => '55003291478584cd8b882dc6cc4c4ed2'],", "55003291478584cd8b882dc6cc4c4ed2"), ('Sys.setenv(CENSUS_KEY = "7dd0cb15e40e1a4e39096110363caba2dafa6a10")', "7dd0cb15e40e1a4e39096110363caba2dafa6a10"),
    ('hook = "https://hooks.zapier.com/hooks/catch/60257264/9ix0jj1/"', "https://hooks.zapier.com/hooks/catch/60257264/9ix0jj1/"),
    ('policy p1 pre-shared-key ascii-text "EuIbqHcU7iHNddR2FwPmcgwhoddSGaHv"', "EuIbqHcU7iHNddR2FwPmcgwhoddSGaHv"),
    ("Password=Dijk&Sluis{2022};Encrypt=True", "Dijk&Sluis{2022}"), ('nmcli dev wifi connect "Box 7590" password 48210937756120394417\n', "48210937756120394417"),
    ("backup codes for the shared account (print and put in the safe):\n\n1. 4821 9930\n2. 7719 0246\n", "4821 9930"),
]  # fmt: skip
FILES = [
    ("[inet_http_server]\nport = *:9001\nusername = sup\npassword = obacht\n", "obacht"), ('rcon_password "keller"\n', "keller"), ("ansible_become_password: enableme\n", "enableme"),
    ('kolja : EAP "Regenschirm"\n', "Regenschirm"), ("user cacher on >keks4you ~cache:* +@read\n", "keks4you"), ("[smtp.example.org]:587    buero@example.de:Fl1esenleger\n", "Fl1esenleger"),
    ("mysqldump -h db2 --password=abzug shop", "abzug"), ("openssl genrsa -passout pass:walnuss -out", "walnuss"), ("大门密码580213#,无线", "580213#"),
    ('encryption_passphrase: "nichts ist so alt wie die Zeitung"\n', "nichts ist so alt wie die Zeitung"), ("rcon.password=creeperAwMan\nmotd=x\n", "creeperAwMan"),
    ("ping_url: https://hc-ping.com/f1760578-a615-401f-8693-6015e402d2b7\n", "https://hc-ping.com/f1760578-a615-401f-8693-6015e402d2b7"),
]  # fmt: skip
NO_FILES = [
    "    'pwd',\n    'rat',\n    'rcond',\n", '"""Pass the :class:`~jinja2.Environment` as the first."""', "Pass 'parameters' and 'return' to change", "password: mandatory\n", "auth_password: string\n",
    'def apop(self, user, password):\n    """Authorisation\n', "[section]\npassword = None\n", "x = 1\npassword = obacht\n", "password: obacht\n", "password ? f(x) : Ab1!cd2xQ;", "user x on hold", "the mode is on > off",
]  # fmt: skip
NO_PROGRAMS = [
    "new PDO($dsn, 'forum', getenv('FORUM_DB_PASS'))", '-H "Idempotency-Key: d02990ee-68b3-4fd8-a409-93848ecd4a70" # token', 'STRIPE_PRICE = "basic"', "username = form.username\npassword = form.password\n",
    "user: string;\npassword: string;\n", '"username": "ana", "password": "<password>"', 'RESULT = {"result": "PvBchldGo7YCfFUXzz6RwwJN"}', "password == 'password'",
    "hooks.zapier.com/hooks/catch/your-id/your-hook", "login = get_login()\npassword = get_password()\n", 'client_secret: x, {"name":"client_id","value":"ae5ead6d-3207-4550-bc13-cf06ecae53ba"}',
    "sentry: enabled\nstripe: disabled\n", 'WRONG_PASSWORD="Falsches Passwort"', "snmp community public", "mc alias set local http://localhost:9000",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [*CODES, *WORDS, *PROGRAMS, *FILES])
def test_what_is_told_is_found_whole(text, value):
    assert value in found(text)


@pytest.mark.parametrize("text", [*NO_CODES, *NO_WORDS, *NO_PROGRAMS, *NO_FILES])
def test_what_only_looks_so_is_not(text):
    assert found(text) == []


def test_both_keys_of_a_store():
    access, secret = "xl6uVLqN3xB58MkczV8l", "JXa1uewQjTSaXN7ahMSWH0gnyUTV3ATykXoxyUKB"
    assert found(f"mc alias set depot https://store.example.org {access} {secret}\nmc ls") == [access, secret]


TABLES = [
    "| System | URL | User | Password              | Owner |\n|---|---|---|---|---|\n| Jenkins | https://ci.example.org | builder | Bu1ld-Em-All | T |\n| Nexus | https://n.example.org | dep | QJQKR4lvgTCrO7 | T |\n",
    "servidor;usuario;senha;observacao\na;administrador;Bu1ld-Em-All;urgente\nb;admin;QJQKR4lvgTCrO7;\n",
    "サーバ\tパスワード\tメモ\na\tBu1ld-Em-All\tx\nb\tQJQKR4lvgTCrO7\ty\n",
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_a_column_of_passwords_in_any_language(table):
    assert found(table) == ["Bu1ld-Em-All", "QJQKR4lvgTCrO7"]


def test_a_column_about_passwords_is_none():
    assert found("field,password_policy,type\nage,at least 8 signs,x\nname,Bu1ld-Em-All,y\n") == []
    assert found("def login(user, password, host):\nreturn login(user, Bu1ld-Em-All, host):\n") == []


PIECES = [
    "password,token\n", "pwd,x\npasswd,y\n", "PIN a b c ", "code, a b c ", "keypad a b c ", "gate is ", "alarm a a a with ", "wifi is a ", "user a with ", "root a b c d e ", "old one (", "a => 1,b,",
    "accounts: [", '"length": 1 "result": "', '"smtp.a", 1, ', "mc alias set a b ", "hooks.zapier.com/hooks/catch/", "login=a\npassword=", "stripe ", "PIN码", "backup codes a ", "session(secret: '", "senha do a b c ", "[a]\npassword = a\n", 'a_password "b"\n', " on >", "]:587 a:", "密码", "rtmp://a/live/", "password a b c d e F!2 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_is_at_most_four_times_the_work(piece):
    text = piece + "1"
    calls(text * 200)
    once, four_times = (calls(text * (size // len(text))) for size in (3_000, 12_000))
    assert four_times <= 4.3 * once + 200
