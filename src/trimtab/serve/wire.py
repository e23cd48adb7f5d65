"""The OpenAI wire format, as far as a guard must understand it: where the texts stand, and what a refusal looks like.

Every text of a request is looked at, wherever it stands, and within messages every long number; other numbers go on
as they came, unless they could be tokens. Of a reply only the fields known here do, since a field nobody has looked at
may hold the very text that was masked elsewhere.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from trimtab.enforce.places import Place, UnreadableError, other_texts, text_of_part
from trimtab.enforce.reading import ORIGINS, Hands, speaks
from trimtab.kinds import Role
from trimtab.serve import about

Body = dict[str, Any]

# What an upstream may read in the place of texts, and nobody here can: numbers of tokens, vectors, images, sounds.
_BLIND = frozenset({
    "prompt_ids", "prompt_token_ids", "input_ids", "token_ids", "tokens", "prompt_embeds", "input_embeds",
    "inputs_embeds", "image", "images", "image_data", "image_url", "image_urls", "video", "videos", "video_data",
    "video_url", "audios", "audio_data", "audio_url", "input_audio", "mm_data", "multi_modal_data", "multimodal_data",
})  # fmt: skip
# Written by whoever wrote the instructions, as far as anybody can tell.
_DEFINITIONS = frozenset({"tools", "functions", "tool_choice", "function_call", "response_format"})
# Where many numbers are choices among tokens or values, and no text of anybody's.
_CHOSEN = _DEFINITIONS | {
    "logit_bias", "stop_token_ids", "allowed_token_ids", "bad_words_token_ids", "logprob_token_ids",
    "token_ids_logprob", "enum", "guided_json", "json_schema", "structured_outputs",
}  # fmt: skip
_NUMBERS = frozenset({int, float})
_A_SIZE = 2  # numbers in a list: a size or a range has no more, and what has more may be tokens
_MOST_TEXTS = 10_000
_MOST_VALUES = 100_000  # texts, numbers, lists and objects
_MOST_FIELDS = 1_000  # of one object, since the names of all are written anew where one is masked; tokens apart
_A_TOKEN = 6  # digits
REPLY_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")
PROSE = frozenset({"content", "text"})
"""What of a reply somebody reads as the answer, and may be written anew."""


def asked(body: Body) -> list[Place]:
    """Every text of a request for a chat, a completion or an embedding; those beside the conversation come last.

    An upstream may read another field than the one its path calls for, so all of them are looked at.

    Raises:
        UnreadableError: There is something that is no text, no text at all, or more texts than are looked at.
    """
    _refuse_blind(body)
    if not any(key in body for key in ("messages", "prompt", "input")):
        raise UnreadableError("there are neither messages, prompt nor input")
    places: list[Place] = []
    beside: list[Place] = []
    for message, own in _messages(body["messages"]) if "messages" in body else ():
        places += own
        beside += other_texts(message, ORIGINS[message["role"]], known=own, ids=True)
    for key in ("prompt", "input"):
        if key in body:
            places += _plain(body, key)
    if isinstance(body.get("suffix"), str):
        places.append(Place(body, "suffix", "user"))
    found = places + beside + _beside(body, places)
    if len(found) > _MOST_TEXTS:
        raise UnreadableError(f"it holds more than {_MOST_TEXTS:,} texts")
    return found


def _refuse_blind(body: Body) -> None:
    """Refuse what stands in the place of texts, under a name that is known for it or as a list of numbers under any.

    What has too many values is refused here as well, before any of them is read.
    """
    messages = body.get("messages")
    holders = [body, *(one for one in messages if isinstance(one, dict))] if isinstance(messages, list) else [body]
    if any(holder[key] for holder in holders for key in _BLIND.intersection(holder)):
        raise UnreadableError("there is something in the place of texts that is none")
    todo: list[tuple[str, Any]] = [("", body)]
    size = 0
    while todo:
        name, holder = todo.pop()
        size += len(holder)
        if size > _MOST_VALUES:
            raise UnreadableError(f"it holds more than {_MOST_VALUES:,} values")
        if isinstance(holder, dict):
            if sum(not (key.isdecimal() and len(key) <= _A_TOKEN) for key in holder) > _MOST_FIELDS:
                raise UnreadableError(f"it holds more than {_MOST_FIELDS:,} fields in one object")
            inner = [(name if name in _CHOSEN else key, value) for key, value in holder.items()]
        else:
            inner = [(name, value) for value in holder]
            if name not in _CHOSEN and sum(type(value) in _NUMBERS for value in holder) > _A_SIZE:
                raise UnreadableError("there is a list of numbers that could be tokens")
        todo += [(key, value) for key, value in inner if isinstance(value, dict | list)]


def _beside(body: Body, places: list[Place]) -> list[Place]:
    """What else could be read: descriptions, schemas, fields that only some upstreams know."""
    found: list[Place] = []
    definitions = {key: body[key] for key in _DEFINITIONS if isinstance(body.get(key), dict | list)}
    for value in definitions.values():
        found += other_texts(value, "system")
    passed = {"messages", *definitions} | ({"model"} if isinstance(body.get("model"), str) else set())
    return found + other_texts(body, "user", known=places, but=passed)


def offered(body: Body) -> frozenset[str]:
    """The functions that a request lets the model call, by name."""
    tools, functions = body.get("tools"), body.get("functions")
    found = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    found += functions if isinstance(functions, list) else []
    names = (function.get("name") for function in found if isinstance(function, dict))
    return frozenset(name for name in names if isinstance(name, str))


def wanted(body: Body, *, chat: bool = False) -> int:
    """How many choices a request asks for; a chat has none for each prompt."""
    number, prompt = body.get("n"), None if chat else body.get("prompt")
    each = number if isinstance(number, int) and number > 0 else 1
    return each * (len(prompt) if isinstance(prompt, list) else 1)


def wants_usage(body: Body) -> bool:
    """Whether a stream shall end with what was used."""
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def answered(
    body: Body, names: frozenset[str] = frozenset(), lets: about.Lets = about.by_form, *, asked_for: int | None = None
) -> list[list[Place]]:
    """The texts of each choice of a reply; what is not known is taken out of it, and what `lets` does not let on.

    The name of a function is a text too, unless it is one of `names`, which the client offered.

    Raises:
        UnreadableError: It has not the form of a reply, or not as many choices as were asked for.
    """
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
        raise UnreadableError("the upstream's answer has no choices")
    if asked_for is not None and len(choices) != asked_for:
        raise UnreadableError("the upstream's answer has not as many choices as were asked for")
    usage = body.get("usage")
    _only(body, "choices", *about.HEAD)
    body |= about.head(body, lets)
    if usage is not None:
        body["usage"] = about.used(usage)
    for number, choice in enumerate(choices):
        if choice.get("index") not in range(len(choices)):
            choice["index"] = number  # whoever does not say it well says it by the order
    return [list(_choice(choice, names, lets)) for choice in choices]


def _choice(choice: Body, names: frozenset[str], lets: about.Lets) -> Iterator[Place]:
    _only(choice, "index", "message", "text", "finish_reason", "logprobs")
    choice["logprobs"] = None  # they spell out the text before it was masked
    choice["finish_reason"] = about.finish(choice.get("finish_reason"))
    if not choice["finish_reason"]:
        raise UnreadableError("a choice of the upstream's answer does not say why it ended")
    yield from _said(choice, ("text",))
    if "message" not in choice and isinstance(choice.get("text"), str):
        return
    message = choice.get("message")
    if not isinstance(message, dict):
        raise UnreadableError("a choice of the upstream's answer has neither message nor text")
    _only(message, "role", "tool_calls", "function_call", *REPLY_TEXTS)
    message["role"] = "assistant"
    yield from _said(message, REPLY_TEXTS)
    for function in _functions(message, answered=True):
        _only(function, "name", "arguments")
        if not isinstance(function.get("name"), str) or not function["name"]:
            raise UnreadableError("a tool call has no name that could be read")
        if function["name"] not in names:
            yield Place(function, "name", "assistant")
        yield Place(function, "arguments", "assistant")
    for call in message.get("tool_calls") or []:
        _only(call, "id", "type", "function")
        call |= {"id": about.call_id(call.get("id"), lets), "type": "function"}


def _said(holder: Body, keys: Iterable[str]) -> Iterator[Place]:
    for key in keys:
        if isinstance(holder.get(key), str):
            yield Place(holder, key, "assistant")
        elif holder.get(key) is not None:
            raise UnreadableError(f"{key} of the upstream's answer is no text")


def _only(holder: Body, *known: str) -> None:
    for key in holder.keys() - set(known):
        del holder[key]


def _messages(messages: Any) -> Iterator[tuple[Body, list[Place]]]:
    """Every message with the texts that it consists of."""
    if not isinstance(messages, list) or not messages:
        raise UnreadableError("messages is not a list with something in it")
    hands = Hands()
    for message in messages:
        if not isinstance(message, dict):
            raise UnreadableError("a message is not an object")
        role = message.get("role")
        if not isinstance(role, str) or role not in ORIGINS:
            raise UnreadableError("a message has no role that is known")
        origin = ORIGINS[role]
        calls = [Place(function, "arguments", origin) for function in _functions(message)]
        says = bool(calls) or any(speaks(place.message.content) for place in _content(message, origin, -1))
        own = [*_content(message, origin, hands.run(origin, says=says)), *calls]
        yield message, own


def _content(message: Body, role: Role, run: int) -> Iterator[Place]:
    content = message.get("content")
    if isinstance(content, str):
        yield Place(message, "content", role, run=run)
    elif isinstance(content, list):
        for part in content:
            key = text_of_part(part)
            if not key:
                raise UnreadableError("a message has a part that is no text")
            yield Place(part, key, role, run=run)
    elif content is not None:
        raise UnreadableError("the content of a message is no text")


def _functions(message: Body, *, answered: bool = False) -> Iterator[Body]:
    """The functions of tool calls; their arguments are written by a model, and acted upon.

    In an answer there may be none: some servers leave them out of a call without any.
    """
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise UnreadableError("tool_calls is not a list")
    functions = [call.get("function") if isinstance(call, dict) else None for call in calls]
    if message.get("function_call") is not None:
        functions.append(message["function_call"])
    for function in functions:
        if answered and isinstance(function, dict) and not function.get("arguments"):
            function["arguments"] = ""
        if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
            raise UnreadableError("a tool call has no arguments that could be read")
        yield function


def _plain(body: Body, key: str) -> Iterator[Place]:
    value = body[key]
    if isinstance(value, str):
        yield Place(body, key, "user")
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        for number in range(len(value)):
            yield Place(value, number, "user")
    else:
        raise UnreadableError(f"{key} is no text, nor a list of texts")


def refusal(body: Body, text: str, *, request_id: str) -> Body:
    """What a client gets instead of a reply: an ordinary reply that says why it stops."""
    chat = "messages" in body
    choice: Body = {"index": 0, "finish_reason": "content_filter", "logprobs": None}
    choice |= {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
    return {
        "id": f"{'chatcmpl' if chat else 'cmpl'}-{request_id}",
        "object": "chat.completion" if chat else "text_completion",
        "created": int(time.time()),
        "model": body.get("model") if isinstance(body.get("model"), str) else "",
        "choices": [choice],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def refuse(choice: Body, text: str) -> None:
    """Put a refusal in the place of a choice."""
    if "message" in choice:
        choice["message"] = {"role": "assistant", "content": text}
    if "text" in choice or "message" not in choice:
        choice["text"] = text
    choice["finish_reason"] = "content_filter"


def as_chunks(reply: Body, *, usage: bool) -> Iterator[Body]:
    """A whole reply as the chunks of a stream: its text, its end, and what it used if that was asked for."""
    about: Body = {key: reply[key] for key in ("id", "created", "model", "system_fingerprint") if key in reply}
    chat = any("message" in choice for choice in reply["choices"])
    about["object"] = "chat.completion.chunk" if chat else "text_completion"
    for choice in reply["choices"]:
        index, finish = choice.get("index", 0), choice.get("finish_reason")
        if "message" not in choice:
            yield {
                **about,
                "choices": [{"index": index, "text": choice["text"], "finish_reason": finish, "logprobs": None}],
            }
            continue
        delta = dict(choice["message"])
        if delta.get("tool_calls"):
            delta["tool_calls"] = [{"index": number, **call} for number, call in enumerate(delta["tool_calls"])]
        yield {**about, "choices": [{"index": index, "delta": delta, "finish_reason": None}]}
        yield {**about, "choices": [{"index": index, "delta": {}, "finish_reason": finish}]}
    if usage:
        yield {**about, "choices": [], "usage": reply.get("usage")}


def known_error(given: Any) -> Body:
    """What is known of an upstream's own error."""
    if not isinstance(given, dict):
        return {"message": "the upstream failed", "type": "server_error", "param": None, "code": "upstream"}
    return {key: given.get(key) for key in ("message", "type", "param", "code")}


def error(message: str, *, kind: str, code: str) -> Body:
    """An error in the API's own shape."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
