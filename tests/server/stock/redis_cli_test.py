"""redis-cli: one command a call, in RESP 2 and 3, and a script on its standard input."""

import functools
import shutil
import subprocess

from stand import Hearing, SECRET, Stand, USERS, skip


def run(*arguments, script=None):
    done = subprocess.run(
        ["redis-cli", *arguments], input=script, capture_output=True, text=True, timeout=100
    )
    return " ".join((done.stdout + done.stderr).split())


def place(stand, who):
    if who == "operator":
        return ["-s", stand.admin]
    login = USERS[who]
    there = ["-h", "127.0.0.1", "-p", stand.port]
    return there + (["--user", login[0], "--pass", login[1], "--no-auth-warning"] if login else [])


def converse(hearing, version):
    with Stand() as stand:
        for who, words, expected, same, until in stand.exchanges():
            if same:
                continue  # every call is a connection of its own
            say = functools.partial(run, *version, *place(stand, who), *words)
            hearing.hear_said(f"redis-cli {version} {who} {words}", say, expected, until)
        hearing.hear("the exit status", str(stand.wait_exit()), "^0$")


def script(hearing):
    with Stand() as stand:
        lines = "PING\nCREATE 1234 BALANCE 100\nDEPOSIT 1 5 KEY 'k 2'\n"
        lines += "DEPOSIT 1 5 KEY k\nBALANCE 1\n"
        heard = run("-p", stand.port, "--user", "teller", "--pass", SECRET, script=lines)
        hearing.hear("a script", heard, r"PONG 1 ERR a key is .* 105 105")
        heard = run("-p", stand.port, "--user", "1", "--pass", "0000", "BALANCE", "1")
        hearing.hear("a wrong PIN", heard, "NOAUTH.*WRONGPASS|WRONGPASS.*NOAUTH")


def main():
    if shutil.which("redis-cli") is None:
        skip("there is no redis-cli here")
    hearing = Hearing()
    converse(hearing, [])
    converse(hearing, ["-3"])
    script(hearing)
    hearing.done()


main()
