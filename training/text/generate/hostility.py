"""Hostility towards people and groups in the many shapes that it takes, and its harmless look-alikes.

For every hostile shape there is a harmless one with the same words: a denial, a quotation, an answer to it, a report
of it, swearing that is aimed at nobody, a figure of speech. Every group is named as often as every other on both sides.
"""

import random

from training.text.generate.grammar import Grammar, Row, draw, typed

GROUPS = (
    "women", "men", "girls", "gay people", "lesbians", "trans people", "transgender women", "bisexuals", "queer people",
    "straight people", "black people", "white people", "asians", "latinos", "mexicans", "indians", "chinese people",
    "africans", "arabs", "europeans", "americans", "muslims", "jews", "christians", "catholics", "hindus", "buddhists",
    "sikhs", "atheists", "immigrants", "refugees", "foreigners", "disabled people", "deaf people", "blind people",
    "autistic people", "old people", "teenagers", "millennials", "boomers", "roma", "native americans", "poor people",
    "homeless people", "fat people", "single mothers", "feminists", "vegans", "protestants", "nigerians", "poles",
)  # fmt: skip

_G: Grammar = {
    "group": GROUPS,
    "side": ["liberals", "conservatives", "democrats", "republicans", "leftists", "the government", "politicians", "journalists", "the police", "lawyers",
             "bankers", "gun owners", "the media", "socialists", "nationalists", "the fans of that team", "landlords", "your party", "the mayor", "this senator"],
    "name": ["Anna", "Ben", "Dana", "Eli", "George", "Hannah", "Ivan", "Julia", "Omar", "Priya", "Sam", "Wei", "Mr Lang", "the coach", "that singer", "the host"],
    "who": ["you", "he", "she", "this guy", "that girl", "my boss", "@user", "{name}", "the referee", "your brother"],
    "bad": ["stupid", "pathetic", "disgusting", "worthless", "dumb", "ugly", "vile", "filthy", "useless", "evil", "sick", "dirty", "subhuman", "inferior",
            "retarded", "insane", "braindead", "weak", "nasty", "trashy", "corrupt", "clueless", "spineless", "repulsive", "fake", "delusional", "lazy", "ignorant"],
    "beast": ["animals", "vermin", "rats", "cockroaches", "parasites", "pigs", "dogs", "a disease", "a plague", "scum", "a cancer", "trash", "garbage", "filth",
              "monkeys", "leeches", "savages", "degenerates", "freaks", "morons", "idiots", "criminals", "liars", "whores", "clowns", "sheep", "losers", "cunts"],
    "slur": ["idiot", "moron", "loser", "pig", "scum", "asshole", "bastard", "jerk", "clown", "coward", "liar", "dumbass", "bitch", "whore", "slut", "cunt", "dickhead",
             "piece of shit", "piece of trash", "waste of space", "retard", "freak", "creep", "psycho", "skank", "twat", "hag", "hoe", "motherfucker", "fuckwit", "prick", "shithead"],
    "mild": ["damn", "bloody", "goddamn", "freaking", "effing"],
    "swear": ["fucking", "damn", "bloody", "goddamn", "freaking", "fuckin", "f*cking", "effing"],
    "harm": ["hurt", "kill", "beat up", "shoot", "hang", "strangle", "burn", "stab", "destroy", "punch", "slap", "rape", "run over", "drown", "bury", "smash"],
    "away": ["deported", "locked up", "banned from our country", "wiped out", "sent back where they came from", "shot", "sterilised", "fired", "kept away from children",
             "exterminated", "thrown out", "put in camps", "denied the vote", "beaten", "put down", "silenced", "stripped of their rights"],
    "do_not": ["belong here", "deserve rights", "deserve to live", "have a brain", "know their place", "contribute anything", "deserve respect", "have any morals"],
    "threat": ["I will find you and {harm} you", "I am going to {harm} {who}", "someone should {harm} you", "I know where you live and I will {harm} you", "watch your back, I will {harm} you",
               "you deserve to be {away}", "I hope you die", "I hope that you get cancer", "go kill yourself", "you better run before I {harm} you", "we will {harm} every one of you",
               "somebody please {harm} {name}", "keep talking and I {harm} you", "your family is next", "I swear I will {harm} that {slur}", "you will regret it when I {harm} you"],
    "sexist": ["women belong in the kitchen", "{who} only got the job because of her legs", "no woman can be trusted", "she is a stupid {slur} who should shut up", "women are only good for one thing",
               "never let a woman {decide}", "girls who dress like that ask for it", "feminism is {beast}", "all women are gold diggers", "typical woman, can't {decide}", "females are {bad} and {bad}",
               "she slept her way to the top", "that {slur} needs a man to put her in her place", "a wife should obey or be beaten", "stop hiring {slur}s just because they have tits", "men are superior to women"],
    "decide": ["drive", "decide", "lead a company", "vote", "do maths", "code", "run a country", "park a car", "keep her mouth shut"],
    "direct": ["you are a {swear} {slur}", "you {bad} {slur}", "shut the fuck up {slur}", "go fuck yourself", "fuck you", "fuck off {slur}", "screw you and your {bad} family", "you are {bad} and everyone knows it",
               "what a {bad} {slur}", "{who} is a {swear} {slur}", "{who} is so {swear} {bad}", "nobody likes you, {bad} {slur}", "you make me sick", "you should be ashamed, {slur}", "eat shit {slur}",
               "kiss my ass, {slur}", "you ugly {slur}", "are you really that {bad}?", "you have the brain of a {animal}", "{who} looks like a {animal}", "get a life, {slur}", "you sound like a {bad} {slur}",
               "{who} can go to hell", "what is wrong with you, {slur}?", "your opinion is worth nothing, {slur}", "lying sack of shit", "suck my dick {slur}", "cry about it, {slur}", "{who} sucks, what a {slur}",
               "{side} are {beast}", "{side} are so {swear} {bad}", "all {side} are {bad} {slur}s", "fuck {side}", "only a {slur} would vote for {side}", "{side} can rot in hell", "{side} should be {away}"],
    "animal": ["donkey", "pig", "cow", "rat", "goldfish", "horse", "dog", "whale", "baboon", "snake"],
    "group_hate": ["{group} are {beast}", "{group} are {bad}", "all {group} are {beast}", "I hate {group}", "I {swear} hate {group}", "{group} should be {away}", "{group} do not {do_not}", "we should {harm} all {group}", "{group} disgust me",
                   "{group} ruin everything", "I don't hate {group}, but they are {beast}", "if you are one of those {group}, you are {bad}", "nothing is worse than {group}", "why are {group} so {bad}", "get rid of all {group}",
                   "the world would be better without {group}", "{group}? {beast}, all of them", "never trust {group}", "{group} are not human", "I can't stand {group}, they are {bad}", "no {group} in my town", "{group} are destroying this country",
                   "{group} want to replace us", "you {bad} {group} should be {away}", "it is time to get the {group} out", "{group} are the reason for all crime", "one more reason to hate {group}", "{group} breed like {beast}", "another day, another crime by {group}",
                   "{group} only want our money", "being around {group} makes me vomit", "I would rather die than live next to {group}", "{group} deserve to be {away}", "those {group} are too {bad} to {decide}", "ban {group}"],
    "hostile": ["{direct}", "{direct}", "{direct}", "{group_hate}", "{group_hate}", "{threat}", "{sexist}"],
    # -- look-alikes
    "good": ["kind", "wonderful", "brave", "funny", "smart", "talented", "welcome here", "my friends", "part of our town", "great neighbours", "good parents", "awesome", "hard working"],
    "topic": ["the match", "this song", "the new phone", "the traffic", "my exam", "the election", "gun control", "the tax plan", "climate change", "the budget", "the interview", "this recipe", "the debate", "health care", "the weather"],
    "swearing": ["wow, {topic} was great", "I {mild} love {topic}", "{topic} is {mild} amazing", "damn, I forgot {topic}", "oh no, I missed {topic}", "what happened to {topic}?", "this is so damn good", "{name} is {mild} brilliant", "oh yeah {name}",
                 "where are my keys", "my {mild} laptop crashed again", "I feel awful today", "{topic} sucks", "{topic} is stupid", "{topic} was garbage", "I hate {topic}", "this weather is disgusting", "my cat is an idiot and I love him", "I am such an idiot, I locked myself out"],
    "figure": ["{topic} is killing me", "I could kill for a coffee", "my feet are dead after {topic}", "we destroyed them in {topic}", "you killed it on stage, {name}", "I would die for {topic}", "the bug is a beast, I will kill the process", "shoot me a mail about {topic}", "{name} is on fire today", "this cake is to die for", "the team got beaten again"],
    "counter": ["it is wrong to say that {group} are {beast}", "nobody should {harm} {group}", "I do not think that {group} are {bad}", "saying '{group_hate}' is hate speech", "whoever says that {group} should be {away} is wrong", "{group} are not {beast}, they are {good}", "I don't hate {group}", "please stop telling jokes about {group}",
                "he told her that {group} are {bad} and was fired for it", "the post that called {group} {beast} was removed", "{group} suffer from prejudice", "we need to protect {group} from violence", "why do some people hate {group}?", "no, {group} do not have to be {away}", "hate crimes against {group} rose last year",
                "calling {group} {beast} hurts", "{group} deserve respect", "how can we help {group}?", "a study asked {group} about discrimination", "they shouted slurs at {group} and the crowd answered with songs"],
    "warm": ["{group} are {good}", "I love {group}", "I am one of those {group} and proud of it", "{group} celebrated {topic}", "many {group} voted in the election", "{group} and {group} live here together", "{name} helps {group} with {topic}", "a shelter for {group} opened", "we hired {group} and it went well", "{group} talk about {topic}",
             "{group} can {decide} like everybody else", "{group} face problems at work", "the rights of {group}", "my friends are {group}", "are {group} invited?", "what do {group} think of {topic}?", "{group} won the prize", "the history of {group} in our city", "happy holidays to all {group}", "{group}"],
    "civil": ["I disagree with {side} about {topic}", "{side} won the vote on {topic}", "{side} should explain {topic}", "I do not trust {side} on {topic}", "{side} failed us on {topic}", "who are {side} voting for?", "@user what do you think of {topic}?", "@user you are {good}", "@user she is the best", "@user thank you so much", "@user he is right about {topic}",
              "{name} talked about {topic}", "{topic} starts at nine", "the {animal} at the farm was sick", "are you watching {topic}?", "{name} is {good}", "{side} and {side} met to discuss {topic}", "I think {side} are wrong on {topic}", "can't wait for {topic}", "she is so pretty today", "he is my hero", "you look tired, are you ok?", "sorry for being late",
              "the film is about a killer", "the novel describes a rape trial", "the nurse treated the stab wound", "my girlfriend is coming to {topic}", "dating is hard", "she told me that she was tired", "I broke up with my girlfriend", "her husband left", "women in my office like {topic}", "men and women were paid the same", "is she single?"],
    "harmless": ["{swearing}", "{figure}", "{counter}", "{counter}", "{warm}", "{warm}", "{warm}", "{civil}", "{civil}", "{civil}"],
    "tail": ["", "", "", "", "!", "!!", " lol", " #sad", " smh", " @user", " url", ".", ".", " :)", " #news", " ...", " tbh", " 😂", " 🙄", " @user @user"],
    "head": ["", "", "", "", "", "@user ", "@user @user ", "well, ", "lol ", "and ", "honestly ", "so ", "rt @user ", "sorry but ", "imo ", "“", "yeah, ", "no, "],
}  # fmt: skip

