"""Airflow's own pages in a real browser: what an operator sees of our sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

from tests.dags.running import Api, demonstration

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]

# No sandbox, for tests run as root too; the others keep Chromium from calling home.
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=1400,1000"""
BODY = (By.TAG_NAME, "body")


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Airflow that has read every DAG."""
    with demonstration("up", tmp_path_factory.mktemp("demo")) as running:
        url = running.until_up()
        api = Api(url)
        running.until(lambda: api.knows("harvest_pe_demo") and api.knows("publish_index"), 60)
        yield url


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path}"):
        options.add_argument(flag)
    with webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver")) as chrome:
        yield chrome


def test_the_list_shows_each_source_by_its_name_with_tags_and_schedule(airflow: str, browser: webdriver.Chrome) -> None:
    browser.get(f"{airflow}/dags")
    for words in ("Demonstration: Belgium", "Demonstration: Canada", "Demonstration: Peru", "publish_index"):
        WebDriverWait(browser, 30).until(expected.text_to_be_present_in_element(BODY, words))
    page = browser.find_element(*BODY).text
    assert [words for words in ("oai_pmh", "ptk", "10 6 * * *") if words not in page] == []


def test_a_sources_page_shows_its_file_as_its_doc_and_links_to_the_site(
    airflow: str, browser: webdriver.Chrome
) -> None:
    browser.get(f"{airflow}/dags/harvest_ca_demo")
    wait = WebDriverWait(browser, 30)
    owner = wait.until(expected.presence_of_element_located((By.LINK_TEXT, "ca_demo")))
    assert str(owner.get_attribute("href")).startswith("http://127.0.0.1:")
    wait.until(expected.element_to_be_clickable((By.CSS_SELECTOR, "button[aria-label='Dag Docs']"))).click()
    for line in ("protocol: oai_pmh", "licence: https://creativecommons.org/licenses/by/4.0/", "min_records: 3000"):
        wait.until(expected.text_to_be_present_in_element(BODY, line))
