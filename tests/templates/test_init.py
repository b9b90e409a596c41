import hypothesis
import hypothesis.strategies as st
import jinja2
import pandas as pd
import pytest

from kvae import templates

TAGS = ("<script", "<img", "<b>")


@hypothesis.given(st.text(), st.sampled_from([f"{tag}>x</script>" for tag in TAGS]))
@hypothesis.settings(deadline=None)  # the first time, jinja2 is imported
def test_texts_are_no_html(text, tag):
    frame = pd.DataFrame({tag: [text]}, index=[tag])
    html = templates.summary(tag, text, tag, tables=[(tag, frame)])
    assert not any(tag in html for tag in TAGS)


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        templates.render("summary.html", title="")
