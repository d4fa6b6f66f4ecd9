"""Every rule, with what it must find and what it must leave alone."""

import pytest

from app.preflight import Platform
from app.preflight.rules import RULES
from tests.preflight.support import cut, mended, of

B, G, L = Platform.BUTTONDOWN, Platform.GHOST, Platform.LISTMONK
HEAD = "---\nsubject: {}\n---\n\nText.\n"
PREVIEW = "---\nsubject: The seven bridges\npreview: {}\n---\n\nText.\n"
LONG = "This paragraph is long enough to be sure that nobody would write it twice on purpose, ever."
ENGLISH = (
    "It is one of the seven, and that is what you were told of it by the ferryman. " * 5 + "\n"
)
GERMAN = (
    "Es ist eine von den sieben, und das ist nicht, was wir von dem Fährmann gehört. " * 5 + "\n"
)
CANONICAL = "---\nsubject: The seven bridges\ncanonical_url: {}\n---\n\nText.\n"
CLICK = "https://x.us1.list-manage.com/track/click?u=1a2b&id=3c4d&e=5e6f"
WRAPPED = "https://www.google.com/url?sa=t&q=https%3A%2F%2Fbridges.org%2Fseven%3Fa%3D1%26b%3D2"
WORDS = "word " * 60

# rule, draft, what the finding is about
FOUND = [
    ("subject.missing", "Just a text.\n", ""),
    ("subject.too-long", HEAD.format("w" * 79), "w" * 79),
    ("subject.too-short", HEAD.format("Hello"), "Hello"),
    ("subject.capitals", HEAD.format("READ ALL OF THIS"), "READ ALL OF THIS"),
    ("subject.placeholder", HEAD.format("Untitled"), "Untitled"),
    ("subject.placeholder", HEAD.format("What TK means for us"), "What TK means for us"),
    ("subject.placeholder", HEAD.format("Your subject here"), "Your subject here"),
    ("subject.placeholder", PREVIEW.format("Preview text here"), "Preview text here"),
    ("subject.placeholder", "# Untitled draft\n\nText.\n", "# Untitled draft"),
    ("subject.reply", HEAD.format('"Re: our call"'), '"Re: our call"'),
    ("preview.missing", HEAD.format("The seven bridges"), "The seven bridges"),
    ("preview.too-long", PREVIEW.format("w " * 71), ("w " * 71).strip()),
    ("preview.repeats", PREVIEW.format("The seven bridges!"), "The seven bridges!"),
    ("head.unclosed", "---\nsubject: The bridges\n\nText.\n", "---"),
    ("head.unclosed", '+++\ntitle = "The bridges"\n', "+++"),
    ("head.language", GERMAN, ""),
    ("head.language", f"---\nlang: en\n---\n\n{GERMAN}", "en"),
    ("head.language", ENGLISH, ""),
    ("head.canonical", CANONICAL.format("/bridges"), "/bridges"),
    ("head.canonical", CANONICAL.format("bridges.org/seven"), "bridges.org/seven"),
    ("head.canonical", CANONICAL.format("http://localhost:8000/x"), "http://localhost:8000/x"),
    ("todo.note", "He was born in TK.\n", "TK"),
    ("todo.note", "He was born in TKTK, they say.\n", "TKTK"),
    ("todo.note", "TODO: find out\n", "TODO"),
    ("todo.note", "It costs [TBD] a month.\n", "[TBD]"),
    ("todo.note", "> FIXME: a source\n", "FIXME"),
    ("todo.lorem", "Lorem ipsum dolor.\n", "Lorem ipsum"),
    ("todo.fill-in", "Dear [insert name],\n", "[insert name]"),
    ("todo.fill-in", "See ADD LINK HERE.\n", "ADD LINK HERE"),
    ("markup.leftover", "This is **bold.\n", "**"),
    ("markup.leftover", "This is ** bold**.\n", "**"),
    ("markup.leftover", "This is ~~gone.\n", "~~"),
    ("markup.leftover", "##Title\n", "##"),
    ("markup.unclosed-code", "Text.\n\n```python\nprint()\n\nMore text.\n", "```python"),
    ("markup.unclosed-comment", "Text.\n\n<!-- a note\n\nMore text.\n", "<!--"),
    ("markup.too-deep", "> " * 130 + "deep\n", "> " * 130 + "deep"),
    ("markup.footnote", "There were seven[^1] once.\n", "[^1]"),
    ("markup.footnote", "Seven.\n\n[^1]: Or six.\n", "[^1]: Or six."),
    ("markup.footnote", "- seven[^a]\n\n[^b]: Or six.\n", "[^a]"),
    ("text.control", "A quote\u0092s end.\n", "\u0092"),
    ("text.doubled-word", "It is in the the text.\n", "the the"),
    ("text.doubled-word", "It is in the\nthe text.\n", "the\nthe"),
    ("text.doubled-word", "It is in the **the** text.\n", "the **the"),
    ("text.repeated", f"{LONG}\n\nOther.\n\n{LONG}\n", LONG),
    ("text.length", "Short.\n", "Short."),
    ("text.length", "word " * 5001 + "\n", None),
    ("text.attachment", "Please see the attached report.\n", "see the attached"),
    ("text.attachment", "I've attached the slides.\n", "I've attached"),
    ("text.copyright", "© 2019 The Bridge\n", "© 2019"),
    ("text.copyright", "Copyright © 2012–2024 The Bridge\n", "Copyright © 2012–2024"),
    ("text.spam", "Act now, this is risk-free.\n", "Act now"),
    ("date.weekday", "We meet on Friday 3 March 2026.\n", "Friday 3 March 2026"),
    ("date.weekday", "On Monday, November 24th, 2026 we meet.\n", "Monday, November 24th, 2026"),
    ("date.weekday", "On Monday 30 February 2026 we meet.\n", "Monday 30 February 2026"),
    ("date.past", "Join us this Tuesday 3 March 2026.\n", "this Tuesday 3 March 2026"),
    ("date.past", "Register by March 3, 2026.\n", "Register by March 3, 2026"),
    ("date.past", "See you this Friday 20 November.\n", "this Friday 20 November"),
    (
        "link.placeholder",
        "[the report](https://example.com/report)\n",
        "https://example.com/report",
    ),
    ("link.generic-text", "Click [here](https://a.test/b).\n", "https://a.test/b"),
    ("link.generic-text", "[Read more →](https://a.test/b)\n", "https://a.test/b"),
    ("link.address-as-text", "[https://a.test/b](https://a.test/b)\n", "https://a.test/b"),
    ("link.mismatch", "[www.bank.test](https://thief.test/)\n", "https://thief.test/"),
    ("link.empty-text", "See [](https://a.test/).\n", "[](https://a.test/)"),
    ("link.shortener", "[our plans](https://bit.ly/abc)\n", "https://bit.ly/abc"),
    ("link.tracked", f"[a]({CLICK})\n", CLICK),
    ("link.tracked", f"[a]({WRAPPED})\n", WRAPPED),
    ("link.tracked", f"<{WRAPPED}>\n", WRAPPED),
    ("link.not-encrypted", "[our plans](http://a.test/)\n", "http://a.test/"),
    ("link.broken", "[our plans](/plans)\n", "/plans"),
    ("link.broken", "(our plans)[https://a.test/]\n", None),
    (
        "link.same-text",
        "[The map](https://a.test/) [the map](https://b.test/)\n",
        "https://b.test/",
    ),
    (
        "link.utm-differs",
        "[a](https://a.test/?utm_campaign=may) [b](https://a.test/x?utm_campaign=june)\n",
        "https://a.test/x?utm_campaign=june",
    ),
    ("link.none", "Only words.\n", ""),
    ("image.no-alt", "![](https://a.test/a.png)\n", "![](https://a.test/a.png)"),
    ("image.no-alt", '<img src="https://a.test/a.png">\n', '<img src="https://a.test/a.png">'),
    ("image.default-alt", "![IMG_1234.jpg](https://a.test/a.png)\n", None),
    ("image.default-alt", "![Screenshot 2026-01-02](https://a.test/a.png)\n", None),
    (
        "image.only",
        "![A map of it](https://a.test/a.png)\n",
        "![A map of it](https://a.test/a.png)",
    ),
    ("heading.empty", "# One\n\n##\n\nText.\n", "##"),
    ("heading.skipped", "# One\n\n### Three\n", "### Three"),
    (
        "colour.contrast",
        '<p style="color:#777;background:#888">Hi</p>\n',
        '<p style="color:#777;background:#888">',
    ),
    ("colour.contrast", '<td bgcolor="#ffffff" style="color: yellow">Hi</td>\n', None),
    ("colour.dark-mode", '<p style="color:#000">Hi</p>\n', '<p style="color:#000">'),
    ("colour.dark-mode", '<div style="background:white">Hi</div>\n', None),
    ("client.removed", '<iframe src="https://a.test/"></iframe>\n', None),
    ("client.removed", "<form action='https://a.test/'><input></form>\n", None),
    ("client.style-sheet", "<style>p { color: red }</style>\n", "<style>"),
    ("client.style-sheet", '<link rel="stylesheet" href="https://a.test/a.css">\n', None),
    ("merge.no-address", "<html><body><p>Hi</p></body></html>\n", ""),
    ("client.lost", "![A map](https://a.test/map.svg)\n", "https://a.test/map.svg"),
    ("client.lost", '<video src="https://a.test/a.mp4"></video>\n', None),
    ("client.plainer", '<div style="display:flex">Hi</div>\n', '<div style="display:flex">'),
    ("client.plainer", '<p style="font-size: 1.2rem">Hi</p>\n', None),
    ("client.plainer", "# One\n\n[down](#one)\n", "#one"),
    ("merge.unclosed", "Dear {{ name,\n", "{{"),
    ("merge.unclosed", "Dear *|FNAME,\n", "*|"),
    ("merge.unbalanced", "{% if premium %}\nHello.\n", "{% if premium %}"),
    ("merge.unbalanced", "Hello.\n\n{% endif %}\n", "{% endif %}"),
    ("merge.unbalanced", "{{ if .Subscriber.Name }} Hello.\n", "{{ if .Subscriber.Name }}"),
    ("merge.subject", HEAD.format("Dear {{ name"), "Dear {{ name"),
]

