"""node-redis and ioredis, with their default settings; they are installed in the folder that the
second argument names."""

import os
import shutil
import subprocess
import sys

from stand import Stand, USERS, skip

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = ["package.json", "package-lock.json", "converse.mjs"]


def install(place):
    """Into the build directory, once; needs the registry, or npm's cache."""
    os.makedirs(place, exist_ok=True)
    for name in SOURCES:
        shutil.copy(os.path.join(HERE, "node", name), place)
    if os.path.isdir(os.path.join(place, "node_modules", "ioredis")):
        return True
    command = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"]
    return subprocess.run(command, cwd=place, timeout=400).returncode == 0


def main():
    place = sys.argv[2]
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip("there is no node or npm here")
    if not install(place):
        skip("npm could not install the libraries")
    failed = 0
    for library in ["node-redis", "node-redis-3", "ioredis"]:
        with Stand() as stand:
            environment = {
                **os.environ,
                "STAND_PORT": stand.port,
                "STAND_ADMIN": stand.admin,
                "STAND_FOLDER": stand.folder,
                "STAND_CONVERSATION": os.path.join(HERE, "conversation.json"),
                "STAND_TELLER": USERS["teller"][1],
            }
            command = ["node", "converse.mjs", library]
            done = subprocess.run(command, cwd=place, env=environment, timeout=200)
            failed += done.returncode != 0 or stand.wait_exit() != 0
    sys.exit(1 if failed else 0)


main()
