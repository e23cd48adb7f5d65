"""What introduces a credential: a name such as `db_password`, a sign of assignment, and the value after it.

A name is read as a whole (`tokenizer_path` is not a token), signs are those of code, files, shells, markup and prose,
and the value goes as far as its quotes or as far as a person would read it.
"""

import re
from functools import lru_cache

from trimtab.builtin.detectors.patterns.secret_values import (
    like_key,
    like_password,
    random_looking,
    random_part,
    refers,
)
from trimtab.builtin.detectors.patterns.spec import Judged
from trimtab.detect.signs import later

_PASSWORD, _TOKEN, _WEAK, _VAGUE, _SALT, _PIN, _NOTHING = "password", "token", "weak", "vague", "salt", "pin", ""

# Words for "password" in languages whose words stand alone in texts without identifiers around them.
FOREIGN = (
    "contraseña", "contrasena", "contraseñas", "mot de passe", "motdepasse", "passwort", "kennwort", "senha", "wachtwoord", "parola",
    "hasło", "haslo", "lösenord", "losenord", "adgangskode", "salasana", "heslo", "jelszó", "jelszo", "şifre", "sifre", "parolă",
    "mật khẩu", "mat khau", "kata sandi", "пароль", "пароля", "парола", "κωδικός", "סיסמה", "كلمة المرور", "كلمة السر", "पासवर्ड",
    "รหัสผ่าน", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "패스워드", "암호", "비번", "palavra-passe", "clave", "zugangscode", "código de acceso",
)  # fmt: skip
_FOREIGN_TOKENS = (
    "api-schlüssel", "schlüssel", "schluessel", "clé api", "clé d'api", "clave api", "clave de api", "chave de api", "chave", "chiave", "sleutel", "jeton",
    "ключ", "ключ api", "токен", "секрет", "密钥", "令牌", "api密钥", "トークン", "apiキー", "토큰", "인증키",
)  # fmt: skip
_FOREIGN_KINDS = dict.fromkeys(FOREIGN, "password") | dict.fromkeys(_FOREIGN_TOKENS, "token")
ABROAD = tuple(word for word in _FOREIGN_KINDS if not word.isascii())
"""Words with letters beyond ASCII, which no anchor of ASCII finds."""
ANCHORS = (
    "passw", "pasw", "pssw", "psw", "passphrase", "passcode", "passkey", "passwd", "pass", "pwd", "pw", "secret", "token", "key", "credential", "creds", "cred", "auth",
    "bearer", "salt", "nonce", "psk", "jwt", "sessionid", "session_id", "sessid", "signature", "client_srt", "pin", "otp", "connection_string", "sas", "webhook",
    *(word for word in _FOREIGN_KINDS if word.isascii()), "contrase", "jelsz",
)  # fmt: skip

