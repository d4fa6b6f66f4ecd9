"""Hostile drafts: nothing runs, nothing is fetched, nothing breaks."""

import socket
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest

from tests.ui.preview.conftest import Desk


class Listener:
    """A server that must not hear anything; says what it heard."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed by the test
            with connection:
                connection.settimeout(5)
                self.heard.append(connection.recv(2000))
                connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


HOSTILE = """\
---
title: "<script>document.title='EVIL'</script>"
preheader: "\\"><img src=URL/preheader onerror=document.title='EVIL'>"
lang: "x\\" onload=\\"document.title='EVIL'"
---

<script>document.title = 'EVIL'; fetch('URL/fetch')</script>
<img src="URL/image" onerror="document.title='EVIL'">
<img src=x onerror="document.title='EVIL'" srcset="URL/srcset 2x">
<a href="javascript:document.title='EVIL'" ping="URL/ping">script</a>
<meta http-equiv="refresh" content="0; url=URL/refresh">
<base href="URL/base/">
<iframe src="URL/frame" srcdoc="<script>top.document.title='EVIL'</script>"></iframe>
<link rel="stylesheet" href="URL/sheet"><link rel="prefetch" href="URL/prefetch">
<link rel="dns-prefetch" href="URL/dns"><link rel="icon" href="URL/icon">

<style>@import url(URL/import); @font-face { font-family: x; src: url(URL/font) }
p { background: url(URL/background); font-family: x }</style>

<p style="background: url(URL/inline); background-image: url('URL/inline2'); position: fixed">p</p>
<table background="URL/attribute"><tr><td background="URL/cell">cell</td></tr></table>
<svg onload="document.title='EVIL'"><script>document.title='EVIL'</script>
<image href="URL/svg"/><use href="URL/use#a"/></svg>
<math><mi xlink:href="URL/math">x</mi></math>
<form action="URL/form"><input autofocus onfocus="document.title='EVIL'" name=a>
<button formaction="URL/button">go</button></form>
<video src="URL/video" poster="URL/poster" autoplay></video><audio src="URL/audio" autoplay></audio>
<object data="URL/object"></object><embed src="URL/embed">
<details open ontoggle="document.title='EVIL'"><summary>s</summary>d</details>
<div class="segment" data-key="b1" id="dark">spoof</div>
<noscript><p title="</noscript><img src=URL/mutation onerror=document.title='EVIL'>"></noscript>

![remote](URL/markdown) [![both](URL/both)](URL/link)

