"""The foreign code: `Foreign.java` on Debian's Santuario and WSS4J, and xmlsec1. Only `scripts/interop` runs it."""

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.parts.missing import fetch

HERE = Path(__file__).parent
KODEORD = "hemmelig"
_JARS = ("wss4j", "xmlsec", "commons-logging", "slf4j-api", "slf4j-nop")
needed = pytest.mark.skipif(
    "ORGRAF_INTEROP" not in os.environ, reason="run by scripts/interop: needs Java, WSS4J and xmlsec1"
)


@cache
def _java(classes: Path) -> list[str]:
    """How `Foreign` is started, compiled into that folder."""
    root = Path(fetch("wss4j")[0])
    binaries = sorted(root.glob("usr/lib/jvm/*/bin/javac"))[-1].parent
    jars = ":".join(str(root / "usr/share/java" / f"{jar}.jar") for jar in _JARS)
    subprocess.run([binaries / "javac", "-cp", jars, "-d", classes, HERE / "Foreign.java"], check=True)
    return [str(binaries / "java"), "-cp", f"{classes}:{jars}", "Foreign"]


def java(classes: Path, *arguments: str | Path) -> tuple[bool, str]:
    """Did it succeed, and what did it say? Raises when it failed otherwise than by refusing."""
    return _run([*_java(classes), *map(str, arguments)], crashed="Exception")


def xmlsec1(*arguments: str | Path) -> tuple[bool, str]:
    """As `java`."""
    where, _ = fetch("xmlsec1")
    return _run([where, *map(str, arguments)], crashed="usage")


def _run(command: list[str], crashed: str) -> tuple[bool, str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert crashed not in done.stderr, done.stderr
    return done.returncode == 0, done.stdout + done.stderr
