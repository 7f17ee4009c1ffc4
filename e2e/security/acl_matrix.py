#!/usr/bin/env python3
"""Writes the scenario acl_matrix for e2e/differential: every API, asked from addresses that access rules tell apart.

Everybody is User:ANONYMOUS, so the host of a rule makes the difference: each persona has an address of its own, and the
administrator 127.0.0.1. The first rules are made while allow.everyone.if.no.acl.found lets everybody do everything.
usage: acl_matrix.py OUTPUT
"""
import json
import sys

ADMIN = "127.0.0.1"
UNKNOWN_IDS = {"nix": "u6bRQWzoQdKk2u8dMHnZ5A", "pre-nix": "v6bRQWzoQdKk2u8dMHnZ5A"}
TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, TOKEN, USER = 2, 3, 4, 5, 6, 7
(ALL, READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS,
 IDEMPOTENT_WRITE) = range(2, 13)
LITERAL, PREFIXED = 3, 4
DENY, ALLOW = 2, 3


def rules(*operations, type=TOPIC, name="*", pattern=LITERAL, permission=ALLOW, principal="User:ANONYMOUS"):
    return [dict(type=type, name=name, pattern=pattern, operation=o, permission=permission, principal=principal)
            for o in operations]


def cluster(*operations, **more):
    return rules(*operations, type=CLUSTER, name="kafka-cluster", **more)


EVERYTHING = [rule for type in (TOPIC, GROUP, TRANSACTIONAL_ID, TOKEN, USER) for rule in rules(ALL, type=type)] + cluster(ALL)

PERSONAS = {
    "nobody": [],
    "everybody": EVERYTHING,
    "client": rules(READ, WRITE, name="lit-a") + rules(READ, type=GROUP, name="lit-g"),
    "team": rules(CREATE, DELETE, ALTER, DESCRIBE_CONFIGS, ALTER_CONFIGS, name="pre-", pattern=PREFIXED)
    + rules(DELETE, DESCRIBE_CONFIGS, type=GROUP, name="pre-", pattern=PREFIXED) + cluster(DESCRIBE),
    "operator": cluster(CREATE, DELETE, ALTER_CONFIGS, DESCRIBE_CONFIGS, IDEMPOTENT_WRITE),
    "guest": rules(DESCRIBE) + rules(DESCRIBE, type=GROUP) + rules(DESCRIBE, type=TRANSACTIONAL_ID),
    "denied": EVERYTHING
    + rules(DESCRIBE, name="lit-a", permission=DENY)
    + rules(READ, type=GROUP, name="lit-g", permission=DENY)
    + rules(WRITE, ALTER, name="pre-", pattern=PREFIXED, permission=DENY, principal="User:*")
    + rules(DELETE, type=GROUP, name="pre-", pattern=PREFIXED, permission=DENY)
    + rules(DESCRIBE_CONFIGS, permission=DENY)
    + cluster(CREATE, ALTER, IDEMPOTENT_WRITE, permission=DENY),
    "creator": rules(CREATE, DESCRIBE, name="pre-", pattern=PREFIXED) + rules(DELETE, name="oth", pattern=PREFIXED),
    "broker": cluster(CLUSTER_ACTION, ALTER, DESCRIBE),
    "writer": rules(WRITE, name="pre-", pattern=PREFIXED) + rules(DESCRIBE, READ, type=GROUP, name="pre-g")
    + rules(READ, DELETE, name="oth") + rules(DELETE, type=GROUP, name="lit-g"),
}
HOSTS = {name: f"127.0.0.{i}" for i, name in enumerate(PERSONAS, start=2)}

KNOWN = ["lit-a", "pre-a", "oth"]
TOPICS = KNOWN + ["nix", "pre-nix"]
GROUPS = ["lit-g", "pre-g", "oth-g"]

steps = []


def step(name, api, request, host=ADMIN, **more):
    steps.append({"step": name, "api": api, "on": host, "request": request, **more})


