"""What the name of a setting, a field or a variable says of its value: a password, a key, something about one, or nothing.

A name is read as a whole: `tokenizer_path` is not a token.
"""

import re
from functools import lru_cache

from trimtab.detect.signs import later

PASSWORD, TOKEN, WEAK, VAGUE, SALT, PIN, GIVEN, NOTHING = (
    "password",
    "token",
    "weak",
    "vague",
    "salt",
    "pin",
    "given",
    "",
)

# Words for "password" in languages whose words stand alone in texts without identifiers around them.
FOREIGN = (
    "contraseña", "contrasena", "contraseñas", "mot de passe", "motdepasse", "passwort", "kennwort", "senha", "wachtwoord", "parola", "mdp",
    "hasło", "haslo", "lösenord", "losenord", "adgangskode", "salasana", "heslo", "jelszó", "jelszo", "şifre", "sifre", "parolă",
    "mật khẩu", "mat khau", "kata sandi", "пароль", "пароля", "парола", "κωδικός", "סיסמה", "كلمة المرور", "كلمة السر", "पासवर्ड",
    "รหัสผ่าน", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "패스워드", "암호", "비번", "palavra-passe", "parola d'ordine", "暗号化キー", "セキュリティキー", "wlan-schlüssel", "wlan-schluessel", "wifi-schlüssel", "wlan schlüssel", "clé wifi", "clé wi-fi", "clave wifi", "clave del wifi", "chave do wifi", "chiave wifi", "clave", "zugangscode", "código de acceso",
)  # fmt: skip
_FOREIGN_TOKENS = (
    "secreto", "segreto", "segredo", "geheimnis", "secretos", "mot secret",
    "api-schlüssel", "schlüssel", "schluessel", "clé api", "clé d'api", "clave api", "clave de api", "chave de api", "chave", "chiave", "sleutel", "jeton",
    "ключ", "ключ api", "токен", "секрет", "密钥", "令牌", "api密钥", "金鑰", "共享密钥", "トークン", "apiキー", "秘密鍵", "アクセスキー", "秘密密钥", "访问密钥", "存取金鑰", "비밀키", "секретный ключ", "ключ доступа", "токен доступа", "토큰", "인증키",
)  # fmt: skip
FOREIGN_KINDS = dict.fromkeys(FOREIGN, "password") | dict.fromkeys(_FOREIGN_TOKENS, "token")
ABROAD = tuple(word for word in FOREIGN_KINDS if not word.isascii())
"""Words with letters beyond ASCII, which no anchor of ASCII finds."""
PROVIDERS = frozenset(
    "abuseipdb adyen ably airtable alchemy algolia amplitude anthropic asana assemblyai binance braintree braze brevo bugsnag circleci clickatell "  # noqa: SIM905 - a table of words
    "cloudinary codecov cohere coinbase contentful customerio datadog deepgram deepl doppler dropbox easypost elevenlabs etherscan fastly hetzner "
    "honeybadger honeycomb hubspot infura intercom iterable kaggle klarna klaviyo kraken launchdarkly linode logdna loggly mailchimp mailgun "
    "mailjet mapbox messagebird mistral mixpanel mollie moralis newrelic nexmo notion onesignal openai openweather opsgenie pagerduty papertrail "
    "pinecone plaid plivo posthog postmark pusher razorpay replicate revenuecat rollbar scaleway sendgrid sentry shippo shodan sinch snyk "
    "sonarqube sparkpost statuspage stripe sumologic supabase telnyx tinify trello twilio victorops virustotal vonage vultr wandb zendesk".split()
)
"""Who gives out keys: a setting named so alone holds one, if it looks drawn."""
ANCHORS = (
    "passw", "pasw", "pssw", "psw", "passphrase", "passcode", "passkey", "passwd", "pass", "pwd", "pw", "secret", "token", "key", "credential", "creds", "cred", "auth",
    "bearer", "salt", "nonce", "psk", "jwt", "sessionid", "session_id", "sessid", "signature", "client_srt", "pin", "otp", "connection_string", "sas", "webhook",
    *(word for word in FOREIGN_KINDS if word.isascii()), "contrase", "jelsz", *sorted(PROVIDERS), "open_weather", "message_bird", "pager_duty",
    "new_relic", "one_signal", "mail_chimp", "send_grid", "eleven_labs", "assembly_ai", "launch_darkly", "virus_total", "circle_ci", "mail_gun", "revenue_cat",
)  # fmt: skip