LEFT_ALONE = [
    ("subject.missing", "# A heading\n"),
    ("subject.missing", "---\nsubject: The bridges\n\nText, and no end of the head.\n"),
    ("subject.too-long", HEAD.format("w" * 78)),
    ("subject.too-short", HEAD.format("Ten signs!")),
    ("subject.capitals", HEAD.format("NASA and ESA fly")),
    ("subject.capitals", HEAD.format("NASA, ESA 2026")),
    ("subject.placeholder", HEAD.format("A draft of the new law")),
    ("subject.placeholder", HEAD.format("Testing the new bridge")),
    ("subject.placeholder", HEAD.format("The TK-90X at forty")),
    ("subject.reply", HEAD.format("Regarding: bridges")),
    ("preview.missing", PREVIEW.format("Seven of them")),
    ("preview.too-long", PREVIEW.format("w" * 140)),
    ("preview.repeats", PREVIEW.format("And one more")),
    ("head.unclosed", HEAD.format("Closed")),
    ("head.unclosed", "---\n\nsubject: no head, but a line and a text\n"),
    ("head.unclosed", "---\nNote: a line, and a remark\n"),
    ("head.language", f"---\nlang: de-AT\n---\n\n{GERMAN}"),
    ("head.language", f"---\nlanguage: en\n---\n\n{ENGLISH}"),
    ("head.language", GERMAN[:100]),
    ("head.language", "lorem ipsum dolor sit amet " * 30),
    ("head.language", ENGLISH + GERMAN),
    ("head.language", "Det er en av de siste dagene, og vi har ikke noe å si om den. " * 8),
    ("head.language", "```\n" + ENGLISH + "```\n"),
    ("head.canonical", CANONICAL.format('"https://bridges.org/seven"')),
    ("head.canonical", CANONICAL.format("")),
    ("markup.footnote", "There were seven[^1] once.\n\n[^1]: Or six.\n"),
    ("markup.footnote", "Write `[^1]`, [^2\\], \\[^3], [^4 5] or x[^].\n"),
    ("markup.footnote", "```\nseven[^1]\n```\n"),
    ("todo.note", "The TK-80 computer, Tcl/Tk, and dot.TK are no notes; nor is `TK`.\n"),
    ("todo.note", "A TODO app, a todo list, and the XXX Olympiad.\n"),
    ("todo.note", "```\n# TODO: in code\n```\n"),
    ("todo.note", "[text](https://a.test/TK)\n"),
    ("todo.note", "<!-- TODO: readers never see this -->\n"),
    ("todo.note", "TODO list apps are all the rage.\n"),
    ("todo.lorem", "The bridge was a lemon.\n"),
    ("todo.fill-in", "[Add a comment](https://a.test/) if you like.\n"),
    ("todo.fill-in", "He said “put it [the bridge] here”.\n"),
    ("markup.leftover", "This is **bold** and 2 ** 3, and `**kwargs`, and \\*\\*.\n"),
    ("markup.leftover", "It takes about ~~~ a while.\n"),
    ("markup.leftover", "We are #1, and #hashtags are fine.\n"),
    ("markup.unclosed-code", "```python\nprint()\n```\n"),
    ("markup.unclosed-code", "- one\n\n  ```\n  code\n  ```\n"),
    ("markup.unclosed-comment", "<!-- a note -->\n\nText with `<!--` in it.\n"),
    ("markup.too-deep", "> > > deep\n"),
    ("text.control", "A tab\tand ünïcödé 👩‍👩‍👧 and a soft\u00adhyphen.\n"),
    ("text.doubled-word", "What I had had was that that was; Duran Duran; bye bye.\n"),
    ("text.doubled-word", "- the\n- the\n"),
    ("text.doubled-word", "In the `the` example.\n"),
    ("text.doubled-word", "The A A Milne bookshop, and vitamin A a day.\n"),
    ("text.repeated", "Short.\n\nShort.\n"),
    ("text.repeated", f"```\n{LONG}\n```\n\n```\n{LONG}\n```\n"),
    ("text.length", WORDS + "\n"),
    ("text.attachment", "The sidecar was attached with bolts, and I am attached to it.\n"),
    ("text.copyright", "© 2026 The Bridge. © 2012–2026. Copyright 2019–present.\n"),
    ("text.copyright", "The copyright case of 2019 was long.\n"),
    ("text.spam", "There is no catching a train there now.\n"),
    ("date.weekday", "We met on Tuesday 3 March 2026, and on Tuesday, March 3.\n"),
    ("date.weekday", "On Friday 13 of them left.\n"),
    ("date.weekday", "Friday May 12:30 is no date.\n"),
    ("date.past", "It began on Tuesday 3 March 2026.\n"),
    ("date.past", "Join us this Friday 27 November 2026.\n"),
    ("date.past", "Register by March 3.\n"),
    ("link.placeholder", "Use the host https://example.com/ in your tests.\n"),
    ("link.placeholder", "[An example](https://examples.com/)\n"),
    ("link.generic-text", "[Here is the bridge](https://a.test/)\n"),
    ("link.address-as-text", "<https://a.test/b> and https://a.test/c\n"),
    ("link.mismatch", "[www.bank.test](https://bank.test/) [Node.js](https://nodejs.test/)\n"),
    ("link.mismatch", "[https://sub.bank.co.uk](https://www.bank.co.uk/)\n"),
    ("link.empty-text", "[![A map](https://a.test/a.png)](https://a.test/)\n"),
    ("link.shortener", "[our plans](https://a.test/bit.ly)\n"),
    ("link.tracked", "[a](https://www.google.com/maps?q=https://a.org/) [b](https://a.org/?u=1)\n"),
    ("link.tracked", "[a](https://a.org/unsubscribe) ![b](https://x.mjt.lu/o.gif)\n"),
    ("link.tracked", "[a](https://www.google.com/url?q=bridges)\n"),
    ("link.not-encrypted", "[our plans](https://a.test/?u=http://b.test)\n"),
    ("link.broken", "[our plans](https://a.test/plans) [tag]({{ unsubscribe_url }})\n"),
    ("link.same-text", "[The map](https://a.test/) [the map](https://a.test/)\n"),
    ("link.same-text", "[here](https://a.test/) [here](https://b.test/)\n"),
    (
        "link.utm-differs",
        "[a](https://a.test/?utm_campaign=may) [b](https://b.test/?utm_campaign=june)\n",
    ),
    ("link.none", "Some [words](https://a.test/).\n"),
    ("link.moved", "Some [words](https://a.test/).\n"),
    ("link.flagged", "Some [words](https://a.test/).\n"),
    ("link.unverified", "Some [words](https://a.test/).\n"),
    ("image.no-alt", '![A map](https://a.test/a.png) <img src="https://a.test/b.png" alt="">\n'),
    ("image.no-alt", '<img src="https://a.test/p.gif" width="1" height="1">\n'),
    ("image.no-alt", '<iframe src="https://a.test/"></iframe>\n'),
    ("image.default-alt", "![A picture of the bridge](https://a.test/a.png)\n"),
    ("image.default-alt", "![bridge](https://a.test/bridge.png)\n"),
    ("image.only", f"![A map](https://a.test/a.png)\n\n{WORDS}\n"),
    ("heading.empty", "# One\n\n## ![A map](https://a.test/a.png)\n"),
    ("heading.skipped", "## Two\n\n### Three\n\n# One\n\n## Two\n"),
    ("colour.contrast", '<p style="color:#333;background:#fff">Hi</p>\n'),
    ("colour.contrast", '<h1 style="color:#888;background:#fff">Large needs less</h1>\n'),
    (
        "colour.contrast",
        '<p style="color:var(--ink);background:linear-gradient(red,blue)">Hi</p>\n',
    ),
    ("colour.contrast", "`<p style='color:#777;background:#888'>` is a bad idea.\n"),
    ("colour.dark-mode", '<p style="color:#000;background:#fff">Hi</p>\n'),
    ("colour.dark-mode", '<p style="color:#b00">Hi</p>\n'),
    ("client.removed", "`<script>` is a tag.\n"),
    ("client.style-sheet", '`<style>` is a tag; <link rel="canonical" href="https://a.org/">\n'),
    ("merge.no-address", "A text in a frame.\n"),
    ("merge.no-address", "<html><body><p>12 Bridge Street, Dublin</p></body></html>\n"),
    ("merge.no-address", "<html><body><p>Brückenweg 3, 10115 Berlin</p></body></html>\n"),
    ("merge.no-address", "<html><body><p>{{ newsletter.address }}</p></body></html>\n"),
    ("client.lost", "![A map](https://a.test/map.png)\n"),
    ("client.plainer", '<p style="color:#b00;margin:0">Hi</p>\n'),
    ("merge.unclosed", "`{{` and {{ name }} and {% if x %}{% endif %} and *|FNAME|* and *|*\n"),
    ("merge.unbalanced", "{% if a %}\n\nText.\n\n{% elif b %}{% else %}\n\n{% endif %}\n"),
    ("merge.unbalanced", "{{ if .A }}a{{ else }}b{{ end }} {{ range .B }}{{ . }}{{ end }}\n"),
    ("merge.unbalanced", "```\n{% if a %}\n```\n"),
    ("merge.subject", HEAD.format("Dear {{ subscriber.metadata.name }}")),
]

