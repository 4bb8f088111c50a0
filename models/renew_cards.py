"""Runs every `parallax evaluate` command of the documents in models/ and docs/ again and puts what it prints behind it.

    python models/renew_cards.py target/release/parallax

The test `cards` fails where a card shows anything else.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

MODELS = Path(__file__).parent
COMMAND = re.compile(r"```sh\nparallax (evaluate [^\n]*models/golden/[^\n]*)\n```\n\n```text\n.*?```\n", re.DOTALL)


def main():
    binary = Path(sys.argv[1]).resolve()

    def renewed(match):
        printed = subprocess.run([binary, *shlex.split(match[1])], check=True, capture_output=True, text=True, cwd=MODELS.parent)
        return f"```sh\nparallax {match[1]}\n```\n\n```text\n{printed.stdout}```\n"

    for card in [*MODELS.rglob("*.md"), *(MODELS.parent / "docs").rglob("*.md")]:
        text = card.read_text(encoding="utf-8")
        card.write_text(COMMAND.sub(renewed, text), encoding="utf-8")


if __name__ == "__main__":
    main()
