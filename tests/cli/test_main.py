"""How commands are found, and what unusable words get."""

import subprocess
import sys

import pytest

from app import __version__
from app.cli.main import COMMANDS, main


def sendoff(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=str)
def test_each_command_tells_its_version_and_shows_examples(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"sendoff {__version__}\n"
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "example" in capsys.readouterr().out


def test_unknown_options_are_refused() -> None:
    done = sendoff("links", "--no-such-option", "x.md")
    assert done.returncode == 2
    assert "--no-such-option" in done.stderr


@pytest.mark.parametrize("command", ["links", "check", "render", "preflight"])
def test_a_file_that_is_not_there_is_named_without_a_traceback(command: str) -> None:
    done = sendoff(command, "/no/such/draft.md")
    assert done.returncode == 2
    assert "/no/such/draft.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_without_a_screen_import_no_qt() -> None:
    script = (
        "import sys\n"
        "from app.cli.main import main\n"
        "for words in (['links', '-', '--json'], ['render', '-']):\n"
        "    main(words)\n"
        "print(sorted(name for name in sys.modules if name.startswith('PySide6')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="[a](https://a.example/)",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_output_into_a_closed_pipe_is_no_error() -> None:
    script = f"{sys.executable} -m app links - --json | head -c 5"
    text = "[a](https://a.example/)\n" * 20_000
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