# rule, platform, draft, whether it is found
BY_PLATFORM = [
    ("head.language", Platform.BUTTONDOWN, GERMAN, False),
    ("head.language", Platform.LISTMONK, GERMAN, True),
    ("merge.unknown", B, "Dear {{ subscriber.metadata.first_name }}", False),
    ("merge.unknown", B, "Dear {{ subscriber.first_name }}", True),
    ("merge.unknown", B, "Dear {{ first_name }}", True),
    ("merge.unknown", B, "Dear *|FNAME|*", True),
    ("merge.unknown", B, "Dear {{ .Subscriber.Name }}", True),
    ("merge.unknown", B, "[out]({{ unsubscribe_url }})", False),
    ("merge.unknown", B, "Write `{{ anything }}`", False),
    ("merge.unknown", L, "Dear {{ .Subscriber.FirstName }}", False),
    ("merge.unknown", L, "Dear {{ .Subscriber.Firstname }}", True),
    ("merge.unknown", L, 'On {{ Date "2006" }} {{ UnsubscribeURL }} {{ upper .X }}', False),
    ("merge.unknown", L, "[out]({{ unsubscribe_url }})", True),
    ("merge.unknown", L, "{{ if eq .Subscriber.Attribs.city \"x\" }}a{{ end }}", False),
    ("merge.unknown", G, 'Dear {first_name, "friend"}', False),
    ("merge.unknown", G, "Dear {{ name }}", True),
    ("merge.unknown", None, "Dear {{ anything }} *|FNAME|*", False),
    ("merge.no-fallback", B, "Dear {{ subscriber.metadata.first_name }}", True),
    ("merge.no-fallback", B, 'Dear {{ subscriber.metadata.first_name | default: "you" }}', False),
    ("merge.no-fallback", B, "To {{ subscriber.email }}", False),
    ("merge.no-fallback", G, "Dear {first_name}", True),
    ("merge.no-fallback", G, 'Dear {first_name, "friend"}', False),
    ("merge.no-fallback", L, "Dear {{ .Subscriber.Attribs.firstname }}", True),
    ("merge.no-fallback", None, "Dear {first_name}", False),
    ("merge.no-unsubscribe", L, "<!doctype html><html><body><p>Hi</p></body></html>", True),
    ("merge.no-unsubscribe", L, "<html><body>{{ UnsubscribeURL }}</body></html>", False),
    ("merge.no-unsubscribe", L, "A text in the platform's own frame.", False),
    ("merge.no-unsubscribe", None, "<html><body><p>Hi</p></body></html>", False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "about"), FOUND)
