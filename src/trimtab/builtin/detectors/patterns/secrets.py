"""Access keys, tokens and passwords.

Two kinds. Keys whose provider gave them a shape are found by their prefix and length, which providers publish so that
they can be found. Everything else is found by what introduces it: a name such as `password` or `api_key`, a sign of
assignment, and a value that looks neither like a word, nor like code, nor like a place to put one (`<your key>`).
"""

import base64
import json
import math
import re
from collections import Counter

from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern

_KEY_SIGNS = "_"


def _token(text: str, start: int, end: int) -> Judged | None:
    """The judge of a provider's key: it stands alone, and is no row of the same sign."""
    if start and (text[start - 1].isalnum() or text[start - 1] in _KEY_SIGNS):
        return None
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return None
    body = text[start:end]
    if len(set(body[-12:])) < 4 or _PLACEHOLDER.search(body):
        return None
    return start, end, 0.99


_PLACEHOLDER = re.compile(
    r"x{5,}|\*{3,}|\.{3,}|0{40,}|(?<![a-z])(?:example|sample|placeholder|changeme|redacted|dummy|your)", re.IGNORECASE
)

# Name of the kind, prefix (the anchor), and what follows it.
_PROVIDERS: tuple[tuple[str, str, str], ...] = (
    ("aws-access-key", "AKIA", "[A-Z0-9]{16}"),
    ("aws-access-key", "ASIA", "[A-Z0-9]{16}"),
    ("aws-access-key", "ABIA", "[A-Z0-9]{16}"),
    ("aws-access-key", "ACCA", "[A-Z0-9]{16}"),
    ("aws-mws", "amzn.mws.", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("google-api-key", "AIza", "[A-Za-z0-9_-]{35}"),
    ("google-oauth", "ya29.", "[A-Za-z0-9_-]{20,400}"),
    ("google-client-secret", "GOCSPX-", "[A-Za-z0-9_-]{28}"),
    ("github-token", "ghp_", "[A-Za-z0-9]{36}"),
    ("github-token", "gho_", "[A-Za-z0-9]{36}"),
    ("github-token", "ghu_", "[A-Za-z0-9]{36}"),
    ("github-token", "ghs_", "[A-Za-z0-9]{36}"),
    ("github-token", "ghr_", "[A-Za-z0-9]{36,76}"),
    ("github-token", "github_pat_", "[A-Za-z0-9_]{60,90}"),
    ("gitlab-token", "glpat-", "[A-Za-z0-9_-]{20,64}"),
    ("gitlab-token", "glptt-", "[a-f0-9]{40}"),
    ("gitlab-token", "gldt-", "[A-Za-z0-9_-]{20,64}"),
    ("gitlab-token", "GR1348941", "[A-Za-z0-9_-]{20}"),
    ("bitbucket-token", "ATBB", "[A-Za-z0-9]{24,40}"),
    ("atlassian-token", "ATATT3", "[A-Za-z0-9_=-]{60,250}"),
    ("slack-token", "xoxb-", "[0-9A-Za-z-]{20,250}"),
    ("slack-token", "xoxp-", "[0-9A-Za-z-]{20,250}"),
    ("slack-token", "xoxa-", "[0-9A-Za-z-]{10,250}"),
    ("slack-token", "xoxr-", "[0-9A-Za-z-]{10,250}"),
    ("slack-token", "xoxs-", "[0-9A-Za-z-]{10,250}"),
    ("slack-token", "xapp-", "[0-9A-Za-z-]{20,250}"),
    ("slack-webhook", "hooks.slack.com/services/", "[A-Za-z0-9/]{30,60}"),
    ("discord-webhook", "discord.com/api/webhooks/", r"[0-9]{17,20}/[A-Za-z0-9_-]{60,72}"),
    ("teams-webhook", "webhook.office.com/webhookb2/", r"[0-9a-f@/A-Za-z-]{60,220}"),
    ("stripe-key", "sk_live_", "[A-Za-z0-9]{16,120}"),
    ("stripe-key", "sk_test_", "[A-Za-z0-9]{16,120}"),
    ("stripe-key", "rk_live_", "[A-Za-z0-9]{16,120}"),
    ("stripe-key", "rk_test_", "[A-Za-z0-9]{16,120}"),
    ("stripe-webhook", "whsec_", "[A-Za-z0-9+/=]{24,80}"),
    ("square-token", "sq0atp-", "[A-Za-z0-9_-]{22}"),
    ("square-secret", "sq0csp-", "[A-Za-z0-9_-]{43}"),
    ("square-token", "EAAAE", "[A-Za-z0-9_-]{59}"),
    ("paypal-token", "access_token$production$", r"[0-9a-z]{16}\$[0-9a-f]{32}"),
    ("shopify-token", "shpat_", "[a-fA-F0-9]{32}"),
    ("shopify-token", "shpca_", "[a-fA-F0-9]{32}"),
    ("shopify-token", "shppa_", "[a-fA-F0-9]{32}"),
    ("shopify-token", "shpss_", "[a-fA-F0-9]{32}"),
    ("twilio-key", "SK", "[0-9a-fA-F]{32}"),
    ("twilio-account", "AC", "[0-9a-fA-F]{32}"),
    ("sendgrid-key", "SG.", r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    ("mailgun-key", "key-", "[0-9a-zA-Z]{32}"),
    ("mailchimp-key", "-us", "[0-9]{1,2}"),
    ("postman-key", "PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"),
    ("openai-key", "sk-proj-", "[A-Za-z0-9_-]{20,200}"),
    ("openai-key", "sk-svcacct-", "[A-Za-z0-9_-]{20,200}"),
    ("anthropic-key", "sk-ant-", "[A-Za-z0-9_-]{20,200}"),
    ("openrouter-key", "sk-or-v1-", "[a-f0-9]{64}"),
    ("openai-key", "sk-", "[A-Za-z0-9]{20,64}"),
    ("groq-key", "gsk_", "[A-Za-z0-9]{40,64}"),
    ("huggingface-token", "hf_", "[A-Za-z0-9]{30,40}"),
    ("replicate-token", "r8_", "[A-Za-z0-9]{37,40}"),
    ("perplexity-key", "pplx-", "[A-Za-z0-9]{40,64}"),
    ("npm-token", "npm_", "[A-Za-z0-9]{36}"),
    ("pypi-token", "pypi-", "[A-Za-z0-9_-]{50,250}"),
    ("rubygems-key", "rubygems_", "[a-f0-9]{48}"),
    ("docker-token", "dckr_pat_", "[A-Za-z0-9_-]{20,40}"),
    ("digitalocean-token", "dop_v1_", "[a-f0-9]{64}"),
    ("digitalocean-token", "doo_v1_", "[a-f0-9]{64}"),
    ("heroku-key", "HRKU-", "[A-Za-z0-9_-]{36,60}"),
    ("flyio-token", "fo1_", "[A-Za-z0-9_-]{43}"),
    ("vault-token", "hvs.", "[A-Za-z0-9_-]{24,120}"),
    ("vault-token", "hvb.", "[A-Za-z0-9_-]{24,200}"),
    ("terraform-token", ".atlasv1.", "[A-Za-z0-9_=-]{60,70}"),
    ("databricks-token", "dapi", "[a-f0-9]{32}"),
    ("planetscale-token", "pscale_tkn_", "[A-Za-z0-9_.-]{32,64}"),
    ("planetscale-token", "pscale_pw_", "[A-Za-z0-9_.-]{32,64}"),
    ("supabase-key", "sbp_", "[a-f0-9]{40}"),
    ("newrelic-key", "NRAK-", "[A-Z0-9]{27}"),
    ("newrelic-key", "NRJS-", "[a-f0-9]{19}"),
    ("grafana-token", "glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    ("grafana-token", "glc_", "[A-Za-z0-9+/]{32,400}={0,2}"),
    ("sentry-token", "sntrys_", "[A-Za-z0-9+/=_-]{40,300}"),
    ("sentry-token", "sntryu_", "[a-f0-9]{64}"),
    ("linear-key", "lin_api_", "[A-Za-z0-9]{40}"),
    ("notion-token", "secret_", "[A-Za-z0-9]{43}"),
    ("notion-token", "ntn_", "[A-Za-z0-9]{40,50}"),
    ("airtable-token", "pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("figma-token", "figd_", "[A-Za-z0-9_-]{40,60}"),
    ("dropbox-token", "sl.", "[A-Za-z0-9_-]{120,160}"),
    ("facebook-token", "EAACEdEose0cBA", "[0-9A-Za-z]{20,250}"),
    ("telegram-token", ":AA", "[A-Za-z0-9_-]{32,35}"),
    ("azure-storage-key", "AccountKey=", "[A-Za-z0-9+/]{86}=="),
    ("age-key", "AGE-SECRET-KEY-1", "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    ("dynatrace-token", "dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("doppler-token", "dp.pt.", "[A-Za-z0-9]{43}"),
    ("pulumi-token", "pul-", "[a-f0-9]{40}"),
    ("alibaba-key", "LTAI", "[A-Za-z0-9]{17,21}"),
    ("easypost-key", "EZAK", "[A-Za-z0-9]{54}"),
    ("picatic-key", "sk_live_", "[0-9a-z]{32}"),
    ("xai-key", "xai-", "[A-Za-z0-9]{60,90}"),
    ("brevo-key", "xkeysib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    ("brevo-key", "xsmtpsib-", "[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    ("vercel-token", "vcp_", "[A-Za-z0-9]{40,64}"),
    ("posthog-key", "phx_", "[A-Za-z0-9]{40,60}"),
    ("posthog-key", "phc_", "[A-Za-z0-9]{40,60}"),
    ("nuget-key", "oy2", "[a-z0-9]{43}"),
    ("llamacloud-key", "llx-", "[A-Za-z0-9]{40,64}"),
    ("supabase-key", "sbp_v0_", "[a-f0-9]{40}"),
    ("defined-key", "dnkey-", "[A-Z0-9]{20,30}-[A-Z0-9]{40,60}"),
    ("crates-token", "cio", "[A-Za-z0-9]{32}"),
    ("langsmith-key", "lsv2_", "[a-z]{2}_[a-f0-9]{32}_[a-f0-9]{10}"),
    ("tavily-key", "tvly-", "[A-Za-z0-9-]{28,64}"),
    ("pinecone-key", "pcsk_", "[A-Za-z0-9_]{60,80}"),
    ("launchdarkly-key", "sdk-", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("buildkite-token", "bkua_", "[a-z0-9]{40}"),
    ("circleci-token", "CCIPAT_", "[A-Za-z0-9]{22}_[a-f0-9]{40}"),
    ("grafana-key", "eyJrIjoi", "[A-Za-z0-9+/]{40,400}={0,2}"),
    ("artifactory-token", "cmVmdGtuOj", "[A-Za-z0-9]{40,100}"),
    ("artifactory-token", "AKCp", "[A-Za-z0-9]{60,80}"),
)


def _telegram(text: str, start: int, end: int) -> Judged | None:
    low = start
    while low > 0 and start - low < 11 and text[low - 1].isdecimal():
        low -= 1
    return (low, end, 0.99) if start - low >= 8 and _token(text, low, end) else None


_MAILCHIMP = re.compile(r"[0-9a-f]{32}\Z")


def _mailchimp(text: str, start: int, end: int) -> Judged | None:
    before = _MAILCHIMP.search(text[max(0, start - 32) : start])
    return (start - 32, end, 0.95) if before else None


_TERRAFORM = re.compile(r"[A-Za-z0-9]{14}\Z")


def _terraform(text: str, start: int, end: int) -> Judged | None:
    return (start - 14, end, 0.99) if _TERRAFORM.search(text[max(0, start - 14) : start]) else None


def _value_of(prefix: str) -> Judge:
    def judge(_text: str, start: int, end: int) -> Judged | None:
        return start + len(prefix), end, 0.99

    return judge


_OWN_JUDGES: dict[str, Judge] = {
    ":AA": _telegram,
    "-us": _mailchimp,
    ".atlasv1.": _terraform,
    "AccountKey=": _value_of("AccountKey="),
}


def _pem(text: str, start: int, _: int) -> Judged | None:
    """A whole private key; without its end line, as far as it looks like one."""
    head = _PEM_HEAD.match(text, start)
    if not head:
        return None
    close = text.find("-----END", head.end(), head.end() + 20_000)
    if close < 0:
        body = _PEM_BODY.match(text, head.end())
        return start, body.end() if body else head.end(), 0.9
    tail = text.find("-----", close + 8)
    return start, (tail + 5 if tail >= 0 else len(text)), 0.99


_PEM_HEAD = re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/=:, \r\n-]|\\[rn]){0,20000}")


def _jwt(text: str, start: int, end: int) -> Judged | None:
    if start and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        return None
    head = text[start:end].partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        return None
    return (start, end, 0.99) if isinstance(header, dict) and header.keys() & {"alg", "typ", "kid", "enc"} else None


# -- what a name introduces -------------------------------------------------------

_NAMES = (
    r"pa?s{1,2}(?:w(?:or)?d?|phrase|wort|code|wd)s?|pass|pwd|pw|contrase[nñ]a|mot de passe|senha|wachtwoord|kennwort|passwort|parola|"
    r"secrets?|tokens?|api[-_ .]?keys?|apikeys?|access[-_ .]?keys?|auth[-_ .]?keys?|private[-_ .]?keys?|secret[-_ .]?keys?|signing[-_ .]?keys?|"
    r"encryption[-_ .]?keys?|account[-_ .]?keys?|master[-_ .]?keys?|client[-_ .]?secrets?|credentials?|creds?|auth|bearer|salt|nonce|key|cert|pin|identified by"
)
_NAME_ANCHORS = (
    "pass", "pwd", "pw", "contrase", "mot de passe", "senha", "wachtwoord", "kennwort", "parola", "secret", "token", "key", "cred",
    "auth", "bearer", "salt", "nonce", "cert",
)  # fmt: skip
# A name, signs of assignment in code, files and shells, or "is" in prose, and the value, quoted or not.
_ASSIGNED = re.compile(
    r"(?P<tail>[\w.-]{0,40}?[\"'`]?\]?)"
    r"(?P<sign>\s{0,8}(?::=|=>|===?|!==?|[:=,]|\|\||<-|->|>|:=)\s{0,8}|\s{1,2}(?:is|was|are|ist|lautet|es|est|[eé]|with|mit|als)\s?:?\s{1,2}|[\"']\s{0,4}[,:]\s{0,4}|\s{1,4}(?=[\"'`\w][^\s]{5,})|\((?=[\"'`]))"
    r"(?P<type>(?:[A-Za-z_][\w.<>\[\]]{0,24}\s{0,2}=\s{0,2})?)"
    r"(?P<open>(?:[bBuUrRfFL@$]{0,2}[\"'`]{1,3})?)",
)
_QUOTED = re.compile(r"(?:\\.|[^\"'`\\\r\n]){3,400}")
_BARE = re.compile(r"[^\s\"'`,;<>(){}\[\]]{3,400}")
_BEARER = re.compile(r"\s{1,4}[A-Za-z0-9._~+/=-]{12,400}")


def _assigned(text: str, start: int, end: int) -> Judged | None:
    """`name = value` in any of many clothes."""
    name = text[start:end].lower()
    before = text[max(0, start - 1) : start]
    sign = _ASSIGNED.match(text, end)
    if not sign or sign["tail"].lower().startswith(_NO_TAIL):
        return None
    quoted = bool(sign["open"])
    prose = sign["sign"].strip().isalpha() or sign["sign"].strip().rstrip(":").isalpha()
    value = (_QUOTED if quoted else _BARE).match(text, sign.end())
    if not value or (
        quoted and sign["open"][-2:-1] in {"'", '"'} and len(set(sign["open"][-2:])) == 1 and len(sign["open"]) == 2
    ):
        return None  # an empty text was quoted
    low, high = value.span()
    if not quoted:
        while high > low and text[high - 1] in ".:!?*" and (prose or high - low < 8):
            high -= 1
    written = text[low:high]
    if not sign["sign"].strip() and not quoted and not _shell_or_sql(text, start, name):
        return None
    if sign["sign"].strip() in {",", ">"} and not (quoted or sign["sign"].strip() == ">"):
        return None
    weak = name in _WEAK_NAMES or (before.isalpha() and name in {"pin", "key", "pw", "pass"})
    sure = _like_a_secret(written, quoted=quoted, prose=prose, weak=weak, password=name.startswith(_PASSWORDS))
    return (low, high, sure) if sure else None


def _shell_or_sql(text: str, start: int, name: str) -> bool:
    """Whether a name may be followed by its value without any sign: `--password value`, `IDENTIFIED BY value`."""
    return (
        text[max(0, start - 1) : start] == "-"
        or name == "identified by"
        or (name == "password" and text[start : start + 8].isupper())
    )


_WEAK_NAMES = frozenset(
    {"key", "keys", "auth", "salt", "nonce", "cert", "pin", "token", "tokens", "credentials", "credential", "pass"}
)
_PASSWORDS = (
    "pa",
    "ps",
    "identified",
    "pwd",
    "pw",
    "contrase",
    "mot",
    "senha",
    "wachtwoord",
    "kennwort",
    "parola",
    "secret",
)
_NO_TAIL = (
    "_id",
    "id",
    "_name",
    "name",
    "_type",
    "type",
    "_url",
    "url",
    "_path",
    "path",
    "_file",
    "file",
    "_length",
    "length",
    "_size",
    "size",
    "_hash",
    "_field",
    "field",
    "board",
    "word_",
    "ize",
    "ization",
    "or",
    "_policy",
    "policy",
    "_min",
    "_max",
    "_count",
    "count",
    "enticat",
    "ed ",
    "er ",
    "ing",
    "age",
    "ive",
    "port",
    "s_per",
    "_version",
    "_usage",
    "stroke",
)
_CODE = re.compile(
    r"^(?:\$[\w{(%]|\{\{|<%|%\(|%[A-Za-z_]+%|@[\w.]+$|#\{|&[a-z]+;|function\b|async\b|await\b|new\b|return\b|lambda\b|self\.|this\.|os\.|env\.|process\.|System\.|"
    r"config\.|settings\.|request\.|req\.|args\.|options\.|vault:|ref:|arn:aws:|https?:/|file:|data:|/[\w./-]+$|\./|\.\./|~/|--?[a-z]|null\b|none\b|nil\b|true\b|false\b|undefined\b|string\b|str\b|int\b|bool\b|boolean\b|bytes\b|object\b|any\b|optional\b|required\b|char\b|text\b|varchar)",
    re.IGNORECASE,
)
_SLOT = re.compile(
    r"^[<\[{(].*[>\]})]$|^[*x.•#_-]{3,}$|your|example|placeholder|change[-_ ]?me|replace|insert|redacted|masked|hidden|dummy|sample|foobar|"
    r"<[a-z_ -]+>|\.\.\.|x{4,}|\*{3,}|enter|todo|fixme|n/a|none|undefined|goes[-_ ]?here|lorem|1234567890$|abcdef$",
    re.IGNORECASE,
)
_WORDY = re.compile(r"^[A-Za-zÀ-ÿ]+(?:[-_. /:][A-Za-zÀ-ÿ]+)*[.:!?]?$")
_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z_]*(?:[.:>-]{1,2}[A-Za-z_]+)*(?:\(.*)?$")
_UUID = re.compile(r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


def _entropy(written: str) -> float:
    """Shannon entropy of the characters, in bits for each."""
    size = len(written)
    return -sum(count / size * math.log2(count / size) for count in Counter(written).values())


def _like_a_secret(written: str, *, quoted: bool, prose: bool, weak: bool, password: bool) -> float:  # noqa: C901
    """How sure we are that a value is a real credential, in [0, 1]."""
    size = len(written)
    if size < 4 or size > 400 or _CODE.search(written) or _SLOT.search(written):
        return 0.0
    kinds = sum(
        (
            any(map(str.islower, written)),
            any(map(str.isupper, written)),
            any(map(str.isdigit, written)),
            any(not char.isalnum() for char in written),
        )
    )
    digits = sum(map(str.isdigit, written))
    if " " in written.strip() and (written.count(" ") > 3 or not password):
        return 0.0
    if _WORDY.match(written):
        # A word is a password only where nothing else can be meant, and then an odd one.
        odd = quoted and password and 6 <= size <= 20 and " " not in written and kinds >= 2 and not written.istitle()
        return 0.6 if odd and not written.isupper() else 0.0
    if _IDENTIFIER.match(written) and not digits:
        return 0.0
    if written.replace(".", "").replace(",", "").replace("-", "").isdigit():
        return 0.7 if password and size >= 4 and (quoted or prose) and "." not in written else 0.0
    random = _entropy(written)
    if password and not weak:
        if kinds >= 3 and size >= 6:
            return 0.9
        if kinds >= 2 and size >= 6 and (digits or quoted):
            return 0.8 if random > 2.2 else 0.0
        return 0.0
    if size < (16 if weak else 10) or (weak and _UUID.match(written) and not quoted):
        return 0.0
    if not digits or (kinds < 2 and not digits):
        return 0.0
    return 0.85 if random >= (3.2 if weak else 2.8) else 0.0


def _authorization(text: str, start: int, _: int) -> Judged | None:
    """`Authorization: Bearer ...`, `Basic ...` and the like."""
    written = _AUTHORIZATION.match(text, start)
    if not written or _PLACEHOLDER.search(written[1]) or written[1].isalpha():
        return None
    return written.start(1), written.end(1), 0.95


_AUTHORIZATION = re.compile(
    r"(?:bearer|basic|token|digest|apikey)\s{1,3}[\"']?([A-Za-z0-9._~+/=-]{12,1000})", re.IGNORECASE
)


_PART = re.compile(r"[^;\"'\s]{3,200}")


def _connection(text: str, start: int, end: int) -> Judged | None:
    """`Password=...;` in a connection string."""
    value = _PART.match(text, end)
    if not value or ";" not in text[max(0, start - 60) : start] + text[value.end() : value.end() + 1]:
        return None
    written = value.group()
    return None if _SLOT.search(written) or _CODE.search(written) else (value.start(), value.end(), 0.9)


def _crypt(text: str, start: int, end: int) -> Judged | None:
    return (start, end, 0.9) if not start or text[start - 1] != "$" else None


SECRETS: tuple[Pattern, ...] = (
    *(
        Pattern(
            label=f"secret.{kind}",
            shape=re.escape(prefix) + rest,
            anchors=(prefix.lower(),),
            begins=True,
            judge=_OWN_JUDGES.get(prefix, _token),
        )
        for kind, prefix, rest in _PROVIDERS
    ),
    Pattern(label="secret.pem", shape="-----BEGIN", anchors=("-----begin",), begins=True, judge=_pem),
    Pattern(
        label="secret.jwt",
        shape=r"eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,8000}(?:\.[A-Za-z0-9_-]{0,4000}){0,3}",
        anchors=("eyj",),
        begins=True,
        judge=_jwt,
    ),
    Pattern(
        label="secret.password",
        shape=_NAMES,
        anchors=(*_NAME_ANCHORS, "psw", "paswd", "pasw", "pssw", "identified by"),
        begins=True,
        judge=_assigned,
        ignore_case=True,
    ),
    Pattern(
        label="secret.authorization",
        shape="bearer|basic|token|digest|apikey",
        anchors=("bearer ", "basic ", "token ", "digest ", "apikey "),
        begins=True,
        judge=_authorization,
        ignore_case=True,
    ),
    Pattern(
        label="secret.connection-string",
        shape=r"(?:password|pwd)\s?=\s?",
        anchors=("password=", "pwd=", "password ="),
        begins=True,
        judge=_connection,
        ignore_case=True,
    ),
    Pattern(
        label="secret.password-hash",
        shape=r"\$(?:2[aby]|argon2id?|5|6|y|apr1|pbkdf2-sha\d{3})\$[A-Za-z0-9./+=,$-]{20,200}",
        anchors=("$2", "$argon2", "$5$", "$6$", "$y$", "$apr1$", "$pbkdf2"),
        begins=True,
        judge=_crypt,
    ),
)
