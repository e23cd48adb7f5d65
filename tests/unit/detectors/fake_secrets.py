"""Credentials that open nothing, made from a seed when a test runs: none stands in the repository as a literal."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

LETTERS = string.ascii_letters + string.digits
SAFE = LETTERS + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits

# Prefix in two parts, alphabet and length: put together only at run time.
FORMATS: dict[str, tuple[str, str, str, int]] = {
    "aws-access-key": ("AK", "IA", UPPER, 16),
    "google-api-key": ("AI", "za", SAFE, 35),
    "google-client-secret": ("GOC", "SPX-", SAFE, 28),
    "google-oauth-token": ("ya", "29.", SAFE, 60),
    "github-token": ("gh", "p_", LETTERS, 36),
    "gitlab-token": ("gl", "pat-", SAFE, 20),
    "npm-token": ("np", "m_", LETTERS, 36),
    "pypi-token": ("py", "pi-AgE", SAFE, 120),
    "rubygems-key": ("ruby", "gems_", HEX, 48),
    "docker-token": ("dckr", "_pat_", SAFE, 27),
    "digitalocean-token": ("dop", "_v1_", HEX, 64),
    "cloudflare-token": ("cf", "ut_", LETTERS, 40),
    "netlify-token": ("nf", "p_", LETTERS, 36),
    "vault-token": ("hv", "s.", LETTERS, 24),
    "doppler-token": ("dp", ".pt.", LETTERS, 43),
    "pulumi-token": ("pu", "l-", HEX, 40),
    "sonarqube-token": ("sq", "u_", HEX, 40),
    "slack-token": ("xo", "xb-", LETTERS, 40),
    "sendinblue-key": ("xkey", "sib-", HEX, 64),
    "mailgun-key": ("ke", "y-", HEX, 32),
    "stripe-key": ("sk", "_live_", LETTERS, 24),
    "square-token": ("sq0", "atp-", SAFE, 22),
    "shopify-token": ("shp", "at_", HEX, 32),
    "razorpay-key": ("rzp", "_live_", LETTERS, 14),
    "easypost-key": ("EZ", "AK", LETTERS, 54),
    "openai-key": ("sk", "-proj-", LETTERS, 48),
    "anthropic-key": ("sk", "-ant-", LETTERS, 90),
    "groq-key": ("gs", "k_", LETTERS, 52),
    "xai-key": ("xa", "i-", LETTERS, 80),
    "huggingface-token": ("h", "f_", string.ascii_letters, 34),
    "replicate-token": ("r", "8_", LETTERS, 37),
    "perplexity-key": ("pp", "lx-", LETTERS, 48),
    "together-key": ("tgp", "_v1_", LETTERS, 43),
    "nvidia-key": ("nv", "api-", LETTERS, 64),
    "pinecone-key": ("pc", "sk_", LETTERS, 60),
    "newrelic-key": ("NR", "AK-", UPPER, 27),
    "sentry-token": ("sntr", "yu_", HEX, 64),
    "posthog-key": ("ph", "x_", LETTERS, 43),
    "databricks-token": ("da", "pi", HEX, 32),
    "planetscale-token": ("pscale", "_pw_", LETTERS, 43),
    "supabase-key": ("sb", "p_", HEX, 40),
    "linear-key": ("lin", "_api_", LETTERS, 40),
    "notion-token": ("nt", "n_", LETTERS, 46),
    "figma-token": ("fi", "gd_", LETTERS, 40),
    "wundergraph-key": ("cos", "mo_", HEX, 32),
    "readme-key": ("rd", "me_", string.ascii_lowercase + string.digits, 70),
    "twilio-key": ("S", "K", HEX, 32),
    "elevenlabs-key": ("s", "k_", HEX, 48),
    "mollie-key": ("li", "ve_", LETTERS, 30),
    "crates-token": ("c", "io", LETTERS, 32),
}


def key(kind: str, dice: random.Random) -> str:
    """A fake key of a provider's form."""
    first, second, alphabet, size = FORMATS[kind]
    made = first + second + "".join(dice.choices(alphabet, k=size))
    return made + "-" + "".join(dice.choices(LETTERS, k=16)) if kind == "sendinblue-key" else made


def password(dice: random.Random) -> str:
    """A fake password: drawn at random, or a word with digits and a sign as people choose them."""
    word = dice.choice(["Falcon", "River", "Copper", "Lantern", "Meadow"])
    drawn = "".join(dice.choices(LETTERS, k=dice.randint(9, 14)))
    return dice.choice([word + str(dice.randint(10, 9999)) + dice.choice("!@#*"), drawn + dice.choice("!@*") + "7a"])


def token(dice: random.Random) -> str:
    """A fake token without a provider's form."""
    alphabet, size = dice.choice([(LETTERS, 32), (HEX, 40), (SAFE.replace("-", ""), 43), (LETTERS, 24)])
    return "".join(dice.choices(alphabet, k=size)) + "7a"


@dataclass(frozen=True, slots=True)
class Dressed:
    """A text and the credential in it."""

    text: str
    value: str