def test_it_is_found(rule: str, text: str, about: str | None) -> None:
    found = of(rule, text)
    assert found
    if about is not None:
        assert about in [cut(text, each) for each in found]


@pytest.mark.parametrize(("rule", "text"), LEFT_ALONE)
def test_it_is_left_alone(rule: str, text: str) -> None:
    assert of(rule, text) == []


@pytest.mark.parametrize(("rule", "platform", "text", "is_found"), BY_PLATFORM)
def test_the_platform_decides(
    rule: str, platform: Platform | None, text: str, is_found: bool
) -> None:
    assert bool(of(rule, text, platform=platform)) is is_found


@pytest.mark.parametrize(
    ("rule", "text", "after"),
    [
        ("text.doubled-word", "It is in the the text.\n", "It is in the text.\n"),
        ("markup.leftover", "##Title\n", "## Title\n"),
        ("text.control", "A quote\u0092s end.\n", "A quotes end.\n"),
        (
            "head.unclosed",
            "---\nsubject: The bridges\n\nText.\n",
            "---\nsubject: The bridges\n---\n\nText.\n",
        ),
        ("head.language", GERMAN, f"---\nlang: de\n---\n\n{GERMAN}"),
        (
            "head.language",
            f"---\ntitle: Sieben\n---\n\n{GERMAN}",
            f"---\nlang: de\ntitle: Sieben\n---\n\n{GERMAN}",
        ),
        (
            "head.language",
            f'+++\ntitle = "Sieben"\n+++\n\n{GERMAN}',
            f'+++\nlang = "de"\ntitle = "Sieben"\n+++\n\n{GERMAN}',
        ),
        (
            "head.language",
            f"Title: Sieben\n\n{GERMAN}",
            f"lang: de\nTitle: Sieben\n\n{GERMAN}",
        ),
        (
            "head.language",
            f"---\nlang: en\n---\n\n{GERMAN}",
            f"---\nlang: de\n---\n\n{GERMAN}",
        ),
        ("link.tracked", f"[a]({WRAPPED})\n", "[a](https://bridges.org/seven?a=1&b=2)\n"),
        ("link.broken", "[a](http:https://b.test/)\n", "[a](https://b.test/)\n"),
        ("text.copyright", "© 2019 The Bridge\n", "© 2019–2026 The Bridge\n"),
        ("text.copyright", "Copyright © 2012-24 Us\n", "Copyright © 2012–2026 Us\n"),
    ],
)
def test_the_fix_mends_it(rule: str, text: str, after: str) -> None:
    (found,) = of(rule, text)
    assert mended(text, found) == after
    assert of(rule, after) == []