_SPLIT = later(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")

# Last words of a name that say that its value is about a secret and not one itself.
_ABOUT = frozenset(
    "id ids name names file files filename path paths dir url urls uri link endpoint type types length len size min max count counts limit limits policy policies "  # noqa: SIM905 - a table of words
    "field fields label labels hint prompt text title message msg error errors required valid validator validators validation invalid regex pattern format "
    "expiry expires expiration expired exp ttl lifetime age timeout date time at on in issuer algorithm alg algo method mode scheme kind provider service "
    "manager store storage ring board word words stroke press up down code codes event events handler callback func function factory class interface "
    "input placeholder button form page screen view dialog component icon reset change changed update updated create created forgot enabled disabled "
    "supported visible usage used version index idx position pos offset num number col column row table schema template prefix suffix separator delimiter "
    "hash hashed digest checksum fingerprint thumbprint sha sha1 sha256 md5 hasher encoder hashers validators backends encoding bits bytes buffer level strength "
    "public pub cert certificate arn ref refs reference resource bucket header headers param params parameter parameters arg args argument option options var "
    "vars env variable list set map dict tuple array iter iterator stream parser lexer izer ization value_name s_per bucket reader writer source sources "
    "vault engine backend server host hostname port user username email account owner description comment comments help doc docs policy rotation count cache "
    "chain frame frames generator getter setter provider type manager pair pairs spec usage uses scope scopes audience state status check checks checker test tests required "
    "sort order func fn cls obj node tree str int bool within until after encryption is was for and or with without no not none null start end begin begins equal equals".split()
)
# `code` ends names of passwords as well; `value` and `string` leave a name what it is.
_PASS_THROUGH = frozenset(
    "value string val plain plaintext raw base64 b64 enc encrypted dec default live test prod production dev staging old new current local main confirmation confirm again here data hex literal".split()  # noqa: SIM905 - a table of words
)
_OF_WIRELESS = frozenset({"pre", "wpa", "wpa2", "wifi", "wlan", "ipsec", "vpn"})
_SECRETS = frozenset({"secreto", "segreto", "segredo"})
_NOT_PASS = frozenset("bypass compass surpass overpass underpass trespass encompass impass pass".split())  # noqa: SIM905 - a table of words
# A long random value under a name that merely mentions a secret is one, unless these say what it is.
_OPENS = frozenset(
    "secret secrets token tokens key keys password passwd pass api credential credentials private".split()  # noqa: SIM905 - a table of words
)
_HARMLESS = frozenset(
    "hash hashed digest checksum fingerprint thumbprint sha sha1 sha256 md5 public pub id ids cache version etag integrity cert certificate signature".split()  # noqa: SIM905 - a table of words
)
_SHORTENED = later(r"(?:.*_)?p(?:a|as|ass|s|ss)?w(?:o?r?d)?s?")
_GLUED = ("password", "passwd", "passphrase", "passwort", "passcode", "userpwd", "pwd", "passw")
_GLUED_TOKENS = (
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "aeskey",
    "encryptionkey",
    "signingkey",
    "sshkey",
    "cryptkey",
    "pkey",
    "subscriptionkey",
    "accountkey",
    "masterkey",
    "licensekey",
    "deploykey",
    "sharedkey",
    "appkey",
    "bearer",
)
_FOREIGN_ENDS = ("kennwort", "wachtwoord", "lösenord", "losenord", "adgangskode", "salasana")
_NOT_KEY = frozenset("monkey turkey donkey hotkey hockey jockey whiskey hickey sitekey pubkey".split())  # noqa: SIM905 - a table of words
_BEFORE_KEY = frozenset(
    "api access secret private auth account master client app application encryption crypt crypto cipher encrypt signing sign signature shared subscription service "  # noqa: SIM905 - a table of words
    "storage license licence activation deploy rsa ssh aes hmac jwt session consumer admin root x server app rest web webhook user db functions function host aws azure "
    "gcp google openai anthropic github gitlab stripe twilio sendgrid mailgun datadog sentry slack dd ops pagerduty algolia mapbox maps map heroku cloudflare cf pusher "
    "firebase supabase pinecone cohere mistral huggingface hf deepl weather newrelic rapidapi nuget npm pypi vapid recovery backup wifi wireless wep psk unlock product serial "
    "security s3 amazon minio facebook twitter linkedin salesforce hubspot zendesk jira elastic splunk oauth integration ingestion instrumentation tls ssl pgp gpg django flask rails base "
    "kaggle wandb comet neptune routing machine validation decryption unseal bot telegram discord alchemy infura etherscan tmdb omdb nasa unsplash giphy shodan virustotal ipinfo "
    "finnhub polygon binance coinbase kraken postmark sparkpost brevo vonage nexmo plivo amplitude mixpanel segment rollbar bugsnag honeybadger opsgenie here tomtom bing".split()
)
_TITLES = frozenset(
    "idempotency next prev previous first last csrf xsrf site publishable chi page continuation sync cursor stop special unk eos bos pad sep cls mask num n max min total prompt completion input output cancellation cancel "  # noqa: SIM905 - a table of words
    "design reserved punctuation whitespace lex parse sort foreign primary partition range hash cache lookup dict hot arrow public route translation i18n message registry tab storage_key any_key keyboard".split()
)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str:
    """What a name says its value is; "" if nothing of interest: `PASSWORD_STRIPE` is a password as well."""
    kind = _kind(name)
    if not kind and _OF_A_PROVIDER.sub("", "".join(_SPLIT.findall(name)).lower()) in PROVIDERS:
        return GIVEN
    if not kind:
        *words, last = _SPLIT.findall(name) or [""]
        if words and last.lower() not in _ABOUT and 1 < len(last) < 12:
            rest = "_".join(words)
            kind = _kind(rest)
            if kind in {PASSWORD, TOKEN} and _KINDRED.search(rest):
                return kind
            return VAGUE if _OPENS.intersection(map(str.lower, words)) else NOTHING
    return kind


_OF_A_PROVIDER = later(r"\Ak(?=one|send|mail)|(?:rest|api|live|prod|production|apikey)\Z")  # `kOneSignalRest`

# Words that name a credential by themselves, whatever it is for.
_KINDRED = later(r"(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|secret)[_-]?key)s?\Z", re.IGNORECASE)


def _kind(name: str) -> str:  # noqa: C901, PLR0912 - one question after the other, as read
    """The same, by its last word that counts. Linear, and asked once for each name."""
    words = [word.lower() for word in _SPLIT.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _PASS_THROUGH):
        words.pop()
    if not words:
        return NOTHING
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if "public" in words and "key" in words[words.index("public") + 1 :][:1]:
        return NOTHING  # `PublicKeyToken`
    glued = "".join(words)
    if last in _ABOUT and not (last == "code" and before in {"pass", "access", "security", "pin"}):
        return NOTHING if _HARMLESS.intersection(words) or not _OPENS.intersection(words) else VAGUE
    if last.endswith(("passwords", "secrets", "tokens", "keys", "credentials")):
        last = last[:-1]
    if (
        last in FOREIGN
        or last in {"psk", "masterauth"}
        or last.endswith(_FOREIGN_ENDS)
        or (last.endswith("pw") and len(last) > 3)
        or last.startswith(_GLUED[:-1])
        or last.endswith(_GLUED)
        or "passw" in last
    ):
        return PASSWORD
    if last == "pass" or _SHORTENED.fullmatch(last) or (last.endswith("pass") and last not in _NOT_PASS):
        return (
            PASSWORD if before not in {"by", "two", "first", "second", "one", "each", "single", "render"} else NOTHING
        )
    if last in {"pin", "otp"}:
        return PIN
    if last == "code":
        return PASSWORD if last != "code" or before in {"pass", "access"} else TOKEN
    if last == "key":
        if before == "shared" and not _OF_WIRELESS.isdisjoint(words):
            return PASSWORD
        if before in _BEFORE_KEY:
            return TOKEN
        return WEAK if before not in _TITLES else NOTHING
    if last.endswith("key") and last not in _NOT_KEY:
        return TOKEN if last.endswith(_GLUED_TOKENS) else WEAK
    if last in {"secret", "token", "credential", "cred", "creds"} or last.endswith(_GLUED_TOKENS):
        return NOTHING if before in _TITLES else TOKEN
    if last in _SECRETS or last.endswith("geheimnis"):
        return TOKEN
    if last in {"salt", "nonce"} or glued.endswith(("salt", "nonce")):
        return SALT
    if last in {
        "auth",
        "authorization",
        "bearer",
        "jwt",
        "signature",
        "sig",
        "session",
        "sessid",
        "sessionid",
        "sas",
        "webhook",
        "srt",
        "authentication",
        "sid",
        "cookie",
    } or last.endswith("auth"):
        return WEAK if last not in {"bearer", "jwt", "srt"} else TOKEN
    if glued.endswith(("connectionstring",)):
        return WEAK
    return NOTHING


_OF_NETWORKS = ("wifi", "wi-fi", "wlan", "wpa", "ssid")
_USED = later(r"(?:login|log_in|configure|config|connect|init|auth|client)\(\Z", re.IGNORECASE)
_OF_A_CIPHER = later(r"crypt\w{0,8}[\"']?\s{0,3}(?:=>|:|=)\s{0,3}[\[{(]\s{0,12}[\"']\Z")
_NETWORK = later(r"\b(?:wi-?fi|wlan|wpa[23]?|ssid)\b")


def kind_of_key(before: str) -> str:
    """What `key` alone says after these words: in the query of an address or where a client is made a token, after a network its password."""
    if before.endswith(("?", "&")) or (before.endswith("(") and _USED.search(before)):
        return TOKEN
    low = before.lower()
    if '"username"' in low:
        return TOKEN  # `{"username": "ana", "key": "..."}`
    if _OF_A_CIPHER.search(low):
        return TOKEN
    return PASSWORD if any(map(low.__contains__, _OF_NETWORKS)) and _NETWORK.search(low) else WEAK
