"""A tiny model with random weights, made here, is asked through transformers."""

import asyncio

import pytest

from trimtab.builtin.systems.huggingface import HuggingFaceSystem
from trimtab.errors import CallError, SystemUnavailableError
from trimtab.kinds import Message, Request

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of torch and transformers themselves
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("model")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<end>"], initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(["the quick brown fox", "jumps over the lazy dog"], trainer)
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(where)
    torch.manual_seed(7)
    config = transformers.LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=128,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        initializer_range=0.4,  # so that the most probable token is clear, and padding cannot change it
    )
    transformers.LlamaForCausalLM(config).save_pretrained(where)
    return str(where)


def ask(text, **settings):
    settings = {"max_tokens": 12, **settings}
    return Request(messages=(Message("user", text),), **settings)


def made(reply):
    """How many tokens were generated."""
    assert reply.completion_tokens is not None
    return reply.completion_tokens


async def test_greedy_answers_are_the_same_alone_and_in_a_batch(folder):
    prompts = [f"the quick {'brown ' * n}fox {n}" for n in range(10)]
    async with HuggingFaceSystem(model=folder, device="cpu", batch=4) as system:
        alone = [await system.ask(ask(prompt)) for prompt in prompts]
        together = await asyncio.gather(*(system.ask(ask(prompt)) for prompt in prompts))
    assert [r.text for r in together] == [r.text for r in alone]
    assert [r.prompt_tokens for r in together] == [r.prompt_tokens for r in alone]
    assert len({r.text for r in alone}) > 1
    assert all(0 < made(r) <= 12 and r.latency > 0 for r in alone)
    assert all(r.first_token is not None and 0 < r.first_token <= r.latency for r in alone)


async def test_a_seed_gives_the_same_sample_whoever_else_asks(folder):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        drawn = [ask("the lazy dog", temperature=1.0, seed=n) for n in range(6)]
        first = [await system.ask(request) for request in drawn]
        again = await asyncio.gather(*(system.ask(request) for request in [*drawn, ask("noise")]))
    assert [r.text for r in again[:6]] == [r.text for r in first]
    assert len({r.text for r in first}) > 1


async def test_log_probabilities_are_those_of_the_model(folder):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        reply = await system.ask(ask("jumps over", logprobs=1, max_tokens=5))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    ids = tokenizer("<user>jumps over<assistant>", add_special_tokens=False, return_tensors="pt")["input_ids"]
    expected = []
    with torch.inference_mode():
        for _ in range(made(reply)):
            scores = model(ids).logits[0, -1].log_softmax(-1)
            expected.append(float(scores.max()))
            ids = torch.cat([ids, scores.argmax()[None, None]], dim=1)
    assert reply.logprobs == pytest.approx(expected, abs=1e-3)


async def test_stop_strings_end_the_answer_and_are_not_part_of_it(folder):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        answers = [(text, await system.ask(ask(text, max_tokens=30))) for text in ("fox", "dog", "lazy", "over", "the")]
        text, whole = max(answers, key=lambda pair: made(pair[1]))
        stop = whole.text[6:8]
        cut = await system.ask(ask(text, max_tokens=30, stop=(stop,)))
    assert cut.text == whole.text[: whole.text.index(stop)]
    assert cut.finish == "stop"
    assert made(cut) < made(whole)


async def test_what_does_not_fit_fails_and_its_neighbours_do_not(folder):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        long, short = await asyncio.gather(
            system.ask(ask("dog " * 200)), system.ask(ask("dog")), return_exceptions=True
        )
    assert isinstance(long, CallError)
    assert long.reason == "too-long"
    assert not long.retryable
    assert made(short) > 0


async def test_identity_holds_the_digest_of_the_weights(folder, tmp_path):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        before = dict(system.identity())
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.lm_head.weight[0, 0] += 1.0
    model.save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)
    async with HuggingFaceSystem(model=str(tmp_path), device="cpu") as system:
        after = dict(system.identity())
    assert before["weights"].startswith("sha256:")
    assert before["weights"] != after["weights"]


async def test_being_cancelled_frees_the_model_for_others(folder):
    async with HuggingFaceSystem(model=folder, device="cpu") as system:
        slow = asyncio.create_task(system.ask(ask("the", max_tokens=100)))
        await asyncio.sleep(0.01)
        slow.cancel()
        reply = await asyncio.wait_for(system.ask(ask("dog", max_tokens=2)), 60)
    assert made(reply) > 0
    assert slow.cancelled()


async def test_no_model_there_is_said_in_words(tmp_path):
    with pytest.raises(SystemUnavailableError, match="cannot be loaded"):
        async with HuggingFaceSystem(model=str(tmp_path / "nothing")):
            pass
