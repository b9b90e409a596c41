"""In which form each column writes its numbers or dates: one form, or words."""

import dataclasses

import pandas as pd

from kvae.cli.date_forms import DateForm, TimeForm, date_forms, time_forms
from kvae.cli.number_forms import NumberForm, number_forms
from kvae.cli.phrases import columns_named

_TRUTHS = (("False", "True"), ("FALSE", "TRUE"), ("false", "true"))


@dataclasses.dataclass(frozen=True)
class TruthForm:
    """How a column writes its truth values: True, TRUE or true.

    Args:
        spellings: (str, str) of False and True.

    Example:
        >>> form = TruthForm(("FALSE", "TRUE"))
        >>> form.write(form.read(pd.Series(["TRUE", None]))).tolist()
        ['TRUE', None]
    """

    spellings: tuple

    def read(self, texts):
        """Returns the truth values of texts (N,): bool, or objects beside holes."""
        values = texts.astype(object).map(
            dict(zip(self.spellings, (False, True), strict=True))
        )
        return values.astype(bool) if texts.notna().all() else values

    def write(self, values):
        """Returns truth values (N,) as an object Series of str; holes are None."""
        texts = [None if pd.isna(v) else self.spellings[int(v)] for v in values]
        return pd.Series(texts, index=values.index, name=values.name, dtype=object)


def possible_forms(texts, is_target=False):
    """Returns the forms that a column fits, the likeliest first; [] for words.

    Args:
        texts: Series (K,) of str, the distinct values, without blanks around them.
        is_target: bool. Classes are numbers only where these stand alone: 5%, 1,500
            and 1/2/2020 are names of classes.

    Example:
        >>> possible_forms(pd.Series(["TRUE"])), possible_forms(pd.Series(["a"]))
        ([TruthForm(spellings=('FALSE', 'TRUE'))], [])
    """
    if texts.empty:
        return []
    if len(texts) <= 2:
        truths = [TruthForm(pair) for pair in _TRUTHS if texts.isin(pair).all()]
        if truths:
            return truths
    numbers = number_forms(texts)
    if is_target:
        return [form for form in numbers[:1] if form.is_plain]
    if not numbers:
        return date_forms(texts) or time_forms(texts)
    # 20240131 is a number, unless several of them are days.
    days = len(texts) > 2 and numbers[0].whole and date_forms(texts)
    return days or numbers


def choose_forms(possible, separator=","):
    """Returns the form of each column; those that leave no doubt decide for others.

    Args:
        possible: dict {column: list of forms}, from `possible_forms`.
        separator: str, what stands between columns; ";" speaks for decimal commas.

    Returns:
        Dict {column: form}, without the columns of words.

    Example:
        >>> texts = {"a": ["1,5", "22,25"], "b": ["1,234", "5,678"]}
        >>> forms = {n: possible_forms(pd.Series(t)) for n, t in texts.items()}
        >>> choose_forms(forms)["b"].mark
        ','
    """
    mark, day_first = _marks(possible), _orders(possible)
    chosen = {}
    for name, forms in possible.items():
        if not forms:
            continue
        chosen[name] = forms[0]
        if len(forms) == 1:
            continue
        if isinstance(forms[0], NumberForm):
            wanted = mark
            commas = any(form.mark == "," and not form.thousands for form in forms)
            if wanted is None and separator == ";" and commas:
                wanted = ","
            chosen[name] = _first(forms, "mark", wanted)
        elif isinstance(forms[0], DateForm):
            chosen[name] = _first(forms, "day_first", day_first)
    return chosen


def form_notes(frame, chosen, possible):
    """Returns notes on how columns write their numbers and dates.

    Args:
        frame: DataFrame of str, for examples.
        chosen: dict {column: form}.
        possible: dict {column: list of forms}.

    Example:
        >>> texts = pd.Series(["5%", "7.5%"])
        >>> forms = possible_forms(texts)
        >>> form_notes(texts.to_frame("p"), {"p": forms[0]}, {"p": forms})
        ["column 'p' is read as numbers, and written as '7.5%'"]
    """
    commas, grouped = False, {}
    for name, form in chosen.items():
        if isinstance(form, TruthForm):
            continue
        if isinstance(form, NumberForm) and form.is_plain:
            commas = commas or form.mark == ","
            others = [f for f in possible[name] if f.mark != form.mark]
            if not (others and not form.whole):
                continue
        key = _sentence(form, _example(frame[name]), possible[name])
        grouped.setdefault(key, []).append(name)
    notes = ["numbers have decimal commas"] if commas else []
    for sentence, names in grouped.items():
        verb = "is" if len(names) == 1 else "are"
        notes.append(f"{columns_named(names)} {verb} read as {sentence}")
    return notes


def _sentence(form, example, forms):
    """Returns what a column is read as, in words."""
    if isinstance(form, TimeForm):
        return f"times, and written as {example!r}"
    if isinstance(form, NumberForm):
        text = f"numbers, and written as {example!r}"
        readings = {(f.thousands, f.whole or f.mark) for f in forms}
        if len(readings) > 1:  # 1,234
            sign = form.thousands if form.whole else form.mark
            means = "groups thousands" if form.whole else "is a decimal mark"
            text += f" ({sign!r} {means}, it is assumed)"
        return text
    if form.is_iso and not form.zone:
        return "dates"
    text = f"dates, and written as {example!r}"
    if form.day_first is None:
        return text
    first, second = ("day", "month") if form.day_first else ("month", "day")
    text += f", the {first} first"
    if len(forms) > 1:
        text += f" (the {second} may be, too; write 2024-12-31 to be sure)"
    return text


def _example(texts):
    """Returns a cell that shows the form well: the longest of the first."""
    known = texts.dropna().astype(str).str.strip()
    return max(known.iloc[:20], key=len, default="")


def _first(forms, field, wanted):
    """Returns the first form whose field is as wanted, or the first of all."""
    return next((f for f in forms if getattr(f, field) == wanted), forms[0])


def _marks(possible):
    """Returns the decimal mark of the columns that leave no doubt; None for both."""
    marks = set()
    for forms in possible.values():
        if not forms or not isinstance(forms[0], NumberForm):
            continue
        found = {form.mark for form in forms}
        if len(found) == 1 and not (forms[0].whole and not forms[0].thousands):
            marks |= found
    return marks.pop() if len(marks) == 1 else None


def _orders(possible):
    """Returns whether days stand first where there is no doubt; None for both."""
    orders = set()
    for forms in possible.values():
        if len(forms) == 1 and isinstance(forms[0], DateForm):
            orders |= {forms[0].day_first} - {None}
    return orders.pop() if len(orders) == 1 else None
