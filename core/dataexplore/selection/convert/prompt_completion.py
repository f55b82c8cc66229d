"""Prompt and completion as TRL reads them: two texts where all rows are that plain, else messages."""

from collections.abc import Iterable

from dataexplore.dataset.parse import Record
from dataexplore.dataset.roles import ASSISTANT, USER
from dataexplore.selection.convert.example import Example
from dataexplore.selection.convert.messages import as_message, taken_names
from dataexplore.selection.convert.target import Needs, Usual


class PromptCompletion(Usual):
    """The last answer is the completion; all before it is the prompt."""

    name = "prompt-completion"
    fields = ("prompt", "completion")
    tools = "list"
    one_form = False

    def unfit(self, example: Example) -> Iterable[str]:
        """Yield rows without an answer at the end."""
        if not example.said or example.said[-1].role != ASSISTANT:
            yield "a last turn that is no answer"
        yield from taken_names(example.said)

    def need(self, example: Example, needs: Needs) -> None:
        """Need messages for anything but a question and an answer in texts."""
        said = example.said
        roles = [one.role for one in said]
        plain = all(one.plain for one in said) and roles in ([ASSISTANT], [USER, ASSISTANT])
        # A prompt without text would be read as none.
        needs.as_messages |= not plain or (len(said) > 1 and not said[0].text)

    def is_own(self, form: str, needs: Needs) -> bool:
        """Take what has the form already that all rows get."""
        return form == ("prompt-completion of messages" if needs.as_messages else self.name)

    def write(self, example: Example, needs: Needs) -> Record:
        """Return the two sides."""
        *before, answer = example.said
        if needs.as_messages:
            return {"prompt": [as_message(one) for one in before], "completion": [as_message(answer)]}
        return {"prompt": before[0].text if before else "", "completion": answer.text}