_VEILS = str.maketrans({"a": "@", "i": "1", "s": "$", "o": "0", "e": "3", "u": "*"})


def _said(rng: random.Random, start: str) -> str:
    parts = [draw(rng, _G, start) for _ in range(rng.choice((1, 1, 1, 2)))]
    text = draw(rng, _G, "{head}") + rng.choice((". ", ", ", " ")).join(parts) + draw(rng, _G, "{tail}")
    return typed(rng, text[0].upper() + text[1:] if rng.random() < 0.5 else text)


def _veiled(rng: random.Random, text: str) -> str:
    """One of the ruder words with signs for letters, as somebody writes who expects a filter."""
    words = text.split(" ")
    rude = [at for at, word in enumerate(words) if len(word) > 3 and word.lower().strip("!.,s") in RUDE]
    if rude:
        at = rng.choice(rude)
        inner = words[at][1:]
        words[at] = words[at][0] + (
            inner.translate(_VEILS) if rng.random() < 0.5 else "*" * (len(inner) - 1) + inner[-1]
        )
    return " ".join(words)


RUDE = frozenset(
    word
    for words in (_G["slur"], _G["bad"], _G["swear"], _G["harm"], ("fuck", "shit", "dick", "kill"))
    for word in words
)


def hostile(rng: random.Random, count: int) -> list[Row]:
    """Insults, threats, hate, sexism; a few of them veiled."""
    rows = []
    for _ in range(count):
        text = _said(rng, "{hostile}")
        if rng.random() < 0.12:
            text = _veiled(rng, text)
        rows.append(Row(text=text, labels={"toxicity": 1, "injection": 0, "refusal": 0}, source="own-hostility"))
    return rows


def harmless(rng: random.Random, count: int) -> list[Row]:
    """What shares their words, or their groups."""
    labels = {"toxicity": 0, "injection": 0, "refusal": 0}
    return [Row(text=_said(rng, "{harmless}"), labels=labels, source="own-harmless") for _ in range(count)]
