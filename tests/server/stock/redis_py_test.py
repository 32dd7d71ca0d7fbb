"""redis-py, with its default settings."""

import functools

from stand import Hearing, Stand, USERS, skip

try:
    import redis
except ImportError:
    redis = None


def flat(reply):
    if isinstance(reply, bool):
        return "OK" if reply else "no"
    if isinstance(reply, dict):
        return " ".join(f"{flat(name)} {flat(value)}" for name, value in reply.items())
    if isinstance(reply, (list, tuple)):
        return " ".join(flat(element) for element in reply)
    return "" if reply is None else str(reply)


def connect(stand, who):
    if who == "operator":
        return redis.Redis(unix_socket_path=stand.admin, decode_responses=True)
    user, secret = USERS[who] or (None, None)
    return redis.Redis(port=int(stand.port), username=user, password=secret, decode_responses=True)


def as_it_comes(client):
    """For these the library turns replies into things of its own."""
    for name in ["PING", "COMMAND"]:
        client.set_response_callback(name, lambda reply, **_: reply)
    return client


def use_methods(hearing, stand):
    """Calls the methods of the library."""
    guest, operator = connect(stand, "guest"), connect(stand, "operator")
    hearing.hear("ping()", str(guest.ping()), "^True$")
    hearing.hear("echo()", guest.echo("said"), "^said$")
    hearing.hear("command_count()", str(guest.command_count()), "^[0-9]+$")
    hearing.hear("info()", str(operator.info()["live_requests"]), "^[0-9]+$")
    users = [client["user"] for client in operator.client_list()]
    hearing.hear("client_list()", str(users), "operator")
    own = guest.client_info()
    told = " ".join(str(own[field]) for field in ["db", "multi", "tot-mem", "events", "cmd"])
    hearing.hear("client_info()", told, r"^0 -1 0 r client\|info$")


def say(client, words):
    try:
        return flat(client.execute_command(*words))
    except redis.AuthenticationError as error:
        return "NOAUTH " + str(error)
    except redis.exceptions.NoPermissionError as error:
        return "NOPERM " + str(error)
    except redis.ResponseError as error:
        text = str(error)  # the library takes these codes away, and ERR
        return text if text.split(" ")[0].isupper() else "ERR " + text


def main():
    if redis is None:
        skip("there is no redis-py here")
    hearing = Hearing()
    with Stand() as stand:
        use_methods(hearing, stand)
        clients = {}
        for who, words, expected, _, until in stand.exchanges():
            if who not in clients:
                clients[who] = as_it_comes(connect(stand, who))
            hearing.hear_said(f"redis-py {who} {words}",
                              functools.partial(say, clients[who], words), expected, until)
            if words[0] == "DEPOSIT" and words[2] == "50" and len(words) == 5:
                pipeline = clients["customer"].pipeline(transaction=False)
                for _ in range(3):
                    pipeline.execute_command("BALANCE", "1")
                hearing.hear("a pipeline", flat(pipeline.execute()), "^1050 1050 1050$")
        hearing.hear("the exit status", str(stand.wait_exit()), "^0$")
    hearing.done()


main()
