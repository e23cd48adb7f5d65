"""Credentials as people tell them, settings whose passwords are words, and places that give a key no name of its own."""

import random
import re

import pytest
from tests.unit.detectors.fake_secrets import HEX, LETTERS, UPPER

from trimtab.builtin.detectors.patterns.detector import PatternDetector

DETECTOR = PatternDetector(("secret",))
_MARKED = re.compile(r"⟦(.*?)⟧", re.DOTALL)


def drawn(template: str) -> str:
    """The text with what is drawn in it: `{h32}` digits of hexadecimal, `{w20}` letters and digits, `{u16}` capitals."""
    dice = random.Random(template)
    alphabets = {"h": HEX, "w": LETTERS, "u": UPPER, "b": LETTERS + "+/", "l": "abcdefghijkmnpqrstuvwxyz"}
    return re.sub(
        r"\{([hwubl])(\d+)\}", lambda found: "".join(dice.choices(alphabets[found[1]], k=int(found[2]))), template
    )


def left(template: str) -> tuple[str, list[str]]:
    """The text without marks, and of what is marked in it that of which something can still be read."""
    text, spans = "", []
    for at, part in enumerate(_MARKED.split(drawn(template))):
        if at % 2:
            spans.append((len(text), len(text) + len(part)))
        text += part
    hidden = {place for found in DETECTOR.find(text) for place in range(found.start, found.end)}
    return text, [text[low:high] for low, high in spans if not hidden.issuperset(range(low, high))]


WORDS = [
    "environment:\n      GRAFANA_ADMIN_USER: ops\n      GRAFANA_ADMIN_PASSWORD: ⟦Walnut.copper58⟧",
    'wpa_supplicant:\n  ssid="Attic"\n  psk="⟦maple-thistle-otter⟧"',
    'server:\n  user: app\n  password: "⟦pebble-falcon-cotton⟧"',
    "db.password = '⟦orchid-saddle-river⟧'",
    "SMTP_PASSWORD='⟦bkrd wqlz tfhm xnvc⟧'",
    'EMAIL_HOST_PASSWORD = "⟦vqpl zkth wmdx rbnf⟧"',
    "app password: ⟦kzhd wqmv tplr bnxc⟧",
    "the passphrase for the backup disk → ⟦harbor violet copper sparrow⟧",
    "passphrase: ⟦meadow lantern brick cedar otter⟧",
    "recovery phrase: ⟦harbor violet copper sparrow meadow lantern brick cedar otter walnut maple river⟧",
    "spring.mail.password=⟦Walnut.copper58⟧",
    "| who | password |\n|---|---|\n| ana | ⟦copper-walnut-drift⟧ |\n| jon | ⟦Kx8!walnut⟧ |",
    "RABBITMQ_DEFAULT_PASS=⟦timber-falcon⟧",
    "  MYSQL_ROOT_PASSWORD: ⟦copper-thistle⟧\n  TZ: UTC",
    'export VAULT_PW="⟦meadow copper thistle⟧"',
    "[db]\npassword = ⟦Walnut.copper58⟧",
    "'password' => '⟦maple-thistle-otter⟧',",
    "passwd: '⟦Walnut copper 58⟧'",
    "wifi pw ⟦maple-thistle-otter⟧",
    "wallet_mnemonic='⟦harbor violet copper sparrow meadow lantern brick cedar otter walnut maple river⟧'",
]
NO_WORDS = [
    "password = form.cleaned_data",
    "password: user.password2",
    "password = cfg.section1",
    "password = hashlib.sha256",
    'autocomplete: "current-password"',
    'password: "input-group-text"',
    'password: "forgot-your-password"',
    'pwd = "reset-password-form"',
    "passphrase: four words of your own choice",
    "The passphrase is not stored anywhere",
    "DB_PASSWORD=not-used",
    "password = data.vault_generic_secret.db1",
    '"password": "Enter the password again"',
    "config.reset_password_within = 6.hours",
    "remember_token_for = 2.weeks\nconfig.confirm_token_within = 30.minutes",
    "password_encryption = scram-sha-256",
    "POSTGRES_HOST_AUTH_METHOD: scram-sha-256",
    "passwordEncoder: pbkdf2-sha512",
]

