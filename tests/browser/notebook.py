"""What a notebook shows of results, in a real browser: the report in a frame that can reach nothing, with articles that try to run.

    python tests/browser/notebook.py PYTHON target/browser-notebook

PYTHON is an interpreter that has the package parallax. Needs Debian's chromium and chromium-driver, and requirements.txt. The screenshot goes to the second argument.
"""

import json
import subprocess
import sys
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from browser import browser, requests
from report import ESCAPED, OUTLETS, TEXTS

CODE = """
import json, sys
import parallax
results = parallax.compare(json.load(sys.stdin), cache=False, progress=False)
print(results._repr_html_() + results.claims._repr_html_() + results.articles._repr_html_())
"""


def main(python, folder):
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"outlet": OUTLETS[letter], "headline": ESCAPED, "text": text, "date_published": f"2024-0{event}-05"}
        for event, told in TEXTS.items()
        for letter, text in told.items()
    ]
    shown = subprocess.run([python, "-c", CODE], input=json.dumps(rows), capture_output=True, text=True, check=True).stdout
    page = folder / "notebook.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><title>notebook</title><body>{shown}</body>", encoding="utf-8")
    with browser(folder) as driver:
        driver.get(page.resolve().as_uri())
        frames = driver.find_elements(By.TAG_NAME, "iframe")
        assert len(frames) == 1 and not driver.execute_script("return window.hacked")
        assert frames[0].size["width"] > 900, frames[0].size
        driver.switch_to.frame(frames[0])
        wait = WebDriverWait(driver, 20)
        wait.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, "#claim-list > *"))
        n = len(driver.find_elements(By.CSS_SELECTOR, "#claim-list > *"))
        assert n >= 3, n
        # It can be used: filters work, and an article opens.
        outlet = Select(driver.find_element(By.ID, "f-outlet"))
        assert len(outlet.options) == len(OUTLETS) + 1
        Select(driver.find_element(By.ID, "f-tier")).select_by_value("part")
        wait.until(lambda driver: len(driver.find_elements(By.CSS_SELECTOR, "#claim-list > *")) != n)
        assert not driver.execute_script("return window.hacked")
        assert driver.execute_script("return window.origin") == "null", "the frame is cut off from the notebook"
        driver.switch_to.default_content()
        driver.save_screenshot(str(folder / "notebook.png"))
        assert not driver.execute_script("return window.hacked")
        severe = [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
        assert not severe, severe
        asked = {address for address in requests(driver) if not address.startswith(("file:", "about:", "data:"))}
        assert not asked, asked
    print(f"the report in a notebook: {n} claims shown, nothing ran, nothing was asked for")


main(sys.argv[1], Path(sys.argv[2]))
