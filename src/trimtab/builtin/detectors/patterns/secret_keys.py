"""Keys whose provider gave them a shape.

Providers publish prefixes and lengths so that lost keys can be found. A prefix that occurs nowhere else is trusted
with a loose rest, since lengths change over the years and half a masked key is a leak; a prefix that is a common
run of letters needs the exact length and alphabet.
"""

import base64
import binascii
import re

from trimtab.builtin.detectors.patterns.secret_drawn import random_looking, random_part, starts_word
from trimtab.builtin.detectors.patterns.secret_stand_ins import plausible
from trimtab.builtin.detectors.patterns.spec import Judge, Judged, Pattern, Single
from trimtab.detect.signs import later

_WORD = "[A-Za-z0-9]"
_SAFE = "[A-Za-z0-9_-]"
_JOINED = "[A-Za-z0-9_.=-]"
_HEX = "[0-9a-f]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"

# What the key opens, and its forms: prefixes (each an anchor, separated by spaces) with the rest of the shape.
_PROVIDERS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    # clouds
    ("aws-access-key", (("AKIA ASIA ABIA ACCA AGPA AIDA AIPA ANPA ANVA AROA APKA ASCA", "[A-Z0-9]{16}"), ("A3T", "[A-Z0-9]{17}"))),
    ("aws-mws-key", (("amzn.mws.", "[0-9a-z-]{36}"),)),
    ("aws-bedrock-key", (("ABSK", "[A-Za-z0-9+/]{100,260}={0,2}"), ("bedrock-api-key-", "[A-Za-z0-9+/=_-]{30,2000}"))),
    ("aws-appsync-key", (("da2-", "[a-z0-9]{26}"),)),
    ("google-api-key", (("AIza", f"{_SAFE}{{35}}"),)),
    ("google-oauth-token", (("ya29.", f"{_SAFE}{{20,600}}"), ("1//0", f"{_SAFE}{{40,200}}"))),
    ("google-client-secret", (("GOCSPX-", f"{_SAFE}{{24,40}}"),)),
    ("alibaba-key", (("LTAI", f"{_WORD}{{12,26}}"),)),
    ("tencent-key", (("AKID", f"{_WORD}{{32}}"),)),
    ("yandex-key", (("AQVN", f"{_SAFE}{{35,38}}"), ("t1.", r"[A-Z0-9a-z_-]{20,300}\.[A-Z0-9a-z_-]{60,100}={0,2}"), ("y0_", f"{_SAFE}{{40,80}}"))),
    ("digitalocean-token", (("dop_v1_ doo_v1_ dor_v1_", f"{_HEX}{{64}}"),)),
    ("heroku-key", (("HRKU-", f"{_SAFE}{{36,80}}"),)),
    ("flyio-token", (("FlyV1 fm1r_ fm1a_ fm2_ fo1_", r"[A-Za-z0-9 _+/=,-]{40,600}"),)),
    ("cloudflare-token", (("cfut_ cfat_ cfk_", f"{_SAFE}{{37,80}}"), ("v1.0-", f"{_HEX}{{24}}-{_HEX}{{146}}"))),
    ("akamai-key", (("akab-", "[a-z0-9]{16}-[a-z0-9]{16}"),)),
    ("vercel-token", (("vcp_ vci_ vca_ vcr_ vck_ vercel_blob_rw_", f"{_SAFE}{{24,120}}"),)),
    ("netlify-token", (("nfp_ nfc_ nfo_ nfu_ nfb_", f"{_WORD}{{36,60}}"),)),
    ("render-key", (("rnd_", f"{_WORD}{{24,60}}"),)),
    ("scaleway-key", (("SCW", "[A-Z0-9]{17}"),)),
    # code forges, registries, builds
    ("github-token", (("ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9_.=-]{36,2000}"), ("github_pat_", f"{_JOINED}{{50,255}}"))),
    ("gitlab-token", (("glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt- GR1348941", f"{_JOINED}{{18,300}}"), ("_gitlab_session=", _HEX + "{32}"))),
    ("bitbucket-token", (("ATBB", f"{_WORD}{{24,60}}"), ("BBDC-", "[A-Za-z0-9+/=_-]{36,60}"), ("ATCTT3", r"[A-Za-z0-9_\\%=-]{60,300}"))),
    ("atlassian-token", (("ATATT3 ATSTT3", r"[A-Za-z0-9_\\%=-]{60,300}"),)),
    ("npm-token", (("npm_", f"{_WORD}{{36,60}}"),)),
    ("pypi-token", (("pypi-AgE", f"{_SAFE}{{40,600}}"),)),
    ("rubygems-key", (("rubygems_", f"{_HEX}{{48}}"),)),
    ("nuget-key", (("oy2", "[a-z0-9]{43}"),)),
    ("clojars-token", (("CLOJARS_", "[a-z0-9]{60}"),)),
    ("docker-token", (("dckr_pat_ dckr_oat_", f"{_SAFE}{{20,60}}"), ("SWMTKN-1- SWMKEY-1-", "[A-Za-z0-9+/-]{40,100}"))),
    ("artifactory-key", (("AKCp", f"{_WORD}{{60,80}}"), ("cmVmdGtuOj", f"{_WORD}{{40,80}}"))),
    ("circleci-token", (("CCIPAT_ CCIPRJ_", f"{_JOINED}{{30,120}}"),)),
    ("buildkite-token", (("bkua_ bkct_ bkpat_ bkaj_", f"{_WORD}{{30,64}}"),)),
    ("terraform-token", ((".atlasv1.", f"{_JOINED}{{50,80}}"),)),
    ("vault-token", (("hvs. hvb. hvr.", f"{_SAFE}{{24,300}}"),)),
    ("pulumi-token", (("pul-", f"{_HEX}{{40}}"),)),
    ("doppler-token", (("dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", f"{_JOINED}{{40,80}}"),)),
    ("onepassword-token", (("ops_eyJ", f"{_SAFE}{{200,2000}}={{0,2}}"), ("A3-", "[A-Z0-9]{6}-[A-Z0-9]{5,11}(?:-[A-Z0-9]{5}){3,4}"))),
    ("age-key", (("AGE-SECRET-KEY-1", "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),)),
    ("sourcegraph-token", (("sgp_ sgd_", "[A-Fa-f0-9_]{40,80}"),)),
    ("sonarqube-token", (("squ_ sqp_ sqa_", f"{_HEX}{{40}}"),)),
    ("snyk-token", (("snyk_uat.", r"[A-Za-z0-9._-]{40,300}"),)),
    # chat, mail, telephone
    ("slack-token", (("xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp-", r"[0-9A-Za-z.%+/=-]{10,500}"),)),
    ("slack-webhook", (("hooks.slack.com/services hooks.slack.com/workflows hooks.slack.com/triggers", "[A-Za-z0-9/]{24,120}"),)),
    ("discord-webhook", (("discord.com/api/webhooks discordapp.com/api/webhooks", f"/[0-9]{{17,20}}/{_SAFE}{{50,80}}"),)),
    ("teams-webhook", (("webhook.office.com/webhookb2/", r"[0-9a-zA-Z@/-]{60,260}"),)),
    ("telegram-token", ((":AA", f"{_SAFE}{{32,34}}"),)),
    ("sendgrid-key", (("SG.", rf"{_SAFE}{{16,32}}\.{_SAFE}{{16,64}}"),)),
    ("sendinblue-key", (("xkeysib- xsmtpsib-", f"{_HEX}{{64}}-{_WORD}{{16}}"),)),
    ("mailgun-key", (("key-", f"{_HEX}{{32}}"), ("pubkey-", f"{_HEX}{{32}}"))),
    ("mailchimp-key", (("-us", "[0-9]{1,2}"),)),
    ("mandrill-key", (("md-", f"{_SAFE}{{22}}"),)),
    ("resend-key", (("re_", f"{_WORD}{{8}}_{_WORD}{{24}}"),)),
    ("intercom-token", (("dG9rOj", "[A-Za-z0-9+/]{50,70}={0,2}"),)),
    ("hubspot-token", (("pat-na1- pat-na2- pat-eu1- pat-ap1-", _UUID),)),
    ("zapier-webhook", (("hooks.zapier.com/hooks/catch/", "[0-9]{4,12}/[a-z0-9]{5,12}"),)),
    # payment, shops
    ("stripe-key", (("sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ sk_org_", f"{_WORD}{{16,250}}"), ("whsec_", "[A-Za-z0-9+/=]{24,100}"))),
    ("square-token", (("sq0atp- sq0csp- sq0idp-", f"{_SAFE}{{20,60}}"), ("EAAAE", f"{_SAFE}{{59}}"))),
    ("paypal-token", (("access_token$production$ access_token$sandbox$", r"[0-9a-z]{12,20}\$[0-9a-f]{32}"),)),
    ("shopify-token", (("shpat_ shpca_ shppa_ shpss_ shptka_", "[a-fA-F0-9]{32}"),)),
    ("plaid-token", (("access-sandbox- access-production- access-development-", _UUID),)),
    ("adyen-key", (("AQE", r"[A-Za-z0-9+/=]{80,200}-[A-Za-z0-9+/=]{30,60}-[^\s\"']{10,30}"),)),
    ("razorpay-key", (("rzp_live_ rzp_test_", f"{_WORD}{{14,20}}"),)),
    ("flutterwave-key", (("FLWSECK-", "[A-Za-z0-9]{30,40}-X"), ("FLWSECK_TEST- FLWPUBK_TEST-", f"{_WORD}{{12,40}}"))),
    ("easypost-key", (("EZAK EZTK", f"{_WORD}{{54}}"),)),
    ("gocardless-token", (("live_ sandbox_", f"{_SAFE}{{40,60}}"),)),
    ("mollie-key", (("live_ test_", f"{_WORD}{{30}}"),)),
    ("duffel-token", (("duffel_live_ duffel_test_", f"{_SAFE}{{40,60}}"),)),
    ("shippo-token", (("shippo_live_ shippo_test_", f"{_HEX}{{40}}"),)),
    # AI
    ("openai-key", (("sk-proj- sk-svcacct- sk-admin- sk-None-", f"{_SAFE}{{20,250}}"), ("sk-", f"{_SAFE}{{20,200}}"), ("sess-", f"{_WORD}{{40}}"))),
    ("elevenlabs-key", (("sk_", f"{_HEX}{{48}}"),)),
    ("anthropic-key", (("sk-ant-", f"{_SAFE}{{20,200}}"),)),
    ("openrouter-key", (("sk-or-v1-", f"{_HEX}{{64}}"),)),
    ("groq-key", (("gsk_", f"{_WORD}{{40,64}}"),)),
    ("xai-key", (("xai-", f"{_WORD}{{60,100}}"),)),
    ("huggingface-token", (("hf_", f"{_WORD}{{30,44}}"), ("api_org_", "[A-Za-z]{34}"))),
    ("replicate-token", (("r8_", f"{_WORD}{{36,44}}"),)),
    ("perplexity-key", (("pplx-", f"{_WORD}{{40,64}}"),)),
    ("together-key", (("tgp_v1_", f"{_SAFE}{{40,60}}"),)),
    ("llamacloud-key", (("llx-", f"{_SAFE}{{40,60}}"),)),
    ("tavily-key", (("tvly-", f"{_SAFE}{{20,60}}"),)),
    ("langsmith-key", (("lsv2_pt_ lsv2_sk_ ls__", f"{_WORD}{{32}}(?:_{_WORD}{{10}})?"),)),
    ("pinecone-key", (("pcsk_", f"{_SAFE}{{40,90}}"),)),
    ("fireworks-key", (("fw_", f"{_WORD}{{22,40}}"),)),
    ("nvidia-key", (("nvapi-", f"{_SAFE}{{40,90}}"),)),
    ("cerebras-key", (("csk-", "[a-z0-9]{40,60}"),)),
    ("firecrawl-key", (("fc-", f"{_HEX}{{32}}"),)),
    ("voyage-key", (("pa-", f"{_SAFE}{{43}}"),)),
    ("jina-key", (("jina_", f"{_SAFE}{{40,80}}"),)),
    # monitoring, data
    ("newrelic-key", (("NRAK- NRBR- NRII- NRJS- NRRA- NRIQ- NRSP-", f"{_SAFE}{{18,50}}"),)),
    ("grafana-token", (("glsa_", f"{_WORD}{{32}}_[A-Fa-f0-9]{{8}}"), ("glc_", "[A-Za-z0-9+/]{32,400}={0,2}"), ("eyJrIjoi", "[A-Za-z0-9+/_-]{50,400}={0,2}"))),
    ("sentry-token", (("sntrys_", "[A-Za-z0-9+/=_-]{40,400}"), ("sntryu_ sntrya_", f"{_HEX}{{64}}"))),
    ("dynatrace-token", (("dt0c01. dt0s16. dt0s01. dt0e01.", r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}"),)),
    ("datadog-key", (("ddapi_ ddapp_", f"{_WORD}{{30,60}}"),)),
    ("honeycomb-key", (("hcaik_ hcbik_ hcxik_ hcalk_ hcxmk_ hcamk_", "[a-z0-9]{40,70}"),)),
    ("logfire-token", (("pylf_v1_", f"{_JOINED}{{30,80}}"),)),
    ("posthog-key", (("phc_ phx_ pha_ phr_ phs_", f"{_WORD}{{32,80}}"),)),
    ("databricks-token", (("dapi", f"{_HEX}{{32}}(?:-[0-9])?"),)),
    ("planetscale-token", (("pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_.=-]{30,80}"),)),
    ("supabase-key", (("sbp_ sb_secret_", f"{_SAFE}{{30,60}}"),)),
    ("neon-key", (("napi_", "[a-z0-9]{50,80}"), ("npg_", f"{_WORD}{{12,24}}"))),
    ("mongodb-key", (("mdb_sa_sk_", f"{_SAFE}{{36,50}}"),)),
    ("turso-token", (("sk-turso-", f"{_SAFE}{{20,60}}"),)),
    ("aiven-token", (("aivenv1", r"[A-Za-z0-9+/_=-]{80,800}"), ("AVNS_", f"{_SAFE}{{18,24}}"))),
    ("contentful-token", (("CFPAT-", f"{_SAFE}{{43}}"),)),
    ("mapbox-token", (("sk.eyJ pk.eyJ tk.eyJ", rf"{_SAFE}{{40,120}}\.{_SAFE}{{18,30}}"),)),
    ("launchdarkly-key", (("sdk- mob- api-", _UUID),)),
    # work
    ("postman-key", (("PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"), ("PMAT-", "[A-Z0-9]{26}"))),
    ("linear-key", (("lin_api_ lin_oauth_", f"{_WORD}{{32,80}}"),)),
    ("notion-token", (("secret_", f"{_WORD}{{43}}"), ("ntn_", f"{_WORD}{{40,60}}"))),
    ("figma-token", (("figd_ figu_ figur_ figo_", f"{_SAFE}{{36,80}}"),)),
    ("dropbox-token", (("sl.", f"{_SAFE}{{100,1500}}"),)),
    ("frameio-token", (("fio-u-", f"{_SAFE}{{64}}"),)),
    ("readme-key", (("rdme_", "[a-z0-9]{70}"),)),
    ("typeform-token", (("tfp_", f"{_JOINED}{{40,70}}"),)),
    ("prefect-key", (("pnu_ pnb_", f"{_WORD}{{36}}"),)),
    ("calendly-key", (("cal_live_", f"{_WORD}{{24,60}}"),)),
    ("defined-networking-key", (("dnkey-", "[A-Z0-9]{26}-[A-Z0-9]{52}"),)),
    ("tailscale-key", (("tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook- tskey-", f"{_SAFE}{{15,80}}"),)),
    ("ngrok-key", (("ngrok_", f"{_SAFE}{{30,60}}"),)),
    ("wundergraph-key", (("cosmo_", f"{_HEX}{{32}}"),)),
    ("okta-token", (("SSWS ", f"00{_SAFE}{{40}}"),)),
    ("nats-seed", (("SUA SAA SOA SNA SCA SXA", "[A-Z2-7]{55}"),)),
    # social
    ("facebook-token", (("EAACE EAAG EAAM EAAB EAAI EAAJ EAAL EAAO EAAU EAAW", f"{_WORD}{{60,400}}"),)),
    ("instagram-token", (("IGQVJ IGQWR IGAA", f"{_SAFE}{{80,400}}"),)),
    ("twitter-token", (("AAAAAAAAAAAAAAAAAAAA", "[A-Za-z0-9%]{60,160}"),)),
    ("linkedin-token", (("AQX", f"{_SAFE}{{100,400}}"),)),
    ("twitch-token", (("oauth:", "[a-z0-9]{30}"),)),
    ("salesforce-token", (("00D", r"[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,200}"), ("3MVG", r"[A-Za-z0-9._]{60,200}"), ("5Aep861", r"[A-Za-z0-9._]{60,200}"))),
    ("dropbox-long-token", (("AAAAAAAAAA", f"{_SAFE}{{43}}"),)),
    ("azure-devops-token", (("AZDO", f"{_WORD}{{4}}"),)),
    ("backblaze-key", (("K000 K001 K002 K003 K004 K005", "[A-Za-z0-9+/]{27}"),)),
    ("firebase-server-key", ((":APA91b", f"{_SAFE}{{120,200}}"),)),
    ("trello-token", (("ATTA", "[0-9a-f]{64}[0-9A-F]{0,8}"),)),
    ("confluent-key", (("cflt", "[A-Za-z0-9+/]{56,64}"),)),
    ("elastic-key", (("essu_", "[A-Za-z0-9+/=]{40,120}"),)),
    ("stytch-secret", (("secret-live- secret-test-", f"{_SAFE}{{30,60}}={{0,2}}"),)),
    ("statsig-key", (("secret-", f"{_WORD}{{40,60}}"),)),
    ("snowflake-token", (("ver:1-hint:", r"[A-Za-z0-9+/=_.:-]{60,600}"),)),
    ("dbt-token", (("dbtc_ dbtu_ dbts_", f"{_SAFE}{{20,80}}={{0,2}}"),)),
    ("infracost-key", (("ico-", f"{_WORD}{{32}}"),)),
    ("anyscale-key", (("esecret_", f"{_WORD}{{24,60}}"),)),
    ("modal-token", (("as- ak-", f"{_WORD}{{22}}"),)),
    ("runpod-key", (("rpa_", "[A-Z0-9]{38,60}[a-z0-9]{0,8}"),)),
    ("wandb-key", (("wandb_v1_", f"{_SAFE}{{40,100}}"),)),
    ("brave-key", (("BSA", f"{_SAFE}{{28}}"),)),
    ("you-key", (("ydc-sk-", f"{_SAFE}{{16,80}}"),)),
    ("apify-token", (("apify_api_", f"{_WORD}{{30,46}}"),)),
    ("e2b-key", (("e2b_", f"{_HEX}{{40}}"),)),
    ("browserbase-key", (("bb_live_ bb_test_", f"{_SAFE}{{20,60}}"),)),
    ("daytona-key", (("dtn_", f"{_HEX}{{64}}"),)),
    ("kaggle-token", (("KGAT_", f"{_HEX}{{32}}"),)),
    ("harness-token", (("pat. sat.", rf"{_SAFE}{{22}}\.[0-9a-f]{{24}}\.{_WORD}{{20}}"),)),
    ("woocommerce-key", (("ck_ cs_", f"{_HEX}{{40}}"),)),
    ("paddle-key", (("pdl_live_apikey_ pdl_sdbx_apikey_", f"{_JOINED}{{30,90}}"),)),
    ("polar-token", (("polar_oat_ polar_pat_ polar_whs_", f"{_SAFE}{{30,80}}"),)),
    ("rancher-token", (("token-", "[a-z0-9]{5}:[a-z0-9]{54}"),)),
    ("openshift-token", (("sha256~", f"{_SAFE}{{43}}"),)),
    ("axiom-token", (("xaat- xapt-", _UUID),)),
    ("checkly-key", (("cu_", f"{_HEX}{{32}}"),)),
    ("onesignal-key", (("os_v2_app_ os_v2_org_", "[a-z0-9]{50,120}"),)),
    ("baidu-key", (("bce-v3/ALTAK-", f"{_WORD}{{16,30}}/{_HEX}{{40}}"),)),
    ("adobe-secret", (("p8e- s8e-", f"{_SAFE}{{32}}"),)),
    ("ifttt-webhook", (("maker.ifttt.com/trigger/", rf"{_SAFE}{{1,60}}/(?:json/)?with/key/{_SAFE}{{20,60}}"),)),
    ("make-webhook", (("make.com/ integromat.com/", "[a-z0-9]{32}"),)),
    ("linkedin-secret", (("WPL_AP1.", r"[A-Za-z0-9+/=.]{16,60}"),)),
    ("zoho-token", (("1000.", f"{_HEX}{{32}}\\.{_HEX}{{32}}"),)),
    ("jumpcloud-key", (("jca_", f"{_WORD}{{36,60}}"),)),
    ("pulsar-key", (("tok_live_ tok_test_", f"{_WORD}{{20,60}}"),)),
    ("sendbird-token", (("sb_publishable_", f"{_SAFE}{{20,60}}"),)),
    ("grafana-service-token", (("glsat_ gle_", f"{_SAFE}{{24,400}}"),)),
    ("sanity-token", (("skE skR skP skW", f"{_WORD}{{80,180}}"),)),
    ("lob-key", (("live_pub_ test_pub_", f"{_HEX}{{31,40}}"),)),
    ("replit-token", (("replit_", f"{_SAFE}{{30,80}}"),)),
    ("convex-key", (("prod: dev: preview:", rf"[a-z]{{2,12}}-[a-z]{{2,12}}-[0-9]{{1,4}}\|{_SAFE}{{40,200}}={{0,2}}"),)),
)  # fmt: skip


def _key(text: str, start: int, end: int) -> Judged | None:
    """A key stands by itself and is not the one that manuals print."""
    if not starts_word(text, start):
        return None
    while text[end - 1] in ".%\\/":
        end -= 1
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return None
    return (start, end, 0.99) if plausible(text[start:end]) else None


def _random_key(text: str, start: int, end: int) -> Judged | None:
    """As `_key`, for a prefix that words and names begin with too: what follows needs digits and both cases or hex."""
    judged = _key(text, start, end)
    if not judged:
        return None
    body = text[start:end]
    return judged if sum(map(str.isdigit, body)) >= 2 else None


def _openai(text: str, start: int, end: int) -> Judged | None:
    """`sk-` begins the keys of others too, whose own patterns name them."""
    return None if text.startswith(("sk-ant-", "sk-or-v1-"), start) else _random_key(text, start, end)


_SCOPE = later(r"(?:/|%2[fF])\d{8}(?:(?:/|%2[fF])[a-z0-9-]{2,24}){2}(?:/|%2[fF])[a-z0-9_]{3,24}")


def _aws(text: str, start: int, end: int) -> Judged | None:
    """A key of AWS, with the day, the region and the service that a request names beside it."""
    judged = _key(text, start, end)
    scope = _SCOPE.match(text, end) if judged else None
    return (start, scope.end(), 0.99) if scope else judged


def _after(prefix: re.Pattern[str], judge: Single = _key) -> Single:
    """The judge of a key that begins before its anchor, with what `prefix` matches when read backwards."""

    def judged(text: str, start: int, end: int) -> Judged | None:
        before = prefix.match(text[max(0, start - 60) : start][::-1])
        return judge(text, start - before.end(), end) if before else None

    return judged


def _path_only(text: str, start: int, end: int) -> Judged | None:
    """The secret of a webhook is the path: the host may stay readable, but masking it as well costs nothing."""
    return (start, end, 0.99) if plausible(text[start:end]) else None


_JUDGES: dict[str, Judge] = {
    "aws-access-key": _aws,
    "telegram-token": _after(later(r"\d{8,10}")),
    "mailchimp-key": _after(later(r"[0-9a-zA-Z]{32,37}")),
    "terraform-token": _after(later(r"[A-Za-z0-9]{14}")),
    "slack-webhook": _path_only,
    "discord-webhook": _path_only,
    "teams-webhook": _path_only,
    "zapier-webhook": _path_only,
    "openai-key": _openai,
    "gocardless-token": _random_key,
    "mollie-key": _random_key,
    "tencent-key": _random_key,
    "nuget-key": _random_key,
    "scaleway-key": _random_key,
    "fireworks-key": _random_key,
    "voyage-key": _random_key,
    "mandrill-key": _random_key,
    "artifactory-key": _random_key,
    "twitter-token": _random_key,
    "linkedin-token": _random_key,
    "gitlab-token": _random_key,
    "supabase-key": _random_key,
    "ngrok-key": _random_key,
    "heroku-key": _random_key,
    "dropbox-long-token": _after(later(r"[A-Za-z0-9]{11}"), _random_key),
    "azure-devops-token": _after(later(r"[A-Za-z0-9]{76}")),
    "firebase-server-key": _after(later(r"[A-Za-z0-9_-]{7,11}AAAA")),
    "backblaze-key": _random_key,
    "modal-token": _random_key,
    "brave-key": _random_key,
    "statsig-key": _random_key,
    "stytch-secret": _random_key,
    "adobe-secret": _random_key,
    "confluent-key": _random_key,
    "make-webhook": _path_only,
    "ifttt-webhook": _path_only,
    "sanity-token": _random_key,
    "replit-token": _random_key,
}


def _pattern(kind: str, forms: tuple[tuple[str, str], ...]) -> Pattern:
    prefixes = [prefix for written, _ in forms for prefix in _split(written)]
    shape = "|".join(f"(?:{'|'.join(map(re.escape, _split(written)))}){rest}" for written, rest in forms)
    return Pattern(
        label=f"secret.{kind}",
        shape=shape,
        anchors=tuple(dict.fromkeys(prefix.lower() for prefix in prefixes)),
        begins=True,
        judge=_JUDGES.get(kind, _key),
    )


def _split(written: str) -> list[str]:
    return [written] if written.endswith(" ") else written.split(" ")


# Prefixes so short that they are only looked for where a word mixes letters and digits.
_MIXED: tuple[tuple[str, str], ...] = (
    ("twilio-key", "(?:SK|AC)(?:[0-9a-f]{32}|[0-9A-F]{32})"),
    ("wechat-app", "wx[0-9a-f]{16}"),
    ("airtable-token", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("newrelic-key", "[0-9a-f]{36}NRAL|eu01x[0-9a-f]{31}NRAL|eu01xx[0-9a-f]{30}NRAL"),
    ("mailgun-key", "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    ("asana-token", r"[12]/[0-9]{12,20}(?:/[0-9]{12,20})?:[0-9a-f]{32}"),
    ("facebook-token", r"[0-9]{14,17}\|[A-Za-z0-9_-]{27}"),
    ("google-client-id", r"[0-9]{10,13}-[a-z0-9]{32}\.apps\.googleusercontent\.com"),
    ("discord-token", r"[MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,38}"),
    ("atlassian-token", "[MNO][A-Za-z][A-Za-z0-9+/]{42}"),
    ("crates-token", "cio[A-Za-z0-9]{32}"),
    ("salesforce-org", "00D[A-Za-z0-9]{12,15}"),
    ("otp-seed", "[A-Z2-7]{32}|[A-Z2-7]{16}"),
)


def _says_little(key: str) -> bool:
    """Whether a key without signs of its own looks too much like a word or a digest to be one."""
    if key.startswith("00D") and len(key) < 19:
        return _ONLY_HEX.fullmatch(key) is not None or not _THREE_KINDS.match(key[:2] + "a" + key[2:])
    if len(key) in {16, 32} and _BASE32.fullmatch(key):
        return len(_BASE32_DIGIT.findall(key)) < 2 or not random_part(key) or "ABCDEFG" in key
    return False


_SIGNS = frozenset("-./+=")
_ONLY_HEX = later(r"[0-9a-fA-F]+")
_BASE32 = later(r"[A-Z2-7]+")
_BASE32_DIGIT = later(r"[2-7]")


def _mixed(text: str, start: int, end: int) -> Judged | None:
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        return None
    if not starts_word(text, start) or len(set(text[start:end])) < 6:
        return None
    if _says_little(text[start:end]) or (_BASE32.fullmatch(text, start, end) and text[start - 1 : start] in _SIGNS):
        return None
    if text[start] in "MNO" and end - start == 44:
        decoded = base64.b64decode(text[start:end])
        return (start, end, 0.9) if decoded[:10].isdigit() and b":" in decoded[10:16] else None
    return start, end, 0.95


_BESIDE = 160  # characters between the name of a key and its secret: a comma, a line, the name of a field
_BESIDE_AWS = later(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_BESIDE_ALIBABA = later(r"(?<![A-Za-z0-9])[A-Za-z0-9]{30}(?![A-Za-z0-9])")
_BESIDE_GOOGLE = later(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{24}(?![A-Za-z0-9_-])")
_THREE_KINDS = later(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)")


def _beside(text: str, start: int, end: int) -> Judged | None:
    """The secret that stands beside the name of a key, without a word that says so."""
    before = text[start : start + 4]
    shape = {"LTAI": _BESIDE_ALIBABA, ".app": _BESIDE_GOOGLE}.get(before, _BESIDE_AWS)
    if before != ".app" and not starts_word(text, start):
        return None
    for low, high in ((end, end + _BESIDE), (max(0, start - _BESIDE), start)):
        found = shape.search(text, low, high)
        if found and _THREE_KINDS.match(found.group()) and random_looking(found.group(), 12):
            return (*found.span(), 0.9)
    return None


def _entra(text: str, start: int, end: int) -> Judged | None:
    """A client secret of Microsoft Entra: three characters, `digitQ~`, and 31 to 34 more."""
    low = start - 3
    if low < 0 or not starts_word(text, low) or not text[start].isdigit():
        return None
    return low, end, 0.99


def _azure_key(text: str, start: int, end: int) -> Judged | None:
    """An account key of Azure: 52 to 76 characters before its signature, a few after it."""
    before = _BASE64_BACK.match(text[max(0, start - 100) : start][::-1])
    after = _BASE64.match(text, end)
    if not before or not after or len(before.group()) < 40:
        return None
    return start - before.end(), after.end(), 0.99


def _base64_pem(text: str, start: int, _end: int) -> Judged | None:
    """A private key in PEM, wrapped in Base64 once more."""
    head = text[start : start + 160].translate(_NO_SPACE)
    if not _BASE64_WORD.match(head) or not starts_word(text, start):
        return None
    try:
        decoded = base64.b64decode(head[:40])
    except binascii.Error:
        return None
    if b"PRIVATE" not in decoded:
        return None
    block = _BASE64_LINES.match(text, start)
    return (start, block.end(), 0.99) if block else None


_BASE64 = later(r"[A-Za-z0-9+/]{0,40}={0,2}")
_BASE64_WORD = later(r"[A-Za-z0-9+/]{40}")
_BASE64_BACK = later(r"[A-Za-z0-9+/]{0,100}")
_BASE64_LINES = later(r"[A-Za-z0-9+/]{20,20000}(?:(?:\\n|\s){1,12}[A-Za-z0-9+/]{16,200}){0,400}={0,2}")
_NO_SPACE = str.maketrans("", "", " \r\n\t\\")

KEYS: tuple[Pattern, ...] = (
    *(_pattern(kind, forms) for kind, forms in _PROVIDERS if forms),
    *(Pattern(label=f"secret.{kind}", shape=shape, needs_digit=True, judge=_mixed) for kind, shape in _MIXED),
    Pattern(
        label="secret.key-pair",
        shape=r"(?:AKIA|ASIA)[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,26}|\.apps\.googleusercontent\.com",
        anchors=("akia", "asia", "ltai", ".apps.googleusercontent.com"),
        begins=True,
        judge=_beside,
    ),
    Pattern(
        label="secret.azure-entra-secret",
        shape=r"[0-9]Q~[A-Za-z0-9_.~-]{31,34}",
        anchors=tuple(f"{digit}q~" for digit in range(10)),
        begins=True,
        judge=_entra,
    ),
    Pattern(
        label="secret.azure-key",
        shape=r"JQQJ99[A-Z0-9]{4,10}|\+AST|\+ACDb|\+ARm|AzCa|AzSe|APIM|\+AMC|\+AEh|ACDb",
        anchors=("jqqj99", "+ast", "+acdb", "+arm", "azca", "azse", "apim", "+amc", "+aeh", "acdb"),
        begins=True,
        judge=_azure_key,
    ),
    Pattern(
        label="secret.pem",
        shape="LS0tLS1CRUdJTi",
        anchors=("ls0tls1crudjti",),
        begins=True,
        judge=_base64_pem,
    ),
)
