"""Numbers as people write them: $1,118.29, 1.118,29, 11.5%, (55), 5 kg."""

import dataclasses
import re

import numpy as np
import pandas as pd

_CURRENCY = (
    r"(?:US|R|A|C|HK|NZ)?\$|[€£¥₹₽₩₺₪฿]|kr\.?|Fr\.|Rs\.?|zł|Kč|"
    "USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|CAD|AUD|NZD|BRL|MXN|ZAR|TRY"
)
_UNIT = r"[%‰]|°?[^\W\d_][^\s\d()]{0,11}|[€£¥₹₽₩₺₪฿$]"
_CELL = re.compile(
    r"(?P<before>[-−+(]?)"
    rf"(?P<prefix>(?:(?:{_CURRENCY})[ \u00a0]?)?)"
    r"(?P<between>[-−+(]?)"
    r"(?P<number>\d(?:[\d.,'’ \u00a0\u202f]*\d)?[.,]?|[.,]\d+)"
    r"(?P<exponent>(?:[eE][-+]?\d+)?)"
    rf"(?P<suffix>(?:[ \u00a0\u202f]?(?:{_UNIT}))?)"
    r"(?P<after>[-)]?)"
)
_WHOLE = f"^(?:{_CELL.pattern})$"
_SIGNS = {
    ("", "", ""): "",
    ("+", "", ""): "",
    ("", "+", ""): "",
    ("-", "", ""): "-",
    ("−", "", ""): "−",
    ("", "-", ""): "$-",
    ("", "−", ""): "$−",
    ("", "", "-"): "5-",
    ("(", "", ")"): "()",
    ("", "(", ")"): "$()",
}
_WRITTEN = {
    "-": "-{p}{n}{s}",
    "−": "−{p}{n}{s}",
    "$-": "{p}-{n}{s}",
    "$−": "{p}−{n}{s}",
    "5-": "{p}{n}{s}-",
    "()": "({p}{n}{s})",
    "$()": "{p}({n}{s})",
}
_PLAIN = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_INFINITE = r"[-+]?[iI]nf(?:inity)?"
_LEADING_ZERO = r"[-+]?0\d.*"
MOST_DIGITS = 18  # of an integer; more do not fit, and are names


@dataclasses.dataclass(frozen=True)
class NumberForm:
    """How a column writes its numbers.

    Args:
        mark: str, the decimal mark, "." or ",".
        thousands: str, what stands between groups of three digits, or "".
        prefix: str, what stands before each number, such as "$".
        suffix: str, what stands behind it, such as "%" or " kg".
        negative: str, how negative numbers are marked: "-", "−", "()" for (5), "5-",
            and "$-", "$−" or "$()" where the sign follows the prefix.
        decimals: int, the most that occur.
        least: int, the fewest that occur.
        whole: bool, whether they are integers.
        powers: bool, whether some are written as 1e5.

    Example:
        >>> texts = pd.Series(["$1,250.00", "($3.50)", None])
        >>> form = number_forms(texts.dropna())[0]
        >>> form.read(texts).tolist()
        [1250.0, -3.5, nan]
        >>> form.write(pd.Series([-1000.0, 2.5])).tolist()
        ['($1,000.00)', '$2.50']
    """

    mark: str = "."
    thousands: str = ""
    prefix: str = ""
    suffix: str = ""
    negative: str = "-"
    decimals: int = 0
    least: int = 0
    whole: bool = False
    powers: bool = False

    @property
    def is_plain(self):
        """bool: whether a number stands alone, with no more than a decimal mark."""
        return not (self.thousands or self.prefix or self.suffix) and (
            self.negative == "-"
        )

    def read(self, texts):
        """Returns the numbers of texts (N,), some of them missing.

        Args:
            texts: Series of str, without blanks around them.

        Returns:
            Series: int64, Int64 where integers have holes, or float64.
        """
        known = texts.dropna()
        numbers = known
        if not (self.is_plain and self.mark == "."):
            parts = known.str.extract(_WHOLE)
            numbers = parts["number"]
            if self.thousands:
                numbers = numbers.str.replace(f"[{self.thousands}]", "", regex=True)
            numbers = numbers.str.replace(self.mark, ".", regex=False)
            numbers = numbers + parts["exponent"]
            signs = pd.Series("", index=known.index)
            signs[(_signs(parts) != "").to_numpy()] = "-"
            numbers = signs + numbers
        # Not pandas' own: Python's floats are exact to the last digit.
        dtype = "int64" if self.whole else "float64"
        values = np.array(numbers.tolist(), dtype=object).astype(dtype)
        if len(known) == len(texts):
            return pd.Series(values, index=texts.index, name=texts.name)
        read = pd.Series(values, index=known.index, name=texts.name)
        return read.astype("Int64" if self.whole else dtype).reindex(texts.index)

    def write(self, values):
        """Returns numbers (N,) in this form, objects: str, and None for holes."""
        texts = [None if pd.isna(v) else self._text(v) for v in values]
        return pd.Series(texts, index=values.index, name=values.name, dtype=object)

    def _text(self, value):
        size = abs(value)
        if self.whole and np.isfinite(float(value)):
            number = str(round(size))
        elif self.powers or not np.isfinite(value):
            number = repr(float(size))
        else:
            number = np.format_float_positional(
                size,
                precision=self.decimals,
                min_digits=self.least,
                trim="k" if self.least else "-",
            )
        if self.thousands:
            start, dot, end = number.partition(".")
            number = f"{int(start):,}".replace(",", "\0") + dot + end
        number = number.replace(".", self.mark).replace("\0", self.thousands)
        negative = value < 0 and bool(re.search("[1-9]|inf", number))
        form = _WRITTEN[self.negative] if negative else "{p}{n}{s}"
        return form.format(p=self.prefix, n=number, s=self.suffix)