def creation(rule, host):
    return {"resourceType": rule["type"], "resourceName": rule["name"], "resourcePatternType": rule["pattern"],
            "principal": rule["principal"], "host": host, "operation": rule["operation"], "permissionType": rule["permission"]}


def topic_id(name):
    return UNKNOWN_IDS.get(name) or "${id-" + name + "}"


def topics(partitions, key="name", names=TOPICS, parts="partitions", ids=False):
    """Topics of a request; with `ids` in a form that has names in some versions and ids in others."""
    named = [{key: name, parts: [partitions] if isinstance(partitions, dict) else partitions} for name in names]
    return [{**each, "topicId": topic_id(each[key])} if ids and not each[key].startswith("__") else each for each in named]


def new_topic(name, **more):
    return {"name": name, "numPartitions": 1, "replicationFactor": 1, "configs": [{"name": "retention.ms", "value": "3600000"}], **more}


def prepare():
    step("the administrator's rules", "CREATE_ACLS", {"creations": [creation(r, ADMIN) for r in EVERYTHING]}, version=3)
    # Each kind of deletion is tried on topics of the persona's own.
    deleted = [f"{kind}-del-{persona}" for persona in PERSONAS for kind in ("pre", "oth")]
    step("topics", "CREATE_TOPICS", {"topics": [new_topic(n) for n in KNOWN + deleted], "timeoutMs": 30000}, version=7)
    for name in KNOWN + deleted:
        step(f"the id of {name}", "METADATA", {"topics": [{"name": name}]}, version=12,
             save={f"id-{name}": "/topics/0/topicId"}, until={f"/topics/{name}/errorCode": 0})
    step("a coordinator", "FIND_COORDINATOR", {"keyType": 0, "coordinatorKeys": ["lit-g"]}, version=4,
         until={"/coordinators/lit-g 1 127.0.0.1/errorCode": 0})
    for group in GROUPS:
        step(f"offsets of {group}", "OFFSET_COMMIT", commit(group, KNOWN), version=8,
             until={"/topics/oth/partitions/0/errorCode": 0})
    step("producer ids", "INIT_PRODUCER_ID", {"transactionalId": None, "transactionTimeoutMs": 1000}, version=5, until={"/errorCode": 0})
    step("records", "PRODUCE", produce(KNOWN, -1), version=9, until={"/responses/oth/partitionResponses/0/errorCode": 0})
    for persona, own in PERSONAS.items():
        if own:
            step(f"the rules of {persona}", "CREATE_ACLS", {"creations": [creation(r, HOSTS[persona]) for r in own]}, version=3)


def commit(group, names):
    return {"groupId": group, "generationIdOrMemberEpoch": -1, "memberId": "", "retentionTimeMs": -1,
            "topics": topics({"partitionIndex": 0, "committedOffset": 1, "committedMetadata": ""}, names=names, ids=True)}


def produce(names, acks):
    records = {"$records": [{"key": "k", "value": "v"}]}
    return {"acks": acks, "timeoutMs": 5000, "topicData": topics({"index": 0, "records": records}, names=names, parts="partitionData", ids=True)}


def ask_all(who):
    def ask(name, api, request, **more):
        step(f"{who}: {name}", api, request, HOSTS[who], **more)

    records(ask, who)
    metadata(ask)
    groups(ask)
    administration(ask, who)
    settings(ask)
    cluster_requests(ask)
    access_rules(ask)


