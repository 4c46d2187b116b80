"""Hold pages of report_html to HTML's grammar, and find in them what was logged.

    html.py DIRECTORY

DIRECTORY/*.html are the pages. Beside one, a file of the same name and the ending .texts
holds JSON: a list of texts that readers of the page see. Prints TAP.
"""

import html5lib
import json
import pathlib
import sys

tests = 0


def ok(passed, description, *diagnostics):
    global tests
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {description}")
    if not passed:
        for diagnostic in diagnostics:
            print(f"# {diagnostic!r}")


def errors(page):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page)
    return tree, [(place, code) for place, code, _ in parser.errors]


# An error that is there is found.
for broken in ("<!DOCTYPE html><title>t</title><p></div>", "<!DOCTYPE html><title>t</title><a href=\"x\" href=\"y\">", "<!DOCTYPE html><title>t</title>&#x80;"):
    ok(errors(broken)[1], f"the parser finds the error in {broken}")

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):
    name = file.stem
    content = file.read_bytes()
    ok(all(byte in b"\n" or 32 <= byte < 127 for byte in content), f"{name}: ASCII")
    tree, found = errors(content.decode("ascii"))
    ok(not found, f"{name}: no parse error", found[:5])
    ok(b'<meta charset="utf-8">' in content[:1024], f"{name}: its encoding stands in its first 1,024 bytes")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    ok(len(ids) == len(set(ids)), f"{name}: an id is one element's")
    texts = file.with_suffix(".texts")
    if texts.exists():
        shown = "".join(tree.find("body").itertext())
        missing = [text for text in json.loads(texts.read_text(encoding="utf-8")) if text not in shown]
        ok(not missing, f"{name}: shows what was logged", *missing)

print(f"1..{tests}")