def number_forms(texts):
    """Returns the forms that all of these texts fit, the likeliest first.

    There may be two: 1,234 has a group of thousands, or a decimal comma.

    Args:
        texts: Series (N,) of str, N >= 1, none missing, without blanks around them.

    Returns:
        List of NumberForm, empty for words, and for numbers with leading zeros.

    Example:
        >>> [(f.thousands, f.mark) for f in number_forms(pd.Series(["1,234", "5"]))]
        [(',', '.'), ('', ',')]
        >>> number_forms(pd.Series(["01067", "10115"]))
        []
    """
    if texts.str.fullmatch(f"{_PLAIN}|{_INFINITE}").all():
        cores, fields = texts, {}
        powers = bool(texts.str.contains("[eEnN]").any())  # of inf, too
    else:
        parts = texts.str.extract(_WHOLE)
        if parts["number"].isna().any():
            return []
        signs = set(_signs(parts)) - {""}
        prefixes, suffixes = parts["prefix"].unique(), parts["suffix"].unique()
        if None in signs or max(map(len, (signs, prefixes, suffixes))) > 1:
            return []
        cores = parts["number"]
        powers = bool((parts["exponent"] != "").any())
        fields = {"prefix": prefixes[0], "suffix": suffixes[0]}
        fields["negative"] = next(iter(signs), "-")
    if cores.str.fullmatch(_LEADING_ZERO).any():
        return []
    if powers and "prefix" not in fields:
        return [NumberForm(powers=True)]
    found = []
    for thousands, mark in _groupings(cores):
        ends = cores.str.partition(mark)[2].str.len()
        whole = not powers and not cores.str.contains(mark, regex=False).any()
        if whole and (cores.str.count(r"\d") > MOST_DIGITS).any():
            continue
        form = NumberForm(
            mark=mark,
            thousands=thousands,
            decimals=int(ends.max()),
            least=int(ends.min()),
            whole=whole,
            powers=powers,
            **fields,
        )
        found.append(form)
    return found


def looks_like_numbers(texts):
    """Returns which texts (N,) are numbers, of one form or another, as a bool Series.

    Example:
        >>> looks_like_numbers(pd.Series(["$5", "5 kg", "01", "five"])).tolist()
        [True, True, True, False]
    """
    return texts.str.fullmatch(f"{_CELL.pattern}|{_INFINITE}").astype(bool)


def has_leading_zeros(texts):
    """Returns which texts (N,) are digits that begin with a zero, such as 01067."""
    return texts.str.fullmatch(r"[-+]?0\d[\d.,]*").astype(bool)


def _groupings(cores):
    """Yields (thousands, mark) of each way to read numbers such as 1.234,5."""
    groups = {
        ("", "."): r"\d+\.?\d*|\.\d+",
        (",", "."): r"\d{1,3}(?:,\d{3})*(?:\.\d*)?",
        ("", ","): r"\d+,?\d*|,\d+",
        (".", ","): r"\d{1,3}(?:\.\d{3})*(?:,\d*)?",
    }
    for blank in " \u00a0\u202f'’":
        for mark in ".,":
            pattern = rf"\d{{1,3}}(?:{blank}\d{{3}})*(?:\{mark}\d*)?"
            groups[blank, mark] = pattern
    signless = cores.str.removeprefix("-").str.removeprefix("+")
    for (thousands, mark), pattern in groups.items():
        shown = thousands or mark
        needed = thousands or mark == ","
        if needed and not signless.str.contains(shown, regex=False).any():
            continue
        if thousands and signless.str.startswith(f"0{thousands}").any():
            continue  # 0.123 is no group
        if signless.str.fullmatch(pattern).all():
            yield thousands, mark


def _signs(parts):
    """Returns how each cell marks a negative number; "" for others, None for none."""
    ends = zip(parts["before"], parts["between"], parts["after"], strict=True)
    return pd.Series([_SIGNS.get(end) for end in ends], index=parts.index)
