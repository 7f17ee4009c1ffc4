#!/usr/bin/env python3
"""What a cluster knows of its clients: access rules, SCRAM users and quotas, made and read by Apache's own tools.

usage: rights.py fill BOOTSTRAP      make some of every kind
       rights.py change BOOTSTRAP    add, change and remove some of them
       rights.py facts BOOTSTRAP     a line for each fact; two brokers know the same when the lines are equal
       rights.py login BOOTSTRAP     log in on a SASL listener by SCRAM, as each user there is, and once with a wrong password
"""
import os
import shlex
import subprocess
import sys

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE + "/../tools")
from compare import Apache  # noqa: E402

FILL = """
acls --add --allow-principal User:alice --producer --topic orders --idempotent
acls --add --allow-principal User:bob --consumer --topic orders --group billing --allow-host 10.0.0.7
acls --add --deny-principal User:eve --operation All --topic team- --resource-pattern-type prefixed
acls --add --allow-principal User:* --operation Describe --cluster --topic * --delegation-token t
acls --add --allow-principal User:dora --operation CreateTokens --user-principal User:bob
configs --alter --user alice --add-config SCRAM-SHA-256=[iterations=4096,password=alice-password]
configs --alter --user alice --add-config SCRAM-SHA-512=[iterations=8192,password=alice-password]
configs --alter --user bob --add-config SCRAM-SHA-512=[password=bob-password]
configs --alter --user gone --add-config SCRAM-SHA-256=[password=gone-password]
configs --alter --user gone --delete-config SCRAM-SHA-256
configs --alter --user alice --add-config producer_byte_rate=1000000,consumer_byte_rate=2000000,request_percentage=12.5
configs --alter --user-defaults --add-config controller_mutation_rate=100.25
configs --alter --client app --add-config producer_byte_rate=3000000
configs --alter --client-defaults --add-config consumer_byte_rate=1e12
configs --alter --user alice --client app --add-config request_percentage=200
configs --alter --user alice --client-defaults --add-config producer_byte_rate=4000000
configs --alter --user-defaults --client app --add-config producer_byte_rate=5000000
configs --alter --user-defaults --client-defaults --add-config producer_byte_rate=6000000
configs --alter --ip 127.0.0.9 --add-config connection_creation_rate=17
configs --alter --ip-defaults --add-config connection_creation_rate=1000000
"""
CHANGE = """
acls --add --allow-principal User:carl --operation Read --topic more
acls --remove --force --allow-principal User:alice --producer --topic orders --idempotent
configs --alter --user bob --add-config SCRAM-SHA-512=[iterations=5000,password=carl-password]
configs --alter --user carl --add-config SCRAM-SHA-256=[password=carl-password]
configs --alter --user alice --delete-config SCRAM-SHA-512
configs --alter --user alice --add-config producer_byte_rate=1500000 --delete-config consumer_byte_rate
configs --alter --user alice --client app --delete-config request_percentage
configs --alter --ip 127.0.0.9 --delete-config connection_creation_rate
configs --alter --ip 127.0.0.10 --add-config connection_creation_rate=18
"""
FACTS = """
acls --list
configs --describe --entity-type users
configs --describe --entity-type clients
configs --describe --entity-type users --entity-type clients
configs --describe --entity-type ips
"""


def run(bootstrap, commands):
    apache = Apache(HERE + "/../apache/apache.sh", HERE + "/../tools/Tools.java")
    for line in commands.strip().splitlines():
        tool, *args = shlex.split(line)
        status, out, errors = apache.run(tool, ["--bootstrap-server", bootstrap, *args], "")
        if status != 0:
            raise SystemExit(f"{line}: {(out + errors)[:600]}")
        yield out
    apache.close()


def facts(bootstrap):
    """Rules of a resource stand below its name, in no order; so do the limits of one line."""
    for out in run(bootstrap, FACTS):
        resource, lines = "", []
        for line in out.splitlines():
            resource = line if line.startswith("Current ACLs") else resource
            who, are, what = line.partition(" are ")
            if line.strip():
                lines.append(f"{resource} {line.strip()}" if line[0].isspace() else who + are + ", ".join(sorted(what.split(", "))))
        print("\n".join(sorted(lines)))


def can_log_in(bootstrap, mechanism, user, password):
    admin = AdminClient({"bootstrap.servers": bootstrap, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
                         "sasl.username": user, "sasl.password": password, "log_level": 0, "error_cb": lambda _: None})
    try:
        admin.list_topics(timeout=4)
        return True
    except KafkaException:
        return False


def login(bootstrap):
    known = subprocess.run([sys.executable, __file__, "facts", bootstrap.split(",")[0]], capture_output=True, text=True, check=True).stdout
    users = {"alice": "alice-password", "bob": "carl-password" if "'carl'" in known else "bob-password", "carl": "carl-password"}
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        for user, password in users.items():
            has = any(line.startswith(f"SCRAM credential configs for user-principal '{user}'") and mechanism in line for line in known.splitlines())
            if can_log_in(bootstrap.split(",")[1], mechanism, user, password) != has:
                raise SystemExit(f"{user} by {mechanism}: {'cannot' if has else 'can'} log in")
    if can_log_in(bootstrap.split(",")[1], "SCRAM-SHA-256", "alice", "wrong"):
        raise SystemExit("alice can log in with a wrong password")


def main():
    what, bootstrap = sys.argv[1:]
    if what in ("fill", "change"):
        list(run(bootstrap, FILL if what == "fill" else CHANGE))
    else:
        facts(bootstrap) if what == "facts" else login(bootstrap)


main()
