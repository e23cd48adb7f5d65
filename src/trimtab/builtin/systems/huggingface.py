"""A causal language model of Hugging Face transformers, in this process."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

from trimtab._optional import need
from trimtab.builtin.systems.prompt import as_prompt
from trimtab.builtin.systems.threads import DaemonPool
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Reply, Request
from trimtab.kinds.weights import folder_sha256

_GATHER_SECONDS = 0.002  # how long the first request of a batch waits for company


@dataclass(slots=True, kw_only=True, eq=False)
class HuggingFaceSystem:
    """A local folder or the name of a model on the hub, asked in batches.

    Greedy requests that arrive together with the same settings run as one
    batch of at most `batch`. Sampled requests, and those that want log
    probabilities, run alone: a seed means the same whoever else is asking.
    `device` "auto" takes a GPU if there is one. Code that comes with a model
    is never run.
    """

    name: ClassVar[str] = "huggingface"
    version: ClassVar[str] = "1"

    model: str
    revision: str = "main"
    device: str = "auto"
    dtype: str = "auto"
    batch: int = 8
    _loaded: "_Loaded | None" = field(init=False, repr=False, default=None)
    _pool: DaemonPool | None = field(init=False, repr=False, default=None)
    _waiting: "list[_Asked]" = field(init=False, repr=False, default_factory=list)
    _drain: "asyncio.Task[None] | None" = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("model must be a folder or a name on the hub")
        if self.batch < 1:
            raise ValueError("batch must be at least 1")

    def identity(self) -> Mapping[str, Any]:
        """Model, number format, and the digest of the files (or the commit on the hub)."""
        known: dict[str, Any] = {
            "plugin": self.name,
            "version": self.version,
            "model": self.model,
            "revision": self.revision,
        }
        if self._loaded is not None:
            known |= {"dtype": self._loaded.dtype, "device": self._loaded.device.partition(":")[0]}
            if self._loaded.weights:
                known["weights"] = self._loaded.weights
        return known

    async def __aenter__(self) -> Self:
        # One thread: the model itself uses all cores, and torch's generator is one for all.
        self._pool = DaemonPool(1, name="huggingface")
        try:
            self._loaded = await self._pool.run(_load, self.model, self.revision, self.device, self.dtype)
        except BaseException:
            self._pool.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        for asked in self._waiting:
            asked.answer.cancel()
        self._waiting.clear()
        if self._drain is not None:
            self._drain.cancel()
            await asyncio.gather(self._drain, return_exceptions=True)
            self._drain = None
        if self._pool is not None:
            self._pool.close()
            self._pool = None
        self._loaded = None

    async def ask(self, request: Request) -> Reply:
        """One call.

        Raises:
            CallError: "too-long", "template", "out-of-memory" or "generation".
        """
        if self._loaded is None:
            raise RuntimeError("enter the system first: `async with system:`")
        asked = _Asked(request, asyncio.get_running_loop().create_future(), time.perf_counter())
        self._waiting.append(asked)
        if self._drain is None or self._drain.done():
            self._drain = asyncio.create_task(self._work())
        return await asked.answer

    async def _work(self) -> None:
        assert self._pool is not None
        await asyncio.sleep(_GATHER_SECONDS)
        while self._waiting:
            batch = self._next_batch()
            if not batch:
                continue
            try:
                outcomes = await self._pool.run(_generate, self._loaded, batch)
            except Exception as error:  # noqa: BLE001  # whatever torch raises ends the batch, not the run
                outcomes = [_failure(error)] * len(batch)
            for asked, outcome in zip(batch, outcomes, strict=True):
                if asked.answer.done():
                    continue
                if isinstance(outcome, CallError):
                    asked.answer.set_exception(outcome)
                else:
                    asked.answer.set_result(outcome)

    def _next_batch(self) -> "list[_Asked]":
        """The oldest request, and those after it that can be answered along with it."""
        self._waiting = [asked for asked in self._waiting if not asked.answer.done()]
        if not self._waiting:
            return []
        first = self._waiting[0].request
        alone = first.temperature > 0.0 or first.logprobs > 0
        fit = [a for a in self._waiting if _settings(a.request) == _settings(first)][: 1 if alone else self.batch]
        self._waiting = [asked for asked in self._waiting if asked not in fit]
        return fit


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    request: Request
    answer: "asyncio.Future[Reply]"
    at: float  # perf_counter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Loaded:
    """Everything that is loaded once."""

    torch: Any
    transformers: Any
    model: Any
    tokenizer: Any
    device: str
    dtype: str
    weights: str
    longest: int  # tokens that fit, prompt and answer together; 0 when unknown


def _settings(request: Request) -> tuple[object, ...]:
    return (request.max_tokens, request.temperature, request.top_p, request.seed, request.stop, request.logprobs)


def _load(name: str, revision: str, device: str, dtype: str) -> _Loaded:
    torch = need("torch", extra="hf")
    transformers = need("transformers", extra="hf")
    transformers.utils.logging.disable_progress_bar()  # the terminal shows our progress
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    number = dtype if dtype == "auto" else getattr(torch, dtype, None)
    if number is None:
        raise SystemUnavailableError(name, f"torch knows no number format {dtype!r}", "Correct `dtype`.")
    # The parameter was renamed in the fifth major version.
    named = "dtype" if int(transformers.__version__.partition(".")[0]) >= 5 else "torch_dtype"
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, revision=revision, padding_side="left")
        model = transformers.AutoModelForCausalLM.from_pretrained(name, revision=revision, **{named: number})
        model = model.to(device).eval()
    except Exception as error:  # noqa: BLE001  # missing files, wrong formats, no memory: all mean "not available"
        step = "Check that `model` is a folder with a model or a name on the hub."
        raise SystemUnavailableError(name, f"it cannot be loaded ({type(error).__name__})", step) from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return _Loaded(
        torch=torch,
        transformers=transformers,
        model=model,
        tokenizer=tokenizer,
        device=str(model.device),
        dtype=str(model.dtype).removeprefix("torch."),
        weights=_digest(Path(name)) or (getattr(model.config, "_commit_hash", None) or ""),
        longest=getattr(model.config, "max_position_embeddings", 0) or 0,
    )


def _digest(folder: Path) -> str:
    """Digest of a local model's files; empty text if it is not local."""
    return f"sha256:{folder_sha256(folder)}" if folder.is_dir() else ""