def records(ask, who):
    ask("produces", "PRODUCE", produce(TOPICS + ["__consumer_offsets"], 1), version="3-12")
    ask("produces by id", "PRODUCE", produce(TOPICS, -1), version=13)
    ask("produces with acknowledgements that do not exist", "PRODUCE", produce(KNOWN, 2), version="9")
    fetched = {"maxWaitMs": 0, "minBytes": 1, "maxBytes": 1000000, "sessionEpoch": -1,
               "topics": topics({"partition": 0, "partitionMaxBytes": 100000}, key="topic", ids=True)}
    ask("fetches", "FETCH", {"replicaId": -1, **fetched})
    if who in ("nobody", "client"):
        ask("fetches as a follower", "FETCH", {"replicaId": 1, "replicaState": {"replicaId": 1, "replicaEpoch": 5}, **fetched})
    ask("asks for offsets", "LIST_OFFSETS", {"replicaId": -1, "topics": topics({"partitionIndex": 0, "timestamp": -1})})
    ask("asks for epochs", "OFFSET_FOR_LEADER_EPOCH",
        {"replicaId": -1, "topics": topics({"partition": 0, "currentLeaderEpoch": -1, "leaderEpoch": 0}, key="topic")})
    ask("asks for producers", "DESCRIBE_PRODUCERS", {"topics": topics([0], parts="partitionIndexes")})
    ask("deletes records", "DELETE_RECORDS",
        {"timeoutMs": 5000, "topics": topics({"partitionIndex": 0, "offset": 0}, names=TOPICS + ["__consumer_offsets"])})
    ask("begins to write idempotently", "INIT_PRODUCER_ID", {"transactionalId": None, "transactionTimeoutMs": 1000}, version="0-5")
    ask("begins to write idempotently with half an id", "INIT_PRODUCER_ID",
        {"transactionalId": None, "transactionTimeoutMs": 1000, "producerId": 5, "producerEpoch": -1}, version="3-5")
    if who in ("nobody", "client"):
        ask("begins a transaction", "INIT_PRODUCER_ID", {"transactionalId": "tx", "transactionTimeoutMs": 1000}, version="0-5")


def metadata(ask):
    operations = {"includeClusterAuthorizedOperations": True, "includeTopicAuthorizedOperations": True}
    names = [{"name": n} for n in TOPICS + ["__consumer_offsets", "bad name!"]]
    ask("asks for topics", "METADATA", {"topics": names, "allowAutoTopicCreation": False, **operations}, version="4-13")
    ask("asks for all topics", "METADATA", {"topics": None, "allowAutoTopicCreation": False, **operations}, version="4-13")
    ask("asks for all topics, long ago", "METADATA", {"topics": []}, version="0")
    ask("asks for topics by id", "METADATA",
        {"topics": [{"name": None, "topicId": topic_id(n)} for n in KNOWN + ["nix"]], "allowAutoTopicCreation": False, **operations},
        version="12-13")
    ask("describes topics", "DESCRIBE_TOPIC_PARTITIONS",
        {"topics": [{"name": n} for n in TOPICS + ["__consumer_offsets"]], "responsePartitionLimit": 100})
    ask("describes some partitions", "DESCRIBE_TOPIC_PARTITIONS", {"topics": [{"name": n} for n in KNOWN], "responsePartitionLimit": 1})
    ask("describes all topics", "DESCRIBE_TOPIC_PARTITIONS", {"topics": [], "responsePartitionLimit": 100})


