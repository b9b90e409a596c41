"""What stands on the page."""

from kvae.explorer.atlas import Atlas
from kvae.explorer.page.layout import legend, page
from kvae.explorer.page.map_figure import mark
from tests.explorer.page.test_views import parts


def components(world, **options):
    """Returns ({id: component}, texts) of a world's page."""
    made = list(parts(page(Atlas(world, **options))))
    named = {part.id: part for part in made if isinstance(getattr(part, "id", 0), str)}
    return named, [part for part in made if isinstance(part, str)]


def test_the_first_sentence_says_what_one_sees_and_what_to_do(squares):
    _, texts = components(squares)
    (lead,) = (text for text in texts if text.startswith("Each mark"))
    assert "click anywhere in the map" in lead
    assert texts.index(lead) == 1  # after the title


def test_a_map_of_a_part_says_so(squares):
    _, texts = components(squares, most=20)
    assert any("The map shows 20 of 60 rows" in text for text in texts)
    _, texts = components(squares)
    assert not any("The map shows" in text for text in texts)


def test_what_cannot_be_done_is_said(pictures):
    named, texts = components(pictures)
    assert "Not here: on purpose." in texts
    assert "brush" not in named
    assert "save-sheet" in named


def test_no_sheet_of_tables_and_no_choice_of_one_space(squares):
    named, _ = components(squares)
    assert "save-sheet" not in named
    assert named["space"].to_plotly_json()["props"]["data-value"] == "0"


def test_the_most_active_latents_have_sliders_and_the_rest_a_menu(digits_world):
    atlas = Atlas(digits_world)
    named, _ = components(digits_world)
    rest = [option.value for option in named["other"].children]
    assert rest == [str(i) for i in atlas.latents[8:]]


def test_the_legend_names_marks_and_counts(squares):
    unlabelled, second = legend(squares, {-1: 54, 1: 3})
    assert unlabelled.children[1] == " no label (54)"
    assert second.children[0].children == mark(1)[2]
    assert second.children[1] == f" {squares.classes[1]} (3)"