PASSWORD_TEXTS = (
    'password = "{}"', "DB_PASSWORD={}\nDEBUG=1", "password: {}", '"password": "{}",', "<password>{}</password>",
    "tool --password {} run", "tool --password={}", "The password is {}.", "My password is {} and I forgot it",
    "Das Passwort lautet {}.", "la contraseña es {}", "mot de passe : {}", "A senha é {}", "het wachtwoord is {}",
    "пароль: {}", "密码：{}", "パスワードは{}です", "비밀번호: {}", "| password | {} |", "- name: DB_PASSWORD\n  value: {}",
    "const pwd = '{}';", "user: bob\npass: {}", '{{"user":"bob","pwd":"{}"}}', "connect(host='x', passwd='{}')",
    "Server=db;Uid=sa;Pwd={};Encrypt=yes", "Use the password `{}` to log in.", "define('DB_PASS', '{}');",
    'password := "{}"', "CREATE USER u IDENTIFIED BY '{}';", "ENV ADMIN_PASSWORD {}", "password for alice is {}",
    '<add key="Password" value="{}" />', "spring.datasource.password={}", 'val password: String = "{}"',
    'os.environ["DB_PASSWORD"] = "{}"', '\\"password\\":\\"{}\\"', "hasło: {}", "curl -u bob:{} https://h.example",
    "machine h login u password {}",
)  # fmt: skip
TOKEN_TEXTS = (
    'api_key = "{}"', "API_KEY={}", "token: {}", '"access_token": "{}"', "Authorization: Bearer {}", 'curl -H "X-Api-Key: {}"',
    "client_secret={}", "<apiKey>{}</apiKey>", "my api key is {}", "https://h.example/?access_token={}&x=1",
    "SECRET_KEY = '{}'", "tool --token {}", "//registry.example/:_authToken={}", "aws_secret_access_key = {}",
    "| API key | {} |", "Access token: `{}`", 'private String apiSecret = "{}";',
)  # fmt: skip


def dressed(template: str, make: Callable[[random.Random], str], dice: random.Random) -> Dressed:
    value = make(dice)
    return Dressed(f"Some text before.\n{template.format(value)}\nAnd some after.\n", value)


def pem(dice: random.Random, kind: str = "RSA ") -> str:
    """A block in the form of a private key."""
    lines = ["".join(dice.choices(LETTERS + "+/", k=64)) for _ in range(12)]
    dashes = "-" * 5
    return "\n".join([f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}", *lines, f"{dashes}END {kind}PRIVATE KEY{dashes}"])


# -- texts without credentials ---------------------------------------------------------


def uuid(dice: random.Random) -> str:
    return "-".join("".join(dice.choices(HEX, k=size)) for size in (8, 4, 4, 4, 12))


def harmless(dice: random.Random) -> list[str]:
    """One text of each kind that is easily taken for one with a credential."""

    def digest(size: int) -> str:
        return "".join(dice.choices(HEX, k=size))

    base64 = "".join(dice.choices(LETTERS + "+/", k=600))
    return [
        f"id: {uuid(dice)}\nrequest_id={uuid(dice)}",
        f"commit {digest(40)}\nAuthor: somebody",
        f'"integrity": "sha512-{base64[:86]}=="',
        f"requests==2.31.0 --hash=sha256:{digest(64)}",
        f'<img src="data:image/png;base64,{base64}">',
        f"url(data:font/woff2;base64,{base64})",
        "!function(e,t){var n=e.key,r=t.token;return n===r?(e.password=t.value,null):void 0}(window,self);",
        ".password-field{color:#a1b2c3;background:#ffeedd}.token-list>li{margin:0 4px}",
        "A password must have at least 12 characters, one digit and one sign. Never share your password.",
        '{"password": "Passwort", "forgot_password": "Passwort vergessen?", "enter_password": "Bitte Passwort eingeben"}',
        '{"password": "Mot de passe", "confirm_password": "Confirmez le mot de passe"}',
        "CREATE TABLE users (id INT, password VARCHAR(255) NOT NULL, token CHAR(64), api_key TEXT);",
        'password = os.environ["DB_PASSWORD"]\ntoken = get_token(user)\nkey = self.key',
        "password: ${DB_PASSWORD}\ntoken: {{ vault_token }}\nsecret: <your secret>",
        "API_KEY=your-api-key-here\nPASSWORD=changeme\nTOKEN=xxxxxxxxxxxxxxxx",
        "def login(user: str, password: str, token: str | None = None) -> bool: ...",
        "interface Login { password: string; token?: string; apiKey: string | null }",
        "The token is invalid. The password is incorrect. The key is missing.",
        f"etag: {digest(32)}\nmd5 = {digest(32)}\nsha1: {digest(40)}",
        f'"key": "{digest(40)}", "cache_key": "user-profile-settings-v2"',
        "tokens: 4096\nmax_tokens=2048\nprompt_tokens: 17\ntokenizer: gpt2",
        "The key to success is practice. He passed the ball. Press any key to continue.",
        f"The password of tenant {uuid(dice)} was changed; token refreshed, request {uuid(dice)}.",
        f"secret rotated: correlation_id={uuid(dice)} https://h.example/tokens/{uuid(dice)}",
        "set `POSTGRES_PASSWORD`, `CF_R2_ACCESS_KEY_ID`, `CF_R2_SECRET_ACCESS_KEY`",
        'login("bob", "home")',
        "credentials: same / different, see the account\nSender: alerts7@mail.example.org",
        "The password is base64 or sha256, on level2.",
        f"token_type=bearer&expires_in=3600&state={uuid(dice)}",
        '<input type="password" name="password" placeholder="Password" autocomplete="current-password">',
        "https://host.example:8443/x@y and ssh://git@host.example/path",
        "-----BEGIN CERTIFICATE-----\n" + base64[:256] + "\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\n" + base64[:256] + "\n-----END PUBLIC KEY-----",
        "version 1.2.3-rc1 of x86_64-linux-gnu at 2024-05-12T10:20:30Z",
        "password_hash = hashlib.sha256(password.encode()).hexdigest()",
        "passwordPolicy: {minLength: 12}\nsecretName: my-app-secrets\nkeyVaultName: kv-prod",
        'if (password === "") return error("password required");',
        "tool --password PASSWORD --token TOKEN --user USER",
        "La contraseña es obligatoria. Das Passwort ist falsch. Le mot de passe est requis.",
    ]
