"""What the tests of pages share: a real browser that tells what it asked for, and words that try to run."""

import html
import json
import shutil
import subprocess
from contextlib import contextmanager

from selenium import webdriver

HOSTILE = "</script><script>window.hacked=1</script>&lt;{{SCRIPT}}<img src=http://localhost:9/x onerror=window.hacked=2>\u2028<!--"
# Markup in a text is taken out when it is read; what is escaped once is shown as it is meant. The line separator ends a sentence.
SHOWN = HOSTILE.split("\u2028", maxsplit=1)[0]
ESCAPED = html.escape(SHOWN)


def parallax(binary, *arguments):
    run = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{arguments}: {run.stdout}{run.stderr}"
    return run.stdout


@contextmanager
def browser(downloads, *flags, script=""):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1100,1000", "--lang=en", *flags]:
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        if script:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        yield driver
    finally:
        driver.quit()


def requests(driver):
    """What the page asked for: the addresses of every request that the browser made for it."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