def groups(ask):
    for group in GROUPS:
        ask(f"commits for {group}", "OFFSET_COMMIT", commit(group, TOPICS))
        fetched = topics([0], parts="partitionIndexes")
        ask(f"fetches offsets of {group}", "OFFSET_FETCH", {"groupId": group, "topics": fetched}, version="1-7")
        ask(f"fetches all offsets of {group}", "OFFSET_FETCH", {"groupId": group, "topics": None}, version="2-7")
        ask(f"joins {group}", "JOIN_GROUP", {"groupId": group, "sessionTimeoutMs": 1, "rebalanceTimeoutMs": 1000, "memberId": "",
                                             "protocolType": "consumer", "protocols": [{"name": "range", "metadata": {"$hex": "00"}}]})
        ask(f"gets its share in {group}", "SYNC_GROUP",
            {"groupId": group, "generationId": 1, "memberId": "me", "protocolType": "consumer", "protocolName": "range"})
        ask(f"stays in {group}", "HEARTBEAT", {"groupId": group, "generationId": 1, "memberId": "me"})
        ask(f"leaves {group}", "LEAVE_GROUP", {"groupId": group, "memberId": "me", "members": [{"memberId": "me"}]})
        ask(f"finds {group}", "FIND_COORDINATOR", {"key": group, "keyType": 0}, version="0-3")
    fetched = [{"groupId": g, "memberId": None, "topics": topics([0], parts="partitionIndexes", ids=True)} for g in GROUPS]
    ask("fetches offsets of several groups", "OFFSET_FETCH", {"groups": fetched}, version="8-10")
    ask("fetches all offsets of several groups", "OFFSET_FETCH", {"groups": [{"groupId": g, "memberId": None, "topics": None} for g in GROUPS]},
        version="8-10")
    ask("finds several groups", "FIND_COORDINATOR", {"keyType": 0, "coordinatorKeys": GROUPS}, version="4-6")
    ask("describes groups", "DESCRIBE_GROUPS", {"groups": GROUPS + ["pre-nix"], "includeAuthorizedOperations": True})
    ask("lists groups", "LIST_GROUPS", {})
    ask("deletes groups that are not there", "DELETE_GROUPS", {"groupsNames": ["lit-nix", "pre-nix"]})
    for group in GROUPS + ["pre-nix"]:
        ask(f"deletes offsets of {group}", "OFFSET_DELETE", {"groupId": group, "topics": topics({"partitionIndex": 0}, names=["lit-a", "pre-nix"])})


def administration(ask, who):
    wanted = [new_topic(f"{kind}-new") for kind in ("lit", "pre", "oth")] + [new_topic("pre-twice"), new_topic("pre-twice"),
                                                                            new_topic("bad name!"), new_topic("__cluster_metadata")]
    ask("would create topics", "CREATE_TOPICS", {"topics": wanted, "timeoutMs": 10000, "validateOnly": True})
    ask("creates a topic", "CREATE_TOPICS", {"topics": [new_topic(f"pre-made-{who}")], "timeoutMs": 10000}, version=7)
    more = [{"name": n, "count": 2, "assignments": None} for n in TOPICS + ["pre-twice", "pre-twice"]]
    ask("would add partitions", "CREATE_PARTITIONS", {"topics": more, "timeoutMs": 10000, "validateOnly": True})
    ask("deletes topics that are not there", "DELETE_TOPICS",
        {"topicNames": ["nix", "pre-nix", "pre-twice", "pre-twice"], "topics": [{"name": n} for n in ["nix", "pre-nix", "pre-twice", "pre-twice"]],
         "timeoutMs": 10000})
    ask("deletes topics by id", "DELETE_TOPICS",
        {"topics": [{"name": None, "topicId": UNKNOWN_IDS["nix"]}, {"name": None, "topicId": topic_id(f"pre-del-{who}")},
                    {"name": f"oth-del-{who}", "topicId": UNKNOWN_IDS["nix"]}, {"name": None}], "timeoutMs": 10000}, version="6")
    ask("deletes a topic by name", "DELETE_TOPICS", {"topics": [{"name": f"oth-del-{who}"}], "topicNames": [f"oth-del-{who}"], "timeoutMs": 10000},
        version="5")


