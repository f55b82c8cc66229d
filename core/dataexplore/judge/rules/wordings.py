"""Wordings that make a row unfit: inputs that are none, prompts that lack theirs, filler, copied prompts."""

import polars as pl

_NO_INPUT = (
    r"(?:no|without|empty)[ _-]?input(?: (?:is )?(?:required|needed|necessary|provided|given|available))?"
    r"|input(?: (?:text|goes))?(?: here)?|(?:your|insert|enter|type|paste|add) [^\n]{0,30}\bhere"
    r"|n/?a|nan|none|null|nil|not applicable|placeholder|tbd|todo"
    r"|to be (?:added|determined|filled in)|lorem ipsum\b[^\n]*|\.{3,}|…"
    r"|无输入|沒有輸入|没有输入|无需输入|無輸入|无|無|暂无|不适用"
)
_PLACEHOLDER = rf"(?i)^[\s\"'`“‘«<\[({{*]*(?:{_NO_INPUT})[\s\"'`”’»>\])}}*.!。]*$"
_ADDRESS = r"<?(?:https?://|ftp://|www\.)[^\s<>]+>?"
_PICTURE = (
    r"!\[[^\]\n]*\]\([^)\n]*\)|<img\b[^>\n]*>|<(?:image|img|picture|photo|audio|video|link|url)>"
    r"|\[(?:an? |the )?(?:image|picture|photo|photograph|figure|drawing|painting|chart|graph|diagram"
    r"|screenshot|link|url|video|audio|attached|attachment)\b[^\]\n]{0,80}\]"
)
_LINK = rf"(?i)^\s*(?:(?:{_ADDRESS}|{_PICTURE})\s*)+$"

_THING = (
    r"(?:articles?|arrays?|charts?|code|conversations?|data|datasets?|dialogues?|documents?|drawings?|emails?"
    r"|equations?|essays?|excerpts?|expressions?|functions?|graphs?|images?|inputs?|items|letters?|lines|links?"
    r"|lists?|lyrics|messages?|numbers?|outputs?|paragraphs?|passages?|patterns?|phrases?|pictures?|poems?"
    r"|programs?|quer(?:y|ies)|questions?|quotes?|recipes?|reports?|reviews?|scenarios?|sentences?|snippets?"
    r"|songs?|sounds|statements?|stor(?:y|ies)|strings?|tables?|texts?|titles?|tweets?|words?)"
)
_ANNOUNCED = (
    rf"(?i)\b(?:the|these|this) following (?:[\w'-]+ ){{0,3}}{_THING}\b"
    rf"|\b{_THING} below\b|\bthe below {_THING}\b"
)
_HAS_MORE = r"[.?!]\s+\S|[:\d\"“”‘`(\[{=]|\s[-–—]\s|\n|'\S[^']*'"
"""Where one of these stands, what was announced may be there."""
_LONGEST_PROMPT = 200

_SPOKEN = (
    r"(?i)\b(?:repl(?:y|ies)|respon[ds]|customer|chatbot|bot\b|script|dialog|conversation|chat\b|e-?mail"
    r"|letter\b|message|greet|imagine|pretend|act as|role|tutor|rewrite|rephrase|paraphrase|translat"
    r"|edit\b|correct\b|speech|invitation|remind|phrase|comment|post\b|tweet|memo\b)"
)
"""Prompts that ask for what somebody says: there a polite word is the answer."""
_OPENER = (
    r"(?i)^[\s\"'*]*(?:sure|certainly|of course|absolutely|no problem|great question|good question|okay"
    r"|gladly|i(?:['’]?d| would) be (?:happy|glad) to(?: help)?|happy to help)[,.!: –-]+"
    r"(?:i(?:['’]?d| would) be (?:happy|glad) to|i can|i['’]?ll|i will|let me|here|below|the following"
    r"|this is|to |\n)"
    r"|^\s*(?:当然|好的|没问题|當然)[，,！!]"
)
_CLOSER = (
    r"(?i)(?:\bi hope (?:this|that|it|these|you) (?:helps?|is helpful|was helpful|find|answers?|clarif)"
    r"|\blet me know if (?:you|there|this|that|i)\b"
    r"|\b(?:feel free|do(?:n['’]t| not) hesitate) to (?:ask|reach out|let me know|contact)"
    r"|\bis there anything else (?:i can|you)"
    r"|\bif you (?:have|need) any (?:other |more |further |additional )?(?:questions?|help|assistance)"
    r"|希望(?:这|對|对)[^。\n]{0,12}(?:帮助|幫助)|如果(?:你|您)[^。\n]{0,12}(?:问题|問題|疑问))[^\n]{0,100}$"
)
_ENDS = 200
"""Characters at either end that are looked at."""
_TEMPLATE = (
    r"(?i)<no ?(?:in|out)put>"
    r"|(?-i:#{2,4} ?(?:Instruction|Response|Input|Output|Human|Assistant)) ?:"
    r"|\bbelow is an instruction that describes a task|\bwrite a response that appropriately completes"
)
_LABEL = r"(?i)^\s*(?:output|response) ?:"
_OF_LABELS = r"(?i)\b(?:input|output|respon[ds]|format)"