SAID = [
    "my spotify pass hasn't changed, still ⟦greenkettle77⟧",
    "the old wifi password used to be ⟦Lantern.bridge4⟧",
    "root pw was changed to ⟦copperKettle9⟧ yesterday",
    "wachtwoord van de router blijft ⟦Molen.dijk38⟧",
    "Das Passwort von der Fritzbox bleibt ⟦Laterne.apfel9⟧",
    "Le mot de passe du portail reste ⟦Fougere.1842⟧",
    "la contraseña del servidor sigue siendo ⟦Olivo.puente61⟧",
    "hasło do panelu to ⟦Wierzba.most52⟧",
    "la password del gestionale è ⟦Castagno.ponte7⟧",
    "a senha do painel é ⟦Ponte.verde83⟧",
    "y la contraseña del archivo ⟦{w17}⟧",
    "El secreto de la aplicación es ⟦{w40}⟧ y ya",
    "Il segreto del client è ⟦{w40}⟧",
    "Das Client-Geheimnis lautet ⟦{w40}⟧",
    "Zugang Wiki: User redaktion, Passwort ⟦Kiesel.turm71⟧ – danke",
    "my acount is jon_b2 and pasword ⟦Regenbogen4⟧ please help",
    "Kundenpasswort ⟦Birke77?⟧.",
    "Gerätepasswort ⟦Kiesel88?⟧. Danke",
    "der Pre-Shared Key für den alten Tunnel (IKEv1) lautet ⟦{w32}⟧.",
    "<eva> what's the admin pw on mirror2?\n<tom> ⟦kW4-harvest-stone⟧\n<eva> thanks",
    "eva: wie ist das Passwort vom NAS?\ntom: ⟦Kessel!brücke9⟧",
    "[10:02] eva: c'est quoi le mdp ?\n[10:03] tom: ⟦fougere-Pont88⟧",
    "¿cuál es la contraseña del wifi?\n⟦Olivo!puente3⟧",
    "can you log into the NAS? admin / ⟦Kettle!bridge07⟧",
    "kannst du dich im Shop anmelden? chef / ⟦Kessel!turm04⟧",
    "creds for the demo box (marta / ⟦Fjord!kx77b⟧)",
    "identifiants du FTP : web12 / ⟦Pont!vert77x⟧",
    "credenciales del panel: admin / ⟦Puente!verde77⟧",
    "login to staging with ops / ⟦Kettle#bridge81⟧ please",
    'while the vault is down: the admin login is ops@example.org with "⟦Willow_copper73⟧" and prod has the same user but "⟦Maple+timber19⟧".',
    'It\'s "⟦Copper_oyster58⟧" with capital first letter.',
    "Es ist „⟦Kessel_turm58⟧“ mit großem K am Anfang, das Passwort",
    "Customer's API key as they sent it in the form: ⟦{h40}⟧ . Please check",
    "mailgun done, datadog api ⟦{h32}⟧. Good luck!",
    "ddog api ⟦{h32}⟧ app ⟦{h40}⟧",
    "clave nueva: ⟦Olivo.puente61⟧",
    "senha do wifi: ⟦Ponte.verde83⟧",
    "the pw's still ⟦Copper_kettle58⟧",
    "password for the archive server in Kiel: ⟦Kettle.bridge81⟧",
    "password changed from ⟦Kettle.bridge81⟧ to ⟦Copper!otter58⟧",
    "The password? ⟦Kettle!bridge81⟧",
    "ssh in as root with ⟦Kettle!bridge81⟧",
    "credentials are admin and ⟦Kettle!bridge81⟧",
    "user / pass: ana / ⟦Kettle!bridge81⟧",
]
CODES = [
    "les deux codes : portail ⟦4821⟧ et alarme ⟦730516⟧",
    "Code du coffre : ⟦518203⟧.",
    "le code de la porte est ⟦4821B⟧",
    "door code for the lab changed, it's ⟦052617⟧ now. alarm pin is ⟦318842⟧",
    "SIM-PIN ⟦2907⟧, PUK ⟦48120573⟧, danke",
    "The gate code is ⟦4821#⟧",
    "locker combination: ⟦18-32-07⟧",
    "Türcode ⟦4821⟧, Alarmcode ⟦9035⟧",
    "el código de la alarma es ⟦4821⟧",
    "il codice del cancello è ⟦4821⟧",
    "o código do portão é ⟦48213⟧",
    "kod do drzwi: ⟦4821⟧",
    "de code van de kluis is ⟦482135⟧",
    "voicemail PIN ⟦4821⟧",
    "my debit card pin is ⟦4821⟧",
    "PUK 1: ⟦48213907⟧, PUK 2: ⟦51820364⟧",
    "le code PIN de la carte est ⟦4821⟧",
    "Code for the bike shed is ⟦4821⟧",
    "code porte d'entrée ⟦48A21⟧",
    "toegangscode ⟦4821⟧",
    "szyfr do sejfu: ⟦4821⟧",
    "MFA backup codes\n⟦48213907⟧\n⟦51820364⟧",
    "recovery codes:\n1. ⟦7f3kq-p2m9x⟧\n2. ⟦h4w8z-t6c2v⟧\n3. ⟦q9r5d-b3n7j⟧",
    "Backup-Codes: ⟦48213907⟧, ⟦51820364⟧ und ⟦90351728⟧",
    "codes de secours :\n⟦4821 3907⟧\n⟦5182 0364⟧",
]
NO_TALK = [
    "my pw: still the same as always",
    "password: see KeePass entry nas-02",
    "what is the password policy?\nat least 12 characters",
    "did you change the password?\nyes, on 2024-05-12 at 10:30",
    "password reset?\nsee https://example.org/reset2",
    "who knows the root password?\nask jon2 or the on-call team",
    "the password of the archive user2024 was reset",
    "status code 4041 and exit code 1270, error code: 5012",
    "zip code 90210, postal code 10115, Code postal 75011",
    "promo code 482133 at the door",
    "the door is 2030 mm high, item code 482133",
    "the safe was built in 1987, the alarm went off at 0430",
    "Unlock the door of room 4012 with your card",
    "login page: header / footer2",
    "log in? yes / no",
    "credentials (frontend / backend)",
    'rename it to "Button_primary24" with the rest',
    'the class is "Button_primary24" and not "btn"',
    "recovery codes:\n1. open settings\n2. press generate",
    "Backup codes are 8 digits long; print 10 of them.",
    "GPIO pin 1200 is free",
    "the pin is made of steel 3000",
    "source code for the gate driver is 4821 lines",
    "the code in the door handler was moved in 2019",
    "PIN code 110001 Delhi",
    "root with 16GB RAM, admin / moderator2 roles",
    "root:x:0:0:root:/root:/bin/bash",
    'He logged in with "Firefox_120" and "Chrome-119"',
    'log in to "Staging-EU2" with your account',
    "password manager: Vault-2024.1x",
    "password changed from sha1 to sha256",
    "The mnemonic is generated from random entropy bits",
    "Passwort schon vergessen, kannst du es zurücksetzen?",
    "He used to be 2nd, the pass is to Miller10's left",
]