def settings(ask):
    named = [(2, n, "retention.ms") for n in TOPICS] + [(32, g, "consumer.session.timeout.ms") for g in GROUPS]
    named += [(4, "1", "num.partitions"), (4, "", "num.partitions"), (16, "subscription", "interval.ms")]
    ask("describes settings", "DESCRIBE_CONFIGS",
        {"resources": [{"resourceType": t, "resourceName": n, "configurationKeys": [k]} for t, n, k in named]}, version="1-4")
    values = {"retention.ms": "7200000", "consumer.session.timeout.ms": "45000", "num.partitions": None, "interval.ms": "5000"}
    changed = [(t, n, k, values[k]) for t, n, k in named if values[k]] + [(4, "1", "background.threads", "11")]
    ask("would set settings", "ALTER_CONFIGS",
        {"resources": [{"resourceType": t, "resourceName": n, "configs": [{"name": k, "value": v}]} for t, n, k, v in changed], "validateOnly": True})
    ask("would change settings", "INCREMENTAL_ALTER_CONFIGS",
        {"resources": [{"resourceType": t, "resourceName": n, "configs": [{"name": k, "configOperation": 0, "value": v}]} for t, n, k, v in changed],
         "validateOnly": True})
    ask("lists what has settings", "LIST_CONFIG_RESOURCES", {"resourceTypes": [16, 32]})


def cluster_requests(ask):
    ask("describes the cluster", "DESCRIBE_CLUSTER", {"includeClusterAuthorizedOperations": True, "endpointType": 1})
    ask("describes log directories", "DESCRIBE_LOG_DIRS", {"topics": [{"topic": n, "partitions": [0]} for n in KNOWN]})
    ask("describes the quorum", "DESCRIBE_QUORUM", {"topics": [{"topicName": "__cluster_metadata", "partitions": [{"partitionIndex": 0}]}]})
    # All users are not asked for: to who may not describe them, Apache never answers.
    ask("describes a user", "DESCRIBE_USER_SCRAM_CREDENTIALS", {"users": [{"name": "lit-user"}, {"name": "nix"}]})
    ask("changes users", "ALTER_USER_SCRAM_CREDENTIALS",
        {"deletions": [{"name": "nix", "mechanism": 1}],
         "upsertions": [{"name": "lit-user", "mechanism": 1, "iterations": 4096, "salt": {"$text": "salt"}, "saltedPassword": {"$hex": "00" * 32}}]})
    own_words = {"words": ["errorMessage"]}  # a refusal of ours says which right is missing
    ask("describes quotas", "DESCRIBE_CLIENT_QUOTAS", {"components": [], "strict": False}, **own_words)
    limit = {"key": "producer_byte_rate", "value": 1.0, "remove": False}
    ask("would set quotas", "ALTER_CLIENT_QUOTAS",
        {"entries": [{"entity": [{"entityType": t, "entityName": n}], "ops": [limit]} for t, n in (("user", "u"), ("client-id", ""), ("user", None))],
         "validateOnly": True}, **own_words)
    ask("would update features", "UPDATE_FEATURES", {"timeoutMs": 10000, "featureUpdates": [], "validateOnly": True})


def access_rules(ask):
    rule = {"resourceType": TOPIC, "resourceName": "ruled", "resourcePatternType": LITERAL, "principal": "User:somebody", "host": "*",
            "operation": READ, "permissionType": ALLOW}
    name = {"resourceTypeFilter": TOPIC, "resourceNameFilter": "ruled", "patternTypeFilter": LITERAL, "principalFilter": None, "hostFilter": None,
            "operation": 1, "permissionType": 1}
    ask("makes rules", "CREATE_ACLS", {"creations": [rule, {**rule, "operation": WRITE}]})
    ask("describes rules", "DESCRIBE_ACLS", name)
    ask("deletes rules", "DELETE_ACLS", {"filters": [name, {**name, "resourceNameFilter": "nix"}]}, version="3")


def create_by_asking():
    """Last, since topics come some time after they were asked for."""
    for who in PERSONAS:
        for version in (4, 13):
            step(f"{who}: asks for topics to be created", "METADATA",
                 {"topics": [{"name": f"pre-auto-{who}-{version}"}, {"name": f"nix-auto-{who}-{version}"}], "allowAutoTopicCreation": True,
                  "includeTopicAuthorizedOperations": True}, HOSTS[who], version=version)


prepare()
for persona in PERSONAS:
    ask_all(persona)
create_by_asking()
with open(sys.argv[1], "w") as out:
    json.dump(steps, out, indent=0)
