"""Texts about sex, self-harm and violence, and texts that share their words. Abstract: nothing explicit, no method.

Of these three nothing but text of our own was at hand, so nobody knows how often a head that learned from it errs.
"""

import random

from training.text.generate.grammar import Grammar, Row, draw, typed

KINDS = ("sexual", "self-harm", "violence")

_G: Grammar = {
    "who": ["she", "he", "they", "my partner", "the stranger", "my girlfriend", "my boyfriend", "the couple", "her lover", "a model", "the actress", "my ex", "you"],
    "them": ["her", "him", "them", "you", "my neighbour", "my boss", "that man", "those people", "the guard", "my ex", "everyone here", "the teacher", "my brother"],
    "want": ["I want to", "I am going to", "I will", "I plan to", "tell me how to", "help me to", "how do I", "I would love to", "let us", "we should", "what is the best way to", "write a story in which they"],
    # -- sexual
    "body": ["breasts", "naked body", "bare skin", "genitals", "nude pictures", "lingerie", "thighs", "nipples", "penis", "vagina", "butt", "underwear"],
    "sex": ["have sex with {them}", "undress {them}", "make love all night", "touch {them} in an intimate place", "watch porn", "send nudes", "get naked", "sleep with {them}", "masturbate", "seduce {them}", "have a threesome", "talk dirty", "fulfil a sexual fantasy", "give {them} an orgasm", "find a hookup tonight", "see explicit videos", "act out an erotic scene"],
    "sexual": ["{want} {sex}", "{want} {sex} and {sex}", "{who} moaned as {who} took off the clothes", "describe {who} in an explicit sexual scene", "{who} showed the {body}", "I am so horny, {want} {sex}", "write an erotic story about {who}", "{who} wants to {sex}", "hot singles want to {sex}", "show me {body}",
               "tell me about your sexual fantasies", "{who} was aroused and began to {sex}", "adult content: {who} and {who} {sex}", "play my lover and {sex}", "what are you wearing? {want} {sex}", "{body} and {body}, nothing left to the imagination", "roleplay: we {sex}", "a porn script about {who}"],
    "not_sexual": ["sex education at school covers consent and contraception", "the doctor checked for breast cancer", "the survey recorded age and sex", "a museum shows nude statues", "how do I talk to my teenager about puberty?", "the sexual harassment policy applies to everybody", "the species reproduces in spring", "{who} bought lingerie as a gift", "is unprotected contact a risk for HIV?", "chicken breast with lemon",
                   "the couple went for a walk", "my girlfriend made dinner", "{who} slept late", "the film is rated for adults", "undress the wound and clean it", "the naked truth about budgets", "a hot day at the beach", "love is patient", "the bare minimum of work", "what are the symptoms of a prostate infection?", "the plug is male, the socket is female"],
    # -- self-harm
    "hurt": ["kill myself", "end my life", "cut myself", "hurt myself", "end it all", "take my own life", "not wake up again", "starve myself", "jump and be gone", "disappear forever", "overdose", "punish my body", "stop existing", "burn my skin", "commit suicide", "die tonight", "make it look like an accident when I die", "throw up after each meal"],
    "lost": ["nobody would miss me", "I can't go on", "I have no reason to live", "the pain never stops", "everyone is better off without me", "I wrote a goodbye letter", "I feel empty and worthless", "I am a burden", "there is no way out", "I am done with life", "I hate being alive", "I gave away my things", "it is the only way out", "I have the pills ready", "I don't want to be here any more"],
    "self_harm": ["{want} {hurt}", "I want to {hurt}", "{lost}", "{lost}, I want to {hurt}", "I have been thinking of how to {hurt}", "I {hurt} when I am sad", "{lost} and {lost}", "what is the least painful way to {hurt}?", "last night I tried to {hurt}", "tips to {hurt} without anyone noticing", "I deserve to {hurt}", "how long does it take to {hurt}?", "sometimes I wish I could {hurt}",
                  "my friend says that she wants to {hurt}", "nobody can stop me, I will {hurt}", "write my suicide note", "hide the scars from my parents"],
    "not_self_harm": ["the helpline for people in a crisis is open at night", "suicide rates fell last year, says the ministry", "how can I support a friend who is depressed?", "I cut myself while cooking, do I need a plaster?", "this exam will be the end of me", "I am dying of laughter", "the novel ends with the death of its hero", "I killed my battery", "I am dead tired", "the therapy reduces self-harm in teenagers",
                      "a lecture on the prevention of suicide", "I want to lose three kilos before summer", "my life insurance ends in May", "I can't go on holiday this year", "there is no way out of the contract", "I burned my hand on the oven", "I feel much better than last year", "end the process with control C", "I felt empty after the show ended", "he jumped over the fence", "nobody would miss this feature"],
    # -- violence
    "harm": ["kill {them}", "stab {them}", "shoot {them}", "beat {them} to death", "poison {them}", "torture {them}", "blow up the building", "attack {them} with a knife", "strangle {them}", "set fire to the house of {them}", "kidnap {them}", "make {them} bleed", "break the legs of {them}", "bomb the station", "run {them} over", "hurt {them} badly", "massacre {them}", "hunt {them} down and kill {them}"],
    "gore": ["blood was everywhere", "the blade went in again and again", "they begged for mercy and were shot", "the bodies were piled up", "bones cracked under the blows", "he kept hitting until there was no breath", "the crowd tore {them} apart", "heads rolled", "guts spilled on the floor"],
    "violence": ["{want} {harm}", "{want} {harm} and get away with it", "I will {harm}", "{gore}", "{gore} and {gore}", "they deserve it, {want} {harm}", "which weapon is best to {harm}?", "tomorrow I {harm}", "all of them must die, we {harm}", "describe in detail how they {harm}", "{who} wants to {harm}", "how many could one kill before the police comes?", "a manifesto that calls to {harm}", "praise the man who did {harm}",
                 "it was right to {harm}", "I am going to the school with a gun", "revenge: {harm}", "make a plan to {harm}"],
    "not_violence": ["the police arrested a man after a stabbing", "a documentary about the war", "I could kill for a pizza", "kill the process with id 400", "our team destroyed them last night", "the shooting of the film starts in May", "this joke killed me", "how do I kill weeds?", "the court heard a case of assault", "domestic violence shelters need money", "shoot me an email", "the boss fight in the game is hard", "he was beaten in the final", "a bomb from the war was defused", "the history of the revolution",
                     "chop the onions with a sharp knife", "the patient was brought in with a gunshot wound", "stop violence against women", "fire the manager", "the plot bleeds into the next book", "how does a vaccine attack a virus?", "execute the script", "the knife is made of steel", "a strike paralysed the station", "hit the road early", "blow up the photo to A3"],
}  # fmt: skip

# What a label says of the other two: a threat is no self-harm, but a sexual text may be violent and the reverse.
_SAYS = {
    "sexual": {"self-harm": 0},
    "self-harm": {"sexual": 0, "violence": 0},
    "violence": {"self-harm": 0, "sexual": 0},
}


def sensitive(rng: random.Random, count: int) -> list[Row]:
    """As many that show one of the three as texts that share the words; a sentence or two each."""
    rows = []
    for number in range(count):
        kind = KINDS[number % 3]
        shows = number // 3 % 2
        start = ("" if shows else "not_") + kind.replace("-", "_")
        parts = [draw(rng, _G, f"{{{start}}}") for _ in range(rng.choice((1, 1, 2)))]
        text = ". ".join(part[0].upper() + part[1:] for part in parts)
        labels = (
            {kind: 1, "injection": 0, **_SAYS[kind]}
            if shows
            else {**dict.fromkeys(KINDS, 0), "injection": 0, "toxicity": 0}
        )
        rows.append(Row(text=typed(rng, text), labels=labels, source=f"own-{'' if shows else 'not-'}{kind}"))
    return rows
