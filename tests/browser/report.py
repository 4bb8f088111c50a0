"""The page `report.html` in a real browser: read, filtered, searched, used by keyboard, held to axe-core, and given articles that try to run.

    python tests/browser/report.py target/release/parallax target/browser-report AXE.min.js

Needs Debian's chromium and chromium-driver, requirements.txt, and axe-core. The screenshots go to the second argument.
"""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from browser import ESCAPED, HOSTILE, SHOWN, browser, parallax, requests

ESCAPES = "\u202eevil\u2066\x1b[31mred"
# Made-up outlets and events; every field of the first article tries to run.
OUTLETS = {"a": f"Morning Post {HOSTILE}", "b": "Evening Star", "c": 'Noon "><img src=x onerror=window.hacked=3>'}
TEXTS = {
    1: {
        "a": f"The bridge over the river was closed on Monday {ESCAPED} after engineers found cracks in its main pillar. "
        "Buses will take the northern bridge until the work is done, which may last well into the spring.",
        "b": f"The river bridge was shut on Monday {ESCAPED} when engineers found cracks in the main pillar, which the city had ignored for years. "
        "Until the repairs are done, which could take well into spring, buses will use the northern bridge.",
        "c": "Engineers found cracks in the main pillar of the river bridge, and it was closed on Monday. The mayor was not available.",
    },
    2: {
        "a": f"The city council voted on Thursday to raise the price of a tram ticket to three dollars {ESCAPES}. "
        "Mayor Ann Cole said the money would be used to buy forty new trams.",
        "b": "On Thursday the city council voted to raise the tram ticket price to three dollars. "
        "The money would be used to buy forty new trams, Mayor Ann Cole claimed.",
        "c": "The council raised the price of a tram ticket to four dollars on Thursday. Riders were angry about the cruel decision.",
    },
    3: {
        "a": "A fire destroyed the old theatre in Riverton on Sunday night, and nobody was hurt. "
        "Police arrested a man who had worked in the theatre as a stagehand.",
        "b": "The old theatre in Riverton was destroyed by a fire on Sunday night, and 12 people were hurt. "
        "Police arrested a disgruntled stagehand of the theatre.",
        "c": "The old theatre in Riverton burned down on Sunday night. Nobody was hurt.",
    },
}


def make_run(binary, folder):
    inputs, results = folder / "in", folder / "out"
    inputs.mkdir(parents=True)
    name = inputs / "articles <img src=x onerror=window.hacked=4>.csv"
    with open(name, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "outlet", "headline", "text", "date_published", "url", f"group {HOSTILE}"])
        for number, of_event in TEXTS.items():
            for letter, text in of_event.items():
                url = "javascript:window.hacked=5" if letter == "a" else f"https://example.org/{letter}{number}"
                rows.writerow([f"{letter}{number}", OUTLETS[letter], f"Event {number} {ESCAPED}", text, f"2024-0{number}-05", url, HOSTILE])
        rows.writerow(["none", "Evening Star", "", "", "", "", f"{HOSTILE}"])
    parallax_some_rejected(binary, inputs, results)
    return results


def parallax_some_rejected(binary, inputs, results):
    """One row has no text."""
    run = subprocess.run([binary, "compare", inputs, "--out", results, "--quiet", "--format", "csv", "--format", "jsonl", "--format", "parquet"], check=False)
    assert run.returncode == 3, run.returncode


def same_from_every_format(binary, results, folder):
    """The page is made of the tables, whatever they are written as."""
    page = (results / "report.html").read_bytes()
    for ending in ("csv", "jsonl", "parquet"):
        copy = folder / f"only-{ending}"
        copy.mkdir()
        for path in [*results.glob(f"*.{ending}"), results / "run.json"]:
            shutil.copy(path, copy / path.name)
        parallax(binary, "report", copy)
        assert (copy / "report.html").read_bytes() == page, ending


def axe(driver, source, pictures):
    """No violation that axe-core calls serious or critical."""
    driver.execute_script(source)
    found = driver.execute_async_script("const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then(done);")
    bad = [
        (of["id"], of["impact"], of["nodes"][0]["html"][:160], of["nodes"][0]["failureSummary"][:200])
        for of in found["violations"]
        if of["impact"] in ("serious", "critical")
    ]
    assert not bad, bad
    return len(found["violations"])


def is_narrow(driver):
    width = driver.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    wide = driver.execute_script(
        "return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')).slice(0, 3).map((e) => e.outerHTML.slice(0, 120));"
    )
    assert width[0] <= width[1], f"the page is wider than the window: {width} {wide}"


def cards(driver):
    return driver.find_elements(By.CSS_SELECTOR, "#claim-list > article")