_SPLIT = later(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_BACK = later(r"[\w-]{0,48}")
_CHAIN = later(r"=[\w.-]{1,50}=")
_FIRST_WORD = later(r"[ ]([A-Za-z-]{2,20})")
_TAIL = later(r"[\w-]{0,40}(?:\.(?!(?:get|is|to|set|has)[A-Z])[a-z]{2,16}(?=\s?[=:]\s?[^\s=]))?")

# Last words of a name that say that its value is about a secret and not one itself.
_ABOUT = frozenset(
    "id ids name names file files filename path paths dir url urls uri link endpoint type types length len size min max count counts limit limits policy policies "  # noqa: SIM905 - a table of words
    "field fields label labels hint prompt text title message msg error errors required valid validator validators validation invalid regex pattern format "
    "expiry expires expiration expired exp ttl lifetime age timeout date time at on in issuer algorithm alg algo method mode scheme kind provider service "
    "manager store storage ring board word words stroke press up down code codes event events handler callback func function factory class interface "
    "input placeholder button form page screen view dialog component icon reset change changed update updated create created forgot enabled disabled "
    "supported visible usage used version index idx position pos offset num number col column row table schema template prefix suffix separator delimiter "
    "hash hashed digest checksum fingerprint thumbprint sha sha1 sha256 md5 hasher encoder encoding bits bytes buffer level strength "
    "public pub cert certificate arn ref refs reference resource bucket header headers param params parameter parameters arg args argument option options var "
    "vars env variable list set map dict tuple array iter iterator stream parser lexer izer ization value_name s_per bucket reader writer source sources "
    "vault engine backend server host hostname port user username email account owner description comment comments help doc docs policy rotation count cache "
    "chain frame frames generator getter setter provider type manager pair pairs spec usage uses scope scopes audience state status check checks checker test tests required "
    "sort order func fn cls obj node tree str int bool is was for and or with without no not none null start end begin begins equal equals".split()
)
# `code` ends names of passwords as well; `value` and `string` leave a name what it is.
_PASS_THROUGH = frozenset(
    "value string val plain plaintext raw base64 b64 enc encrypted dec default live test prod production dev staging old new current local main confirmation confirm again here data hex literal".split()  # noqa: SIM905 - a table of words
)
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
_NOT_KEY = frozenset("monkey turkey donkey hotkey hockey jockey whiskey hickey".split())  # noqa: SIM905 - a table of words
_BEFORE_KEY = frozenset(
    "api access secret private auth account master client app application encryption crypt crypto cipher encrypt signing sign signature shared subscription service "  # noqa: SIM905 - a table of words
    "storage license licence activation deploy rsa ssh aes hmac jwt session consumer admin root x server app rest web webhook user db functions function host aws azure "
    "gcp google openai anthropic github gitlab stripe twilio sendgrid mailgun datadog sentry slack dd ops pagerduty algolia mapbox maps map heroku cloudflare cf pusher "
    "firebase supabase pinecone cohere mistral huggingface hf deepl weather newrelic rapidapi nuget npm pypi vapid recovery backup wifi wireless wep psk unlock product serial "
    "security s3 amazon minio facebook twitter linkedin salesforce hubspot zendesk jira elastic splunk oauth integration ingestion instrumentation tls ssl pgp gpg django flask rails base".split()
)
_TITLES = frozenset(
    "next prev previous first last csrf xsrf page continuation sync cursor stop special unk eos bos pad sep cls mask num n max min total prompt completion input output cancellation cancel "  # noqa: SIM905 - a table of words
    "design reserved punctuation whitespace lex parse sort foreign primary partition range hash cache lookup dict hot arrow public route translation i18n message registry tab storage_key any_key keyboard".split()
)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str:
    """What a name says its value is; "" if nothing of interest: `PASSWORD_STRIPE` is a password as well."""
    kind = _kind(name)
    if not kind:
        rest, _, last = name.replace(".", "_").replace("-", "_").rpartition("_")
        if rest and last.isalnum() and last.lower() not in _ABOUT and len(last) < 12:
            kind = _kind(rest)
            return kind if kind in {_PASSWORD, _TOKEN} and _KINDRED.search(rest) else _NOTHING
    return kind


# Words that name a credential by themselves, whatever it is for.
_KINDRED = later(r"(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|secret)[_-]?key)\Z", re.IGNORECASE)


def _kind(name: str) -> str:  # noqa: C901, PLR0912 - one question after the other, as read
    """The same, by its last word that counts. Linear, and asked once for each name."""
    words = [word.lower() for word in _SPLIT.findall(name)]
    while words and (words[-1].isdigit() or words[-1] in _PASS_THROUGH):
        words.pop()
    if not words:
        return _NOTHING
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    glued = "".join(words)
    if last in _ABOUT and not (last == "code" and before in {"pass", "access", "security", "pin"}):
        return _NOTHING if _HARMLESS.intersection(words) or not _OPENS.intersection(words) else _VAGUE
    if last.endswith(("passwords", "secrets", "tokens", "keys", "credentials")):
        last = last[:-1]
    if (
        last in FOREIGN
        or last in {"psk", "masterauth"}
        or last.startswith(_GLUED[:-1])
        or last.endswith(_GLUED)
        or "passw" in last
    ):
        return _PASSWORD
    if last == "pass" or _SHORTENED.fullmatch(last) or (last.endswith("pass") and last not in _NOT_PASS):
        return (
            _PASSWORD if before not in {"by", "two", "first", "second", "one", "each", "single", "render"} else _NOTHING
        )
    if last in {"pin", "otp"}:
        return _PIN
    if last == "code":
        return _PASSWORD if last != "code" or before in {"pass", "access"} else _TOKEN
    if last == "key":
        if before in _BEFORE_KEY:
            return _TOKEN
        return _WEAK if before not in _TITLES else _NOTHING
    if last.endswith("key") and last not in _NOT_KEY:
        return _TOKEN if last.endswith(_GLUED_TOKENS) else _WEAK
    if last in {"secret", "token", "credential", "cred", "creds"} or last.endswith(_GLUED_TOKENS):
        return _NOTHING if before in _TITLES else _TOKEN
    if last in {"salt", "nonce"} or glued.endswith(("salt", "nonce")):
        return _SALT
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
        return _WEAK if last not in {"bearer", "jwt", "srt"} else _TOKEN
    if glued.endswith(("connectionstring",)):
        return _WEAK
    return _NOTHING


_QUOTE = r"(?:\\{1,6}[\"'`]|&(?:amp;)?(?:quot|#34|#39|apos);|[\"'`]{1,3}|[“”„«»「」‘’])"
# Markup between a name and its value.
_AROUND = r"</?(?:b|strong|i|em|code|span|tt|kbd|samp|pre|label)(?:\s[^<>\n]{0,60})?>\s{0,10}"
_SIGN = later(
    # What closes the name: its quote, a bracket, emphasis.
    rf"(?P<close>{_QUOTE}?[\])]{{0,2}}(?:\*\*|__|</(?:b|strong|code|em|label|span|dt|th)>)?)"
    r"(?:[ \t]\((?![\"'`])[^()\n]{1,40}\)|[ \t](?:for|of|pour|para|f[üu]r|to|voor|di)[ \t][\w.@-]{1,30}(?:[ \t][\w.@-]{1,30})?(?=[ \t]?[:=]))?"  # password (temporary): ...
    r"(?:"
    r"(?P<typed>\s\{[^{}\n]{1,30}\}\s{0,3}=\s{0,3}|\s{0,3}:\s{0,3}[&*]{0,2}(?:'\w{1,20} )?[A-Za-z_][\w.<>\[\]|?\"' ]{0,30}?(?:\s{1,3}=\s{0,3}|=(?=[\"'`bBrRfFuU]))|\s{1,2}(?:string|String|str|text)\s{0,2}=\s{0,3}|\[\d{0,4}\]\s{0,3}=\s{0,3})"
    r"|\s{0,20}(?P<sign>:=|\|\|=|<-|=>|===?|!==?|\?=|\+=|[:=]|：|＝|->|→|&gt;|%3[dDaA])(?:\*\*)?[ \t]{0,20}(?:[|>][+-]?)?(?:\s{1,20}|\s{0,4}\\\r?\n\s{0,20})?"
    rf"(?:{_AROUND}){{0,3}}(?:!{{1,2}}[a-z]{{0,9}}[ \t]{{1,3}}|&\w{{1,20}}[ \t]{{1,3}}|-[ \t]{{1,3}})?"
    r"|(?P<fallback>\)?\s{0,3}(?:\|\||\?\?|\?:|\bor\b|\.equals(?:IgnoreCase)?\(|\|\s?default\()\s{0,3}(?=[\"'`]))"
    r"|(?P<pair>(?:\s{0,3}(?:,\s{0,20}|\s{1,20})[\"']?(?:description|type|label|required|secret|sensitive|kind)[\"']?\s{0,3}[:=]\s{0,3}(?:\"[^\"\n]{0,80}\"|'[^'\n]{0,80}'|[^\"'\s,][^\n,]{0,80})){0,3}\s{0,3},\s{0,20}[\"']?(?:[Vv]alue|default|content|Default|VALUE)[\"']?\s{0,3}[:=]\s{0,3}|(?:\s{0,3}\n\s{0,20}(?:description|type|label|required|secret|sensitive|kind)\s{0,3}[:=][^\n]{0,80}){0,3}\s{0,3}\n\s{0,20}[\"']?(?:value|default|content)[\"']?\s{0,3}[:=]\s{0,3}|\s{1,3}(?:\w{1,20}:)?(?:value|content|default)\s{0,2}=\s{0,2}|\s{0,3}\{(?:[^{}\"]|\"[^\"\n]{0,80}\"){0,200}?\bdefault\s{0,20}=\s{0,4})"
    r"|(?P<markup>\s{0,4}/?>\s{0,40}(?:<(?:value|string)>\s{0,20})?(?:</(?:td|th|key|dt|name|b|strong|code|label)>\s{0,20}<(?:td|string|dd|value|code|span)[^<>\n]{0,40}>\s{0,10})?(?:<!\[CDATA\[)?|\s{0,4}</(?:td|th|key|dt|name)>\s{0,20}<(?:td|string|dd|value)[^<>\n]{0,40}>\s{0,10}(?:<(?:code|b|tt|span)[^<>\n]{0,40}>\s{0,10})?|(?:\s{1,3}[A-Za-z:-]{2,16}\s{0,2}=\s{0,2}[\"'][^\"'<>\n]{0,60}[\"']){1,4}\s{0,3}>\s{0,20})"
    rf"|(?P<call>\s{{0,3}}[({{,]\s{{0,20}}(?:[A-Z_]{{2,30}}\s{{0,3}},\s{{0,3}})?(?:{_QUOTE}[\w. -]{{1,40}}{_QUOTE}\s{{0,3}},\s{{0,3}})?(?={_QUOTE}))"
    r"|(?P<table>\s{0,20}\|\s{0,20})"
    r"|(?P<prose>[ \t][-–—][ \t]{1,3}|(?:[ \t][\w.@'’-]{1,24}+){0,5}?[ \t](?:is|was|are|be|ist|lautet|es|est|é|è|är|er|on|jest|is:|to|equals|это|это:|является)(?:[ \t](?:now|set to|currently|still|nun|jetzt|ahora|maintenant|this|the following))?:?[ \t]{1,3})"
    r"|(?P<east>\s?(?:是|为|為|は|が|는|은|ist)\s?[：:]?\s?)"
    r"|(?P<below>:?(?:\*\*)?[ \t]{0,3}\r?\n[ \t]{0,4}(?:\r?\n)?(?=[^\s<|-]))"
    r"|(?P<option>(?:[ \t]|\\t){1,4}(?:-{1,2}[A-Za-z]{2,16}[ \t]){0,2}(?:\\\n\s{0,8})?)"
    r")"
    # A call with a default, or a conversion, may stand before the literal.
    r"(?:(?:os\.)?(?:getenv|environ\.get|env\.get|getEnv|ENV\.fetch)\([^()\n]{1,60}?(?:,|\)\s{0,2}(?:or|\|\||\?\?))\s{0,2}(?=[\"'`])|(?:new\s)?(?:String|SecretStr|str|bytes|bytes\.fromhex|unhexlify|binascii\.unhexlify|md5|MD5|sha1|SHA1|sha256|SHA256|sha2|SHA2|PASSWORD|crypt|Field|b64decode|Buffer\.from|secret|Some|base64\.b64decode|encode|quote|Secret|new_secret)\((?=[\"'`]))?"
    rf"(?P<list>[\[({{]{{1,2}}\s{{0,20}}(?={_QUOTE}))?"
    rf"(?P<open>(?:[bBuUrRfFLN@$]{{0,2}}{_QUOTE})?)"
)
_IN_QUOTES = {
    '"': later(r'(?:\\.|[^"\\\r\n]){1,512}'),
    "'": later(r"(?:\\.|''(?=\w)|[^'\\\r\n]){1,512}"),
    "`": later(r"[^`\r\n]{1,512}"),
}
_IN_ESCAPED = later(r"(?:[^\\\"'`\r\n&]|&(?!(?:amp;)?(?:quot|#34|#39|apos);)|\\(?!\\{0,5}[\"'`]).){1,512}")
_IN_CURLY = later(r"[^“”„«»「」‘’\r\n]{1,512}")
_BARE = later(r"[^\s\"'`<>，。；、」「“”]{1,512}")
_IN_CELL_TEXT = later(r"[^\s\"'`<>|]{1,512}")
_MORE = later(r"[A-Za-z0-9+/_-]{1,16000}={0,2}")
_MARKUP_TEXT = later(r"[^<>\r\n]{1,512}")
_NEXT = later(
    # All begin with one of these signs, so that what comes before the first of them is passed over quickly.
    r"[,;&|?%\\*](?:(?<=[,;&|?])[ \t]{0,2}(?:amp;)?[\w.-]{1,40}+\s?[=:]|(?<=%)26[\w.-]{1,40}+%3[dD]|(?<=\\)[nrt\"']"
    r"|(?<=&)(?:(?:amp;)?(?:quot|#\d+);|[lg]t;)|(?<=;)(?=\s|\Z)|(?<=\*)\*(?!\w)|(?<=,)(?=[A-Za-z_]+[=:]))"
)
_JOIN = later(
    r"[\"'`](?:\s{0,8}(?:[+.\\]|&(?:\s_)?)\s{0,8}\\?|\s{0,8}\\?)(?:\r?\n\s{0,40}(?:[+.&]\s{0,8})?)?[brfuBRFU]?[\"'`]([^\"'`\r\n]{4,512})(?=[\"'`])"
)
_BYTES = later(
    r"[\[({]\s{0,20}(?:(?:0x[0-9A-Fa-f]{1,2}|\d{1,3}|'[^'\n]')[uUL]?\s{0,8},[\s\\]{0,20}){7,400}(?:0x[0-9A-Fa-f]{1,2}|\d{1,3}|'[^'\n]')?"
)
_BYTES_SIGN = later(
    r"(?:\[\d{0,4}\])?\s{0,4}(?::=|[:=])?\s{0,4}(?:new\s)?(?:\[\]\s?)?(?:byte|uint8|u8|char|bytes|bytearray|Uint8Array|unsigned char)?\s{0,2}(?:\[\d{0,4}\])?\s{0,2}[(]?(?=[\[({])"
)
_LIST_END = later(r"[^\]})\n]{0,400}")
_UNIT = later(
    r"\s(?:characters?|chars?|bits?|bytes?|digits?|seconds?|minutes?|hours?|days?|times|letters|symbols|tokens|words|per|of|or|and|years?|months?|weeks?|zeichen|caracteres|users?|attempts?)\b",
    re.IGNORECASE,
)


def assigned(text: str, start: int, end: int) -> Judged | None:
    """The value that the name around `text[start:end]` introduces, if it looks like a credential."""
    tail = _TAIL.match(text, end)
    assert tail is not None
    if tail.end() - end >= 40:
        return None
    begin = _begin(text, start)
    if text[start:end].lower() in _FOREIGN_KINDS:
        kind = _FOREIGN_KINDS[text[start:end].lower()]
        sign = _SIGN.match(text, end)
        return (
            _judged(text, sign, kind, text[start:end], start)
            if sign and begin == start and tail.end() - end < 2
            else None
        )
    name = text[begin : tail.end()]
    if len(name) > 80 or _chained(text, begin):
        return None
    kind = kind_of(name.strip("-_"))
    if kind in {_WEAK, _NOTHING}:
        # "access key": two words are one name.
        first = _FIRST_WORD.match(text[max(0, begin - 24) : begin][::-1])
        if first:
            kind = kind_of(f"{first[1][::-1]}_{name}") or kind
    if not kind:
        return None
    sign = _SIGN.match(text, tail.end())
    found = _judged(text, sign, kind, name, begin) if sign else None
    return found or _in_bytes(text, start, tail.end()) or _before(text, begin, kind)


# A value before the name that says what it is, in an element or an object: `value="..." name="password"`.
_MEMBER = r"[\"']?\w{1,20}[\"']?\s{0,3}[:=]\s{0,3}(?:[\"'][^\"'\n]{0,80}[\"']|\w{1,20})"
_VALUE_FIRST = later(
    r"\b(?:value|content|default)[\"']?\s{0,3}[:=]\s{0,3}[\"'](?P<value>[^\"'\n]{4,200})[\"']"
    rf"(?:[\s,]{{1,20}}{_MEMBER}){{0,3}}[\s,]{{1,20}}[\"']?(?:name|key|id|type|field|label)[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']\Z",
    re.IGNORECASE,
)


def _before(text: str, begin: int, kind: str) -> Judged | None:
    if text[begin - 1 : begin] not in {'"', "'"}:
        return None
    low = max(0, begin - 300)
    near = text[low:begin]
    if "value" not in near and "content" not in near and "default" not in near:
        return None
    found = _VALUE_FIRST.search(near)
    sure = _sureness(found["value"], kind, quoted=True, told=True, literal=False, loose=False) if found else 0.0
    return (low + found.start("value"), low + found.end("value"), sure) if found and sure else None


def _chained(text: str, begin: int) -> bool:
    """Whether a name stands in a chain of assignments, which is all the value of its first name."""
    return text[begin - 1 : begin] == "=" and _CHAIN.match(text[max(0, begin - 60) : begin][::-1]) is not None


def _begin(text: str, start: int) -> int:
    """Where the name begins of which a part begins at `start`."""
    back = _BACK.match(text[max(0, start - 48) : start][::-1])
    return start - (back.end() if back else 0)


def abroad(text: str, start: int, end: int) -> Judged | None:
    """The value after a word of `ABROAD`."""
    word = text[start:end]
    sign = _SIGN.match(text, end)
    kind = _FOREIGN_KINDS.get(word.lower())
    if _chained(text, _begin(text, start)):
        return None
    return _judged(text, sign, kind, word, start) if sign and kind else None


_DIGIT_IN_WORD = later(r"[^\s\d]{0,63}\d")
_TOLD_BEFORE = later(r"(?:(?:^|\n)[ \t]*(?:ENV|ARG|export|setx?) |\blogin [\w.@-]{1,40}\s{1,4})\Z")
_ALONE = later(
    r"(?:\A|\n)[ \t>*#-]{0,6}(?:[A-Za-z]{2,12} )?\Z|\bname=[\"']\Z"
)  # what may stand before a name in a line of its own
_IN_CELL = later(r"\|[ *`\"']*(?:\w{1,20} ){0,3}[*`\"']*\Z")


def _judged(  # noqa: C901, PLR0912 - one question after the other, as read
    text: str, sign: re.Match[str], kind: str, name: str, begin: int
) -> Judged | None:
    quoted = bool(sign["open"])
    plain = quoted or bool(sign["markup"])
    written = (
        sign["sign"]
        or sign["typed"]
        or sign["pair"]
        or sign["markup"]
        or sign["call"]
        or sign["table"]
        or sign["fallback"]
    )
    below = sign["below"] is not None
    option = below or sign["option"] is not None
    if below and not _ALONE.search(text[max(0, begin - 24) : begin]):
        return None
    flag = option and (
        name.startswith("-")
        or (
            (name.isupper() or "login" in text[max(0, begin - 60) : begin])
            and _TOLD_BEFORE.search(text[max(0, begin - 60) : begin]) is not None
        )
    )
    if (
        sign["markup"]
        and sign["markup"].strip() in {">", "/>"}
        and text[begin - 1 : begin] not in {"<", ":", '"', "'"}
        and sign["close"] == ""
    ):
        return None
    if (option and not (flag or quoted)) and (
        (sign["close"] and not below) or kind == _SALT or not _DIGIT_IN_WORD.match(text, sign.end())
    ):
        return None
    if sign["table"] and not _IN_CELL.search(text[max(0, begin - 60) : begin]):
        return None
    value = _value(text, sign, quoted=quoted)
    if value is None:
        return None
    low, high = value
    if sign["prose"] or option or sign["east"]:
        while high > low and text[high - 1] in ".,:;?)" and not flag and (not quoted or text[high - 1] in ".,"):
            high -= 1
        if high - low < 4 or (text[low:high].isdigit() and _UNIT.match(text, high)):
            return None
    found = text[low:high]
    if below and text[high : high + 1] not in {"", "\r", "\n", "`"}:
        return None
    if sign["markup"] and found[0] == "@":
        return None  # `<password>@host`
    if not quoted and found[-1] in ":=" and found[:-1].isalpha():
        return None  # the next name
    if not quoted and sign["markup"] is None and ((high < len(text) and text[high] in "([") or _refers(found, sign)):
        return None
    told = (written is not None and not (sign["call"] or "").lstrip().startswith(",")) or flag
    literal = flag or (
        sign["sign"] == "="
        and sign.end() - sign.start("sign") == 1
        and (name.isupper() or "." in name or "=" not in name)
    )
    if literal and not flag and not quoted and not (name.isupper() or text[begin - 1 : begin] in {"?", "&", ";", "-"}):
        literal = False
    if sign["sign"] in {"==", "===", "!=", "!=="} and not quoted:
        return None
    sure = _sureness(found, kind, quoted=plain, told=told, literal=literal, loose=option and not flag)
    if not sure:
        return None
    if quoted:
        high = _joined(text, high)
        if sign["list"]:
            rest = _LIST_END.match(text, high)
            high = rest.end() if rest else high
    elif sign["markup"] or text[high - 1] == "\\" or (sign["sign"] and _FURTHER_IN.match(text, high)):
        high = _joined(text, high)
    elif high - low >= 500:
        more = _MORE.match(text, low)
        high = max(high, more.end()) if more else high
    return low, high, sure


def _sureness(value: str, kind: str, *, quoted: bool, told: bool, literal: bool, loose: bool) -> float:
    if kind == _PASSWORD:
        sure = like_password(value, quoted=quoted, told=told and not loose, literal=literal)
        if loose and not quoted:
            return sure if _strong(value) else 0.0
        return sure
    if kind == _PIN:
        return 0.7 if (told and _DIGITS.fullmatch(value)) or like_key(value, least=14, weak=False) else 0.0
    if kind == _SALT:
        if quoted and told and _SALTY.match(value):
            return 0.7
        return like_key(value, least=10, weak=False) if quoted or told else 0.0
    if kind == _VAGUE:
        return like_key(value, least=20, weak=True) if told and _THREE_KINDS.match(value) else 0.0
    if kind == _WEAK:
        return like_key(value, least=14, weak=True)
    pair = _LOGIN_PAIR.fullmatch(value) if told else None
    if pair and not pair[1].isdigit():
        return like_password(pair[1], quoted=quoted, told=True, literal=False)
    return like_key(value, least=8 if told else 12, weak=False)


_LOGIN_PAIR = later(r"[A-Za-z][\w.@-]{1,30}[:/]([^\s:/]{4,60})")
_DIGITS = later(r"\d{4,8}")
_SALTY = later(r"(?=(?:\D*\d){3})(?=(?:[^!#$%^&*@~\\]*[!#$%^&*@~\\]){2})\S{6,64}\Z")
_THREE_KINDS = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)")
_STRONG_LOOK = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)(?=.*[^\w.,:/()-]|.{8,})[^\s]{7,64}")


