"""What test/examples runs: the SQL of the pages, and what they say comes of it."""

import glob
import os
import re
import subprocess

# What is different each time, and how wide a column is for it
VARYING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|a-[0-9a-f]{32}"
                     r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+\d\d(:\d\d)?|Z)?")
BLOCKS = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

number = failed = 0


def say(passed, name, why=""):
    global number, failed
    number += 1
    failed += not passed
    print("ok" if passed else "not ok", number, "-", name.replace("#", ""))
    if not passed:
        print("".join(f"# {line}\n" for line in why.split("\n")), end="")


def psql(database, sql):
    """What psql says, with the files of test/data at hand."""
    return subprocess.run(["psql", "-X", "-q", "-d", database], input=sql, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, cwd="data").stdout


def lines(text):
    """Without blanks at the ends of lines and rulers."""
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def alike(text):
    """What is to be the same each time."""
    return [re.sub(r"[-+]{3,}", "---", re.sub(r" {2,}", " ", VARYING.sub("~", line))).strip() for line in lines(text) if line.strip()]


def page(path):
    """The blocks of SQL of a page, each with the block of output that follows it, if there is one."""
    text = open(path).read()
    blocks = list(BLOCKS.finditer(text))
    for i, block in enumerate(blocks):
        if block[2] != "sql":
            continue
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        output = following and following[2] == "" and text[block.end():following.start()].strip() == ""
        yield text.count("\n", 0, block.start()) + 1, block[3], following[3] if output else None


def try_page(path, database):
    for line, sql, wanted in page(path):
        got = psql(database, sql)
        where = f"{os.path.relpath(path, '..')}:{line}"
        if wanted is None:
            say("ERROR:" not in got, f"{where} works", got)
        else:
            say(alike(got) == alike(wanted), f"{where} says what the page says", got)


def make(database, template):
    subprocess.run(["createdb", "-T", template, database], check=True)
    return database


def try_questions():
    count = 0
    for line, sql, wanted in page("../docs/questions.md"):
        got = psql("examples_demo", sql)
        count += wanted is not None
        say(wanted is None or lines(got) == lines(wanted), f"docs/questions.md:{line} is answered as the page says", got)
    say(count == 20, f"{count} questions")


try_questions()
try_page("../README.md", make("readme", "template0"))
# The guide, page after page: each goes on with what those before have logged
GUIDE = [f"../docs/{name}.md" for name in ("functions", "ingestion", "opentelemetry", "label-schemas", "values", "views")]
make("guide", "examples_empty")
for each in GUIDE:
    try_page(each, "guide")
# The others, each by itself
make("app_test", "examples_empty")
for each in sorted(glob.glob("../docs/*.md")):
    if each not in GUIDE and not each.endswith("questions.md"):
        name = os.path.basename(each).removesuffix(".md")
        try_page(each, make(name, "examples_demo" if name == "search" else "examples_empty"))
print(f"1..{number}")
