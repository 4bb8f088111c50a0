"""The page that `parallax validate sample` makes, in a real browser: labelled by keyboard, kept over a reload, exported, loaded back.

    python tests/browser/label.py target/release/parallax target/browser

Needs Debian's chromium and chromium-driver, and requirements.txt. The screenshots go to the second argument.
"""

import csv
import shutil
import sys
from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from browser import ESCAPED, SHOWN, browser, parallax, requests

# Two made-up outlets on three made-up events; the first pair of sentences tries to run.
ARTICLES = {
    "a1": (
        "Morning Post",
        f"The bridge over the river was closed on Monday {ESCAPED} after engineers found cracks in its main pillar. "
        "Buses will take the northern bridge until the work is done, which may last well into the spring.",
    ),
    "b1": (
        "Evening Star",
        f"The river bridge, the Morning Post said, was shut on Monday {ESCAPED} when engineers found cracks in the main pillar. "
        "Until the repairs are done, which could take well into spring, buses will use the northern bridge.",
    ),
    "a2": (
        "Morning Post",
        "The city council voted on Thursday to raise the price of a tram ticket to three dollars. "
        "Mayor Ann Cole said the money would be used to buy forty new trams.",
    ),
    "b2": (
        "Evening Star",
        "On Thursday the city council voted to raise the tram ticket price to three dollars. "
        "The money would be used to buy forty new trams, Mayor Ann Cole said.",
    ),
    "a3": (
        "Morning Post",
        "A fire destroyed the old theatre in Riverton on Sunday night, and nobody was hurt. "
        "Police arrested a man who had worked in the theatre as a stagehand.",
    ),
    "b3": (
        "Evening Star",
        "The old theatre in Riverton was destroyed by a fire on Sunday night, but nobody was hurt. "
        "Police arrested a man who had been a stagehand in the theatre.",
    ),
}


