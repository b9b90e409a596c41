from pathlib import Path

import pandas as pd
import pytest

from kvae.cli.my_table import MyTable
from kvae.cli.table_report import Findings, table_page
from kvae.resampling.resampler import VAEOverSampler
from kvae.verdicts.verdict import make_verdict

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """A run on a small table whose names and cells are HTML, without a verdict."""
    frame = pd.DataFrame(
        {
            EVIL: [1.5, 2.0, None, 4.0] * 10,
            "[a].b": [EVIL, "x", "y", EVIL] * 10,
            "when": pd.date_range("2024-01-01", periods=40),
            "y": ["no", EVIL] * 19 + [None] * 2,
        }
    )
    sampler = VAEOverSampler(steps=5)
    table = MyTable(frame, "y", sampler=sampler)
    described, plan = table.plan()
    new_rows, labels, lineage, fitted = table.augment()
    out = tmp_path_factory.mktemp("out")
    return {
        "file": out / "data.csv",
        "target": "y",
        "out": out,
        "described": described,
        "notes": ["a note"],
        "plan": plan,
        "frame": frame,
        "new_rows": new_rows,
        "labels": labels,
        "lineage": lineage,
        "fitted": fitted,
    }


@pytest.fixture
def judged(findings):
    def make(interval):
        names = ["mean", "difference", "difference_low", "difference_high"]
        nothing = float("nan")
        lines = [(0.8, nothing, nothing, nothing), (0.8 + interval[0], *interval)]
        table = pd.DataFrame(lines, index=["real rows only", "VAE"], columns=names)
        table = table.assign(low=table["mean"], high=table["mean"], runs=38, p=0.5)
        verdict = make_verdict(table, 0.95, 0.01, most=1000, unit="labelled rows")
        return table_page(Findings(**findings, verdict=verdict))

    return make


def steps(page):
    return " ".join(f"{step.before} {step.text}" for step in page.next_steps)


def test_the_answer_leads_to_a_command(judged):
    use = judged((0.05, 0.02, 0.08))
    assert "augmented.csv" in steps(use) and "kvae generate" in steps(use)
    leave = judged((0.0, -0.005, 0.005))
    assert "your own rows alone" in steps(leave) and "without a label" in steps(leave)
    unclear = judged((0.0, -0.1, 0.1))
    assert "Label" in steps(unclear) and "ask again" in steps(unclear)
    for page in (use, leave, unclear):
        assert "kvae explore" in steps(page)


def test_without_a_verdict_the_page_says_why(findings):
    page = table_page(Findings(**findings, no_verdict="Class 'b' has one row."))
    assert page.answer == "Whether new rows help was not measured."
    assert page.reasons[0] == "Class 'b' has one row." and page.beside is None


def test_every_section_is_there(judged):
    titles = [section.title for section in judged((0.0, -0.1, 0.1)).sections]
    assert titles == [
        "Do new rows help?",
        "Your table",
        "Generated beside real rows",
        "The new rows, the most doubtful first",
        "Latent space",
        "Training",
        "How to get this again",
    ]


def test_no_name_or_cell_becomes_html(judged):
    assert EVIL not in judged((0.0, -0.1, 0.1)).html()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1440])
def test_the_report_loads(judged, tmp_path, open_page, barriers, width, dark):
    path = judged((0.0, -0.1, 0.1)).write(tmp_path / "report.html")
    page = open_page(path.as_uri(), width=width, dark=dark)
    page.wait_for_selector("body[data-ready]")
    assert page.problems == [] and barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("table.dataTable").count() == 1


def test_where_no_row_was_drawn_the_page_says_so_and_why(findings, monkeypatch):
    monkeypatch.setattr(findings["fitted"], "notes_", ("nothing to generate",))
    none = {name: findings[name][:0] for name in ("new_rows", "labels", "lineage")}
    page = table_page(Findings(**findings | none))
    assert page.answer == "No new rows were drawn."
    assert page.reasons == ("nothing to generate",)
    assert "own rows alone" in steps(page)


def test_another_balance_of_classes_is_said(findings):
    def texts(page):
        (section,) = (s for s in page.sections if s.title.startswith("Generated"))
        return " ".join(getattr(part, "text", "") for part in section.parts)

    sentence = "Classes have other shares"
    assert sentence not in texts(table_page(Findings(**findings)))
    some = (findings["labels"] == "no").to_numpy()
    names = ("new_rows", "labels", "lineage")
    of_one = {name: findings[name][some].reset_index(drop=True) for name in names}
    assert sentence in texts(table_page(Findings(**findings | of_one)))


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_whole_numbers_that_are_classes_are_whole_on_the_map():
    frame = pd.DataFrame({"n": range(20), "y": [0.0, 1.0] * 9 + [None] * 2})
    table = MyTable(frame, "y", sampler=VAEOverSampler(steps=2))
    described, plan = table.plan()
    new_rows, labels, lineage, fitted = table.augment()
    run = Findings(
        file=Path("data.csv"),
        target="y",
        out=Path("out"),
        described=described,
        notes=[],
        plan=plan,
        frame=frame,
        new_rows=new_rows,
        labels=labels,
        lineage=lineage,
        fitted=fitted,
    )
    (section,) = (s for s in table_page(run).sections if s.title == "Latent space")
    assert section.parts[-1].text.endswith("coloured by class: 0, 1.")