def _generate(loaded: _Loaded, batch: Sequence[_Asked]) -> list[Reply | CallError]:
    """Answer a batch of requests with the same settings; runs in the thread."""
    outcomes: dict[int, Reply | CallError] = {}
    tokens: dict[int, list[int]] = {}
    for number, asked in enumerate(batch):
        try:
            tokens[number] = _tokens(loaded, asked.request)
        except Exception as error:  # noqa: BLE001  # a chat template is code that comes with the model
            outcomes[number] = CallError("template", type(error).__name__)
            continue
        if loaded.longest and len(tokens[number]) + asked.request.max_tokens > loaded.longest:
            detail = f"{len(tokens[number])} tokens and max_tokens do not fit into {loaded.longest}"
            outcomes[number] = CallError("too-long", detail)
            del tokens[number]
    if tokens:
        replies = _complete(loaded, [batch[number] for number in tokens], list(tokens.values()))
        outcomes.update(zip(tokens, replies, strict=True))
    return [outcomes[number] for number in range(len(batch))]


def _tokens(loaded: _Loaded, request: Request) -> list[int]:
    tokenizer = loaded.tokenizer
    if tokenizer.chat_template:
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]  # the template writes them
    else:
        ids = tokenizer(as_prompt(request.messages))["input_ids"]
    if not ids:
        raise ValueError("an empty prompt")
    return list(ids)


def _complete(loaded: _Loaded, batch: Sequence[_Asked], prompts: Sequence[list[int]]) -> list[Reply]:
    torch, tokenizer, request = loaded.torch, loaded.tokenizer, batch[0].request
    width = max(map(len, prompts))
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    ids = torch.tensor([[padding] * (width - len(p)) + p for p in prompts], device=loaded.model.device)
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=loaded.model.device)
    watch = _watch(loaded, batch)
    drawn = request.temperature > 0.0
    if drawn and request.seed is not None:
        torch.manual_seed(request.seed)
    stops = {"stop_strings": list(request.stop), "tokenizer": tokenizer} if request.stop else {}
    with torch.inference_mode():
        output = loaded.model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=request.max_tokens,
            do_sample=drawn,
            temperature=request.temperature if drawn else None,
            top_p=request.top_p if drawn else None,
            top_k=0 if drawn else None,  # many models come with 50, which nobody asked for
            pad_token_id=padding,
            return_dict_in_generate=True,
            output_logits=request.logprobs > 0,
            stopping_criteria=loaded.transformers.StoppingCriteriaList([watch]),
            **stops,
        )
    ends = _ends(loaded)
    replies = []
    for number, (asked, prompt) in enumerate(zip(batch, prompts, strict=True)):
        new = output.sequences[number, width:].tolist()
        length = next((at + 1 for at, token in enumerate(new) if token in ends), len(new))
        ended = length <= len(new) and length > 0 and new[length - 1] in ends
        text = tokenizer.decode(new[:length], skip_special_tokens=True)
        cut = min((at for stop in request.stop if (at := text.find(stop)) >= 0), default=None)
        logprobs = None
        if request.logprobs > 0:
            logprobs = tuple(
                float(step[number].float().log_softmax(-1)[token])
                for step, token in zip(output.logits[:length], new[:length], strict=True)
            )
        replies.append(
            Reply(
                text=text if cut is None else text[:cut],
                finish="stop" if ended or cut is not None else "length",
                prompt_tokens=len(prompt),
                completion_tokens=length,
                latency=time.perf_counter() - asked.at,
                first_token=watch.first - asked.at if watch.first else None,
                finished_at=time.time(),
                logprobs=logprobs,
                model=loaded.model.config.name_or_path or "",
            )
        )
    return replies


def _watch(loaded: _Loaded, batch: Sequence[_Asked]) -> Any:
    """Notes when the first token came, and ends the work when nobody waits for it any more."""
    torch = loaded.torch

    class Watch(loaded.transformers.StoppingCriteria):  # type: ignore[misc,name-defined]  # the base loads on demand
        first = 0.0

        def __call__(self, input_ids: Any, scores: Any, **rest: Any) -> Any:
            self.first = self.first or time.perf_counter()
            given_up = all(asked.answer.done() for asked in batch)
            return torch.full((input_ids.shape[0],), given_up, dtype=torch.bool, device=input_ids.device)

    return Watch()


def _ends(loaded: _Loaded) -> frozenset[int]:
    """Tokens that end an answer."""
    ends = loaded.model.generation_config.eos_token_id
    many = ends if isinstance(ends, list) else [ends, loaded.tokenizer.eos_token_id]
    return frozenset(token for token in many if token is not None)


def _failure(error: Exception) -> CallError:
    if type(error).__name__ == "OutOfMemoryError":
        return CallError("out-of-memory", "make `batch` smaller", retryable=True)
    return CallError("generation", type(error).__name__)
