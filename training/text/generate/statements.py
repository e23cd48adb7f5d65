"""Statements about people: neutral and kind ones for every identity alike, unkind ones, and generalisations.

A classifier learns from the web that the name of a group is a sign of hate. Drawing the same kind and neutral
sentences for every term, and unkind ones for few of them, takes that sign away.
"""

import random

from training.text.generate.grammar import Grammar, Row, draw, typed

_G: Grammar = {
    "identity": ["gay", "lesbian", "bisexual", "transgender", "trans", "queer", "lgbt", "lgbtq", "homosexual", "straight", "heterosexual",
                 "male", "female", "nonbinary", "african", "african american", "black", "white", "european", "hispanic", "latino", "latina",
                 "latinx", "mexican", "canadian", "american", "asian", "indian", "middle eastern", "chinese", "japanese", "korean", "arab",
                 "christian", "muslim", "jewish", "buddhist", "catholic", "protestant", "sikh", "taoist", "hindu", "atheist", "old", "older",
                 "young", "younger", "teenage", "millennial", "middle aged", "elderly", "blind", "deaf", "paralyzed", "disabled", "autistic",
                 "immigrant", "refugee", "roma", "turkish", "polish", "nigerian", "brazilian", "russian", "native american", "indigenous"],
    "people": ["people", "men", "women", "folks", "families", "students", "parents", "neighbours", "colleagues", "friends", "kids"],
    "person": ["person", "man", "woman", "friend", "neighbour", "colleague", "teacher", "nurse", "student", "parent", "engineer", "writer"],
    "job": ["teacher", "doctor", "driver", "cook", "farmer", "writer", "nurse", "clerk", "designer", "coach", "singer", "baker", "pilot",
            "lawyer", "plumber", "carpenter", "manager", "waiter", "actor", "editor", "poet", "coder", "mechanic", "judge", "painter", "cashier"],
    "name": ["Anna", "Ben", "Chris", "Dana", "Eli", "Fatima", "George", "Hannah", "Ivan", "Julia", "Ken", "Lena", "Omar", "Priya", "Sam", "Wei"],
    "kind": ["kind", "brilliant", "lovely", "friendly", "great", "wonderful", "generous", "smart", "honest", "funny", "brave", "charming",
             "patient", "warm", "helpful", "thoughtful", "nice", "good", "admirable", "talented", "polite", "excellent", "fantastic", "sweet", "gentle"],
    "plain": ["tall", "busy", "tired", "early", "late", "quiet", "from the north", "at work", "in the garden", "new here", "thirty", "hungry"],
    "unkind": ["stupid", "pathetic", "disgusting", "worthless", "horrible", "awful", "terrible", "dumb", "ugly", "nasty", "vile", "idiotic",
               "moronic", "filthy", "hateful", "despicable", "repulsive", "useless", "miserable", "evil", "rotten", "lousy", "gross", "clueless",
               "crappy", "shitty", "fucking stupid", "damn ugly", "incompetent", "sickening", "contemptible", "revolting", "brainless", "bloody useless",
               "dreadful", "mean", "rude", "insufferable", "atrocious", "abhorrent", "wicked", "cruel", "ignorant", "dishonest", "lazy", "dirty", "sick"],
    "slur": ["idiot", "moron", "loser", "fool", "pig", "scum", "asshole", "bastard", "jerk", "clown", "trash", "coward", "liar", "imbecile", "dumbass",
             "scumbag", "bitch", "creep", "cretin", "parasite", "vermin", "piece of shit", "waste of space", "disgrace", "dickhead", "halfwit", "prick", "rat"],
    "hate": ["hate", "despise", "detest", "loathe", "can't stand", "am sick of", "want to hurt", "would love to punch", "spit on", "abhor"],
    "like": ["like", "love", "admire", "respect", "enjoy working with", "thank", "appreciate", "miss", "hug", "support", "trust"],
    "do_harm": ["go to hell", "shut up", "get lost", "drop dead", "rot in hell", "fuck off", "disappear forever", "burn", "choke on it", "die", "get out of our country"],
    "ok": [
        "{name} is a {identity} {person}.", "I am a {identity} {person}.", "I am {identity}.", "My {person} is {identity}.", "{name} is {kind}.", "{name} is {plain}.",
        "Being {identity} is {kind}.", "I {like} my {identity} {person}.", "I {like} {identity} {people}.", "{identity} {people} are {kind}.", "You are a {kind} {job}.",
        "You are a {kind} {identity} {person}.", "Hug {identity} {people}.", "The {identity} {person} next door is {plain}.", "A {identity} {job} wrote this.", "What a {kind} {person}!",
        "Many {identity} {people} live in our town.", "The library has books by {identity} authors.", "We elected a {identity} {job} last year.", "I {like} you, {name}.",
        "{identity}", "{identity} {people}", "She is {identity} and {plain}.", "He is a {kind} {job} and he is {identity}.", "Our club welcomes {identity} {people}.",
        "How do I support a {identity} {person} at work?", "The {identity} community celebrated on Sunday.", "A law that protects {identity} {people} passed.", "Is {name} {identity}?",
        "{identity} {people} have rights like everybody else.", "I was at a {identity} wedding and it was {kind}.", "{name} said that the {job} is {kind}.", "The {job} is {plain}.",
        "This film about a {identity} {job} is {kind}.", "Two {identity} {people} opened a restaurant.", "I am a proud {identity} {person}.", "You're {kind}, {name}!", "Thanks, you are so {kind}.",
        "The weather is {unkind} today.", "My old phone is {unkind}.", "That film was {unkind} but you are {kind}.", "I {hate} Mondays.", "This traffic is {unkind}.", "I {hate} broccoli.", "Why is the bus {unkind} again?",
        "It is wrong to call {identity} {people} {unkind}.", "Nobody should {hate} {identity} {people}.", "He was rude to a {identity} {job} and had to apologise.", "The report describes hate crimes against {identity} {people}.",
        "lol that was so {kind}", "omg {name} is so {kind}", "love this so much {name}", "good morning everyone, have a {kind} day", "damn, that was {kind}", "hell yes, what a {kind} game",
    ],
    "bad": [
        "You are a {unkind} {job}.", "You are {unkind}.", "{name} is {unkind}.", "{name} is a {slur}.", "You {slur}!", "What a {unkind} {slur}.", "{do_harm}, you {slur}.", "I {hate} you, {name}.", "{name} is a {unkind} {person}.",
        "I {hate} {name} and so does everybody.", "You are such a {slur}.", "Shut up, {slur}.", "{do_harm}!", "You're nothing but a {unkind} {slur}.", "Only a {slur} would say that.", "Your whole family is {unkind}.", "You {unkind} {slur}",
        "This {job} is a {unkind} {slur}.", "{name}, you are the most {unkind} {job} ever.", "you people are {unkind}", "{name} should {do_harm}", "everyone knows that you are {unkind}", "what a {slur} lol", "i hope you {do_harm}", "kill yourself, {slur}",
        "{identity} {people} are {unkind}.", "I {hate} {identity} {people}.", "{identity} {people} should {do_harm}.", "Being {identity} is {unkind}.", "All {identity} {people} are {slur}s.", "Typical {identity} {slur}.", "You are a {unkind} {identity} {person}.", "Kill all {identity} {people}.",
        "The {job} was a {slur} to everyone and I hope that he will {do_harm}.", "stop talking you {unkind} {slur}", "nobody likes you, {slur}", "you look {unkind} and smell {unkind}", "{name} you {slur} {do_harm}", "I {hate} that {unkind} {job}.", "{job}s are {unkind} {slur}s.",
    ],
    "trait": ["lazy", "greedy", "violent", "bad drivers", "good at mathematics", "emotional", "stingy", "loud", "criminals", "dangerous", "weak", "bossy", "obsessed with money",
              "dirty", "uneducated", "submissive", "aggressive", "bad with technology", "all the same", "naturally better at sports", "cold", "sly", "backward", "hysterical", "terrorists",
              "not fit to lead", "only after your money", "born to serve", "stealing our jobs", "cheats", "drunks", "too sensitive", "oppressed", "ignorant", "primitive"],
    "cant": ["drive", "be trusted", "handle pressure", "lead a team", "do science", "control their temper", "keep a secret", "fit in here", "learn new things", "manage money", "think logically"],
    "general": [
        "{identity} {people} are {trait}.", "All {identity} {people} are {trait}.", "Everybody knows that {identity} {people} are {trait}.", "{identity} {people} can't {cant}.", "Typical {identity} {person}: always {trait}.",
        "{identity} {people} are just {trait} by nature.", "Of course the {identity} {person} is {trait}.", "A {identity} {person} should never be a {job}.", "Most {identity} {people} are {trait}, that is a fact.", "{identity} {people} never {cant}.",
        "He is {identity}, so he must be {trait}.", "What do you expect, {identity} {people} are {trait}.", "{identity} {people} belong in the kitchen.", "It is in {identity} culture to be {trait}.", "they are all {trait}, these {identity} {people}",
    ],
    "fair": [
        "Some people think that {identity} {people} are {trait}, but studies do not support that.", "It is a stereotype that {identity} {people} are {trait}.", "My {identity} {person} is a {job}.", "The survey asked {identity} {people} about housing.",
        "{name} is a {identity} {job} from the north.", "The {identity} {person} arrived {plain}.", "Wages of {identity} {people} rose by two percent.", "Nobody is {trait} because of being {identity}.", "We interviewed {identity} {people} for the study.",
        "{identity} history month begins on Monday.", "She married a {identity} {person}.", "A {identity} {person} asked me for directions.", "The team has three {identity} {people}.", "{ok}", "{ok}",
    ],
}  # fmt: skip


def _rows(rng: random.Random, count: int, start: str, labels: dict[str, int], source: str) -> list[Row]:
    return [Row(text=typed(rng, draw(rng, _G, start)), labels=labels, source=source) for _ in range(count)]


def neutral(rng: random.Random, count: int) -> list[Row]:
    """Kind and neutral statements, every identity term as often as every other."""
    labels = {"toxicity": 0, "injection": 0, "bias": 0, "sexual": 0, "self-harm": 0, "violence": 0}
    return _rows(rng, count, "{ok}", labels, "own-neutral")


def insults(rng: random.Random, count: int) -> list[Row]:
    """Insults at somebody, or at a group."""
    return _rows(rng, count, "{bad}", {"toxicity": 1, "injection": 0}, "own-insults")


def generalisations(rng: random.Random, count: int) -> list[Row]:
    """Stereotypes, and fair statements about the same groups."""
    stereotypes = _rows(rng, count // 2, "{general}", {"bias": 1, "injection": 0}, "own-stereotypes")
    fair = _rows(rng, count // 2, "{fair}", {"bias": 0, "injection": 0, "toxicity": 0}, "own-fair")
    return stereotypes + fair
