"""Lines, and what two texts have in common."""

from hypothesis import given
from hypothesis import strategies as st

from app.lines import common_end, common_start

TEXT = st.text(alphabet="ab", max_size=12)


@given(TEXT, TEXT, TEXT, st.integers(0, 70_000))
def test_what_texts_have_in_common(one: str, other: str, shared: str, times: int) -> None:
    start = shared * (times // (len(shared) or 1))
    one, other = start + one, start + other
    common = common_start(one, other)
    assert one[:common] == other[:common]
    assert one[common : common + 1] != other[common : common + 1] or one == other
    assert common_end(one[::-1], other[::-1]) == common_start(one, other)


def test_words_are_counted_in_strides_as_at_once() -> None:
    from app.markup.inlines import WORD, count_words

    text = "it's a well-known word, 文字 and https://a.example/b?c=d " * 3_000
    assert count_words(text) == len(WORD.findall(text))