KEYS = [
    r'{"key": "⟦-----BEGIN PRIVATE KEY-----\nMIIC{b60}\n{b64}\n{b64}\n{b40}==\n-----END PRIVATE KEY-----\n⟧", "x": 1}',
    r"const k = '⟦-----BEGIN EC PRIVATE KEY-----\nMHcC{b60}\n{b64}\n{b30}==\n-----END EC PRIVATE KEY-----\n⟧';",
    "kind: Secret\ndata:\n  DSN: ⟦bW9uZ29kYjovL2FwcDp0N1Rxd0xwUjl4VkBtb25nby5pbnQ6MjcwMTc=⟧\n  FLAG: ⟦{w32}⟧\n",
    "kind: Secret\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ⟦eyJhdXRocyI6eyJyZWcuZXhhbXBsZSI6eyJhdXRoIjoi{w40}In19fQ==⟧\n",
    "https://f-shop.azurewebsites.net/api/Sync?code=⟦{w50}==⟧",
    "https://api.weather.example/3/now?lat=5&appid=⟦{h32}⟧",
    "https://calendar.example.com/ical/ana%40example.org/private-⟦{h32}⟧/basic.ics",
    "https://api.telegram.org/bot⟦7481209356:AA{w33}⟧/getUpdates",
    "curl -u :⟦{l52}⟧ https://dev.azure.com/x",
    "7z x -p⟦kettlebridge81⟧ in.7z",
    "echo ⟦Kettle!bridge81⟧ | gpg --batch --passphrase-fd 0 -d f.gpg",
    "echo '⟦Kettle!bridge81⟧' | cryptsetup open /dev/sdb1 x -",
    "printf '%s' ⟦{w40}⟧ | gh auth login --with-token",
    "cryptsetup luksOpen /dev/sdb1 x --key-file <(echo -n ⟦Kettle!bridge81⟧)",
    'SSLPassPhraseDialog "exec:/bin/echo ⟦{w15}⟧"',
    "sudo -S apt update <<< '⟦Kettle!bridge81⟧'",
    '<add key="MachineKey" value="⟦{h64}⟧"/>',
    '<machineKey validationKey="⟦{h64}⟧" decryptionKey="⟦{h48}⟧" />',
    'wandb.login(key="⟦{h40}⟧")',
    "%env KAGGLE_KEY=⟦{h32}⟧",
    '{"username": "ana", "key": "⟦{h32}⟧"}',
    "pagerduty_configs:\n  - routing_key: ⟦{h32}⟧",
    'Config{\n\tUser: "app",\n\tHMACKey: []byte("⟦{h32}⟧"),\n}',
    'let key = SymmetricKey(data: Data(base64Encoded: "⟦{b43}=⟧")!)',
    'my $dbh = DBI->connect("dbi:Pg:dbname=shop", "app", "⟦Kx+=Dqtph.l0e+EL⟧", { RaiseError => 1 });',
    "const index = algoliasearch('{u10}', '⟦{h32}⟧');",
    "client = Client('AC{h32}', '⟦{h32}⟧')",
    'live_view: [signing_salt: "⟦q9Rp0iB5⟧"]',
    "define('AUTH_KEY',         '⟦k:9|{w10} }$x~{w10}&<+ {w10}^;{w6}=?⟧');",
    "define( 'NONCE_SALT', '⟦j#P-{w10},>v {w12}[@{w12}!(_{w8}⟧' );",
    'USERS = {"ana": "⟦Kettle81!x⟧", "jon": "⟦walnut-Fjord7⟧"}',
    "credentials = {'ana': '⟦Kettle81!x⟧',\n  'jon': '⟦harbor99x⟧'}",
    "users:\n  ana: ⟦Kettle!81bridge⟧\n  jon: ⟦Copper58!x⟧\n",
    "$users = array('ana' => '⟦Kettle!81bridge⟧');",
    'mysqli_connect("h", "app", "⟦Kettle!bridge81⟧", "shop")',
    'ldap.simple_bind_s("cn=a,dc=x", "⟦Kettle!bridge81⟧")',
    "zip -P ⟦Kettle81x⟧ a.zip b",
    "xfreerdp /u:ana /p:⟦Kettle81x⟧ /v:h",
    "wpa_passphrase Attic ⟦Kettle81x⟧",
    "snmpwalk -v2c -c ⟦Kettle81x⟧ h",
    "AIRTABLE: ⟦pat{w14}.{h64}⟧",
    '.config("fs.azure.account.key.stx.dfs.core.windows.net", "⟦{b86}==⟧")',
    # Meant to be seen, and yet they say whose account it is.
    "STRIPE_PUBLISHABLE_KEY=⟦pk_live_{w60}⟧",
    "Stripe('⟦pk_test_{w90}⟧')",
    "TWILIO_ACCOUNT_SID=⟦AC{h32}⟧",
    "client_id: ⟦481205736120-{l32}.apps.googleusercontent.com⟧",
    "Unseal Key 1: ⟦{b43}=⟧\nUnseal Key 2: ⟦{b43}=⟧\n\nInitial Root Token: ⟦{w26}⟧",
    "⟦AKIA{u16}⟧\n⟦{b40}⟧\n⟦IQoJb3JpZ2luX2Vj{b300}==⟧",
]
NO_KEYS = [
    "mapboxgl.accessToken = 'pk.eyJ{w60}.{w22}'",
    "# public key: age1{l58}",
    "recipients:\n  - age1{l58}",
    "Twilio message SM{h32}, status delivered",
    'data-sitekey="6L{w38}"',
    'RECAPTCHA_SITE_KEY = "6L{w38}"',
    "InChIKey=RYYVLZVUVIJVGH-UHFFFAOYSA-N",
    "arn:aws:secretsmanager:eu-west-1:481205736120:secret:prod/db/password-Kx3qT9",
    "INFO issued token id=1f44ac85-5d96-42c6-b89e-0fc1d169ac63 user=12",
    "gpg: key 9d7ab288c70bd653: public key imported",
    'x-request-id: {u16}\n"requestId": "7Y3YZACUXMRP2AYG"\nx-amz-request-id: 7Y3YZACUXMRP2AYG',
    "data:\n  config: {w32}\n",
    "System.Web, Version=4.0.0.0, PublicKeyToken=b77a5c561934e089",
    "gpg: using RSA key 9D7AB288C70BD6539D7AB288C70BD6539D7AB288",
    "wg pubkey: {b43}=",
    "minisign public key {w56}",
    "https://example.org/?code=200&appid=1234567",
    'users: {"min": "Level2", "max": "v22"}',
    'users = {"u1": "ROLE_ADMIN2", "u2": "Group-B7"}',
    "the api key was rotated, build hash is {h32}",
    "password: $__file{/etc/secrets/db_pass2}",
    "https://example.org/list?list=PL{w32}&page=2",
    "users = {'ana': 'administrator', 'jon': 'editor'}",
    'USERS = {"ana": "ana@example.org", "jon": "jon2@example.org"}',
    "sha256: {h64}, the api key was rotated",
    "the api key was rotated in commit {h40}",
    'define("SALT_LENGTH", "minimum 22 characters are needed for all of them");',
]


@pytest.mark.parametrize("template", [*WORDS, *SAID, *CODES, *KEYS])
def test_what_is_told_is_not_left_readable(template):
    text, readable = left(template)
    assert not readable, text


@pytest.mark.parametrize("template", [*NO_WORDS, *NO_TALK, *NO_KEYS])
def test_what_is_told_of_something_else_raises_no_alarm(template):
    text = drawn(template)
    assert [text[f.start : f.end] for f in DETECTOR.find(text)] == []
