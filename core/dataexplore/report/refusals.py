"""Answers that decline the task, or speak about themselves as a machine, by how they begin."""

import polars as pl

BEGINNING = 200
"""Characters of an answer that are looked at: further down a letter may say what its writer cannot do."""

_CANNOT = r"(?:can ?not|can['’]?t|am (?:unable|not able) to|['’]m (?:unable|not able) to|won['’]t be able to)"
_LACK = r"do(?:n['’]t| not) have (?:access|the (?:ability|capability|capabilities|means))"
_TASK = (
    r"(?:access|answer|assist|browse|carry out|comply|complete|continue|create|discuss|display"
    r"|do (?:that|this|so)|draw|engage|execute|fulfil|generate|give|help (?:you )?with"
    r"|make (?:an?|the|up|your)|open|perform|play|predict|produce|provide|recommend|respond"
    r"|retrieve|satisfy|schedule|search|send|set (?:up|an?|the)|share|show|suggest|support|tell you|write)"
)
_SORRY = r"(?:(?:i['’]?m |i am )?(?:very |so |really |deeply |terribly )?sorry|i apologi[sz]e|my apologies)"

DECLINES = (
    # English
    rf"{_SORRY}[,.;:]? ?(?:but )?(?:as an? (?:ai|language model)[^.]{{0,80}}?)?i ?(?:{_CANNOT}|{_LACK})",
    rf"{_SORRY}[,.;:]? (?:but )?(?:it|this|that)(?: is|['’]s) (?:not possible|impossible|against)",
    rf"(?:unfortunately|regrettably|no)[,;]? (?:but )?i ?{_CANNOT} {_TASK}",
    rf"i ?{_CANNOT} {_TASK}",
    r"as an? (?:ai|artificial intelligence|(?:large )?language model)\b[^.]{0,120}?"
    rf"(?:{_CANNOT}|do(?:n['’]t| not) have|am not (?:capable|programmed|designed))",
    r"(?:<no ?input>\s*)?(?:this|the|your) (?:type of )?(?:request|task|instruction|question|output)s?\b"
    r"[^.]{0,60}? can ?not be (?:answered|completed|done|fulfilled|generated|performed|processed|provided)",
    r"(?:due to|because of)[^.]{0,60}limitations? of (?:the |a )?(?:gpt|ai|language)",
    r"[^.]{0,60}(?:gpt|language) models? (?:can ?not|can['’]t|(?:is|are) (?:unable|not able) to)",
    rf"(?:{_SORRY}[,.]? (?:but )?(?:the|this|your) |no[,.]? the gpt )[^.]{{0,80}}? (?:{_CANNOT}|involves"
    r"|requires|will not be able)",
    r"this is an? (?:inappropriate|unsuitable|invalid) (?:request|task|instruction|question)",
    r"(?:output: ?)?<no ?output\b",
    r"no output(?:[.,]?\s*$|[,.]? (?:possible|as|because|due)\b)",
    # Chinese
    r"(?:非常|很|十分)?(?:抱歉|对不起|對不起|不好意思)[^。]{0,30}?(?:无法|無法|不能|没有办法|沒有辦法|不可以)",
    r"(?:作为|作為|身为)[一个個名款]{0,2}[^。，]{0,12}?(?:AI|人工智能|人工智慧|语言模型|語言模型)[^。]{0,30}?(?:无法|無法|不能|没有|沒有|不具备)",
    r"我(?:无法|無法|不能)(?:提供|回答|满足|完成|生成|帮助|協助|协助|执行|直接|访问)",
    # German, French, Spanish, Portuguese, Italian
    r"(?:es tut mir leid|tut mir leid|entschuldigung|leider)[^.]{0,40}?\bkann ich\b[^.]{0,60}?\bnicht\b",
    r"(?:je suis (?:vraiment )?désolée?|désolée?)[^.]{0,30}?je ne (?:peux|puis)",
    r"(?:lo siento|lo lamento)[^.]{0,30}?no puedo",
    r"(?:desculpe|sinto muito|lamento)[^.]{0,30}?não (?:posso|consigo)",
    r"(?:mi dispiace|spiacente)[^.]{0,30}?non posso",
    # Russian, Japanese, Korean
    r"(?:извините|простите|к сожалению|мне жаль)[^.]{0,30}?(?:не могу|не в состоянии)",
    r"(?:申し訳|すみません|ごめんなさい)[^。]{0,40}?(?:できません|できかねます|お答えでき)",
    r"(?:죄송|미안)[^.]{0,40}?(?:수 없|어렵습니다)",
)
"""What an answer begins with when it declines; letters' case does not matter."""

SELF = (
    r"\b(?:i am|i['’]m|as) an? (?:ai|artificial intelligence|(?:large |ai )?language model)(?:[ ,.;]|$)",
    r"\bas (?:chatgpt|gpt-?[34]|an? (?:ai-based|virtual) assistant)\b",
    r"\bi (?:am|was|have been)\b[^.]{0,60}\b(?:trained|developed|made) by (?:openai|anthropic|google|meta)\b",
    r"(?:作为|作為|身为)[一个個名款]{0,2}[^。，]{0,12}?(?:AI|人工智能|人工智慧|语言模型|語言模型)",
    r"\bals (?:eine? )?(?:ki|künstliche intelligenz|sprachmodell)\b",
    r"\ben tant (?:qu['’]|que )(?:une? )?(?:ia|intelligence artificielle|modèle de langage)\b",
    r"\bcomo (?:una? |uma? )?(?:ia|intelig[eê]ncia artificial|modelo de (?:lenguaje|linguagem))\b",
    r"\bcome (?:un['’]?)? ?(?:ia|intelligenza artificiale|modello linguistico)\b",
    r"\bкак (?:ии|искусственный интеллект|языковая модель)",
    r"(?:AIアシスタント|言語モデル|AI言語モデル|人工知能)として",
    r"(?:AI|인공지능|언어 모델)(?:로서|으로서)",
)
"""What the beginning of an answer holds somewhere when it speaks as a machine."""

_DECLINES = rf"(?i)^[\s\"'“*>-]*(?:{'|'.join(DECLINES)})"
_SELF = rf"(?i)(?:{'|'.join(SELF)})"


def declines(answers: pl.Series) -> pl.Series:
    """Return which answers begin by declining, as booleans."""
    return answers.str.head(BEGINNING).str.contains(_DECLINES).fill_null(False)


def speaks_as_machine(answers: pl.Series) -> pl.Series:
    """Return which answers speak as an AI in their beginning, whether they decline or not."""
    return answers.str.head(BEGINNING).str.contains(_SELF).fill_null(False)
