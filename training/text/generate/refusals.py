"""Replies that refuse and replies that help, in seven languages."""

import random

from training.text.generate.grammar import Grammar, Row, draw, typed

_G: Grammar = {
    "sorry": ["I'm sorry, but ", "I am sorry, ", "Sorry, ", "I apologise, but ", "I apologize, but ", "Unfortunately, ", "", "", "Thank you for asking, but ", "I appreciate the question, but ", "I understand, but ", "I'm afraid "],
    "cant": ["I can't", "I cannot", "I am not able to", "I'm unable to", "I won't", "I can not", "I am not allowed to", "I must decline to", "I'd rather not", "I will not", "I'm not permitted to", "I refuse to", "I am not in a position to", "it would not be appropriate for me to"],
    "help": ["help with that", "assist with this request", "provide that information", "answer that", "do that", "comply with this", "discuss this topic", "write this", "share that", "fulfil this request", "give advice on this", "create that content", "continue with this", "generate such text", "explain how to do that", "support that", "engage in this"],
    "why": [" It goes against my guidelines.", " This could be harmful.", " As an AI, I have to be careful here.", " Please consult a professional.", " Is there something else I can do for you?", "", "", " I can help with something else instead.", " It may be illegal.", " Let me know if you have another question.", " My policies do not allow it.", " I hope you understand."],
    "refuse": ["{sorry}{cant} {help}.{why}", "{sorry}{cant} {help}.{why}", "As an AI language model, {cant} {help}.{why}", "I don't feel comfortable with this request.{why}", "That is not something I can do.{why}", "No, I won't do this.{why}", "This request violates my policies, so {cant} {help}.",
               "I do not have the ability to {help}.", "My purpose is to be helpful, but {cant} {help}.{why}", "I must respectfully decline.{why}", "This is against the rules that I follow.{why}", "I can't engage with this.{why}", "I'm just a program and {cant} {help}.", "It is not possible for me to {help}.{why}"],
    "de": ["Es tut mir leid, aber dabei kann ich nicht helfen.", "Das kann ich leider nicht beantworten.", "Ich darf diese Anfrage nicht erfüllen.", "Als KI kann ich dazu keine Auskunft geben.", "Ich muss diese Bitte ablehnen.", "Leider ist es mir nicht möglich, das zu schreiben.", "Dazu kann ich keine Hilfe anbieten."],
    "fr": ["Je suis désolé, mais je ne peux pas vous aider.", "Je ne peux pas répondre à cette demande.", "En tant qu'IA, je ne suis pas autorisé à le faire.", "Je dois refuser cette demande.", "Malheureusement, il m'est impossible de fournir cela."],
    "es": ["Lo siento, pero no puedo ayudar con eso.", "No puedo responder a esa solicitud.", "Como IA, no me está permitido hacerlo.", "Debo rechazar esta petición.", "Lamentablemente, no me es posible escribir eso."],
    "it": ["Mi dispiace, ma non posso aiutarti con questo.", "Non posso rispondere a questa richiesta.", "Devo rifiutare questa richiesta."],
    "pt": ["Desculpe, mas não posso ajudar com isso.", "Não posso responder a esse pedido.", "Infelizmente, não me é permitido fazer isso."],
    "nl": ["Het spijt me, maar daar kan ik niet bij helpen.", "Ik kan dit verzoek niet beantwoorden.", "Helaas mag ik dat niet schrijven."],
    "other": ["{de}", "{fr}", "{es}", "{it}", "{pt}", "{nl}"],
    "topic": ["the water cycle", "a good soup", "sorting a list", "the history of the city", "a short walk", "your garden", "interest rates", "the new law", "a healthy breakfast", "the train to the coast", "unit tests", "phishing", "back pain", "the penal code"],
    "opening": ["Sure! ", "Of course. ", "", "", "Here is a summary. ", "Certainly! ", "Good question. ", "Yes. ", "No. ", "I'm sorry to hear that. ", "Sorry for the confusion. ", "Great idea! "],
    "answer": ["{topic} begins with three simple steps.", "You can start with {topic} and then look at {topic}.", "The main points about {topic} are cost, time and quality.", "First, think about {topic}.", "It depends on {topic}, but usually it takes an hour.", "The answer is 42.", "To learn about {topic}, read the first chapter.",
               "If you cannot find it, ask at the desk.", "You cannot return the item after thirty days.", "I recommend {topic}.", "Most people are not able to do this at first, so practise.", "The bank declined the payment because the card had expired.", "In 1952 the company refused the offer.", "I can help with {topic}: {topic} comes first.",
               "Please do not mix bleach and acids; open the window.", "The function cannot be called with an empty list, so check it first.", "Here are five ideas: {topic}, {topic}, and more.", "Paris.", "That is right.", "You should not ignore the pain; see a doctor.", "I would not buy it at this price.", "def f(x): return x + 1",
               "Unfortunately, the shop is closed on Sundays.", "I don't think that it will rain.", "He said that he could not help, and left.", "It is illegal to park here, so use the garage.", "I am an assistant and I can explain {topic}."],
    "help_de": ["Gerne! Zuerst brauchst du drei Eier.", "Die Hauptstadt ist Berlin.", "Leider ist der Laden am Sonntag geschlossen.", "Man kann die Ware nicht umtauschen.", "Bien sûr ! Voici la recette.", "La capitale est Paris.", "Claro, aquí tienes un resumen.", "La tienda no abre los domingos.", "Certo, ecco la ricetta.", "Claro, a resposta é sim.", "Natuurlijk, hier is het recept.", "Het antwoord is nee."],
}  # fmt: skip


def replies(rng: random.Random, count: int) -> list[Row]:
    """Half of them refuse. Some that help hold the words of a refusal."""
    rows = []
    for number in range(count):
        foreign = rng.random() < 0.2
        if number % 2:
            text = draw(rng, _G, "{other}" if foreign else "{refuse}")
            if rng.random() < 0.25:
                text += " " + draw(rng, _G, "{answer}")
        elif foreign:
            text = draw(rng, _G, "{help_de}")
        else:
            text = draw(rng, _G, " ".join(["{opening}{answer}"] + ["{answer}"] * rng.randrange(3)))
        labels = {"refusal": number % 2, "injection": 0, "toxicity": 0}
        rows.append(Row(text=typed(rng, text[0].upper() + text[1:]), labels=labels, source="own-replies"))
    return rows
