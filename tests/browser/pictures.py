"""Pictures for the README: the page and the terminal after `parallax compare seeds`.

    python tests/browser/pictures.py target/release/parallax docs/pictures

Needs Debian's chromium and chromium-driver, and requirements.txt.
"""

import html
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import browser

STYLES = {"1": "font-weight:bold", "2": "color:#6b7076", "31": "color:#b3261e", "32": "color:#1a7f37", "33": "color:#8a6100"}
TERMINAL = """<meta charset="utf-8"><style>body{margin:0;background:#fff;color:#1d1f21}
pre{font:15px/1.35 "DejaVu Sans Mono",monospace;margin:0;padding:16px 20px;white-space:pre}</style><pre>"""


def coloured(text):
    """ANSI styles as HTML."""
    out, is_open = [], False
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        if not part.startswith("\x1b"):
            out.append(html.escape(part))
            continue
        codes = [code for code in part[2:-1].split(";") if code in STYLES]
        if is_open and not codes:
            out.append("</span>")
            is_open = False
        elif codes:
            out.append(("</span>" if is_open else "") + f'<span style="{";".join(STYLES[code] for code in codes)}">')
            is_open = True
    return TERMINAL + "".join(out) + "</pre>"


def main(binary, out):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "out"
        environment = {"CLICOLOR_FORCE": "1", "PATH": "/usr/bin:/bin", "COLUMNS": "100", "PARALLAX_CACHE": folder, "HOME": folder}
        text = subprocess.run([binary, "compare", "seeds", "--out", results], capture_output=True, text=True, check=True, env=environment).stdout
        lines = [f"\x1b[2m$ parallax compare seeds --out out\x1b[0m", *text.replace(str(results), "out").splitlines()[:22]]
        terminal = Path(folder) / "terminal.html"
        terminal.write_text(coloured("\n".join(lines)), encoding="utf-8")
        with browser(folder, "--force-prefers-reduced-motion", "--hide-scrollbars") as driver:
            for name, page, width, height in (("terminal", terminal, 960, 520), ("report", results / "report.html", 1000, 900)):
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
                driver.get(page.as_uri())
                if name == "report":
                    driver.execute_script("document.getElementById('claims').scrollIntoView()")
                driver.save_screenshot(str(out / f"{name}.png"))
                print(out / f"{name}.png", (out / f"{name}.png").stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