@pytest.mark.parametrize(
    ("platform", "tag", "after"),
    [
        (
            Platform.BUTTONDOWN,
            "{{ subscriber.metadata.first_name }}",
            '{{ subscriber.metadata.first_name | default: "there" }}',
        ),
        (Platform.GHOST, "{first_name}", '{first_name, "there"}'),
        (Platform.GHOST, "%%{name}%%", '%%{name, "there"}%%'),
        (
            Platform.LISTMONK,
            "{{- .Subscriber.Attribs.first_name -}}",
            '{{- .Subscriber.Attribs.first_name | default "there" -}}',
        ),
    ],
)
def test_a_name_gets_a_word_to_fall_back_on(platform: Platform, tag: str, after: str) -> None:
    text = f"Dear {tag}, hello.\n"
    (found,) = of("merge.no-fallback", text, platform=platform)
    assert mended(text, found) == f"Dear {after}, hello.\n"
    for rule in ("merge.no-fallback", "merge.unknown", "merge.unclosed"):
        assert of(rule, mended(text, found), platform=platform) == []


def test_every_rule_has_examples_of_both_kinds() -> None:
    elsewhere = {"link.flagged", "link.moved", "link.unverified"}  # need an answer: test_links
    files = {rule.id for rule in RULES if getattr(rule, "reads_files", False)}  # test_images
    mail = {rule.id for rule in RULES if rule.id.startswith("size.")}  # test_size
    found = {rule for rule, _, _ in FOUND} | {rule for rule, _, _, yes in BY_PLATFORM if yes}
    alone = {rule for rule, _ in LEFT_ALONE} | {rule for rule, _, _, yes in BY_PLATFORM if not yes}
    assert {rule.id for rule in RULES} == found | elsewhere | files | mail
    assert {rule.id for rule in RULES} == alone | files | mail


def test_ids_are_distinct_and_of_two_parts() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.id.count(".") == 1 and rule.id == rule.id.lower() for rule in RULES)
