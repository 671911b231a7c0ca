#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares a page of bnnctl eval --report with what bnnctl says.

    check_page.py PAGE EVAL.json CLASSIFY.json

EVAL.json: of the same call with --json, --good and --escape; CLASSIFY.json: lines of bnnctl classify
--json on the same files, which lie in a folder each class. The page must be XML, hold everything it
shows, and have the counts of EVAL.json; escapes and margin there are computed again from CLASSIFY.json.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as ET


def text(e):
    return "".join(e.itertext()).strip()


def check_offline(page, raw):
    assert "http:" not in raw and "https:" not in raw and "url(" not in raw and "@import" not in raw
    for e in page.iter():
        assert e.tag != "script" and e.tag != "link", e.tag
        for name in ("src", "href", "{http://www.w3.org/1999/xlink}href"):
            value = e.get(name, "#")
            assert value.startswith("#") or value.startswith("data:image/png;base64,"), value[:80]
    links = {a.get("href")[1:] for a in page.iter("a")}
    assert links == {s.get("id") for s in page.iter("section")}, links


def check_confusion(page, result):
    table = next(t for t in page.iter("table") if "confusion" in t.get("class", ""))
    names = [text(th) for th in table.find("thead").iter("th")][1:]
    assert names == result["classes"], names
    for row, name, counts in zip(table.find("tbody"), result["classes"], result["confusion"]):
        cells = list(row)
        assert text(cells[0]) == name
        assert [int(text(c) or 0) for c in cells[1:]] == counts, name


def check_summary(page, result):
    tiles = [text(d) for d in page.iter("div") if d.get("class") == "tile"]
    assert tiles[0].startswith("%.2f %%" % (100 * result["accuracy"])), tiles
    assert "%d of %d images" % (result["correct"], result["images"]) in tiles[0], tiles
    assert tiles[1].startswith("%.2f %%" % (100 * result["balanced_accuracy"])), tiles
    assert tiles[3].startswith("margin %d" % result["margin"]), tiles
    chosen = [[text(c) for c in r] for r in page.iter("tr") if r.get("class") == "chosen"]
    assert len(chosen) == 1
    assert [int(re.sub(r" .*", "", chosen[0][i])) for i in (1, 3, 5)] == \
        [result["margin"], result["escapes"], result["false_rejects"]], chosen


def rates(images, good, margin):
    """Escapes, false rejects, bad and good ones of (true, said, margin)."""
    if not good:
        return (sum(t != s and m >= margin for t, s, m in images),
                sum(t == s and m < margin for t, s, m in images), len(images), len(images))
    bad = [(s, m) for t, s, m in images if t not in good]
    fine = [(s, m) for t, s, m in images if t in good]
    return (sum(s in good and m >= margin for s, m in bad),
            sum(not (s in good and m >= margin) for s, m in fine), len(bad), len(fine))


def check_escapes(result, lines):
    images = [(os.path.basename(os.path.dirname(i["file"])), i["class"], i["margin"])
              for i in lines if "class" in i]
    assert len(images) == result["images"]
    assert sum(t == s for t, s, _ in images) == result["correct"]
    good, margin = result["good"], 0
    while rates(images, good, margin)[0] > result["escape_wanted"] * rates(images, good, 0)[2]:
        margin += 1
    assert result["margin"] == margin, (result["margin"], margin)
    assert (result["escapes"], result["false_rejects"], result["escape_of"],
            result["false_reject_of"]) == rates(images, good, margin)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        raw = f.read()
    with open(sys.argv[2], encoding="utf-8") as f:
        result = json.load(f)
    with open(sys.argv[3], encoding="utf-8") as f:
        lines = [json.loads(line) for line in f]
    page = ET.fromstring(raw)
    check_offline(page, raw)
    check_confusion(page, result)
    check_summary(page, result)
    check_escapes(result, lines)


main()
