"""The language of the window: the system's, where there is a translation, else English."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from app.paths import resources_dir


def speak(
    application: QCoreApplication, locale: QLocale, folder: Path | None = None
) -> QTranslator | None:
    """Load ``sendoff_<language>.qm`` of the folder (default: the app's own) for this locale.

    Returns the translator in use, None where the folder has none that fits.
    """
    translator = QTranslator(application)
    folder = folder or resources_dir() / "translations"
    if not translator.load(locale, "sendoff", "_", str(folder)):
        return None
    application.installTranslator(translator)
    return translator


def lend_language() -> None:
    """Let what knows no Qt, such as a sync, say its sentences in the window's language.

    What verdicts mean is kept under a name of its own: what a sentence there says holds here too.
    """
    from app import speech

    @lru_cache(maxsize=2_000)  # a rule may say the same of thousands of links
    def words(text: str) -> str:
        said = QCoreApplication.translate("", text)
        return said if said != text else QCoreApplication.translate("Verdict", text)

    speech.translate_with(words)
