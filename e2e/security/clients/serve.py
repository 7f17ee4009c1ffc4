"""Starts a node and runs one client's scenarios against it, which end with "N passed, N failed"."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from sasl_node import SECRETS, SaslNode

root = here.parent.parent.parent
COMMANDS = {
    "python": [root / "build/venv-clients/bin/python", "-B", here / "confluent.py"],
    "node": ["node", here / "kafkajs.js"],
    "java": [root / "e2e/apache/apache.sh", "java", here / "SaslClients.java"],
}

client = sys.argv[1]
node = SaslNode(f"sasl-clients-{client}", {
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
    # kafkajs authenticates again 10 s before a session ends, the others in its last tenth.
    "connections.max.reauth.ms": "12000" if client == "node" else "1500",
}).start()
try:
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        node.give_password("carol", mechanism)
    environment = {
        **os.environ, "BOOTSTRAP": node.sasl_address, "CAROL": SECRETS["carol"], "ALICE": SECRETS["alice"],
        "KAFKAJS_NO_PARTITIONER_WARNING": "1", "NODE_PATH": str(root / "build/kafkajs/node_modules"),
    }
    sys.exit(subprocess.run(COMMANDS[client], env=environment).returncode)
finally:
    node.kill()