_LONG = 25
"""Characters: an answer may begin with a shorter prompt, or repeat a shorter input, for good reason."""
_COPIED_INPUT = 30


def inputs_of(prompts: pl.Series) -> pl.Series:
    """Return what stands for the input without a field of it: all but the first line, or the one line."""
    rest = prompts.str.extract(r"^[^\n]*\n((?s:.*))$")
    return rest.to_frame("rest").select(pl.col("rest").fill_null(prompts))["rest"]


def placeholder(inputs: pl.Series) -> pl.Series:
    """Return which inputs say that there is none."""
    return inputs.str.contains(_PLACEHOLDER)


def link_alone(inputs: pl.Series) -> pl.Series:
    """Return which inputs are an address or a picture and nothing else."""
    return inputs.str.contains(_LINK)


def lacks_input(prompts: pl.Series) -> pl.Series:
    """Return which prompts, of one sentence, announce something that does not follow."""
    asked = prompts.str.strip_chars().str.strip_chars_end(":")
    short = asked.str.len_chars() <= _LONGEST_PROMPT
    return short & asked.str.contains(_ANNOUNCED) & ~asked.str.contains(_HAS_MORE)


def filler(prompts: pl.Series, answers: pl.Series) -> pl.Series:
    """Return which answers begin or end with words to the person who asks, and not to the point."""
    begins, ends = (
        answers.str.head(_ENDS).str.contains(_OPENER),
        answers.str.tail(_ENDS).str.contains(_CLOSER),
    )
    polite = (begins | ends).arg_true()
    kept = polite.filter(~prompts[polite].str.contains(_SPOKEN))
    return pl.zeros(len(answers), dtype=pl.Boolean, eager=True).scatter(kept, True)


def template_left(prompts: pl.Series, answers: pl.Series) -> pl.Series:
    """Return which answers hold parts of a prompt's template."""
    labelled = answers.str.contains(_LABEL) & ~prompts.str.contains(_OF_LABELS)
    return answers.str.contains(_TEMPLATE) | labelled


def copied(prompts: pl.Series, inputs: pl.Series, answers: pl.Series) -> pl.Series:
    """Return which answers repeat the prompt, begin with its first line, or are the input unchanged."""
    of = pl.DataFrame({"prompt": prompts, "input": inputs, "answer": answers}).select(
        pl.all().str.strip_chars(), head=pl.col("prompt").str.strip_chars().str.extract(r"^([^\n]*)")
    )
    prompt, head, answer = pl.col("prompt"), pl.col("head"), pl.col("answer")
    lower = answer.str.to_lowercase()
    same = (lower == prompt.str.to_lowercase()) & (answer.str.len_chars() >= 2)
    bare = head.str.strip_chars_end(".!?:").str.to_lowercase()
    begins = lower.str.starts_with(bare) & (bare.str.len_chars() >= _LONG)
    unchanged = (answer == pl.col("input")) & (answer.str.len_chars() >= _COPIED_INPUT)
    return of.select(copied=same | begins | unchanged)["copied"]
