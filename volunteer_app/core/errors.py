"""The one tree of refusals. str(error) is a Chinese sentence fit to show; `text` is the same, translatable."""

from volunteer_app.core.language import N_, Text


class AppError(Exception):
    """Something that the product says no to. Raised anywhere in a write, it rolls the whole write back."""

    status = 400
    sentence = N_("这样不行。")

    def __init__(self, sentence: str | None = None, **values: object) -> None:
        self.text = Text(sentence or self.sentence, values)
        super().__init__(str(self.text))

    @property
    def code(self) -> str:
        """Stable name of the refusal for the API, for example `NotEnoughPoints`."""
        return type(self).__name__


class NotFound(AppError):
    """No such row for this viewer; the same answer for an unknown id and for another community's."""

    status = 404
    sentence = N_("没找到。")


class Forbidden(AppError):
    """The viewer's roles don't include this."""

    status = 403
    sentence = N_("这一页不归您管。")


class Refused(AppError):
    """A rule says no; each rule has its own subclass beside it."""

    status = 409


class BadInput(AppError):
    """Values that can't be understood; `fields` holds the sentences for each field."""

    status = 422
    sentence = N_("有几处要改一下。")

    def __init__(self, fields: dict[str, list[Text]], sentence: str | None = None, **values: object) -> None:
        super().__init__(sentence, **values)
        self.fields = fields
