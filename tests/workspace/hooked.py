"""Deliveries as GitHub, PagerDuty and Jira document their shape; what is in them is invented."""

import base64
import hashlib
import hmac

import orjson

SECRET = "a-secret-of-some-length"

HOOKS = """
intake: 1
hooks:
  pager:
    template: pagerduty-incidents
    signature: pagerduty
    secret_env: HOOK_SECRET
    set: {system: bot, hazard: availability}
  issues: {template: github-issues, signature: github, secret_env: [HOOK_SECRET, OLD_SECRET]}
  tickets: {template: jira-issues, signature: jira, secret_env: HOOK_SECRET}
  counts: {template: counts.yaml, signature: standard, secret_env: HOOK_SECRET}
"""

COUNTS = """
template: 1
entries:
  - kind: counted
    when: {type: nightly}
    fields:
      kpi: {path: kpi}
      hits: {path: seen.good}
      of: {path: seen.all}
      independence: outside
      at: {path: until, as: seconds}
"""


def pagerduty(event="incident.triggered", at="2026-11-02T10:00:00Z", **data):
    incident = {
        "id": "PT4KHLK", "type": "incident", "self": "https://api.pagerduty.com/incidents/PT4KHLK",
        "html_url": "https://example.pagerduty.com/incidents/PT4KHLK", "number": 71, "status": "triggered",
        "incident_key": "d3640fbd41094207a1c11e58e46b1662", "created_at": "2026-11-02T10:00:00Z",
        "title": "Answers are empty", "urgency": "high",
        "service": {"id": "PF9KMXH", "summary": "Triage", "type": "service_reference"},
        "assignees": [{"id": "PTUXL6G", "summary": "on-call", "type": "user_reference"}],
        "priority": {"id": "PSO75BM", "summary": "P1", "type": "priority_reference"},
        "conference_bridge": None, "resolve_reason": None, **data,
    }  # fmt: skip
    about = {"id": "5ac64822-4adc-4fda-ade0-410becf0de4f", "event_type": event, "resource_type": "incident"}
    return {"event": {**about, "occurred_at": at, "agent": None, "client": None, "data": incident}}


def github(action="labeled", labels=("incident", "S2"), label="incident", **issue):
    told = {
        "id": 73464126, "number": 12, "title": "It leaked a name", "state": "open", "state_reason": None,
        "labels": [{"id": n, "name": name, "color": "d73a4a"} for n, name in enumerate(labels)],
        "user": {"login": "octo", "id": 1}, "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-02T11:00:00Z", "closed_at": None, "body": "write to someone@example.org", **issue,
    }  # fmt: skip
    rest = {"label": {"name": label}} if action == "labeled" else {}
    return {"action": action, "issue": told, **rest, "repository": {"id": 2, "full_name": "example/bot"}}


def jira(event="jira:issue_created", status="new", items=(), timestamp=1793700000000, **fields):
    told = {
        "summary": "Wrong dose", "issuetype": {"name": "Incident"}, "priority": {"name": "Highest", "id": "1"},
        "status": {"name": status, "statusCategory": {"key": status}}, "project": {"key": "OPS"},
        "created": "2026-11-02T10:00:00.000+0100", "reporter": {"accountId": "5b10", "displayName": "reporter"},
        **fields,
    }  # fmt: skip
    changes = {"changelog": {"id": "10124", "items": list(items)}} if items else {}
    issue = {"id": "10002", "key": "OPS-7", "fields": told}
    return {"timestamp": timestamp, "webhookEvent": event, "issue": issue, **changes}


def to_done(**more):
    items = [
        {"field": "status", "fieldtype": "jira", "from": "1", "fromString": "To Do", "to": "5", "toString": "Done"}
    ]
    return jira("jira:issue_updated", "done", items, **more)


def signed(kind, body, secret=SECRET, *, now=0, name="msg_1"):
    """The headers that a sender adds."""
    digits = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if kind == "github":
        return {"X-Hub-Signature-256": f"sha256={digits}"}
    if kind == "jira":
        return {"X-Hub-Signature": f"sha256={digits}"}
    if kind == "pagerduty":
        return {"X-PagerDuty-Signature": f"v1={'0' * 64},v1={digits}"}
    code = hmac.new(secret.encode(), f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
    told = f"v1,{base64.b64encode(bytes(32)).decode()} v1,{base64.b64encode(code).decode()}"
    return {"webhook-id": name, "webhook-timestamp": str(now), "webhook-signature": told}


def body_of(payload):
    return orjson.dumps(payload)
