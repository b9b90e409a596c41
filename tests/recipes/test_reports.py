import pandas as pd
import pytest

from recipes import reports

DOCUMENT = "Does it help?\n\n    python -m recipes.x   # 1 min\n"


@pytest.fixture
def summary():
    lines = [
        (5, "real rows only", 0.7, None, None, None),
        (5, "noise", 0.75, 0.05, 0.02, 0.08),
        (5, "<b>SMOTE</b>", 0.6, -0.1, -0.12, -0.08),
        (10, "real rows only", 0.7, None, None, None),
        (10, "noise", 0.71, 0.01, -0.02, 0.04),
        (10, "<b>SMOTE</b>", 0.7, 0.0, -0.02, 0.02),
    ]
    names = ["row", "method", "mean", "difference"]
    return pd.DataFrame(lines, columns=[*names, "difference_low", "difference_high"])


def test_the_answer_is_the_method_that_is_most_often_better(summary):
    answer, reasons = reports.in_words(summary)
    assert answer == "noise is most often clearly better than 'real rows only'."
    assert "noise: clearly better in 1 of 2 rows, clearly worse in 0" in reasons[0]
    assert "clearly better in 0 of 2 rows, clearly worse in 1" in reasons[1]


def test_where_nothing_is_better_that_is_the_answer(summary):
    answer, _ = reports.in_words(summary[summary["method"] != "noise"])
    assert answer == "Nothing is clearly better than 'real rows only'."


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_a_report_of_a_folder_loads(summary, tmp_path, open_page, barriers, dark):
    summary.to_csv(tmp_path / "summary.csv", index=False)
    pd.DataFrame({"n": range(30)}).to_csv(tmp_path / "other.csv", index=False)
    path = reports.of_results(tmp_path, DOCUMENT, commands=[("Do", "this")])
    page = open_page(path.as_uri(), dark=dark)
    page.wait_for_selector("body[data-ready]")
    assert page.problems == [] and barriers(page) == []
    assert page.locator(".vega svg").count() == 2  # a chart for each row
    assert page.locator("h1").inner_text().startswith("noise is most often")


def test_tables_without_methods_have_a_page(tmp_path):
    pd.DataFrame({"beta": [0.1]}).to_csv(tmp_path / "summary.csv", index=False)
    assert reports.MEASURED in reports.of_results(tmp_path, DOCUMENT).read_text()
