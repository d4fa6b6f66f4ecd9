"""Texts that make Markdown tools hang, crash or lose words, at the size a draft may have."""

from collections.abc import Callable

N = 20_000


def _bomb(name: str) -> str:
    return f"{name}: &{name} [{f'*{chr(ord(name) - 1)},' * 9}]\n"


INPUTS: dict[str, Callable[[], str]] = {
    "1 quotes": lambda: "\"a' " * N,
    "2 nested quotes": lambda: '"a ' * 8_000 + "b' " * 8_000,
    "3 emphasis": lambda: "*a **a " * N + "b" + " a** a*" * N,
    "4 open brackets": lambda: "[a" * N,
    "5 open brackets, emphasis": lambda: "[ a_" * N,
    "6 open brackets, parentheses": lambda: "[ (" * N,
    "7 open images": lambda: "![[]()" * N,
    "8 links in emphasis": lambda: "**x [a*b**c*](d)" * N,
    "9 nested brackets": lambda: "[" * N + "a" + "]" * N,
    "10 nested quotes of blocks": lambda: "> " * 50_000 + "a",
    "11 nested lists": lambda: "".join("  " * depth + "* a\n" for depth in range(1_000)),
    "12 backticks": lambda: "".join("e" + "`" * count for count in range(1, 1_000)),
    "13 escaped backticks": lambda: "\\``" * N,
    "14a open destinations": lambda: "[a](<b" * N,
    "14b open destinations": lambda: "[a](b" * N,
    "15 empty links": lambda: "[](" * N,
    "16 definitions": lambda: "".join(f"[{at}]: u\n" for at in range(N)) + "[0] " * N,
    "17a CDATA": lambda: "a <![CDATA[" * N,
    "17b declarations": lambda: "a <!A " * N,
    "17c comments": lambda: "</" + "<!--" * N,
    "18 less-than": lambda: "<" * 200_000,
    "19 wide table": lambda: "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n" + "|x|\n" * 20,
    "20 long table": lambda: "|a|b|\n|-|-|\n" + "|x|y|\n" * N,
    "21a emphasis marks": lambda: "*_" * 40_000,
    "21b emphasis marks": lambda: "**_* " * N,
    "22 20,000 links": lambda: "https://example.com/a " * N,
    "22b 20,000 links in lines": lambda: "https://example.com/a\n" * N,
    "23 schemes": lambda: "http://" * N,
    "24a one line of 1 MB": lambda: "a" * 1_000_000,
    "24b one line of 5 MB": lambda: "a" * 5_000_000,
    "24c one line of 10 MB": lambda: "word " * 2_000_000,
    "24d one line of 20 MB": lambda: "word " * 3_999_000,
    "24e lines of 20 MB": lambda: ("word " * 16 + "\n") * (19_900_000 // 81),
    "24f a picture of 5 MB": lambda: f"# A\n\n![b](data:image/png;base64,{'iVBORw0K' * 625_000})\n",
    "25a blanks": lambda: "a" + " " * 1_000_000 + "b",
    "25b tabs": lambda: "\t" * 1_000_000,
    "26a odd characters": lambda: "\ud800 \u0092 \ufeff\u200b \u202e[x](y) " * 1_000,
    "26b combining marks": lambda: "e" + "\u0301" * 10_000,
    "26c carriage returns": lambda: "a\r" * N,
    "27a open divs": lambda: "<div>" * N,
    "27b open bolds": lambda: "<b>" * N,
    "28 attributes": lambda: "<a " + " ".join(f"x{at}=1" for at in range(N)) + ">",
    "29 nested images": lambda: "![" * N + "a" + "](b)" * N,
    "30a open front matter": lambda: "---\n" + "a: b\n" * N,
    "30b YAML bomb": lambda: "---\na: &a [x,x]\n" + "".join(map(_bomb, "bcdefghij")) + "---\n",
    "30c front matter of 1 MB": lambda: "---\na: " + "b " * 500_000 + "\n---\n\ntext\n",
    "31 HTML of 400 KB": lambda: (
        "<div>\n"
        + '<p style="color: red">words <a href="https://example.com/a">a</a></p>\n' * 5_600
        + "</div>\n"
    ),
    "32 50,000 headings": lambda: "".join(f"# Heading {at}\n" for at in range(50_000)),
}
