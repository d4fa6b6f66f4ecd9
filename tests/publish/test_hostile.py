"""200 hostile and deeply nested drafts: no crash, no script, nothing loaded from elsewhere."""

import re
from random import Random

import pytest

from app.markup import Document
from app.publish import Publication, Utm, render_email, render_text
from tests.publish.test_email import Elements
from tests.publish.test_parts import VECTORS

WRAPPERS = [
    ("", ""),
    ("> " * 30, ""),
    ("<div>" * 300, "</div>" * 300),
    ("<b>" * 3_000, ""),
    ("<table><tr><td>" * 80, ""),
    ("<font color=red><p>" * 200, ""),
    ("".join("  " * n + "- x\n" for n in range(40)) + "  " * 40 + "- ", ""),
    ("</td></tr></table><!--[if mso]>", "<![endif]-->"),
    ("<blockquote>\n\n" * 60, ""),
    ("<pre><ul><section>" * 70, "</pre>"),
]
PAYLOADS = [
    *(written for written, _ in VECTORS),
    "<script>alert(1)</script>",
    "<style>@import url(//e.example/x);</style>",
    "<link rel=stylesheet href=//e.example/x.css>",
    "<svg><script>alert(1)</script><image href=//e.example/x></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<img src=x onerror=alert(1) style="background:url(https://e.example/)">',
    '<a href="{{ x }}" onmouseover="alert(1)">{{ "><script>alert(1)</script>" }}</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=//e.example/x></object>",
    '[a](javascript:alert(1)) ![b](data:text/html,x) <b title="--><script>alert(1)</script>">x',
    "{% </style><script>alert(1)</script> %} <!--held:0--> <!--held:9999--> {{ slot: body }}",
    "<input autofocus onfocus=alert(1)><form action=//e.example/><button>x",
    "<meta http-equiv=refresh content='0;//e.example'><base href=//e.example/>",
]
ACTIVE = {
    *("script", "svg", "math", "iframe", "object", "embed", "form", "input", "button", "template"),
    *("link", "base", "video", "audio", "source", "frame", "textarea"),
}
LOADS = re.compile(r"url\(|@import|@font-face|expression\(|image-set\(", re.IGNORECASE)


def cases() -> list[str]:
    pairs = [before + payload + after for before, after in WRAPPERS for payload in PAYLOADS]
    Random(12).shuffle(pairs)
    return pairs[:200]


@pytest.mark.parametrize("number", range(10))
def test_hostile_drafts(number: int) -> None:
    for text in cases()[number::10]:
        document = Document.from_text(f"---\nsubject: {text[:80]!r}\n---\n\nbefore\n\n{text}\n")
        html = render_email(document, Publication(utm=Utm("s"), base_url="https://example.com"))
        found = Elements(html)
        assert (found.open, found.faults) == ([], []), text
        assert not ACTIVE & {name for name, _ in found.found}, text
        for _, attributes in found.found:
            assert not any(each.startswith("on") for each in attributes), text
            assert not LOADS.search(attributes.get("style") or ""), text
            for key in ("href", "src", "background", "srcset", "poster"):
                url = (attributes.get(key) or "").strip().lower()
                assert not url.startswith(("javascript:", "vbscript:", "data:text")), text
                assert key in ("href", "src") or not url
        metas = [meta for meta in found.named("meta") if "http-equiv" in meta]
        assert not metas
        assert html.count("</html>") == html.count("<body") == 1
        assert "before" in html
        assert "before" in render_text(document)


def test_there_are_200() -> None:
    assert len(set(cases())) >= 200
