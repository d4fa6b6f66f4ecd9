"""An issue's own HTML with the places of its links, for a map of its clicks."""

from tests.trackserver.api.conftest import HTML, Api

OUTLOOK = (
    "<body>Größe 🙂 <a href=https://example.com/bare>Bare</a>"
    "<!--[if mso]><v:roundrect href='https://example.com/button'>Go</v:roundrect><![endif]-->"
    '<a href="https://example.com/button">Go</a>'
    '<a data-do-not-track href="https://example.com/quiet">Quiet</a></body>'
)


def test_the_html_is_the_senders_and_each_link_has_its_place(api: Api) -> None:
    made = api.register()
    assert made["html"] != HTML
    answer = api.get(f"/v1/issues/{made['issue']['id']}/text")
    assert answer["html"] == HTML
    assert [HTML[link["start"] : link["end"]] for link in answer["links"]] == [
        "https://example.com/one",
        "https://example.com/two?a=1&amp;b=2",
    ]
    assert [(link["number"], link["url"], link["text"]) for link in answer["links"]] == [
        (link["number"], link["url"], link["text"]) for link in made["links"]
    ]


def test_a_place_is_counted_in_code_points_without_quotes_and_a_button_has_two(api: Api) -> None:
    made = api.register(html=OUTLOOK)
    links = api.get(f"/v1/issues/{made['issue']['id']}/text")["links"]
    assert [(each["number"], OUTLOOK[each["start"] : each["end"]]) for each in links] == [
        (1, "https://example.com/bare"),
        (2, "https://example.com/button"),
        (2, "https://example.com/button"),
    ]
    assert links == sorted(links, key=lambda each: each["start"])


def test_a_key_for_reading_is_enough_and_nothing_is_sent_twice(api: Api) -> None:
    made = api.register()
    path = f"/v1/issues/{made['issue']['id']}/text"
    body = {"name": "a desk", "scopes": ["read"], "publication": api.publication}
    reader = api.json("POST", "/v1/keys", 201, json=body)
    headers = {"authorization": f"Bearer {reader['secret']}"}
    first = api.http.get(path, headers=headers)
    assert first.status_code == 200
    again = api.http.get(path, headers={**headers, "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    api.json("PUT", f"/v1/issues/{made['issue']['id']}/content", json={"html": OUTLOOK})
    third = api.http.get(path, headers={**headers, "if-none-match": first.headers["etag"]})
    assert third.json()["html"] == OUTLOOK


def test_an_issue_without_tracking_has_its_text_and_no_numbers(api: Api) -> None:
    made = api.register(do_not_track=True)
    answer = api.get(f"/v1/issues/{made['issue']['id']}/text")
    assert answer == {"html": HTML, "links": []}