def read_the_page(driver, downloads, pictures):
    driver.save_screenshot(str(pictures / "report-1280.png"))
    assert "9 articles · 3 outlets · 3 events" in driver.find_element(By.ID, "counts").text
    n = len(cards(driver))
    assert n >= 3, "the made-up articles share claims"
    text = driver.find_element(By.TAG_NAME, "main").get_property("textContent")
    assert SHOWN in text and OUTLETS["c"] in text, "hostile words are shown as they are written"
    assert driver.find_elements(By.CSS_SELECTOR, "main img") == []
    links = [link.get_attribute("href") for link in driver.find_elements(By.CSS_SELECTOR, "#claim-list a")]
    assert links and all(link.startswith("https://example.org/") for link in links), links

    # Search, filters, and what they say.
    search = driver.find_element(By.ID, "search")
    search.send_keys("tram TICKET")
    WebDriverWait(driver, 5).until(lambda _: len(cards(driver)) < n)
    assert cards(driver) and all("tram" in card.text for card in cards(driver))
    assert f"of {n} claims" in driver.find_element(By.ID, "found").text
    search.send_keys(" zeppelin")
    WebDriverWait(driver, 5).until(lambda _: not cards(driver))
    assert "No claim fits" in driver.find_element(By.ID, "claim-list").text
    driver.find_element(By.CSS_SELECTOR, "#filters button[type=reset]").click()
    WebDriverWait(driver, 5).until(lambda _: len(cards(driver)) == n)
    for name in ("f-event", "f-outlet", "f-dimension"):
        options = Select(driver.find_element(By.ID, name)).options
        assert len(options) >= 2, name
    Select(driver.find_element(By.ID, "f-event")).select_by_index(1)
    assert 0 < len(cards(driver)) < n
    driver.find_element(By.CSS_SELECTOR, "#filters button[type=reset]").click()
    WebDriverWait(driver, 5).until(lambda _: len(cards(driver)) == n)

    # A difference and its words light up together.
    marks = driver.find_elements(By.CSS_SELECTOR, "#claim-list mark[data-n]:not([data-n=''])")
    assert marks, "some words are marked"
    driver.execute_script("arguments[0].focus()", marks[0])
    assert driver.find_elements(By.CSS_SELECTOR, ".differences li.on") and "on" in marks[0].get_attribute("class").split()
    assert marks[0].get_attribute("title")

    # A sentence in its article, by keyboard; Escape closes and the focus goes back.
    button = next(b for b in driver.find_elements(By.CSS_SELECTOR, "#claim-list button.link") if b.text == "in its article")
    driver.execute_script("arguments[0].focus()", button)
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    dialog = driver.find_element(By.ID, "article")
    assert dialog.get_property("open") and driver.find_element(By.ID, "here").is_displayed()
    driver.save_screenshot(str(pictures / "report-article.png"))
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    assert not dialog.get_property("open")
    WebDriverWait(driver, 5).until(lambda _: driver.switch_to.active_element == button)

    # Coverage names every outlet of the event; a download has what is shown.
    assert len(driver.find_elements(By.CSS_SELECTOR, "#coverage-table td.c0")) >= 2
    path = downloads / "claims-shown.csv"
    driver.find_element(By.ID, "claims-csv").click()
    WebDriverWait(driver, 10).until(lambda _: path.exists() and not list(downloads.glob("*.crdownload")))
    rows = list(csv.DictReader(path.open(newline="", encoding="utf-8-sig")))
    assert rows and {row["outlet_a"] for row in rows} <= set(OUTLETS.values()), rows[:1]
    assert driver.execute_script("return typeof window.hacked") == "undefined"


def main(binary, folder, axe_path):
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    downloads = folder / "downloads"
    downloads.mkdir(parents=True)
    results = make_run(binary, folder)
    same_from_every_format(binary, results, folder)
    page, source = results / "report.html", axe_path.read_text(encoding="utf-8")

    with browser(downloads, "--force-prefers-reduced-motion") as driver:
        driver.set_window_size(1280, 1000)
        driver.get(page.as_uri())
        read_the_page(driver, downloads, folder)
        # What axe-core does itself is not the page's doing.
        asked = set(requests(driver))
        assert all(url == page.as_uri() or url.startswith(("blob:", "data:")) for url in asked), asked
        assert driver.get_log("browser") == [], "nothing on the console"
        n_minor = axe(driver, source, folder)

    with browser(downloads, "--force-dark-mode", "--force-prefers-reduced-motion") as driver:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 780, "deviceScaleFactor": 2, "mobile": True})
        driver.get(page.as_uri())
        is_narrow(driver)
        driver.save_screenshot(str(folder / "report-360-dark.png"))
        driver.execute_script("document.getElementById('claims').scrollIntoView()")
        driver.save_screenshot(str(folder / "report-360-claims.png"))
        axe(driver, source, folder)
        assert driver.execute_script("return typeof window.hacked") == "undefined"

    print(f"the page works: {page.stat().st_size} bytes, {n_minor} minor remarks of axe-core; pictures in {folder}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