[data](data:text/html,<script>1</script>) <a href="data:text/html,x">data</a>
"""


def test_nothing_runs_and_nothing_is_fetched(desk: Desk, listener: Listener) -> None:
    desk.show(HOSTILE.replace("URL", f"http://127.0.0.1:{listener.port}"))
    QTest.qWait(800)
    live = desk.pane._live
    assert live is not None
    assert listener.heard == []
    assert set(live.view.gatekeeper.let_through) <= {
        "sendoff-preview://draft/",
        "sendoff-preview://draft/x",
    }
    assert desk.ask("document.title") != "EVIL"
    forbidden = (
        "script, iframe, form, input, link, object, embed, video, audio, svg, math, base, "
        "td.content style, [onerror], [onload], [ping], [srcset], [background]"
    )
    assert desk.ask(f"document.querySelectorAll('{forbidden}').length") == 0
    assert desk.ask("document.querySelectorAll('meta[http-equiv]').length") == 1


# One each line: mutation, namespaces, comments, styles, addresses, attributes, embedding.
CONFUSING = r"""
<svg><p><style><img src=URL/svg-style onerror=EVIL></style></p></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=URL/m onerror=EVIL&gt;">
<form><math><mtext></form><form><mglyph><style></math><img src=URL/form onerror=EVIL>
<noscript><p title="</noscript><img src=URL/noscript onerror=EVIL>"></noscript>
<template shadowrootmode=open><img src=URL/template onerror=EVIL></template>
<!--><img src=URL/abrupt onerror=EVIL>-->
<!--[if mso]><img src=URL/mso onerror=EVIL><![endif]--><!--[if !mso]><!--><img src=URL/not-mso><!--<![endif]-->
<![CDATA[<img src=URL/cdata onerror=EVIL>]]>
<a href="jav&#x09;ascript:EVIL">a</a> <a href="&#1;javascript:EVIL">b</a> <a href="javascript&colon;EVIL">c</a>
<a href="java&NewLine;script:EVIL">d</a> <a href=" JaVaScRiPt:EVIL">e</a> <a href="feed:javascript:EVIL">f</a>
<p style="background-color: url(URL/css1); list-style-type: url(URL/css2); border: 1px solid url(URL/css3)">p</p>
<p style="width: \75\72\6c(URL/css4); color: u\rl(URL/css5); display: image-set(url(URL/css6) 1x)">p</p>
<p style="position: fixed; inset: 0; z-index: 9; color: red;/*</style><img src=URL/css7>*/">p</p>
<p style="font-family: '</style><img src=URL/css8 onerror=EVIL>'; behavior: url(URL/css9)">p</p>
<div style="color:red;}*{background:url(URL/css10)}">p</div>
<style>@import "URL/css11"; * { background: url(URL/css12) !important }</style>
<picture><source srcset="URL/source"><img src=URL/img srcset="URL/2 2x" onerror=EVIL></picture>
<link rel=preconnect href=URL/><link rel=dns-prefetch href=URL/><link rel=modulepreload href=URL/mod>
<a ping=URL/ping attributionsrc=URL/attribution href=URL/ id=phone name=content>a</a>
<table background=URL/table><tr background=URL/tr><td background=URL/td>x</td></tr></table><body background=URL/body>
<img/src="URL/slash"/onerror=EVIL><img src=URL/space onerror =EVIL><img src="URL/tab"	onerror=EVIL>
<svg><a xlink:href="javascript:EVIL"><animate attributeName=href to=javascript:EVIL></a><image href=URL/image></svg>
<iframe srcdoc="&lt;img src=URL/srcdoc onerror=parent.EVIL&gt;"></iframe><frameset><frame src=URL/frame></frameset>
<portal src=URL/portal></portal><object data=URL/object><embed src=URL/embed></object><input type=image src=URL/input>
<details open ontoggle=EVIL><summary>s</summary></details><dialog open>d</dialog><marquee onstart=EVIL>m</marquee>
<div onclick=EVIL data-key=b1 data-first=0 class=segment>spoof</div></td></tr></table></div></body></html>
<meta http-equiv=refresh content="0;URL/refresh"><meta http-equiv=Content-Security-Policy content="img-src *">
<base href=URL/base/><img src=relative.png>
<img src="\\\\127.0.0.1\\share\\x.png"><img src="file:///etc/hostname"><img src="//127.0.0.1/x.png">
<q cite=URL/cite>q</q><video poster=URL/poster><track src=URL/track></video><audio src=URL/audio autoplay></audio>
<xmp><img src=URL/xmp onerror=EVIL></xmp><plaintext><img src=URL/plaintext onerror=EVIL>
"""  # noqa: E501


def confusing(listener: Listener) -> list[str]:
    """Raw HTML, whatever Markdown would make of it."""
    site = f"http://127.0.0.1:{listener.port}"
    lines = CONFUSING.replace("EVIL", "document.body.remove()").replace("URL", site).split("\n")
    return [f"<div>\n{line}\n</div>" for line in lines[1:-1]]


def test_confused_parsers_run_and_fetch_nothing(desk: Desk, listener: Listener) -> None:
    texts = confusing(listener)
    for text in [*texts, "\n".join(texts), "\n\n".join(texts)]:
        desk.show(text)
        assert desk.ask(FOREIGN) == [], text
        assert desk.ask(OURS) == ["STYLE", 1, 1], text
    QTest.qWait(500)
    live = desk.pane._live
    assert live is not None
    assert listener.heard == []
    assert all(url.startswith("sendoff-preview:") for url in live.view.gatekeeper.let_through)


# What is in the letter and must not be.
FOREIGN = """[...document.querySelectorAll('.segment *')].filter(e => !KNOWN.includes(e.tagName)
    || e.matches('style, [class*=segment], [data-key]')
    || getComputedStyle(e).position === 'fixed'
    || /url|image/.test(e.getAttribute('style'))
    || [...e.attributes].some(a => /^on/.test(a.name))
    || /^\\W*(java|vb)script/i.test(e.getAttribute('href'))).map(e => e.outerHTML)""".replace(
    "KNOWN",
    "['A','IMG','P','DIV','TABLE','TBODY','TR','TD','Q','DETAILS','SUMMARY','BR']",
)
OURS = """[document.getElementById('phone').tagName,
    document.querySelectorAll('meta[http-equiv]').length,
    document.querySelectorAll('td.content').length]"""


def test_with_remote_images_only_the_images_themselves_are_fetched(
    desk: Desk, listener: Listener
) -> None:
    wanted = ("/source", "/slash", "/css1", "/css4", "/css10", "/ping", "/table", "/preconnect")
    texts = [text for text in confusing(listener) if any(each in text for each in wanted)]
    desk.show("\n\n".join(texts))
    desk.pane.bar.images.setChecked(True)
    images = {"/img", "/slash", "/space", "/tab"}

    def asked() -> set[str]:
        return {request.split()[1].decode() for request in listener.heard if request}

    desk.qtbot.waitUntil(lambda: images <= asked())
    QTest.qWait(500)
    assert asked() == images


def test_scripts_of_the_page_do_not_run_even_if_one_slips_in(desk: Desk) -> None:
    desk.show("text\n")
    desk.ask(
        "(() => { const s = document.createElement('script');"
        "s.textContent = 'document.title = `EVIL`'; document.body.append(s); })()"
    )
    desk.ask(
        "document.body.insertAdjacentHTML('beforeend',"
        " '<img src=x onerror=\"document.title=`EVIL`\">')"
    )
    QTest.qWait(200)
    assert desk.ask("document.title") != "EVIL"


def test_remote_images_load_only_when_asked(desk: Desk, listener: Listener) -> None:
    draft = f"![a](http://127.0.0.1:{listener.port}/a.png) <p style='color: red'>b</p>\n"
    desk.show(draft)
    QTest.qWait(300)
    assert listener.heard == []
    desk.pane.bar.images.setChecked(True)
    desk.qtbot.waitUntil(lambda: bool(listener.heard))
    request = listener.heard[0].decode()
    assert request.startswith("GET /a.png ")
    assert "Referer" not in request
    assert "Cookie" not in request
    heard = len(listener.heard)
    desk.show(draft + "\nanother draft\n")
    QTest.qWait(300)
    assert not desk.pane.bar.images.isChecked()
    assert len(listener.heard) == heard


def test_the_page_leads_nowhere(desk: Desk, listener: Listener) -> None:
    desk.show(f"[out](http://127.0.0.1:{listener.port}/out)\n")
    desk.ask("document.querySelector('a').click()")
    live = desk.pane._live
    assert live is not None
    desk.ask(f"void (location.href = 'http://127.0.0.1:{listener.port}/location')")
    QTest.qWait(300)
    assert listener.heard == []
    assert desk.ask("location.href") == "sendoff-preview://draft/"
    assert desk.body() == ["out"]


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>", "<blockquote>"])
def test_deep_nesting(desk: Desk, tag: str) -> None:
    desk.show(tag * 20_000 + "deep\n")
    assert "deep" in desk.body()[0]


def test_a_spoofed_message_is_no_message(desk: Desk) -> None:
    desk.show("text\n")
    desk.ask("void console.info(JSON.stringify(['click', 'b1', 0, null, 0]))")
    QTest.qWait(100)
    assert desk.places == []