def make_sample(binary, folder):
    inputs, results = folder / "in", folder / "out"
    inputs.mkdir(parents=True)
    with open(inputs / "articles.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "outlet", "text", "date_published"])
        for name, (outlet, text) in ARTICLES.items():
            rows.writerow([name, outlet, text, f"2024-0{name[1]}-05"])
    parallax(binary, "compare", inputs, "--out", results, "--quiet")
    parallax(binary, "validate", "sample", results, "--n", "60")
    return results


def open_page(driver, page, name):
    driver.get(page.as_uri())
    field = driver.find_element(By.ID, "name")
    assert driver.switch_to.active_element == field, "the name is asked for at once"
    field.send_keys(name, Keys.ENTER)


def text(driver, element):
    return driver.find_element(By.ID, element).text


def press(driver, *keys):
    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def shown(driver, element):
    return driver.find_element(By.ID, element).is_displayed()


def export(driver, downloads, button, name):
    path = downloads / f"labels-{name}.csv"
    path.unlink(missing_ok=True)
    driver.find_element(By.ID, button).click()
    WebDriverWait(driver, 10).until(lambda _: path.exists() and not list(downloads.glob("*.crdownload")))
    return path


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contrast(driver, front, back):
    """Contrast ratio of two of the page's colours (WCAG 2.2)."""
    colours = driver.execute_script(
        "const style = getComputedStyle(document.documentElement); return arguments[0].map((name) => style.getPropertyValue(name).trim());",
        [front, back],
    )

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted(map(luminance, colours), reverse=True)
    return (high + 0.05) / (low + 0.05)


def label_by_keyboard(driver, page, sample, downloads, pictures):
    open_page(driver, page, "Ann B.")
    n = len(sample)
    assert text(driver, "place") == f"1 of {n}"
    driver.save_screenshot(str(pictures / "label-light.png"))

    # Hostile words are shown as they are written, and do nothing.
    first = next(at for at, item in enumerate(sample) if SHOWN[:9] in item["text_a"] and item["kind"] == "claims")
    press(driver, *[Keys.ARROW_RIGHT] * first)
    quotes = [quote.get_property("textContent") for quote in driver.find_elements(By.TAG_NAME, "blockquote")]
    assert len(quotes) == 2 and all(SHOWN in quote for quote in quotes), quotes
    assert "the [outlet] said" in "".join(quotes) and "Morning Post" not in "".join(quotes)
    assert driver.execute_script("return typeof window.hacked") == "undefined"
    driver.save_screenshot(str(pictures / "label-hostile.png"))
    press(driver, *[Keys.ARROW_LEFT] * first)
    assert text(driver, "place") == f"1 of {n}"

    # Keys: an answer moves on, undo goes back and takes it away, a comment takes keys for itself.
    press(driver, "2")
    assert text(driver, "place") == f"2 of {n}"
    press(driver, "u")
    assert text(driver, "place") == f"1 of {n}"
    assert driver.find_elements(By.CSS_SELECTOR, '[aria-pressed="true"]') == []
    press(driver, "c")
    assert driver.switch_to.active_element == driver.find_element(By.ID, "comment")
    press(driver, *'=1, "two" u', Keys.ENTER, *"é", Keys.ESCAPE)
    press(driver, "1", "1")
    press(driver, "9")
    assert text(driver, "place") == f"3 of {n}", "a number without an answer does nothing"
    assert driver.find_element(By.ID, "progress").get_property("value") == 2

    # A reload keeps everything, for the same name alone.
    open_page(driver, page, "Someone else")
    assert driver.find_element(By.ID, "progress").get_property("value") == 0
    open_page(driver, page, "Ann B.")
    assert text(driver, "place") == f"3 of {n}"
    assert driver.find_element(By.ID, "progress").get_property("value") == 2
    press(driver, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert driver.find_element(By.ID, "comment").get_property("value") == '=1, "two" u\né'
    assert len(driver.find_elements(By.CSS_SELECTOR, '[aria-pressed="true"]')) == 1
    press(driver, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)

    # The rest, one by the mouse; then the last page says so.
    driver.find_elements(By.CSS_SELECTOR, ".answer")[0].click()
    press(driver, *["1"] * (n - 3))
    assert shown(driver, "done") and "All done" in text(driver, "done-title")
    driver.save_screenshot(str(pictures / "label-done.png"))
    path = export(driver, downloads, "export-done", "Ann_B_")
    rows = rows_of(path)
    assert [row["item_id"] for row in rows] == [item["item_id"] for item in sample]
    assert {row["annotator"] for row in rows} == {"Ann B."}
    assert rows[0]["comment"] == "'=1, \"two\" u\né", rows[0]
    assert [row["label"] for row in rows if row["item_id"] == sample[0]["item_id"]] == ["same"]
    return path


def check_names_and_colours(driver):
    for selector in ["button", "input", "textarea", "progress"]:
        for element in driver.find_elements(By.CSS_SELECTOR, selector):
            if element.is_displayed():
                assert element.accessible_name, element.get_attribute("outerHTML")
    for front, back in [("--ink", "--paper"), ("--ink", "--card"), ("--soft", "--paper"), ("--soft", "--card"),
                        ("--soft", "--chosen"), ("--accent-ink", "--accent"), ("--accent", "--paper"), ("--ink", "--notice")]:
        ratio = contrast(driver, front, back)
        assert ratio >= 4.5, f"{front} on {back}: {ratio:.2f}"


def main(binary, folder):
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    downloads = folder / "downloads"
    downloads.mkdir(parents=True)
    results = make_sample(binary, folder)
    page, sample = results / "validation" / "label.html", rows_of(results / "validation" / "sample.csv")
    assert len(sample) >= 3, "the made-up articles share claims"
    source = page.read_text(encoding="utf-8")
    assert "machine_value" not in source and "probability" not in source.split('id="data">')[1].split("</script>")[0]

    with browser(downloads) as driver:
        exported = label_by_keyboard(driver, page, sample, downloads, folder)
        check_names_and_colours(driver)
        asked = set(requests(driver))
        assert all(url == page.as_uri() or url.startswith(("blob:", "data:")) for url in asked), asked
        assert driver.get_log("browser") == [], "nothing on the console"

    # Dark, on a phone, in a browser that keeps nothing: the page says so, exports, and takes the file back.
    no_storage = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } });"
    with browser(downloads, "--force-dark-mode", script=no_storage) as driver:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        metrics = {"width": 360, "height": 780, "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        open_page(driver, page, "Ben")
        assert shown(driver, "notice") and "Export them" in text(driver, "notice")
        # Every answer is in sight before anything is scrolled, and the instruction is folded from the second item of a question on.
        ends = driver.execute_script("return [...document.querySelectorAll('.answer')].map((e) => e.getBoundingClientRect()).map((r) => [r.top, r.bottom]).concat([[0, innerHeight]])")
        assert all(0 <= top and bottom <= ends[-1][1] for top, bottom in ends), ends
        assert driver.find_element(By.ID, "what").get_property("open")
        press(driver, "4")
        assert not driver.find_element(By.ID, "what").get_property("open")
        driver.save_screenshot(str(folder / "label-phone.png"))
        width = driver.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
        assert width[0] <= width[1], f"the page is wider than the phone: {width}"
        check_names_and_colours(driver)
        driver.save_screenshot(str(folder / "label-dark-phone.png"))
        ben = rows_of(export(driver, downloads, "export", "Ben"))
        assert [row["label"] for row in ben] == ["different"], ben

        driver.get(page.as_uri())
        driver.save_screenshot(str(folder / "label-start.png"))
        driver.find_element(By.ID, "load").send_keys(str(exported))
        WebDriverWait(driver, 10).until(lambda _: "Loaded" in text(driver, "notice"))
        again = rows_of(export(driver, downloads, "export-done" if shown(driver, "done") else "export", "Ann_B_"))
        assert again == rows_of(exported)
        (folder / "other.csv").write_text("item_id,annotator,label,comment\nx,Ann B.,same,\n")
        driver.find_element(By.ID, "load").send_keys(str(folder / "other.csv"))
        WebDriverWait(driver, 10).until(lambda _: "Nothing loaded" in text(driver, "notice"))

    # What the page exported is what `score` reads.
    printed = parallax(binary, "validate", "score", results, exported, downloads / "labels-Ben.csv")
    assert f"{len(sample)} of {len(sample)} items labelled by Ann B., Ben" in printed, printed
    print(f"the page works: {len(sample)} items labelled by keyboard; pictures in {folder}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
