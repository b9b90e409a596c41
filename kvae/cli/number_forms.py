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
_BLANKS = " \u00a0\u202f'’"
_WAYS = {  # to write a number, without its sign: (thousands, mark); None is a blank
    r"\d+\.?\d*|\.\d+": ("", "."),
    r"\d{{1,3}}(?:,\d{{3}})*(?:\.\d*)?": (",", "."),
    r"\d+,?\d*|,\d+": ("", ","),
    r"\d{{1,3}}(?:\.\d{{3}})*(?:,\d*)?": (".", ","),
    r"\d{{1,3}}(?:{blank}\d{{3}})*(?:\.\d*)?": (None, "."),
    r"\d{{1,3}}(?:{blank}\d{{3}})*(?:,\d*)?": (None, ","),
}
_PLAIN = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_INFINITE = r"[-+]?[iI]nf(?:inity)?"
_FIRST = 20  # texts that are looked at first
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
        plus: bool, whether positive ones have a sign, too.

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
    plus: bool = False

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
        form = "+" + form if self.plus and value > 0 else form
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
        signs = texts.str[:1]
        cores = texts.str.lstrip("+-")
        fields = {"plus": bool((signs == "+").any())}
        if cores.str.contains("[eEnN]").any():  # powers of ten, or inf
            return [] if _has_leading_zero(cores) else [NumberForm(powers=True)]
    else:
        if not texts[:_FIRST].str.fullmatch(_CELL).all():  # as soon as possible
            return []
        parts = texts.str.extract(_WHOLE)
        if parts["number"].isna().any():
            return []
        signs = set(_signs(parts)) - {""}
        prefixes, suffixes = parts["prefix"].unique(), parts["suffix"].unique()
        if None in signs or max(map(len, (signs, prefixes, suffixes))) > 1:
            return []
        cores = parts["number"]
        fields = {
            "prefix": prefixes[0],
            "suffix": suffixes[0],
            "negative": next(iter(signs), "-"),
            "powers": bool((parts["exponent"] != "").any()),
            "plus": bool((parts["before"] == "+").any()),
        }
    if _has_leading_zero(cores):
        return []
    found = [_described(cores, *way, fields) for way in _groupings(cores)]
    if len(found) > 1 and found[1].thousands == "." and _grouped(cores, found[0]):
        found[:2] = found[1::-1]
    return found


def _grouped(cores, form):
    """Returns whether the points of 1.234 rather group thousands: money, or 12.000.

    A number that shows zeros at its end would show them where it is whole, too.
    """
    money = re.fullmatch(_CURRENCY, (form.prefix + form.suffix).strip())
    return money or (form.least == 0 and cores.str.contains(r"\.\d*0$").any())


def _described(cores, thousands, mark, fields):
    """Returns the NumberForm of numbers without signs, prefixes and suffixes."""
    whole = not fields.get("powers") and not cores.str.contains(mark, regex=False).any()
    lengths, places = cores.str.len(), cores.str.find(mark)
    ends = (lengths - places - 1).where(places >= 0, 0)
    return NumberForm(
        mark=mark,
        thousands=thousands,
        decimals=int(ends.max()),
        least=int(ends.min()),
        whole=whole,
        **fields,
    )


def looks_like_numbers(texts):
    """Returns which texts (N,) are numbers, of one form or another, as a bool Series.

    Example:
        >>> looks_like_numbers(pd.Series(["$5", "5 kg", "01", "1.2.3"])).tolist()
        [True, True, True, False]
    """
    numbers = texts.str.extract(_WHOLE)["number"].fillna("")
    one_of = "|".join(pattern.format(blank="[ \u00a0\u202f'’]") for pattern in _WAYS)
    number = numbers.str.fullmatch(one_of) | texts.str.fullmatch(_INFINITE)
    return number.astype(bool)


def has_leading_zeros(texts):
    """Returns which texts (N,) are digits that begin with a zero, such as 01067."""
    return texts.str.fullmatch(r"[-+]?0\d[\d.,]*").astype(bool)


def _has_leading_zero(cores):
    return bool(cores.str.match(r"0\d").any())


def _groupings(cores):
    """Yields (thousands, mark) of each way to read numbers such as 1.234,5."""
    signs = set("".join(cores)).difference("0123456789")
    if not signs and (cores.str.len() > MOST_DIGITS).any():
        return
    for pattern, (thousands, mark) in _WAYS.items():
        for blank in _BLANKS if thousands is None else [thousands]:
            needed = blank or (mark if mark == "," else "")
            if not signs <= {blank, mark} or (needed and needed not in signs):
                continue
            if blank and cores.str.startswith(f"0{blank}").any():
                continue  # 0.123 is no group
            if cores.str.fullmatch(pattern.format(blank=blank)).all():
                yield blank, mark


def _signs(parts):
    """Returns how each cell marks a negative number; "" for others, None for none."""
    ends = zip(parts["before"], parts["between"], parts["after"], strict=True)
    return pd.Series([_SIGNS.get(end) for end in ends], index=parts.index)