def _strong(value: str) -> bool:
    return _STRONG_LOOK.fullmatch(value) is not None and (
        not value.isalnum() or random_looking(value, 7) or bool(re.search(r"\d[A-Za-z]", value))
    )


def _refers(value: str, sign: re.Match[str]) -> bool:
    """Whether a value without quotes is code: a name, a call, an attribute."""
    return refers(value) and not (sign["sign"] in {"=", ":"} and random_looking(value, 10))


def _value(  # noqa: C901, PLR0912 - each kind of quote ends in its own way
    text: str, sign: re.Match[str], *, quoted: bool
) -> tuple[int, int] | None:
    """Where the value is."""
    start = sign.end()
    opened = sign["open"].lstrip("bBuUrRfFLN@$")
    if quoted:
        if opened[0] in "\\&":
            match = _IN_ESCAPED.match(text, start)
        elif opened[0] in _IN_QUOTES:
            if len(opened) == 2:  # an empty string
                return None
            if len(opened) == 3:
                blank = later(r"\s{0,40}").match(text, start)
                start = blank.end() if blank else start
            match = _IN_QUOTES[opened[0]].match(text, start)
        else:
            match = _IN_CURLY.match(text, start)
        if not match:
            return None
        low, high = match.span()
        while low < high and text[high - 1] in " \t":
            high -= 1
        while low < high and text[low] in " \t":
            low += 1
        return (low, high) if low < high else None
    if sign["markup"]:
        match = _MARKUP_TEXT.match(text, start)
        if not match:
            return None
        stripped = match.group().strip().removesuffix("]]")
        low = start + len(match.group()) - len(match.group().lstrip())
        return (low, low + len(stripped)) if stripped and " " not in stripped else None
    match = (_IN_CELL_TEXT if sign["table"] else _BARE).match(text, start)
    if not match:
        return None
    low, high = match.span()
    cut = _NEXT.search(text, low, high)
    if cut and cut.start() > low:
        high = cut.start()
    while (high > low and text[high - 1] in ",;") or (
        high > low and text[high - 1] in ")]}" and not any(c in text[low:high] for c in "([{")
    ):
        high -= 1
    return (low, high) if high > low else None


_WRAPPED = later(r"\\?\r?\n[ \t]{0,40}([A-Za-z0-9+/_-]{8,160}={0,2})(?=[\"'`<\s\\]|\Z)")


_FURTHER_IN = later(r"\r?\n[ \t]")  # a line that goes on with the one before it


def _joined(text: str, high: int) -> int:
    """The end of a literal that goes on in the next lines."""
    for _ in range(60):
        more = _WRAPPED.match(text, high)
        if not more or not random_part(more[1].rstrip("=")):
            break
        high = more.end(1)
    for _ in range(60):
        more = _JOIN.match(text, high)
        if not more or " " in more[1].strip():
            break
        high = more.end(1)
    return high


def _in_bytes(text: str, start: int, end: int) -> Judged | None:
    """A key written as a row of numbers."""
    sign = _BYTES_SIGN.match(text, end)
    row = sign and _BYTES.match(text, sign.end())
    if not row:
        return None
    kind = kind_of(text[_begin(text, start) : end].strip("-_"))
    if kind in {_NOTHING, _WEAK, _VAGUE} and "aes" not in text[max(0, start - 8) : end].lower():
        return None
    return row.start() + 1, row.end(), 0.8
